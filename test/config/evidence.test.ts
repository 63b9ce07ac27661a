// What a box keeps of incidents is off until somebody turns it on, and its folders count from their file.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cameraEvidenceSchema, evidenceStoreSchema } from '../../config/evidence.ts';
import { loadCameraConfig } from '../../config/load.ts';

const CAMERA = `
camera: nga-tu-1
picture: {width: 1280, height: 720}
source: {url: rtsp://10.0.0.17/stream1}
`;

describe('the evidence of a camera', () => {
  it('is not kept by default; when it is, faces and plates are hidden', () => {
    expect(cameraEvidenceSchema.parse({})).toMatchObject({
      enabled: false,
      snapshots: true,
      clips: true,
      blur: true,
      preRollS: 10,
      postRollS: 10,
      ring: { seconds: 60, maxMiB: 48 },
    });
  });

  it('is not kept of speeding unless asked for, which would push out everything else', () => {
    expect(cameraEvidenceSchema.parse({}).kinds).not.toContain('speeding');
    expect(cameraEvidenceSchema.parse({ kinds: ['speeding'] }).kinds).toEqual(['speeding']);
  });

  it('takes lengths of time in other units', () => {
    expect(cameraEvidenceSchema.parse({ preRollS: '1m', ring: { seconds: '2m' } })).toMatchObject({
      preRollS: 60,
      ring: { seconds: 120 },
    });
  });

  it.each([
    ['a pre-roll below zero', { preRollS: -1 }],
    ['a ring of no length', { ring: { seconds: 0 } }],
    ['a kind that does not exist', { kinds: ['parade'] }],
    ['a misspelt key', { snapshot: true }],
  ])('is refused with %s', (_, value) => {
    expect(cameraEvidenceSchema.safeParse(value).success).toBe(false);
  });

  it('is refused with a ring that is shorter than the clips that are cut from it', async () => {
    const short = { enabled: true, preRollS: 30, postRollS: 30, ring: { seconds: 45 } };
    expect(cameraEvidenceSchema.safeParse(short).error?.issues).toEqual([
      expect.objectContaining({ path: ['ring', 'seconds'], message: expect.stringContaining('60 s') }),
    ]);
  });

  it('has its ring in the folder that counts from the file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ngatu-evidence-config-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const file = join(directory, 'camera.yaml');
    await writeFile(file, `${CAMERA}evidence: {enabled: true, ring: {directory: ring}}\n`);
    const camera = await loadCameraConfig(file);
    expect(camera.evidence.ring.directory).toBe(join(directory, 'ring'));
  });
});

it('the store of a box has bounds by default', () => {
  expect(evidenceStoreSchema.parse({})).toEqual({
    directory: './data/evidence',
    maxMiB: 2048,
    maxAgeDays: 30,
    minFreeMiB: 1024,
  });
});
