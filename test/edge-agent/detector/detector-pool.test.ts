// The pool's own behaviour, with real threads whose worker misbehaves on command.

import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DetectorPool,
  type DetectorPoolOptions,
  openDetectorPool,
} from '../../../edge-agent/detector/detector-pool.ts';
import { greyFrame, makeTinyModel, type TinyModel } from './tiny-model.ts';

const ANSWER = 0;
const DIE = 1;
const HANG = 2;
const FAIL = 3;
const ANSWER_LATER = 4;

const workerUrl = new URL('./misbehaving-worker.mjs', import.meta.url);
const logger = pino({ level: 'silent' });

describe('the detector pool', () => {
  let model: TinyModel;
  let pool: DetectorPool | undefined;

  beforeEach(async () => {
    model = await makeTinyModel();
  });
  afterEach(async () => {
    await pool?.close();
    await rm(model.directory, { recursive: true });
  });

  async function open(options: Partial<DetectorPoolOptions> = {}): Promise<DetectorPool> {
    pool = await openDetectorPool({ ...model, logger, workerUrl, ...options });
    return pool;
  }

  it('tells what the source must deliver and what the model can tell apart', async () => {
    const { shape, roadUsers, executionProvider } = await open();
    expect(shape).toEqual({ width: 64, height: 32, colourOrder: 'rgb', fit: 'stretch', padValue: 114 });
    expect(roadUsers).toEqual(['car', 'person']);
    expect(executionProvider).toBe('cpu');
  });

  it('hands everything about the frame on but its pixels, which it takes over', async () => {
    const { detect } = bound(await open());
    const frame = greyFrame(ANSWER, 7);
    const { planes: _planes, ...info } = frame;
    const given: Uint8Array[] = [];
    const detected = detect({ ...frame, recycle: (planes) => given.push(planes) });
    expect((await detected).frame).toEqual(info);
    expect(frame.planes.length).toBe(0);
    // Its memory comes back for a later frame.
    expect(given.map(({ length }) => length)).toEqual([64 * 32 * 3]);
  });

  it('rejects the frame that kills a thread, starts another one, and goes on', async () => {
    const opened = await open();
    const { detect } = bound(opened);
    const dying = detect(greyFrame(DIE));
    const next = detect(greyFrame(ANSWER));
    await expect(dying).rejects.toMatchObject({
      code: 'crashed',
      retryable: true,
      message: expect.stringContaining('made to die'),
    });
    expect((await next).count).toBe(0);
    expect(opened.stats).toMatchObject({ frames: 1, framesLost: 1, threadRestarts: 1, threadsAlive: 1 });
  });

  it('replaces a thread that does not come back from an inference', async () => {
    const opened = await open({ inferenceTimeoutMs: 50 });
    const { detect } = bound(opened);
    await expect(detect(greyFrame(HANG))).rejects.toMatchObject({ code: 'stuck', retryable: true });
    expect((await detect(greyFrame(ANSWER))).count).toBe(0);
    expect(opened.stats.threadRestarts).toBe(1);
  });

  it('keeps the thread when only the frame fails', async () => {
    const opened = await open();
    const { detect } = bound(opened);
    await expect(detect(greyFrame(FAIL))).rejects.toMatchObject({ code: 'failed', retryable: false });
    expect((await detect(greyFrame(ANSWER))).count).toBe(0);
    expect(opened.stats).toMatchObject({ framesLost: 1, threadRestarts: 0 });
  });

  it('turns frames away while no thread can be started, instead of letting them grow old', async () => {
    model = { ...model, card: { ...model.card, name: 'unstartable' } };
    const opened = await open();
    const { detect } = bound(opened);
    const dying = detect(greyFrame(DIE));
    const waiting = detect(greyFrame(ANSWER));
    await expect(dying).rejects.toMatchObject({ code: 'crashed' });
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(detect(greyFrame(ANSWER))).rejects.toMatchObject({ code: 'unavailable' });
    expect(opened.stats).toMatchObject({ threadsAlive: 0, waiting: 0, framesLost: 2 });
  });

  it('lets a camera have two frames waiting, and counts those it turns away', async () => {
    const opened = await open();
    const running = opened.detect(greyFrame(ANSWER_LATER), 'a');
    const accepted = [opened.detect(greyFrame(ANSWER), 'a'), opened.detect(greyFrame(ANSWER), 'a')];
    await expect(opened.detect(greyFrame(ANSWER), 'a')).rejects.toMatchObject({
      code: 'queue-full',
      retryable: true,
    });
    const other = opened.detect(greyFrame(ANSWER), 'b');
    expect(opened.stats).toMatchObject({ framesRefused: 1, waiting: 3 });
    await Promise.all([running, ...accepted, other]);
    expect(opened.stats).toMatchObject({ frames: 4, waiting: 0, inferenceMs: 8 });
  });

  it('serves cameras in turn', async () => {
    const opened = await open();
    const order: string[] = [];
    const send = (name: string, grey = ANSWER) =>
      opened.detect(greyFrame(grey), name.slice(0, 1)).then(() => order.push(name));
    await Promise.all([send('x', ANSWER_LATER), send('a1'), send('a2'), send('b1'), send('b2')]);
    expect(order).toEqual(['x', 'a1', 'b1', 'a2', 'b2']);
  });

  it('finishes the running frame on close, rejects the waiting one and every later one', async () => {
    const opened = await open();
    const running = opened.detect(greyFrame(ANSWER_LATER), 'a');
    const waiting = opened.detect(greyFrame(ANSWER), 'a');
    const closed = opened.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    expect((await running).count).toBe(0);
    await closed;
    await opened.close();
    expect(opened.stats.threadsAlive).toBe(0);
    await expect(opened.detect(greyFrame(ANSWER))).rejects.toMatchObject({ code: 'closed' });
  });

  it('closes within seconds while an inference does not come back', async () => {
    const opened = await open();
    const stuck = expect(opened.detect(greyFrame(HANG))).rejects.toMatchObject({ code: 'crashed' });
    const startedMs = performance.now();
    await opened.close();
    await stuck;
    // Without the bound it would be the 30 s of an inference.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(opened.stats.threadsAlive).toBe(0);
  });

  it('closes while a dead thread waits to be started again', async () => {
    model = { ...model, card: { ...model.card, name: 'unstartable' } };
    const opened = await open();
    await expect(opened.detect(greyFrame(DIE))).rejects.toMatchObject({ code: 'crashed' });
    await opened.close();
    expect(opened.stats.threadsAlive).toBe(0);
  });

  it('warns once about labels that the card does not list', async () => {
    const warn = vi.fn();
    const talking = pino({ level: 'warn', hooks: { logMethod: (args) => warn(...args) } });
    const opened = await open({ logger: talking });
    await opened.detect(greyFrame(ANSWER));
    await opened.detect(greyFrame(ANSWER));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[1]).toContain('Complete "labels"');
  });

  it('refuses a file with another hash than the card names', async () => {
    const sha256 = '0'.repeat(64);
    model = { ...model, card: { ...model.card, sha256 } };
    await expect(open()).rejects.toMatchObject({
      code: 'refused',
      problems: [expect.stringContaining(`expected ${sha256}, found `)],
    });
  });

  it('refuses a missing file and says how to get it', async () => {
    await expect(open({ modelPath: '/nowhere/tiny.onnx' })).rejects.toThrow(
      '/nowhere/tiny.onnx does not exist. Give the path of the ONNX file, or get it with "ngatu models fetch"',
    );
  });
});

function bound(pool: DetectorPool) {
  return { detect: (frame: ReturnType<typeof greyFrame>) => pool.detect(frame, 'camera') };
}
