import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../edge-agent/analytics/calibration.ts';
import type { BoxSighting } from '../../../edge-agent/analytics/ground-sightings.ts';
import { estimateSpeed, type SpeedOptions } from '../../../edge-agent/analytics/speed.ts';
import {
  calibrationOf,
  cameraAt,
  frames,
  gaussian,
  marked,
  PICTURE,
  seenOnTheWay,
  type Way,
} from './roads.ts';

const CAMERA = cameraAt();
const CALIBRATION = calibrationOf(CAMERA);

/** Northwards from 16 m on. */
const north =
  (speedKmh: number): Way =>
  (t) => [1.5, 16 + (speedKmh / 3.6) * t];

describe('the speed of a road user', () => {
  it('is the one that it goes at', () => {
    const speed = estimateSpeed(CALIBRATION, seenOnTheWay(CAMERA, north(50), frames(20)));
    expect(speed).toMatchObject({ quality: 'good', speedKmh: expect.closeTo(50, 4), sightings: 20 });
    expect(speed).toMatchObject({ durationMs: 1900, baseM: expect.closeTo(26.4, 1) });
    expect(speed).toMatchObject({ headingRad: expect.closeTo(Math.PI / 2, 4) });
  });

  it('keeps its standard error with noisy boxes, whatever the speed, direction and frame rate', () => {
    const misses: number[] = [];
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 15, max: 90, noNaN: true }),
        fc.boolean(),
        fc.constantFrom(8, 10, 12.5, 25),
        (seed, speedKmh, away, fps) => {
          const noise = gaussian(seed);
          const times = frames(Math.ceil(fps * 2), fps);
          const way: Way = (t) => [1.5, away ? 18 + (speedKmh / 3.6) * t : 68 - (speedKmh / 3.6) * t];
          const sightings = seenOnTheWay(CAMERA, way, times, () => 1.5 * noise());
          const speed = estimateSpeed(CALIBRATION, sightings);
          if (speed.quality === 'none') return;
          expect(Math.abs(speed.speedKmh - speedKmh)).toBeLessThan(4 * speed.standardErrorKmh);
          misses.push((speed.speedKmh - speedKmh) / speed.standardErrorKmh);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
    expect(misses.length).toBeGreaterThan(150);
    const within = misses.filter((miss) => Math.abs(miss) < 2).length / misses.length;
    expect(within).toBeGreaterThan(0.95);
  });

  it('goes by camera time, so dropped frames do not change it', () => {
    const times = frames(30).filter((_, i) => i % 7 !== 3 && i % 5 !== 1 && (i < 10 || i > 14));
    const speed = estimateSpeed(CALIBRATION, seenOnTheWay(CAMERA, north(40), times));
    expect(speed).toMatchObject({ speedKmh: expect.closeTo(40, 4) });
  });

  it('is not moved by single wrong boxes', () => {
    const noise = gaussian(3);
    const sightings = seenOnTheWay(CAMERA, north(50), frames(20), () => noise());
    for (const i of [4, 11, 18]) {
      const { cameraTimeMs, box } = sightings[i] as BoxSighting;
      sightings[i] = { cameraTimeMs, box: [box[0], box[1], box[2], box[3] + 60] };
    }
    const speed = estimateSpeed(CALIBRATION, sightings);
    expect(speed).toMatchObject({ quality: expect.stringMatching(/good|fair/) });
    expect(Math.abs((speed as { speedKmh: number }).speedKmh - 50)).toBeLessThan(1.5);
  });

  it('is taken around the moment that is asked for', () => {
    // 30 km/h for three seconds, then 60.
    const way: Way = (t) => [1.5, 14 + (t < 3 ? 8.333 * t : 25 + 16.667 * (t - 3))];
    const sightings = seenOnTheWay(CAMERA, way, frames(60));
    const at = (atMs: number) => estimateSpeed(CALIBRATION, sightings, { atMs, reachMs: 1000 });
    expect(at(1500)).toMatchObject({ speedKmh: expect.closeTo(30, 1) });
    expect(at(4200)).toMatchObject({ speedKmh: expect.closeTo(60, 1) });
  });

  it.each<[string, Way, number]>([
    ['in a turn of 8 m', (t) => [8 - 8 * Math.cos(0.6 * t), 25 + 8 * Math.sin(0.6 * t)], 17.28],
    ['on a roundabout of 14 m', (t) => [14 * Math.sin(t / 2), 36 - 14 * Math.cos(t / 2)], 25.2],
    ['while it brakes to a stop', (t) => [1.5, 40 - 10 * t + 1.25 * t * t], 22.5],
    ['while it starts off', (t) => [1.5, 20 + t * t], 10.8],
  ])('is that of the moment %s, also from one side of it', (_, way, speedKmh) => {
    const noise = gaussian(5);
    const sightings = seenOnTheWay(CAMERA, way, frames(31), () => 0.5 * noise());
    const both = estimateSpeed(CALIBRATION, sightings, { atMs: 1500 });
    expect(both).toMatchObject({ quality: expect.stringMatching(/good|fair/) });
    expect(Math.abs((both as { speedKmh: number }).speedKmh - speedKmh)).toBeLessThan(1);
    const before = estimateSpeed(CALIBRATION, sightings.slice(0, 16), { atMs: 1500 });
    expect(before).toMatchObject({ quality: expect.stringMatching(/good|fair/) });
    expect(Math.abs((before as { speedKmh: number }).speedKmh - speedKmh)).toBeLessThan(2.5);
  });

  it('leaves out boxes that the border of the picture cuts', () => {
    const whole = seenOnTheWay(CAMERA, (t) => [1.5, 8 + 10 * t], frames(20));
    const cut = whole.map(
      ({ cameraTimeMs, box }): BoxSighting => ({
        cameraTimeMs,
        box: [box[0], box[1], box[2], Math.min(box[3], 720)],
      }),
    );
    const speed = estimateSpeed(CALIBRATION, cut, { reachMs: 5000 });
    expect(speed).toMatchObject({ speedKmh: expect.closeTo(36, 4) });
    expect((speed as { sightings: number }).sightings).toBeLessThan(20);
  });
});

describe('no speed is given rather than a wrong one', () => {
  const jump: Way = (t) => [1.5, 16 + 10 * t + (t > 1 ? 15 : 0)];

  it.each<[string, string, readonly BoxSighting[], SpeedOptions?]>([
    ['for no sightings', 'too-few-sightings', []],
    ['for a few sightings', 'too-few-sightings', seenOnTheWay(CAMERA, north(50), frames(5))],
    ['for a blink', 'too-short-time', seenOnTheWay(CAMERA, north(50), frames(10, 25))],
    ['for who stands', 'too-short-base', seenOnTheWay(CAMERA, north(0), frames(30))],
    ['for who is pushed a metre', 'too-short-base', seenOnTheWay(CAMERA, north(1.5), frames(30))],
    ['when two road users exchange their identity', 'uneven', seenOnTheWay(CAMERA, jump, frames(22))],
    ['at 1536 km/h, gone in a moment', 'too-short-time', seenOnTheWay(CAMERA, north(1536), frames(60, 100))],
    ['at 300 km/h', 'implausible', seenOnTheWay(CAMERA, north(300), frames(20, 25))],
    ['at the horizon', 'too-few-sightings', seenOnTheWay(CAMERA, (t) => [0, 150 + 14 * t], frames(20))],
  ])('%s', (_, reason, sightings, options) => {
    expect(estimateSpeed(CALIBRATION, sightings, options)).toEqual({ quality: 'none', reason });
  });

  it('when boxes dance', () => {
    const noise = gaussian(9);
    const sightings = seenOnTheWay(CAMERA, north(50), frames(20), () => 25 * noise());
    expect(estimateSpeed(CALIBRATION, sightings).quality).toBe('none');
  });

  it('when the calibration is only good near the camera and the road user far away', () => {
    const nearby = [-3, 3].flatMap((x) => [12, 14, 16].map((y): [number, number] => [x, y]));
    const points = marked(CAMERA, nearby);
    const poor = calibrate({ picture: PICTURE, points, pointErrorPx: 4 });
    const sightings = seenOnTheWay(CAMERA, (t) => [1.5, 35 + 14 * t], frames(20));
    expect(estimateSpeed(poor, sightings)).toEqual({ quality: 'none', reason: 'uncertain' });
    expect(estimateSpeed(CALIBRATION, sightings).quality).not.toBe('none');
  });

  it('whatever the boxes are', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            cameraTimeMs: fc.double({ min: 0, max: 4000, noNaN: true }),
            box: fc.tuple(
              fc.double({ min: 20, max: 600, noNaN: true }),
              fc.double({ min: 0, max: 300, noNaN: true }),
              fc.double({ min: 601, max: 1200, noNaN: true }),
              fc.double({ min: 301, max: 700, noNaN: true }),
            ),
          }),
          { maxLength: 40 },
        ),
        (sightings) => {
          sightings.sort((a, b) => a.cameraTimeMs - b.cameraTimeMs);
          const speed = estimateSpeed(CALIBRATION, sightings);
          if (speed.quality !== 'none') {
            expect(speed.speedKmh).toBeLessThanOrEqual(200);
            expect(Number.isFinite(speed.standardErrorKmh)).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
