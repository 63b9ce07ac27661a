// The demo as a user starts it, with everything real: what it counts, and that nothing stays behind.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../scripts/services/ports.ts';
import { SCENE_CLIP, sceneModel } from '../support/scene.ts';

const model = sceneModel();
const SEEN = { timeout: 90_000, interval: 100 };
const GONE = { timeout: 30_000, interval: 200 };

/** Every process below the demo inherits this variable: whoever still has it has stayed behind. */
let mark: string;
beforeEach(() => {
  mark = `NGATU_DEMO_TEST=${process.pid}-${Math.random().toString(36).slice(2)}`;
});
afterEach(() => {
  for (const { pid } of marked()) process.kill(pid, 'SIGKILL');
});

describe.skipIf(model === undefined)('the demo', () => {
  it('counts a looped scene through camera, agent, broker, collector and database beside its truth, and stops by itself', async () => {
    const demo = startDemo(['--duration', '25s', '--json']);
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).not.toContain('should not have happened');
    const lines = demo.output().trimEnd().split('\n');
    const totals = JSON.parse(lines.at(-1) ?? '');
    expect(totals).toMatchObject({ lost: 0, duplicated: 0 });
    expect(totals.frames).toBeGreaterThan(0);
    expect(totals.passages).toBeGreaterThan(0);
    expect(totals.flows).toBeGreaterThan(0);
    expect(totals.pointsStored).toBeGreaterThanOrEqual(totals.passages + totals.flows);
    expect(lines.slice(0, -1).some((line) => /nga-tu-1 live .* passages \d/.test(line))).toBe(true);

    const { truth } = totals;
    // More than one pass over the clip: nothing that happened before its cut is asked for again, nothing is lost there.
    expect(truth.crossings).toBeGreaterThan(10);
    expect(truth.matched).toBeGreaterThanOrEqual(0.9 * truth.crossings);
    expect(truth.extra).toBeLessThanOrEqual(2);
    expect(truth.counted + truth.notCompared).toBe(totals.passagesByCamera['nga-tu-1']);
    expect(totals.passagesByCamera['le-hong-phong']).toBeGreaterThan(0);
    expect(demo.errors()).toMatch(/The control centre is at http:\/\/127\.0\.0\.1:\d+: sign in as admin/);
    expect(
      truth.directions.map(({ line, direction }: Record<string, string>) => `${line} ${direction}`),
    ).toEqual(['south away', 'south towards']);
    expect(demo.output()).toMatch(/counted \/ true .* all +missed +extra\n/);
    expect(demo.output()).toContain('Truth: computed by the scene, not detected.');
    expect(demo.errors()).toMatch(/Counts are compared with .*short-mixed\.truth\.jsonl\.gz/);
    expect(code).toBe(0);
    expect(marked()).toEqual([]);
  });

  it('stops everything when it is interrupted', async () => {
    const demo = startDemo([]);
    await vi.waitFor(() => expect(demo.output()).toContain('nga-tu-1 live'), {
      timeout: 60_000,
      interval: 100,
    });
    // As Ctrl-C does: the whole group in the foreground, which the parts must not belong to.
    process.kill(-(demo.process.pid ?? 0), 'SIGINT');
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).toContain('0 lost, 0 duplicated');
    expect(code).toBe(0);
    expect(marked()).toEqual([]);
  });

  it('says which part died, and stops the others', async () => {
    const demo = startDemo(['--duration', '60s']);
    await vi.waitFor(() => expect(demo.output()).toContain('nga-tu-1'), SEEN);
    const agent = marked().find(({ command }) => /ngatu\.js edge/.test(command));
    process.kill(agent?.pid ?? 0, 'SIGKILL');
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).toContain('The edge agent ended by itself');
    expect(code).toBe(1);
    await vi.waitFor(() => expect(marked()).toEqual([]), GONE);
  });

  it('shows counts alone for a clip whose truth nobody knows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ngatu-demo-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const clip = join(folder, 'mine.mp4');
    copyFileSync(SCENE_CLIP, clip);
    const demo = startDemo(['--clip', clip, '--duration', '8s', '--json']);
    await once(demo.process, 'close');
    expect(JSON.parse(demo.output().trimEnd().split('\n').at(-1) ?? '')).not.toHaveProperty('truth');
    expect(`${demo.output()}${demo.errors()}`).not.toMatch(/truth/i);
  });

  it('takes everything along when it is killed hard', async () => {
    const demo = startDemo(['--duration', '60s']);
    await vi.waitFor(() => expect(demo.output()).toContain('nga-tu-1'), SEEN);
    demo.process.kill('SIGKILL');
    await vi.waitFor(() => expect(marked()).toEqual([]), GONE);
  });
});

describe('the demo without what it needs', () => {
  let folder: string;
  let clip: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ngatu-demo-'));
    clip = join(folder, 'clip.mp4');
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=10:duration=2'];
    execFileSync('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', clip]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [
      'a clip that is not there',
      ['--clip', '/no/such/clip.mp4'],
      /There is no clip .*clip\.mp4: pass --clip/,
    ],
    [
      'a clip that is no video',
      ['--clip', resolve('package.json')],
      /package\.json cannot be read as a video/,
    ],
  ])('tells about %s in a sentence, and starts nothing', async (_, args, sentence) => {
    const demo = startDemo(args);
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).toMatch(sentence);
    expect(demo.errors()).not.toContain('should not have happened');
    expect(code).toBe(1);
    expect(marked()).toEqual([]);
  });

  it.each([
    ['a card that is not there', '/no/such/card.json', /card \/no\/such\/card\.json cannot be read/],
    ['a name that no card has', 'yolo99', /No model card "yolo99".*Known are: .*yolox_nano/],
  ])('refuses %s as a model at once, and starts nothing', async (_, wrong, sentence) => {
    for (const scene of [
      ['--clip', clip],
      ['--rtsp', 'rtsp://127.0.0.1:9/camera'],
    ]) {
      const demo = startDemo([...scene, '--model', wrong]);
      const [code] = await once(demo.process, 'close');
      expect(demo.errors()).toMatch(sentence);
      expect(demo.errors()).not.toMatch(/should not have happened|Starting/);
      expect(code).toBe(1);
      expect(marked()).toEqual([]);
    }
  });

  it('says how to get the file of a model that is missing', async () => {
    const card = JSON.parse(readFileSync('models/yolox_nano.json', 'utf8'));
    const absent = join(folder, 'absent.json');
    writeFileSync(absent, JSON.stringify({ ...card, name: 'absent', file: 'absent.onnx' }));
    const demo = startDemo(['--clip', clip, '--model', absent]);
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).toMatch(
      /absent\.onnx of the model absent is missing: pass --models-dir .*models add/,
    );
    expect(code).toBe(1);
  });

  it.skipIf(model === undefined)('tells why a camera gives no picture, and ends with a failure', async () => {
    const port = await freePort();
    const demo = startDemo(['--rtsp', `rtsp://127.0.0.1:${port}/camera`, '--duration', '10m', '--json']);
    await vi.waitFor(() => expect(demo.output()).toMatch(/camera-1 (refused|unreachable)/), SEEN);
    process.kill(-(demo.process.pid ?? 0), 'SIGINT');
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).toMatch(/No frame was analysed\. \S/);
    expect(JSON.parse(demo.output().trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      frames: 0,
      passages: 0,
    });
    expect(code).toBe(1);
    expect(marked()).toEqual([]);
  });

  it('refuses an option that it does not know', async () => {
    const demo = startDemo(['--fast']);
    const [code] = await once(demo.process, 'close');
    expect(demo.errors()).toContain("unknown option '--fast'");
    expect(code).toBe(2);
  });
});

type Demo = { readonly process: ChildProcess; output(): string; errors(): string };

/** With the default model of the tests, unless `args` names one. */
function startDemo(args: readonly string[]): Demo {
  const [name = '', value = ''] = mark.split('=');
  const named = args.includes('--model') || model === undefined ? [] : ['--model', model.model];
  const child = spawn(process.execPath, ['dist/scripts/demo/main.js', ...args, ...named], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, [name]: value },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return { process: child, output: () => output, errors: () => errors };
}

/** Running processes with the mark in their environment. */
function marked(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) return [];
        return [
          { pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') },
        ];
      } catch {
        // It has ended while we were looking, or belongs to somebody else.
        return [];
      }
    });
}
