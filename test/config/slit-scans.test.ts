// What a box keeps of its lines is off until somebody turns it on, bounded, and in a folder that counts from its file.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadEdgeConfig } from '../../config/load.ts';
import { cameraSlitScansSchema, slitScanStoreSchema } from '../../config/slit-scans.ts';
import { folderWith } from './problems-of.ts';

it('slit scans are off by default, and have six pixels of each analysed picture where they are on', () => {
  expect(cameraSlitScansSchema.parse({})).toEqual({ enabled: false, columns: 6 });
});

it.each([
  ['no pixels', { columns: 0 }],
  ['more pixels than a vehicle goes in a frame', { columns: 17 }],
  ['a misspelt key', { enable: true }],
])('slit scans are refused with %s', (_, value) => {
  expect(cameraSlitScansSchema.safeParse(value).success).toBe(false);
});

it('the slit scans of a box have bounds by default, and a folder that counts from the file', async () => {
  expect(slitScanStoreSchema.parse({ maxAgeDays: '36h' })).toEqual({
    directory: './data/slit-scans',
    maxMiB: 1024,
    maxAgeDays: 1.5,
    minFreeMiB: 1024,
  });
  const directory = await folderWith({});
  const camera = '{ camera: a, picture: { width: 640, height: 360 }, source: { url: rtsp://10.0.0.17/ } }';
  const file = join(directory, 'edge.yaml');
  await writeFile(file, `site: s\nagent: a\nmqtt: { url: mqtt://127.0.0.1 }\ncameras: [${camera}]\n`);
  expect((await loadEdgeConfig(file)).slitScans.directory).toBe(join(directory, 'data', 'slit-scans'));
});
