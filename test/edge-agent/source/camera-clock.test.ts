import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CameraClock, type FrameMoment } from '../../../edge-agent/source/camera-clock.ts';

/** A frame: its presentation time, and the delay until it arrived, both in ms. */
type Arrival = { pts: number; delay: number };

/** Plays frames taken at UTC `utc0 + pts`; the connection's presentation times begin at `base`. */
function play(arrivals: readonly Arrival[], { clock = new CameraClock(), base = 0, utc0 = 1e12 } = {}) {
  let atMs = 0;
  const moments: FrameMoment[] = [];
  for (const { pts, delay } of arrivals) {
    atMs = Math.max(atMs, pts + delay);
    const moment = clock.locate(base + pts, utc0 + atMs, atMs);
    if (moment !== undefined) moments.push(moment);
  }
  return moments;
}

const regular = (n: number, stepMs: number, delay: (i: number) => number = () => 100) =>
  Array.from({ length: n }, (_, i) => ({ pts: i * stepMs, delay: delay(i) }));

test('camera time begins at 0 and follows the presentation times exactly', () => {
  const moments = play(regular(100, 33.367), { base: 5000 });
  expect(moments.map((m) => m.cameraTimeMs)).toEqual(
    regular(100, 33.367).map((a) => expect.closeTo(a.pts, 6)),
  );
  expect(moments.filter((m) => m.discontinuity)).toHaveLength(1);
});

test('UTC follows the frames that arrive soonest, whatever the others do', () => {
  // Most frames are late by up to 300 ms, every tenth only by 50 ms.
  const moments = play(regular(600, 100, (i) => (i % 10 === 0 ? 50 : 50 + ((i * 37) % 250))));
  const last = moments.at(-1);
  expect((last?.capturedAtMs ?? 0) - 1e12).toBeCloseTo(599 * 100 + 50, 3);
});

test('a burst of old frames at the start of a connection is corrected within seconds', () => {
  // The first 25 frames come at once, 1 s after the first was taken.
  const moments = play(regular(100, 40, (i) => Math.max(50, 1000 - i * 40)));
  const late = moments.map((m, i) => m.capturedAtMs - 1e12 - i * 40);
  expect(late[0]).toBe(1000);
  expect(late[75]).toBeCloseTo(50, 3);
});

test('no frame is said to be taken after it arrived, and none before the one before it', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(delays, fc.integer({ min: 1, max: 500 }), (late, stepMs) => {
      const arrivals = late.map((delay, i) => ({ pts: i * stepMs, delay }));
      const moments = play(arrivals);
      let atMs = 0;
      arrivals.forEach(({ pts, delay }, i) => {
        atMs = Math.max(atMs, pts + delay);
        const { cameraTimeMs = Number.NaN, capturedAtMs = Number.NaN } = moments[i] ?? {};
        expect(capturedAtMs).toBeLessThanOrEqual(1e12 + atMs);
        const before = moments[i - 1];
        if (before === undefined) return;
        expect(cameraTimeMs).toBeGreaterThan(before.cameraTimeMs);
        expect(capturedAtMs).toBeGreaterThanOrEqual(before.capturedAtMs);
      });
    }),
  );
});

test('a frame that is not after the one before is left out', () => {
  const clock = new CameraClock();
  const times = [0, 40, 40, 20, 80].map((pts, i) => clock.locate(pts, 1e12 + i * 40, i * 40)?.cameraTimeMs);
  expect(times).toEqual([0, 40, undefined, undefined, 80]);
});

test('over a reconnection camera time goes on by the time that passed here', () => {
  const clock = new CameraClock();
  clock.locate(70_000, 1e12, 0);
  clock.locate(70_040, 1e12 + 40, 40);
  clock.startConnection();
  const moment = clock.locate(12, 1e12 + 5040, 5040);
  expect(moment).toEqual({ cameraTimeMs: 5040, capturedAtMs: 1e12 + 5040, discontinuity: true });
  expect(clock.locate(52, 1e12 + 5080, 5080)?.cameraTimeMs).toBe(5080);
});

test.each([
  ['wraps', 2 ** 32 / 90, 0],
  ['is set back', 500_000, 100_000],
  ['is set forward', 500_000, 900_000],
])('camera time goes on when the camera’s own clock %s', (_, before, after) => {
  const clock = new CameraClock();
  clock.locate(before - 40, 1e12, 0);
  clock.locate(before, 1e12 + 40, 40);
  expect(clock.locate(after, 1e12 + 80, 80)).toMatchObject({ cameraTimeMs: 80, discontinuity: true });
  expect(clock.locate(after + 40, 1e12 + 120, 120)).toMatchObject({
    cameraTimeMs: 120,
    discontinuity: false,
  });
});

test('a pause of the picture is a step of camera time and not a jump', () => {
  const clock = new CameraClock();
  clock.locate(0, 1e12, 0);
  expect(clock.locate(30_000, 1e12 + 30_000, 30_000)).toMatchObject({
    cameraTimeMs: 30_000,
    discontinuity: false,
  });
});

test('UTC follows a camera whose clock is slow by 50 ppm', () => {
  const arrivals = regular(36_000, 100).map(({ pts, delay }) => ({ pts, delay: delay + pts * 50e-6 }));
  const last = play(arrivals).at(-1);
  const trueUtc = 1e12 + (arrivals.at(-1)?.pts ?? 0) * (1 + 50e-6) + 100;
  // The least of the last minute: 60 s of drift at most.
  expect(Math.abs((last?.capturedAtMs ?? 0) - trueUtc)).toBeLessThan(4);
});

test.each([
  ['back', -3_600_000],
  ['forward', 3_600_000],
])('UTC follows within half a minute when the box sets its clock %s', (_, step) => {
  const clock = new CameraClock();
  play(regular(300, 100), { clock });
  let moment: FrameMoment | undefined;
  for (let i = 300; i < 600; i++) moment = clock.locate(i * 100, 1e12 + step + i * 100 + 100, i * 100 + 100);
  expect(moment?.capturedAtMs).toBeCloseTo(1e12 + step + 599 * 100 + 100, 3);
  expect(moment?.cameraTimeMs).toBe(59_900);
});
