import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { trafficEventSchema } from '../../contract/index.ts';
import type { ReplaySummary } from '../../edge-agent/replay/replay-clip.ts';
import { findTruth } from '../../scripts/demo/scene-truth.ts';
import { SCENE_CAMERA, SCENE_CLIP, sceneModel } from '../support/scene.ts';

const run = promisify(execFile);
const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const model = sceneModel();

let folder: string;
let camera: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-replay-'));
  camera = join(folder, 'camera.yaml');
  const source = { url: SCENE_CLIP, analysisFps: 10 };
  await writeFile(camera, stringify({ ...SCENE_CAMERA, camera: 'nga-tu-1', source, intervalS: 10 }));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

function replay(out: string, ...options: string[]) {
  return run(process.execPath, [
    ...[NGATU, 'replay', SCENE_CLIP, '--camera', camera, '--out', join(folder, out)],
    ...['--model', model?.model ?? '', ...options],
  ]);
}

describe.skipIf(model === undefined)('ngatu replay', () => {
  it("gives the same bytes twice, whatever the number of inference threads, with slit scans and without, and counts what the scene's truth says", async () => {
    const [{ stdout }] = await Promise.all([
      replay('first', '--workers', '2'),
      replay('second', '--workers', '1', '--slit-scans'),
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
    expect(summary).toMatchObject({ clip: 'short-mixed.mp4', model: basename(model?.model ?? '', '.json') });
    expect(summary.frames).toBeGreaterThanOrEqual(150);
    expect(summary.durationS).toBeCloseTo(15, 0);
    expect(summary.fps).toBeCloseTo(summary.frames / summary.wallS, 0);
    expect(stdout).toContain('frames of');

    // Passages, the sums of the intervals and the summary are three ways to the same number.
    const counted = summary.counts.reduce((sum, { count }) => sum + count, 0);
    expect(passages).toHaveLength(counted);
    const inFlows = flows.flatMap(({ counts }) => Object.values(counts)).reduce((sum, { n }) => sum + n, 0);
    expect(inFlows).toBe(counted);

    // And every one is marked on the slit scan.
    const sheets = join(folder, 'second', 'slit-scans');
    expect((await readdir(sheets)).sort()).toEqual(['south-000.png', 'south.csv']);
    expect((await sharp(join(sheets, 'south-000.png')).metadata()).width).toBe(1880);
    const [, ...rows] = (await readFile(join(sheets, 'south.csv'), 'utf8')).trimEnd().split('\n');
    const marked = rows
      .map((row) => row.split(','))
      .map(([, way, , kind, track]) => `${way} ${kind} ${track}`);
    const told = passages.map(({ direction, roadUser, track }) => `${direction} ${roadUser} ${track}`);
    expect(marked.sort()).toEqual(told.sort());
    expect(await readdir(join(folder, 'first'))).not.toContain('slit-scans');

    // Vehicles are large and apart here: one of ten may be missed or counted twice.
    const crossings = (await findTruth(SCENE_CLIP))?.crossings ?? [];
    for (const direction of ['away', 'towards']) {
      const found = passages.filter((each) => each.direction === direction).length;
      const truth = crossings.filter((each) => each.direction === direction).length;
      expect(Math.abs(found - truth), `${direction}: ${found} of ${truth}`).toBeLessThanOrEqual(1);
    }
  });

  it('observes the whole clip and nothing beyond it', async () => {
    await replay('coverage');
    const lines = (await readFile(join(folder, 'coverage', 'events.ndjson'), 'utf8')).trimEnd().split('\n');
    const flows = lines
      .map((line) => trafficEventSchema.parse(JSON.parse(line)))
      .filter((event) => event.type === 'flow' && event.direction === 'towards');
    expect(flows.map((flow) => flow.type === 'flow' && [flow.fromMs, flow.toMs])).toEqual([
      [0, 10_000],
      [10_000, 20_000],
    ]);
    const observedMs = flows.map((flow) => (flow.type === 'flow' ? flow.observedMs : 0));
    expect(observedMs[0]).toBe(10_000);
    expect(observedMs[1]).toBeGreaterThan(4800);
    expect(observedMs[1]).toBeLessThan(5200);
  });

  it('says in one sentence what is wrong with a clip, a camera file or a model', async () => {
    const broken = join(folder, 'broken.mp4');
    await writeFile(broken, 'no video');
    const attempt = (clip: string, ...options: string[]) =>
      run(process.execPath, [NGATU, 'replay', clip, '--out', join(folder, 'none'), ...options]).then(
        () => expect.fail('was accepted'),
        (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
      );
    const models = ['--model', model?.model ?? ''];
    const clipProblem = await attempt(broken, '--camera', camera, ...models);
    expect(clipProblem).toMatchObject({ code: 1, stderr: expect.stringContaining('broken.mp4') });
    expect(clipProblem.stderr).not.toContain('    at ');
    // Results of an earlier replay are not touched by one that fails.
    const before = await readFile(join(folder, 'coverage', 'events.ndjson'), 'utf8');
    await attempt(broken, '--camera', camera, ...models, '--out', join(folder, 'coverage'));
    expect(await readFile(join(folder, 'coverage', 'events.ndjson'), 'utf8')).toBe(before);
    expect(await readdir(join(folder, 'coverage'))).toEqual(['events.ndjson', 'summary.json']);
    expect(await attempt(SCENE_CLIP, '--camera', join(folder, 'missing.yaml'), ...models)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing.yaml'),
    });
    expect(await attempt(SCENE_CLIP, '--camera', camera, '--model', 'yolo-x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No model card "yolo-x"'),
    });
  });
});
