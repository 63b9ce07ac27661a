import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../config/kinds.ts';
import { CAMERA, COLLECTOR, EDGE, folderWith } from './problems-of.ts';

const LINE = 'lines: [{line: a, from: [0, 100], to: [1280, 100]}]\n';

/** Warnings of a check, as `file:line path: message | hint`. */
async function warningsOf(files: Readonly<Record<string, string>>, name: string): Promise<string[]> {
  const directory = await folderWith(files);
  const { problems, summary } = await checkConfig(join(directory, name), {
    env: { P: 'x' },
    secrets: 'optional',
  });
  expect(summary).toBeDefined();
  return problems.map(({ severity, file, line, path, message, hint }) => {
    expect(severity).toBe('warning');
    return `${file}:${line} ${path}: ${message} | ${hint}`.replaceAll(`${directory}/`, '');
  });
}

const cameraWarnings = (yaml: string) => warningsOf({ 'camera.yaml': yaml }, 'camera.yaml');

describe('a check warns of what is allowed and yet hardly meant', () => {
  it('but not of a camera and a box that are as they should be', async () => {
    expect(await cameraWarnings(`${CAMERA}${LINE}model: yolox_nano\n`)).toEqual([]);
    expect(await warningsOf({ 'edge.yaml': EDGE, 'cameras/1.yaml': CAMERA + LINE }, 'edge.yaml')).toEqual([]);
  });

  it('such as a camera without lines', async () => {
    const expected = 'no lines: nothing will be counted | Add at least one line';
    expect(await cameraWarnings(CAMERA)).toEqual([expect.stringContaining(`lines: ${expected}`)]);
    expect(await cameraWarnings(`${CAMERA}lines: []\n`)).toEqual([
      expect.stringContaining(`camera.yaml:4 lines: ${expected}`),
    ]);
  });

  it('such as a model that has no card', async () => {
    const expected = 'there is no model card "yolox_nanno" here | Did you mean yolox_nano?';
    expect(await cameraWarnings(`${CAMERA}${LINE}model: yolox_nanno\n`)).toEqual([
      `camera.yaml:5 model: ${expected}`,
    ]);
    const files = { 'cameras/1.yaml': CAMERA + LINE };
    expect(
      await warningsOf({ ...files, 'edge.yaml': `${EDGE}detector: {model: yolox_nanno}\n` }, 'edge.yaml'),
    ).toEqual([`edge.yaml:6 detector.model: ${expected}`]);
    expect(
      await warningsOf(
        { 'edge.yaml': EDGE, 'cameras/1.yaml': `${CAMERA}${LINE}model: nothing-like-it\n` },
        'edge.yaml',
      ),
    ).toEqual([expect.stringMatching(/^cameras\/1.yaml:5 model: .* \| Known here: .*yolox_nano/)]);
    expect(await cameraWarnings(`${CAMERA}${LINE}model: cards/own.json\n`)).toEqual([
      expect.stringContaining(
        'model: there is no model card cards/own.json here | Relative paths count from',
      ),
    ]);
  });

  it('which may lie in a model directory of the box', async () => {
    const files = {
      'edge.yaml': `${EDGE}detector: {model: own, modelDirectories: [cards]}\n`,
      'cards/own.json': '{}',
      'cameras/1.yaml': `${CAMERA}${LINE}model: own\n`,
    };
    expect(await warningsOf(files, 'edge.yaml')).toEqual([]);
  });

  it.each([
    ['10.0.0.17/stream1', 'no such file here', 'Did you mean rtsp://10.0.0.17/stream1?'],
    ['10.0.0.17:554/stream1', 'no such file here', 'Did you mean rtsp://10.0.0.17:554/stream1?'],
    ['camera-1.local/stream', 'no such file here', 'Did you mean rtsp://camera-1.local/stream?'],
    ['camera:554', 'no such file here', 'Did you mean rtsp://camera:554?'],
    ['clips/monday.mp4', 'no such file or folder here', 'Relative paths count from'],
    ['../clips.old/monday.mp4', 'no such file or folder here', 'Relative paths count from'],
    ['/dev/video77', 'there is no device /dev/video77 here', 'Plug the camera in'],
  ])('such as %s, which is not there', async (url, message, hint) => {
    const [warning, ...others] = await cameraWarnings(
      CAMERA.replace('rtsp://10.0.0.17/stream1', `"${url}"`) + LINE,
    );
    expect(others).toEqual([]);
    expect(warning).toMatch(/^camera.yaml:3 source.url: /);
    expect(warning).toContain(message);
    expect(warning).toContain(`| ${hint}`);
  });

  it('but not of a clip and a folder that are there', async () => {
    for (const url of ['clip.mp4', '.']) {
      const yaml = CAMERA.replace('rtsp://10.0.0.17/stream1', url) + LINE;
      expect(await warningsOf({ 'camera.yaml': yaml, 'clip.mp4': '' }, 'camera.yaml')).toEqual([]);
    }
  });

  it('such as a control centre with the name that its collector has at the broker', async () => {
    const named = `${COLLECTOR.replace('}', ', username: a, password: x}')}influxdb: {}\n`;
    const warningsWith = async (centre: string) =>
      (await warningsOf({ 'collector.yaml': `${named}${centre}` }, 'collector.yaml')).filter((warning) =>
        warning.includes('only once'),
      );
    expect(await warningsWith('')).toHaveLength(1);
    for (const centre of ['{enabled: false}', '{mqtt: {}}', '{mqtt: {username: b, password: x}}'])
      expect(await warningsWith(`centre: ${centre}\n`)).toEqual([]);
  });

  it('such as a user name without password', async () => {
    const expected = 'there is no password beside the user name | Add password: {env: NAME}';
    expect(await cameraWarnings(CAMERA.replace('stream1}', 'stream1, username: a}') + LINE)).toEqual([
      expect.stringContaining(`camera.yaml:3 source.username: ${expected}`),
    ]);
    const collector = `${COLLECTOR.replace('}', ', username: a}')}influxdb: {username: b}\ncentre: {enabled: false}\n`;
    expect(await warningsOf({ 'collector.yaml': collector }, 'collector.yaml')).toEqual([
      expect.stringContaining(`collector.yaml:1 mqtt.username: ${expected}`),
      expect.stringContaining(`collector.yaml:2 influxdb.username: ${expected}`),
    ]);
    const edge = EDGE.replace('1883}', '1883, username: a}');
    expect(await warningsOf({ 'edge.yaml': edge, 'cameras/1.yaml': CAMERA + LINE }, 'edge.yaml')).toEqual([
      expect.stringContaining(`edge.yaml:3 mqtt.username: ${expected}`),
    ]);
  });
});
