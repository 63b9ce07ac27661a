import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { trafficEventSchema } from '../../contract/index.ts';
import type { ReplaySummary } from '../../edge-agent/replay/replay-clip.ts';
import { HAND_COUNTS } from '../../scripts/bench/hand-counts.ts';
import { dataPath, isDataMissing } from '../edge-agent/detector/shared-data.ts';

const run = promisify(execFile);
const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const CLIP = dataPath('videos/tuuguu_traffic.mp4');
const TRUTH = HAND_COUNTS.find(({ clip }) => CLIP.endsWith(clip));

let folder: string;
let camera: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-replay-'));
  camera = join(folder, 'camera.yaml');
  const lines = TRUTH?.lines.map(({ line, from, to }) => ({ line, from, to }));
  const source = { url: CLIP, analysisFps: 10 };
  await writeFile(
    camera,
    stringify({ camera: 'overpass', picture: TRUTH?.picture, source, intervalS: 10, lines }),
  );
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

function replay(out: string, ...options: string[]) {
  return run(process.execPath, [
    ...[NGATU, 'replay', CLIP, '--camera', camera, '--out', join(folder, out), '--model', 'yolox_nano'],
    ...['--models-dir', dataPath('models'), ...options],
  ]);
}

describe.skipIf(isDataMissing('videos/tuuguu_traffic.mp4', 'models/yolox_nano.onnx'))('ngatu replay', () => {
  it('gives the same bytes twice, whatever the number of inference threads, and counts as the hand does', async () => {
    const [{ stdout }] = await Promise.all([
      replay('first', '--workers', '2'),
      replay('second', '--workers', '1'),
    ]);
    const text = await readFile(join(folder, 'first', 'events.ndjson'), 'utf8');
    expect(await readFile(join(folder, 'second', 'events.ndjson'), 'utf8')).toBe(text);

    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => trafficEventSchema.parse(JSON.parse(line)));
    const passages = events.filter((event) => event.type === 'passage');
    const flows = events.filter((event) => event.type === 'flow');
    const summary = JSON.parse(
      await readFile(join(folder, 'first', 'summary.json'), 'utf8'),
    ) as ReplaySummary;
    expect(summary).toMatchObject({ clip: 'tuuguu_traffic.mp4', model: 'yolox_nano', frames: 239 });
    expect(summary.durationS).toBeCloseTo(23.8, 0);
    expect(summary.fps).toBeCloseTo(summary.frames / summary.wallS, 0);
    expect(stdout).toContain('frames of');

    // Passages, the sums of the intervals and the summary are three ways to the same number.
    const counted = summary.counts.reduce((sum, { count }) => sum + count, 0);
    expect(passages).toHaveLength(counted);
    const inFlows = flows.flatMap(({ counts }) => Object.values(counts)).reduce((sum, { n }) => sum + n, 0);
    expect(inFlows).toBe(counted);

    // The hand count is right to one; so is this.
    const vehicles = summary.counts.filter(
      (each) => each.class !== 'person' && each.direction === 'to-right',
    );
    const byHand = TRUTH?.lines[0]?.toRight ?? Number.NaN;
    expect(Math.abs(vehicles.reduce((sum, { count }) => sum + count, 0) - byHand)).toBeLessThanOrEqual(2);
  });

  it('observes the whole clip and nothing beyond it', async () => {
    await replay('coverage');
    const lines = (await readFile(join(folder, 'coverage', 'events.ndjson'), 'utf8')).trimEnd().split('\n');
    const flows = lines
      .map((line) => trafficEventSchema.parse(JSON.parse(line)))
      .filter((event) => event.type === 'flow' && event.direction === 'to-right');
    expect(flows.map((flow) => flow.type === 'flow' && [flow.fromMs, flow.toMs])).toEqual([
      [0, 10_000],
      [10_000, 20_000],
      [20_000, 30_000],
    ]);
    const observedMs = flows.map((flow) => (flow.type === 'flow' ? flow.observedMs : 0));
    expect(observedMs.slice(0, 2)).toEqual([10_000, 10_000]);
    expect(observedMs[2]).toBeGreaterThan(3500);
    expect(observedMs[2]).toBeLessThan(4000);
  });

  it('says in one sentence what is wrong with a clip, a camera file or a model', async () => {
    const broken = join(folder, 'broken.mp4');
    await writeFile(broken, 'no video');
    const attempt = (clip: string, ...options: string[]) =>
      run(process.execPath, [NGATU, 'replay', clip, '--out', join(folder, 'none'), ...options]).then(
        () => expect.fail('was accepted'),
        (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
      );
    const models = ['--models-dir', dataPath('models')];
    const clipProblem = await attempt(broken, '--camera', camera, ...models);
    expect(clipProblem).toMatchObject({ code: 1, stderr: expect.stringContaining('broken.mp4') });
    expect(clipProblem.stderr).not.toContain('    at ');
    // Results of an earlier replay are not touched by one that fails.
    const before = await readFile(join(folder, 'coverage', 'events.ndjson'), 'utf8');
    await attempt(broken, '--camera', camera, ...models, '--out', join(folder, 'coverage'));
    expect(await readFile(join(folder, 'coverage', 'events.ndjson'), 'utf8')).toBe(before);
    expect(await readdir(join(folder, 'coverage'))).toEqual(['events.ndjson', 'summary.json']);
    expect(await attempt(CLIP, '--camera', join(folder, 'missing.yaml'), ...models)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing.yaml'),
    });
    expect(await attempt(CLIP, '--camera', camera, '--model', 'yolo-x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No model card "yolo-x"'),
    });
  });
});
