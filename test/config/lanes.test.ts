import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig } from '../../config/load.ts';
import { laneAt, laneSpans } from '../../edge-agent/analytics/flow-lanes.ts';
import { CAMERA, folderWith, inShort, refusal } from './problems-of.ts';

const EXAMPLE = join(import.meta.dirname, '../../config/examples/camera.yaml');

async function load(yaml: string) {
  return loadCameraConfig(join(await folderWith({ 'camera.yaml': yaml }), 'camera.yaml'), { env: {} });
}

/** Problems of a camera with this key; they stand on line 4. */
async function problemsOf(yaml: string): Promise<string[]> {
  const directory = await folderWith({ 'camera.yaml': `${CAMERA}${yaml}\n` });
  const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml'), { env: {} }));
  return inShort(problems, directory).map((text) => text.replace(/^camera\.yaml:4:\d+ /, ''));
}

const lineWith = (lanes: string) =>
  `lines: [{line: a, from: [100, 400], to: [500, 400], directions: {toLeft: away}, lanes: ${lanes}}]`;

describe('the lanes of a line', () => {
  it('are those of the example', async () => {
    const { lines } = await loadCameraConfig(EXAMPLE, { env: { CAM_PASSWORD: 'x' } });
    const [line] = lines;
    const spans = line ? laneSpans(line) : [];
    expect(spans.map(({ lane, direction }) => [lane, direction])).toEqual([
      ['bus', 'away'],
      ['outbound', 'away'],
      ['inbound', 'towards'],
    ]);
    expect(laneAt(spans, 0.5)).toBe('inbound');
  });

  it('may be names alone', async () => {
    const { lines } = await load(`${CAMERA}${lineWith('[{lane: x}, {lane: y}]')}`);
    expect(lines[0]?.lanes).toEqual([{ lane: 'x' }, { lane: 'y' }]);
  });

  it.each([
    [
      'two of one name',
      '[{lane: x}, {lane: x}]',
      'lines[0].lanes[1].lane: the name "x" is taken by lanes[0]; every lane of a line has its own',
    ],
    [
      'a direction that the line does not have',
      '[{lane: x, direction: north}]',
      'lines[0].lanes[0].direction: the line has no direction "north"; it has away and to-right',
    ],
    [
      'an end for some of them only',
      '[{lane: x, until: [200, 400]}, {lane: y}, {lane: z}]',
      'lines[0].lanes[1].until: missing; say it for all lanes but the last, or for none',
    ],
    [
      'an end of the last one',
      '[{lane: x, until: [200, 400]}, {lane: y, until: [500, 400]}]',
      'lines[0].lanes[1].until: the last lane ends where the line ends; leave its until out',
    ],
    [
      'an end beside the line',
      '[{lane: x, until: [200, 440]}, {lane: y}]',
      'lines[0].lanes[0].until: the point 200, 440 lies 40 pixels beside the line',
    ],
    [
      'ends in the wrong order',
      '[{lane: x, until: [300, 400]}, {lane: y, until: [200, 400]}, {lane: z}]',
      'lines[0].lanes[1].until: the point 200, 400 does not lie between the end of lanes[0] and to',
    ],
    [
      'an end beyond the line',
      '[{lane: x, until: [600, 400]}, {lane: y}]',
      'lines[0].lanes[0].until: the point 600, 400 does not lie between from and to',
    ],
  ])('are refused with %s', async (_, lanes, problem) => {
    expect(await problemsOf(lineWith(lanes))).toEqual([problem]);
  });
});

describe('the accuracy of a camera', () => {
  it('is that of the example', async () => {
    const text = readFileSync(EXAMPLE, 'utf8');
    const example = text.slice(text.indexOf('# accuracy:')).replace(/^# ?/gm, '');
    expect((await load(`${CAMERA}${example}`)).accuracy).toEqual([
      { of: 412, found: 405, counted: 408 },
      { roadUser: 'motorcycle', of: 250, found: 238, counted: 241 },
    ]);
  });

  it('is not known when it is left out', async () => {
    expect((await load(CAMERA)).accuracy).toBeUndefined();
  });

  it.each([
    [
      'more found than there were',
      '[{of: 10, found: 11}]',
      'accuracy[0].found: expected at most 10, as many as crossed, got 11',
    ],
    [
      'fewer counted than found',
      '[{of: 10, found: 9, counted: 8}]',
      'accuracy[0].counted: expected at least 9, as many as were found, got 8',
    ],
    [
      'one road user twice',
      '[{roadUser: car, of: 10, found: 9}, {roadUser: car, of: 20, found: 9}]',
      'accuracy[1]: car is told by accuracy[0] already',
    ],
  ])('is refused with %s', async (_, accuracy, problem) => {
    expect(await problemsOf(`accuracy: ${accuracy}`)).toEqual([problem]);
  });
});
