import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCameraText } from '../../config/load.ts';
import { sameConfig } from '../../config/same-config.ts';
import { forbiddenFromCentre } from '../../config/set-from-centre.ts';
import { folderWith } from './problems-of.ts';

const TEXT = `camera: north
picture: { width: 640, height: 360 }
source: { url: rtsp://10.0.0.17/live, username: viewer, password: hunter2 }
pictures: { leave: true }
`;

async function configOf(text: string) {
  const directory = await folderWith({ secret: 'hunter2\n' });
  const env = { CAM: 'hunter2' };
  const { config, problems } = await readCameraText(join(directory, 'x.yaml'), text, {
    env,
    secrets: 'required',
  });
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

const SAME_HOST = TEXT.replace('/live', '/other');
const OTHER_HOST = TEXT.replace('10.0.0.17', '10.0.0.18');

/** What somebody at the centre writes, and the keys that are not theirs to change. */
const CHANGES: readonly [what: string, text: string, keys: string[]][] = [
  ['lines', `${TEXT}lines: [{line: a, from: [0, 9], to: [99, 9]}]\n`, []],
  ['slit scans that are kept', `${TEXT}slitScans: {enabled: true}\n`, []],
  ['another path at the same host', SAME_HOST, []],
  ['another host, with the password of this one', OTHER_HOST, ['source.password']],
  ['another host, with a password of its own', OTHER_HOST.replace('hunter2', 'new'), []],
  ['another host without a password', OTHER_HOST.replace(', password: hunter2', ''), []],
  ['another port', TEXT.replace('10.0.0.17', '10.0.0.17:5554'), ['source.password']],
  ['the password in a variable of the box', TEXT.replace('hunter2', '{env: CAM}'), ['source.password']],
  ['the password in a file of the box', TEXT.replace('hunter2', '{file: secret}'), ['source.password']],
  ['a new password', TEXT.replace('hunter2', 'hunter3'), []],
  ['clips that leave', TEXT.replace('leave: true', 'leave: true, clips: true'), ['pictures.clips']],
  [
    'pictures that are not blurred',
    TEXT.replace('leave: true', 'leave: true, blur: false'),
    ['pictures.blur'],
  ],
  ['pictures that stay', TEXT.replace('leave: true', 'leave: false'), []],
  ['another name', TEXT.replace('camera: north', 'camera: south'), ['camera']],
  [
    'a folder of the box as a camera',
    TEXT.replace('rtsp://10.0.0.17/live', '/home/lan'),
    ['source.url', 'source.password'],
  ],
  [
    'a folder of the box to write to',
    `${TEXT}evidence: {ring: {directory: /etc}}\n`,
    ['evidence.ring.directory'],
  ],
];

describe('from the centre', () => {
  it.each(CHANGES)('%s', async (_, text, keys) => {
    const problems = forbiddenFromCentre(await configOf(TEXT), await configOf(text));
    expect(problems.map(({ path }) => path.join('.'))).toEqual(keys);
  });

  it('a reference to a secret that is there already may stay', async () => {
    const named = TEXT.replace('hunter2', '{env: CAM}');
    expect(forbiddenFromCentre(await configOf(named), await configOf(`${named}intervalS: 10\n`))).toEqual([]);
  });
});

describe('two configurations', () => {
  it('are the same whatever their comments, and not when a secret differs', async () => {
    const config = await configOf(TEXT);
    expect(sameConfig(config, await configOf(`# why\n${TEXT}`))).toBe(true);
    expect(sameConfig(config, await configOf(TEXT.replace('hunter2', 'hunter3')))).toBe(false);
    expect(sameConfig(config, await configOf(`${TEXT}intervalS: 10\n`))).toBe(false);
  });
});
