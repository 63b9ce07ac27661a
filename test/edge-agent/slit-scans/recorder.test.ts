// What becomes of frames and passages: pieces on a real disk, and the answer to whoever asks for them.

import { readdir, rm, writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { MAX_SLIT_SCAN_BASE64, replySchema } from '../../../contract/index.ts';
import { JobLine } from '../../../edge-agent/evidence/job-line.ts';
import { answerScan, marksByPiece } from '../../../edge-agent/slit-scans/answer-scan.ts';
import { SlitScanRecorder, type SlitScanRecorderOptions } from '../../../edge-agent/slit-scans/recorder.ts';
import { folder, frameOf, LINE, passageAt, SHAPE, SIZE, storeIn, T0 } from './make-scans.ts';

const MINUTE = 60_000;

async function recording(options: Partial<SlitScanRecorderOptions> = {}) {
  const directory = await folder();
  const store = storeIn(directory);
  const recorder = new SlitScanRecorder({
    camera: 'north',
    lines: [LINE],
    picture: SIZE,
    shape: SHAPE,
    analysisFps: 10,
    columns: 6,
    maxFrameGapMs: 1000,
    store,
    jobs: new JobLine(),
    logger: pino({ level: 'silent' }),
    ...options,
  });
  const see = (fromMs: number, toMs: number, stepMs = 100) => {
    for (let ms = fromMs; ms < toMs; ms += stepMs) recorder.keep(frameOf(ms));
  };
  const ask = (fromMs: number, toMs: number, nowMs = T0 + toMs) =>
    answerScan({
      ...{ camera: 'north', line: LINE, columns: 6, store, recorder, nowMs },
      ...{ fromMs: T0 + fromMs, toMs: T0 + toMs },
    });
  return { directory, store, recorder, see, ask };
}

const spans = ({ pieces }: { pieces: readonly { fromMs: number; toMs: number }[] }) =>
  pieces.map(({ fromMs, toMs }) => [fromMs - T0, toMs - T0]);

describe('a recorder of slit scans', () => {
  it('makes a piece a minute, whole minutes of UTC, and shows the one that is being made', async () => {
    const { recorder, see, ask } = await recording();
    see(50_000, 130_000);
    await recorder.settled();
    const answer = await ask(0, 600_000, T0 + 130_000);
    expect(spans(answer)).toEqual([
      [50_000, 59_900],
      [60_000, 119_900],
      [120_000, 129_900],
    ]);
    expect(answer.pieces.map(({ final }) => final)).toEqual([true, true, false]);
    expect(answer).toMatchObject({ oldestMs: T0 + 50_000, newestMs: T0 + 129_900, nextMs: null, columns: 6 });
    for (const { width, height, frames, jpeg } of answer.pieces) {
      expect([width, height]).toEqual([frames.length * 6, 128]);
      expect(Buffer.from(jpeg, 'base64').subarray(0, 2).toString('hex')).toBe('ffd8');
    }
    const reply = { v: 1, id: 'a', agent: 'box', atMs: T0, ok: true, result: answer };
    expect(replySchema.safeParse(reply).error).toBeUndefined();
  });

  it('leaves a gap where the camera was away, dropped frames, or the clock was set back', async () => {
    const { recorder, see, ask } = await recording();
    see(0, 1000);
    recorder.keep(frameOf(1000, undefined, { discontinuity: true }));
    see(1100, 2000);
    see(5000, 6000);
    see(3000, 4000);
    await recorder.settled();
    expect(spans(await ask(0, 60_000))).toEqual([
      [0, 900],
      [1000, 1900],
      [3000, 3900],
      [5000, 5900],
    ]);
  });

  it('is one piece while the clock of a camera is being learned, with each moment after the one before', async () => {
    const { recorder, ask } = await recording();
    for (const ms of [100, 100, 60, 200, 300]) recorder.keep(frameOf(ms));
    const { pieces } = await ask(0, 60_000);
    expect(pieces.map(({ fromMs, frames }) => [fromMs - T0, frames])).toEqual([[100, [0, 1, 2, 100, 200]]]);
  });

  it('puts passages where they belong, also those that are certain only when their piece is written', async () => {
    const { recorder, see, ask } = await recording();
    see(50_000, 55_000);
    recorder.passed(passageAt(52_000, { along: 0.25, track: 7, lane: 'inner', roadUser: 'bus' }));
    see(55_000, 62_000);
    recorder.passed(passageAt(59_950, { track: 8 }));
    const marks = async () =>
      (await ask(0, 180_000)).pieces.map((piece) => piece.marks.map(({ track }) => track));
    expect(await marks()).toEqual([[7, 8], []]);
    await recorder.settled();
    expect(await marks()).toEqual([[7, 8], []]);
    see(62_000, 121_000);
    await recorder.settled();
    expect(await marks()).toEqual([[7, 8], [], []]);
    const [first] = (await ask(0, 60_000)).pieces;
    expect(first?.marks[0]).toEqual({
      ...{ atMs: T0 + 52_000, direction: 'towards', lane: 'inner' },
      ...{ roadUser: 'bus', track: 7, along: 0.25 },
    });
  });

  it('writes what it has when nothing comes any more, and passages that follow', async () => {
    const { directory, recorder, see } = await recording();
    see(0, 5000);
    recorder.advanceTo(T0 + 10_000);
    expect(recorder.own('stop').pieces).toHaveLength(1);
    recorder.advanceTo(T0 + 15_000);
    recorder.passed(passageAt(4900));
    recorder.advanceTo(T0 + 16_000);
    await recorder.settled();
    expect(recorder.own('stop')).toEqual({ pieces: [], marks: [] });
    const after = storeIn(directory);
    const found = await after.find('north', 'stop', T0, T0 + 5000);
    expect(found.map(({ header }) => [header.piece?.frames.length, header.marks.length])).toEqual([
      [50, 0],
      [undefined, 1],
    ]);
  });

  it('begins anew when the picture has another size, and when a piece is full', async () => {
    const { recorder, see, ask } = await recording({ analysisFps: 0.1 });
    see(0, 100);
    const geometry = { ...frameOf(0).geometry, sourceWidth: 256, scaleX: 0.5 };
    for (const ms of [100, 200]) recorder.keep(frameOf(ms, undefined, { geometry }));
    await recorder.settled();
    expect(spans(await ask(0, 60_000))).toEqual([
      [0, 0],
      [100, 200],
    ]);
    see(1000, 2000);
    await recorder.settled();
    expect((await ask(1000, 60_000)).pieces.map(({ frames }) => frames.length)).toEqual([7, 3]);
  });

  it('draws vehicles the way round that they drive, as soon as somebody was counted', async () => {
    // Brighter downwards: which way round a block is shows in its slope.
    const slope = (ms: number) => frameOf(ms, (_, y) => [y * 2, y * 2, y * 2]);
    const { recorder } = await recording();
    recorder.keep(slope(0));
    recorder.passed(passageAt(50, { direction: 'away' }));
    recorder.keep(slope(100));
    const view = recorder.own('stop').pieces[0]?.view;
    const at = (frame: number, column: number) => view?.pixels[((frame * 6 + column) * 128 + 64) * 3] ?? 0;
    expect(at(0, 0)).toBeGreaterThan(at(0, 5));
    expect(at(1, 0)).toBeLessThan(at(1, 5));
  });

  it('tells of a disk that fails, once, goes on, and says when it is over', async () => {
    const logger = pino({ level: 'silent' });
    const [warn, info] = [vi.spyOn(logger, 'warn'), vi.spyOn(logger, 'info')];
    const { directory, recorder, see, ask } = await recording({ logger });
    await rm(directory, { recursive: true });
    await writeFile(directory, '');
    see(0, 130_000, 500);
    await recorder.settled();
    expect(recorder.problem).toMatch(/cannot be written to/);
    expect(recorder.state).toMatchObject({ pieces: 0, failed: 2 });
    expect(warn).toHaveBeenCalledTimes(1);
    await rm(directory);
    see(130_000, 200_000, 500);
    await recorder.settled();
    expect(recorder.problem).toBeUndefined();
    expect(info).toHaveBeenCalledWith('slit scans are kept again');
    expect(spans(await ask(0, 240_000))[0]).toEqual([120_000, 179_500]);
  });

  it('gives pieces up when they cannot be written as fast as they are made', async () => {
    let release: () => void = () => undefined;
    const hangs = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { recorder, see } = await recording({ store: { append: () => hangs } });
    see(0, 7 * MINUTE, 900);
    expect(recorder.problem).toMatch(/faster than they can be written/);
    expect(recorder.own('stop').pieces).toHaveLength(5);
    release();
    await recorder.settled();
    expect(recorder.state.failed).toBe(2);
  });

  it('never throws into the loop that carries the frames', async () => {
    const { recorder, see } = await recording();
    see(0, 1000);
    // A frame that is shorter than its geometry says has no pixels there.
    expect(() => recorder.keep({ ...frameOf(1000), geometry: undefined as never })).not.toThrow();
    expect(recorder.problem).toMatch(/internal error/);
    see(1100, 2000);
    expect(recorder.own('stop').pieces).toHaveLength(1);
  });

  it('makes nothing without lines, and nothing any more when it is closed', async () => {
    const none = await recording({ lines: [] });
    none.see(0, 1000);
    none.recorder.passed(passageAt(10));
    await none.recorder.close();
    expect(await readdir(none.directory)).toEqual([]);
    const { directory, recorder, see } = await recording();
    see(0, 1000);
    recorder.passed(passageAt(500));
    await recorder.close();
    see(1000, 2000);
    await recorder.close();
    const [record] = await storeIn(directory).find('north', 'stop', T0, T0 + MINUTE);
    expect(record?.header).toMatchObject({ piece: { toMs: T0 + 900 }, marks: [{ track: 1 }] });
  });
});

describe('the answer to who asks for a slit scan', () => {
  it('has the pieces with a frame in that time, and says what there is of it', async () => {
    const { recorder, see, ask } = await recording();
    see(0, 60_000, 500);
    see(120_000, 180_100, 500);
    await recorder.settled();
    expect(spans(await ask(59_500, 60_000))).toEqual([[0, 59_500]]);
    expect(spans(await ask(59_501, 120_000))).toEqual([]);
    const answer = await ask(70_000, 80_000);
    expect(answer).toMatchObject({ pieces: [], nextMs: null, oldestMs: T0, newestMs: T0 + 180_000 });
    const { ask: askNobody } = await recording();
    expect(await askNobody(0, 1000)).toMatchObject({ pieces: [], oldestMs: null, newestMs: null });
  });

  it('is as long as a reply may be, and says where to go on', async () => {
    const { store, recorder, ask } = await recording();
    const picture = Buffer.alloc(200_000, 1);
    const pieces = [0, 1, 2, 3, 4].map((minute) => ({
      fromMs: T0 + minute * MINUTE,
      toMs: T0 + minute * MINUTE + 900,
    }));
    for (const piece of pieces) {
      const header = {
        line: 'stop',
        piece: { ...piece, width: 12, height: 32, frames: [0, 900] },
        marks: [],
      };
      await store.append('north', [{ header, jpeg: picture }], piece.fromMs);
    }
    recorder.keep(frameOf(5 * MINUTE));
    const seen: number[] = [];
    let next: number | null = T0;
    while (next !== null) {
      const answer = await ask(next - T0, 10 * MINUTE);
      const letters = answer.pieces.reduce((sum, { jpeg }) => sum + jpeg.length, 0);
      expect(letters).toBeLessThanOrEqual(MAX_SLIT_SCAN_BASE64);
      expect(answer.pieces.length).toBeGreaterThan(0);
      seen.push(...answer.pieces.map(({ fromMs }) => (fromMs - T0) / MINUTE));
      next = answer.nextMs;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives a passage to the piece that is nearest, once, and to none when it is far from all', () => {
    const piece = (fromMs: number, toMs: number) => ({ fromMs, toMs, width: 6, height: 32, frames: [0] });
    const pieces = [piece(1000, 2000), piece(2100, 3000)];
    const mark = (atMs: number, track = atMs) =>
      ({ atMs, track, direction: 'away', roadUser: 'car', along: 0 }) as const;
    const marks = [mark(2010), mark(2090), mark(100), mark(4400), mark(9000), mark(2010), mark(1500)];
    const found = marksByPiece(pieces, marks);
    expect(pieces.map((each) => found.get(each)?.map(({ atMs }) => atMs))).toEqual([
      [100, 1500, 2010],
      [2090, 4400],
    ]);
  });
});
