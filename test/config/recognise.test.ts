import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig, loadCollectorConfig, loadEdgeConfig } from '../../config/load.ts';
import { CAMERA, COLLECTOR, EDGE, folderWith, inShort, refusal } from './problems-of.ts';

const WHOLE_COLLECTOR = `${COLLECTOR}influxdb: {}\n`;
const LOADERS = { edge: loadEdgeConfig, camera: loadCameraConfig, collector: loadCollectorConfig };

describe('a file in the place of one of another kind', () => {
  it.each([
    ['camera', 'edge', EDGE, 'an edge box; expected that of a camera', 'such as cameras/1.yaml'],
    ['camera', 'edge', `${EDGE}model: yolox_nano\n`, 'an edge box; expected that of a camera', 'such as'],
    [
      'camera',
      'collector',
      WHOLE_COLLECTOR,
      'a central collector; expected that of a camera',
      'config/examples',
    ],
    ['edge', 'camera', CAMERA, 'a camera; expected that of an edge box', 'cameras: [{file: '],
    [
      'edge',
      'collector',
      WHOLE_COLLECTOR,
      'a central collector; expected that of an edge box',
      'config/examples',
    ],
    ['collector', 'edge', EDGE, 'an edge box; expected that of a central collector', 'config/examples'],
    ['collector', 'camera', CAMERA, 'a camera; expected that of a central collector', 'config/examples'],
  ] as const)(
    '(expected: %s, given: %s) is told in one sentence',
    async (expected, _given, yaml, message, hint) => {
      const directory = await folderWith({ 'a.yaml': yaml });
      const problems = await refusal(LOADERS[expected](join(directory, 'a.yaml'), { env: {} }));
      expect(inShort(problems, directory)).toEqual([`a.yaml:1:1 : this is the file of ${message}`]);
      expect(problems[0]?.hint).toContain(hint);
    },
  );

  it('is told too where an edge box names itself as its camera', async () => {
    const directory = await folderWith({ 'edge.yaml': EDGE.replace('cameras/1.yaml', 'edge.yaml') });
    const problems = await refusal(loadEdgeConfig(join(directory, 'edge.yaml'), { env: {} }));
    expect(inShort(problems, directory)).toEqual([
      'edge.yaml:1:1 : this is the file of an edge box; expected that of a camera',
    ]);
  });

  it.each([
    ['a collector with a stray key', 'collector', `${COLLECTOR}http: {}\nsite: a\n`, ['site']],
    ['a camera with a stray key', 'camera', `${CAMERA}mqtt: {}\n`, ['mqtt']],
    [
      'a box with the keys of its camera among its own',
      'edge',
      `site: a\nagent: b\nmqtt: {url: mqtt://h}\n${CAMERA}lines: []\n`,
      ['camera', 'cameras', 'lines', 'picture', 'source'],
    ],
  ] as const)('is not seen in %s: its own problems are told', async (_what, kind, yaml, paths) => {
    const directory = await folderWith({ 'a.yaml': yaml });
    const problems = await refusal(LOADERS[kind](join(directory, 'a.yaml'), { env: {} }));
    expect(problems.map(({ path }) => path).sort()).toEqual(paths);
  });
});
