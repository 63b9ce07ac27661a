// The ring of a camera, with streams made packet by packet and a clock that stands until it is moved.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Ring, type RingOptions } from '../../../edge-agent/evidence/ring.ts';
import { fileShelf, memoryShelf } from '../../../edge-agent/evidence/segment-shelf.ts';
import { TransportStream } from '../../../edge-agent/evidence/transport-stream.ts';
import { picture, tables } from './transport-packets.ts';

const silent = pino({ level: 'silent' });
const PICTURE_MS = 100;
const KEY_EVERY = 20;
const UTC_MS = 1_795_000_000_000;

/** A camera of 10 pictures a second, a keyframe every 2 s, each picture analysed. */
function camera(options: Partial<RingOptions> = {}) {
  let nowMs = 0;
  const ring = new Ring({
    ...{ keepMs: 10_000, maxBytes: 2 ** 24, shelf: memoryShelf(), logger: silent },
    ...options,
    monotonicMs: () => nowMs,
  });
  return {
    ring,
    connect: () => ring.startConnection(),
    wait: (ms: number) => {
      nowMs += ms;
    },
    /** `count` pictures from `fromMs` of the connection's own time; `cameraMs` is the camera's time less that. */
    send(fromMs: number, count: number, { cameraMs = 0, packets = 2, keyEvery = KEY_EVERY } = {}) {
      if (fromMs === 0) ring.write(tables());
      for (let i = 0; i < count; i++) {
        const timeMs = fromMs + i * PICTURE_MS;
        nowMs += PICTURE_MS;
        ring.write(picture(timeMs, { isKey: Math.round(timeMs / PICTURE_MS) % keyEvery === 0, packets }));
        const cameraTimeMs = timeMs + cameraMs;
        ring.frame({ timeUs: timeMs * 1000, cameraTimeMs, capturedAtMs: UTC_MS + cameraTimeMs });
      }
    },
  };
}

function timesIn(stream: readonly Buffer[]): number[] {
  const times: number[] = [];
  const reader = new TransportStream({
    onPicture: ({ timeUs }) => times.push(timeUs / 1000),
    onPacket: () => undefined,
  });
  for (const chunk of stream) reader.write(chunk);
  return times;
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-ring-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a cut', () => {
  it('begins with the last keyframe before the pre-roll and ends after the post-roll', async () => {
    const { ring, connect, send } = camera({ keepMs: 60_000 });
    connect();
    send(0, 200);
    const cut = await ring.cut(10_300, 3000, 2000);
    expect(cut).toMatchObject({ startUs: 6_000_000, endUs: 14_000_000, frameUs: 10_300_000 });
    expect(cut).toMatchObject({ fromMs: UTC_MS + 6000, toMs: UTC_MS + 14_000, atMs: UTC_MS + 10_300 });
    expect(timesIn(cut.stream)).toEqual(Array.from({ length: 80 }, (_, i) => 6000 + i * PICTURE_MS));
  });

  it('holds what has come of a piece that is not whole yet, but no half picture', async () => {
    const { ring, connect, send } = camera();
    connect();
    send(0, 25);
    const cut = await ring.cut(2200, 0, 5000);
    expect(timesIn(cut.stream)).toEqual([2000, 2100, 2200, 2300]);
  });

  it('does not reach over a reconnection: time stamps and codec may be others', async () => {
    const { ring, connect, send, wait } = camera({ keepMs: 60_000 });
    connect();
    send(0, 50);
    wait(3000);
    connect();
    send(0, 50, { cameraMs: 8000 });
    const after = await ring.cut(9000, 5000, 1000);
    expect(after).toMatchObject({ startUs: 0, fromMs: UTC_MS + 8000 });
    const before = await ring.cut(4000, 1000, 5000);
    expect(before).toMatchObject({ startUs: 2_000_000, endUs: 5_000_000, toMs: UTC_MS + 5000 });
  });

  it('of the last picture before an outage is there', async () => {
    const { ring, connect, send } = camera();
    connect();
    send(0, 30);
    const cut = await ring.cut(2900, 1000, 1000);
    expect(cut.frameUs).toBe(2_900_000);
  });

  it('is refused when the moment has left the ring, or when there never was any video', async () => {
    const { ring, connect, send } = camera({ keepMs: 5000 });
    await expect(ring.cut(0, 0, 0)).rejects.toThrow('No frame of this camera has been analysed yet.');
    connect();
    send(0, 300);
    const oldest = await ring.cut(26_000, 0, 0);
    expect(oldest.startUs).toBe(26_000_000);
    await expect(ring.cut(22_000, 0, 0)).rejects.toThrow('not kept');
  });
});

describe('a ring', () => {
  it('holds no more than its seconds, however long the camera runs', () => {
    const { ring, connect, send } = camera({ keepMs: 10_000 });
    connect();
    for (let minute = 0; minute < 30; minute++) {
      send(minute * 60_000, 600);
      expect(ring.state.seconds).toBeLessThanOrEqual(14);
      expect(ring.state.segments).toBeLessThanOrEqual(7);
    }
    expect(ring.state).toMatchObject({ lost: 0 });
    expect(ring.state.seconds).toBeGreaterThanOrEqual(10);
  });

  it('holds no more than its bytes, lets the oldest go and counts them', () => {
    const maxBytes = 100_000;
    const { ring, connect, send } = camera({ keepMs: 60_000, maxBytes });
    connect();
    for (let i = 0; i < 100; i++) {
      send(i * 1000, 10, { packets: 10 });
      expect(ring.state.bytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(ring.state.lost).toBeGreaterThan(30);
    expect(ring.state.segments).toBeGreaterThan(0);
  });

  it('lets video go that comes without keyframes for ever', () => {
    const { ring, connect, send } = camera({ maxBytes: 50_000 });
    connect();
    send(0, 10);
    send(1000, 2000, { keyEvery: 100_000 });
    expect(ring.state.bytes).toBeLessThanOrEqual(50_000);
    expect(ring.state.lost).toBe(1);
  });

  it('joins pieces of cameras that send nothing but keyframes', () => {
    const { ring, connect, send } = camera();
    connect();
    send(0, 55, { keyEvery: 1 });
    expect(ring.state.segments).toBe(5);
  });

  it('says why there is nothing when the codec cannot be kept', () => {
    const { ring, connect } = camera();
    connect();
    ring.write(tables(0x06));
    expect(ring.state.problem).toContain('codec');
    connect();
    ring.write(tables());
    expect(ring.state.problem).toBeUndefined();
  });

  it('lets nobody wait who waits for a camera that is closed', async () => {
    const { ring, connect, send } = camera();
    connect();
    send(0, 10);
    const wait = ring.until(60_000, 600_000);
    await ring.close();
    await wait;
    await ring.until(90_000, 600_000);
  });

  it('ends a wait when the picture after the wanted one begins', async () => {
    const { ring, connect, send } = camera();
    connect();
    send(0, 10);
    let isThere = false;
    const wait = ring.until(1500, 600_000).then(() => {
      isThere = true;
    });
    send(1000, 6);
    await Promise.resolve();
    expect(isThere).toBe(false);
    send(1600, 1);
    await wait;
  });
});

describe('a ring in a folder', () => {
  it('has its pieces in files, gives the same cut, and deletes what is over', async () => {
    const directory = await folder();
    const { ring, connect, send } = camera({ shelf: fileShelf(directory, 'north', silent), keepMs: 6000 });
    const inMemory = camera({ keepMs: 6000 });
    connect();
    inMemory.connect();
    for (let fromMs = 0; fromMs < 20_000; fromMs += 2000) {
      send(fromMs, 20);
      inMemory.send(fromMs, 20);
      await expect.poll(async () => (await readdir(directory)).length).toBe(ring.state.segments);
    }
    const cut = await ring.cut(16_000, 1000, 1000);
    const same = await inMemory.ring.cut(16_000, 1000, 1000);
    expect(Buffer.concat(cut.stream).equals(Buffer.concat(same.stream))).toBe(true);
    await expect.poll(async () => (await readdir(directory)).length).toBe(ring.state.segments);
    await ring.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it('deletes what an earlier life left there, and nothing else', async () => {
    const directory = await folder();
    for (const name of ['north.7.ts', 'south.7.ts', 'north.txt']) await writeFile(join(directory, name), 'x');
    const { ring, connect, send } = camera({ shelf: fileShelf(directory, 'north', silent) });
    connect();
    send(0, 30);
    await expect
      .poll(async () => (await readdir(directory)).sort())
      .toEqual(['north.1.ts', 'north.txt', 'south.7.ts']);
    await ring.close();
  });

  it('that cannot be written says so, loses its pieces, and is mended when it can be written again', async () => {
    const directory = join(await folder(), 'ring');
    await writeFile(directory, 'a file where the folder should be');
    const { ring, connect, send } = camera({ shelf: fileShelf(directory, 'north', silent) });
    connect();
    send(0, 50);
    await expect.poll(() => ring.state).toMatchObject({ segments: 0, lost: 2 });
    expect(ring.state.problem).toContain(`cannot be written to ${directory}`);
    // What is still coming is in memory.
    expect(timesIn((await ring.cut(4500, 0, 0)).stream)).toContain(4500);
    await rm(directory);
    send(5000, 50);
    await expect.poll(() => ring.state.problem).toBeUndefined();
    expect(ring.state.segments).toBeGreaterThan(0);
    await ring.close();
  });
});
