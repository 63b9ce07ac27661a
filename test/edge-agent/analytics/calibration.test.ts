import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CalibrationOptions,
  calibrate,
  toGround,
  toPicture,
} from '../../../edge-agent/analytics/calibration.ts';
import {
  CalibrationError,
  calibrationPoints,
  type PointPair,
} from '../../../edge-agent/analytics/calibration-points.ts';
import { groundLength, groundScale } from '../../../edge-agent/analytics/ground-scale.ts';
import { calibrationOf, cameraAt, gaussian, marked, PICTURE, PLACES } from './roads.ts';

const someCamera = fc.record({
  heightM: fc.double({ min: 4, max: 20, noNaN: true }),
  panDeg: fc.double({ min: -30, max: 30, noNaN: true }),
  tiltDeg: fc.double({ min: 10, max: 35, noNaN: true }),
  rollDeg: fc.double({ min: -10, max: 10, noNaN: true }),
  distortion: fc.double({ min: 0, max: 0.15, noNaN: true }),
});

describe('a calibrated camera', () => {
  it('knows where on the road every point below the horizon is', () => {
    fc.assert(
      fc.property(
        someCamera,
        fc.double({ min: 0, max: 1280, noNaN: true }),
        fc.double({ min: 0, max: 720, noNaN: true }),
        (changes, x, y) => {
          const camera = cameraAt(changes);
          const truth = camera.ground(x, y);
          const distance = truth && Math.hypot(...truth);
          fc.pre(distance !== undefined && distance < 150);
          const place = toGround(calibrationOf(camera), [x, y]);
          expect(place?.[0]).toBeCloseTo(truth?.[0] ?? Number.NaN, 1);
          expect(place?.[1]).toBeCloseTo(truth?.[1] ?? Number.NaN, 1);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('finds the way from the picture to the ground and back', () => {
    fc.assert(
      fc.property(
        someCamera,
        fc.integer(),
        fc.double({ min: 0, max: 1280, noNaN: true }),
        fc.double({ min: 0, max: 720, noNaN: true }),
        (changes, seed, x, y) => {
          const noise = gaussian(seed);
          const calibration = calibrationOf(cameraAt(changes), () => noise());
          const place = toGround(calibration, [x, y]);
          if (place === undefined) return;
          const back = toPicture(calibration, place);
          expect(back?.[0]).toBeCloseTo(x, 4);
          expect(back?.[1]).toBeCloseTo(y, 4);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('sees no ground at the horizon and above, and nothing behind it in the picture', () => {
    const calibration = calibrationOf(cameraAt({ tiltDeg: 10 }));
    // 10 degrees up from the middle with a focal length of 1280 px.
    const horizon = 360 - 1280 * Math.tan((10 * Math.PI) / 180);
    expect(toGround(calibration, [640, horizon + 5])?.[1]).toBeGreaterThan(1000);
    expect(toGround(calibration, [640, horizon])).toBeUndefined();
    expect(toGround(calibration, [640, horizon - 50])).toBeUndefined();
    expect(toPicture(calibration, [0, -30])).toBeUndefined();
    expect(groundScale(calibration, [640, horizon - 50])).toBeUndefined();
    expect(groundLength(calibration, [640, 600], [640, horizon - 50])).toBeUndefined();
  });

  it('tells for every point how far it is off, in pixels and in metres', () => {
    const points = marked(cameraAt());
    const exact = calibrate({ picture: PICTURE, points });
    expect(exact.rms.px).toBeLessThan(1e-6);
    expect(exact.rms.m).toBeLessThan(1e-6);
    const { picture, ground } = points[7] as PointPair;
    points[7] = { picture: [picture[0] + 12, picture[1]], ground };
    const { errors } = calibrate({ picture: PICTURE, points });
    expect(errors).toHaveLength(12);
    expect(Math.max(...errors.map(({ px }) => px))).toBe(errors[7]?.px);
    expect(errors[7]?.px).toBeGreaterThan(7);
    expect(errors[7]?.m).toBeGreaterThan(0.15);
  });

  it('knows that a pixel is worth more far away', () => {
    const calibration = calibrationOf(cameraAt());
    const near = groundScale(calibration, [640, 650]);
    const far = groundScale(calibration, [640, 60]);
    expect(near?.metresPerPx).toBeGreaterThan(0.005);
    expect(near?.metresPerPx).toBeLessThan(0.03);
    expect(far?.metresPerPx).toBeGreaterThan(10 * (near?.metresPerPx ?? 1));
    // Across the view a pixel is distance by focal length; along it more.
    const [x = 0, y = 0] = toGround(calibration, [640, 60]) ?? [];
    expect(far?.acrossMetresPerPx).toBeCloseTo(Math.hypot(x, y, 8) / 1280, 2);
    expect(far?.metresPerPx).toBeGreaterThan(3 * (far?.acrossMetresPerPx ?? 1));
    expect(far?.relativeError).toBeGreaterThan(near?.relativeError ?? 1);
  });

  it('knows how wrong its lengths are when the points are marked badly', () => {
    const camera = cameraAt();
    const ends = [camera.project(1, 20, 0), camera.project(1, 45, 0)] as const;
    const [from, to] = ends.map((end) => [end?.xPx ?? 0, end?.yPx ?? 0] as const);
    const misses = Array.from({ length: 200 }, (_, seed) => {
      const noise = gaussian(seed);
      const points = marked(camera, PLACES, () => 2 * noise());
      const calibration = calibrate({ picture: PICTURE, points, pointErrorPx: 2 });
      const length = groundLength(calibration, from ?? [0, 0], to ?? [0, 0]);
      return ((length?.lengthM ?? 0) - 25) / (length?.errorM ?? 0);
    });
    const meanSquare = misses.reduce((sum, miss) => sum + miss * miss, 0) / misses.length;
    expect(Math.sqrt(meanSquare)).toBeGreaterThan(0.7);
    expect(Math.sqrt(meanSquare)).toBeLessThan(1.2);
  });

  it('does with four points, three of them on one edge of the road', () => {
    const camera = cameraAt({ panDeg: 10 });
    const points = marked(camera, [
      [3, 15],
      [3, 20],
      [3, 60],
      [-3, 30],
    ]);
    // Three on one line leave one free: such points cannot fix the road.
    expect(faultOf({ picture: PICTURE, points })).toBe('collinear');
    const better = calibrate({ picture: PICTURE, points: [...points, ...marked(camera, [[-3, 50]])] });
    expect(toGround(better, marked(camera, [[0, 25]])[0]?.picture ?? [0, 0])?.[1]).toBeCloseTo(25, 4);
  });
});

describe('a road whose measures are known', () => {
  const camera = cameraAt({ panDeg: 12 });
  const corner = (x: number, y: number) => marked(camera, [[x, y]])[0]?.picture ?? [0, 0];

  it('calibrates by a rectangle', () => {
    const rectangle = {
      nearLeft: corner(-2, 16),
      nearRight: corner(5, 16),
      farRight: corner(5, 40),
      farLeft: corner(-2, 40),
      widthM: 7,
      lengthM: 24,
    };
    const calibration = calibrate({ picture: PICTURE, points: calibrationPoints({ rectangle }) });
    const { lengthM } = groundLength(calibration, corner(0, 20), corner(3, 50)) ?? {};
    expect(lengthM).toBeCloseTo(Math.hypot(3, 30), 4);
  });

  it('calibrates by a lane between dashed markings', () => {
    const lane = {
      left: [16, 28, 40].map((y) => corner(0, y)),
      right: [16, 28].map((y) => corner(3.5, y)),
      widthM: 3.5,
      dashPeriodM: 12,
    };
    const calibration = calibrate({ picture: PICTURE, points: calibrationPoints({ lane }) });
    const { lengthM } = groundLength(calibration, corner(0, 20), corner(3, 50)) ?? {};
    expect(lengthM).toBeCloseTo(Math.hypot(3, 30), 4);
  });
});

describe('points that cannot calibrate a camera are refused', () => {
  const good = marked(cameraAt());
  const four = marked(cameraAt(), [
    [-3, 15],
    [3, 15],
    [3, 40],
    [-3, 40],
  ]);
  const swapped = (points: readonly PointPair[], a: number, b: number): PointPair[] =>
    points.map((point, i) => {
      const other = i === a ? points[b] : i === b ? points[a] : undefined;
      return other ? { picture: other.picture, ground: point.ground } : point;
    });

  it.each<[string, CalibrationError['fault'], readonly PointPair[]]>([
    ['no points', 'too-few', []],
    ['three points', 'too-few', good.slice(0, 3)],
    ['three points, one of them twice', 'too-few', [...good.slice(0, 3), good[0] as PointPair]],
    ['all in one place of the picture', 'one-place', good.map((each) => ({ ...each, picture: [5, 5] }))],
    ['all in one place on the ground', 'one-place', good.map((each) => ({ ...each, ground: [1, 2] }))],
    ['a point without number', 'not-finite', [...good, { picture: [Number.NaN, 1], ground: [1, 1] }]],
    ['one edge of the road only', 'collinear', good.filter((_, i) => i % 2 === 0)],
    ['four of which three are on one line', 'collinear', [0, 2, 4, 1].map((i) => good[i] as PointPair)],
    ['two corners of four exchanged', 'order', swapped(four, 0, 1)],
    [
      'left and right exchanged',
      'mirrored',
      good.map((each) => ({ ...each, ground: [-each.ground[0], each.ground[1]] })),
    ],
    [
      'y towards the camera',
      'mirrored',
      good.map((each) => ({ ...each, ground: [each.ground[0], -each.ground[1]] })),
    ],
    ['two points of twelve exchanged', 'inaccurate', swapped(good, 0, 3)],
  ])('%s', (_, fault, points) => {
    expect(faultOf({ picture: PICTURE, points })).toBe(fault);
  });

  it.each([-0.5, 2, Number.NaN])('a distortion of %s', (distortion) => {
    expect(faultOf({ picture: PICTURE, points: good, distortion })).toBe('distortion');
  });

  it('and the message names the point to look at first', () => {
    const points = good.map((each, i): PointPair => (i === 4 ? { ...each, ground: [-3.5, 60] } : each));
    expect(() => calibrate({ picture: PICTURE, points })).toThrow(
      /expected at most 14\.7 px .*Point 5 is the worst, off by \d+\.\d px; check it first/,
    );
  });
});

function faultOf(options: CalibrationOptions): CalibrationError['fault'] | undefined {
  try {
    calibrate(options);
  } catch (error) {
    if (error instanceof CalibrationError) return error.fault;
    throw error;
  }
  return undefined;
}
