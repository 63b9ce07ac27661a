import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../config/kinds.ts';
import { loadCameraConfig, loadCollectorConfig, loadEdgeConfig } from '../../config/load.ts';
import { formatProblem, MAX_PROBLEMS } from '../../config/problems.ts';
import { parseYaml, readYamlFile } from '../../config/yaml-file.ts';
import { CAMERA, EDGE, folderWith, inShort, refusal } from './problems-of.ts';

/** Of processor time, whatever else the machine does; what grew with the square took ten times as long. */
const SOON_MS = 3000;

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i));

type Load = (path: string, options: { env: NodeJS.ProcessEnv }) => Promise<unknown>;

async function problemsOf(text: string, load: Load = loadCameraConfig) {
  const directory = await folderWith({ 'c.yaml': text, 'cameras/1.yaml': CAMERA });
  const before = process.cpuUsage();
  const problems = await refusal(load(join(directory, 'c.yaml'), { env: {} }));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(SOON_MS);
  return problems;
}

describe('a file that asks for more than any configuration needs', () => {
  it.each([
    ['a list that holds itself', '&a [*a]'],
    ['a map that holds itself', `${CAMERA}calibration: &a {b: *a}\n`],
    ['lists in lists', `camera: ${'['.repeat(60)}${']'.repeat(60)}`],
    ['lists in lists without end', `camera: ${'['.repeat(20_000)}`],
    [
      'aliases of aliases',
      `a: &a [x,x,x,x]\n${many(9, (i) => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghij'[i]}`)}]`).join('\n')}`,
    ],
  ])('is refused in one sentence: %s', async (_what, text) => {
    for (const load of [loadCameraConfig, loadEdgeConfig, loadCollectorConfig]) {
      const [problem, ...others] = await problemsOf(text, load as typeof loadCameraConfig);
      expect(problem?.message).toMatch(/is no usable YAML|YAML: /);
      expect(others).toEqual([]);
    }
  });

  it('is refused when it has no end', async () => {
    const { problems } = await readYamlFile('/dev/zero');
    expect(problems).toMatchObject([{ message: expect.stringContaining('larger than 8 MiB') }]);
  });

  it.each([
    ['keys that nobody knows', many(20_000, (i) => `k${i}: 1`).join('\n')],
    ['mistakes', many(20_000, () => 'k: @1').join('\n')],
    ['slashes', `${CAMERA}intervalS: "${'/'.repeat(100_000)}"`],
    [
      'letters in one word',
      `${CAMERA}model: x\nsource2: ${'k'.repeat(500_000)}\n? ${'y'.repeat(500_000)}\n: 1\n`,
    ],
    ['values', `${CAMERA}lines: [${'1,'.repeat(50_000)}]`],
  ])('gets its answer soon, and one that can be read: %s', async (_what, text) => {
    const problems = await problemsOf(text);
    expect(problems.length).toBeLessThanOrEqual(MAX_PROBLEMS + 1);
    for (const problem of problems) expect(formatProblem(problem).length).toBeLessThan(2500);
  });

  it('tells the first of very many problems, and how many more there are', async () => {
    const cameras = many(30, (i) => `  - {${many(10, (k) => `k${i}x${k}: 1`).join(', ')}}`).join('\n');
    const problems = await problemsOf(
      EDGE.replace('  - file: cameras/1.yaml', cameras),
      loadEdgeConfig as never,
    );
    expect(problems).toHaveLength(MAX_PROBLEMS + 1);
    expect(problems.at(-1)?.message).toMatch(/^and \d+ more problems from here on$/);
  });
});

describe('what a file says about itself', () => {
  it('is printed as plain text, a problem on its line', async () => {
    const directory = await folderWith({ 'c.yaml': `${CAMERA}"\\e[31m\\u202e": 1\nmodel: ["\\e[2J"]\n` });
    const { problems } = await checkConfig(join(directory, 'c.yaml'), {
      env: {},
      secrets: 'optional',
      kind: 'camera',
    });
    const text = problems.map(formatProblem).join('\n');
    expect(text).toContain('unknown key "\\u001b[31m\\u202e"');
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });

  it('shows no control characters of an address that it takes', async () => {
    const directory = await folderWith({ 'c.yaml': 'mqtt: {url: "mqtt:m\\N"}\n' });
    const { summary } = await checkConfig(join(directory, 'c.yaml'), {
      env: {},
      secrets: 'optional',
      kind: 'collector',
    });
    expect(summary).toMatch(/^collector: events from mqtt:m\P{C}* into database/u);
  });

  it('finds mistakes behind a hundred aliases soon', async () => {
    const keys = many(1160, (i) => `k${i}: 1`).join(', ');
    const cameras = many(93, () => '*a').join(', ');
    const edge = `calibration: &a {${keys}}\ncameras: [${cameras}]\nmqtt: {url: "mqtt://h"}\n`;
    expect(await problemsOf(edge, loadEdgeConfig)).toHaveLength(MAX_PROBLEMS + 1);
  });

  it('names a key that stands there twice, once for each time', () => {
    const { problems } = parseYaml('c.yaml', 'a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n"1": x\n1: y\n');
    expect(problems.map(({ line, message }) => [line, message])).toEqual(
      [2, 3, 4, 6].map((line) => [line, 'YAML: Map keys must be unique']),
    );
  });

  it('never counts as a key of ours because all objects have it', async () => {
    const problems = await problemsOf('toString: 1\nconstructor: 2\nhasOwnProperty: 3\n');
    expect(problems.map(({ message }) => message)).toContain('unknown key "toString"');
  });

  it.each(['file:///a%2Fb', 'file:///%zz', 'file://host/clip.mp4'])('refuses the address %s', async (url) => {
    const directory = await folderWith({ 'c.yaml': CAMERA.replace('rtsp://10.0.0.17/stream1', `"${url}"`) });
    const problems = await refusal(loadCameraConfig(join(directory, 'c.yaml')));
    expect(inShort(problems, directory)).toEqual([expect.stringContaining('source.url: expected rtsp://')]);
  });
});
