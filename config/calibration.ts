// How a camera's picture lies on the road: points whose places on the ground are known, or a rectangle or a lane
// whose measures are.

import { z } from 'zod';
import { type Issues, pointSchema, section } from './sections.ts';

export type CalibrationConfig = z.output<typeof calibrationSchema>;

const WAYS = ['points', 'rectangle', 'lane'] as const;

const lengthSchema = z.number().min(0.1).max(10_000);

const dashesSchema = z.array(pointSchema).min(2).max(50);

/*
 *   farLeft ●───────● farRight     a rectangle, seen from the camera
 *           │       │
 *  nearLeft ●───────● nearRight
 */
export const calibrationSchema = section({
  points: z
    .array(
      section({
        picture: pointSchema.describe('[x, y] of the point in pixels of `picture`.'),
        ground: pointSchema.describe(
          '[x, y] of the same point on the road in metres, as on a map: x to the right of y.',
        ),
      }),
    )
    .min(4)
    .max(100)
    .optional()
    .describe('Points of the road whose places are known, at least 4; 6 to 12 spread over it are better.'),
  rectangle: section({
    nearLeft: pointSchema.describe('[x, y] of its near left corner in pixels of `picture`.'),
    nearRight: pointSchema.describe('[x, y] of its near right corner.'),
    farRight: pointSchema.describe('[x, y] of its far right corner.'),
    farLeft: pointSchema.describe('[x, y] of its far left corner.'),
    widthM: lengthSchema.describe('From left to right, metres.'),
    lengthM: lengthSchema.describe('From near to far, metres.'),
  })
    .optional()
    .describe('A rectangle on the road with known sides, such as a crossing or a piece of a lane.'),
  lane: section({
    left: dashesSchema.describe('[x, y] where each dash of the left marking begins, from near to far.'),
    right: dashesSchema.describe('[x, y] where the dashes of the right marking beside them begin.'),
    widthM: lengthSchema.describe('Between the middles of the two markings, metres.'),
    dashPeriodM: lengthSchema.describe('From the beginning of a dash to that of the next, metres.'),
  })
    .optional()
    .describe('A lane between two dashed markings whose dashes begin side by side.'),
  distortion: z
    .number()
    .min(-0.3)
    .max(1)
    .optional()
    .describe(
      'Radial distortion k1, -0.3 to 1: true radius = r (1 + k1 r²) with r = 1 in the corners. Default: none.',
    ),
  pointErrorPx: z
    .number()
    .min(0.1)
    .max(50)
    .optional()
    .describe('How exactly the points are marked, standard deviation in pixels, 0.1 to 50. Default: 1.'),
});

const sizeSchema = z.object({ width: z.number(), height: z.number() });
const pairsSchema = z.array(z.object({ picture: pointSchema, ground: pointSchema }));

/**
 * What one field alone cannot tell. The fit itself refuses points that no camera can see like this; commands have it
 * looked at through `inspectCamera`.
 */
export function checkCalibration(
  calibration: unknown,
  size: z.output<typeof sizeSchema> | undefined,
  issues: Issues,
): void {
  if (typeof calibration !== 'object' || calibration === null || Array.isArray(calibration)) return;
  const given = WAYS.filter((way) => (calibration as Record<string, unknown>)[way] !== undefined);
  if (given.length !== 1) {
    const came = given.length === 0 ? 'there is none of them' : `there are ${given.join(' and ')}`;
    issues.addIssue({
      code: 'custom',
      path: ['calibration'],
      message: `a calibration is given by exactly one of ${WAYS.join(', ')}; ${came}`,
    });
  }
  for (const { path, point } of picturePoints(calibration)) {
    const [x, y] = point;
    if (size && (x < 0 || y < 0 || x > size.width || y > size.height)) {
      issues.addIssue({
        code: 'custom',
        path: ['calibration', ...path],
        message: `the point ${x}, ${y} lies outside the picture of ${size.width} x ${size.height}`,
      });
    }
  }
  const pairs = pairsSchema.safeParse((calibration as Record<string, unknown>).points).data;
  if (pairs && pairs.length >= 4) checkPairs(pairs, issues);
}

/** Points that stand twice in the list. */
function checkPairs(pairs: z.output<typeof pairsSchema>, issues: Issues): void {
  for (const side of ['picture', 'ground'] as const) {
    const places = pairs.map((pair) => pair[side]);
    const seen = new Map<string, number>();
    for (const [index, place] of places.entries()) {
      const earlier = seen.get(place.join());
      if (earlier === undefined) {
        seen.set(place.join(), index);
        continue;
      }
      issues.addIssue({
        code: 'custom',
        path: ['calibration', 'points', index, side],
        message: `the place ${place.join(', ')} is that of points[${earlier}] already; every point has its own`,
      });
    }
  }
}

/** Every picture point of a calibration with its path, as far as it can be read. */
function* picturePoints(
  calibration: object,
): Generator<{ path: PropertyKey[]; point: readonly [number, number] }> {
  const { points, rectangle, lane } = calibration as Record<string, unknown>;
  const candidates: [PropertyKey[], unknown][] = [
    ...listed(points).map((entry, i): [PropertyKey[], unknown] => [
      ['points', i, 'picture'],
      (entry as Record<string, unknown> | null)?.picture,
    ]),
    ...Object.entries((rectangle ?? {}) as object).map(([key, value]): [PropertyKey[], unknown] => [
      ['rectangle', key],
      value,
    ]),
    ...Object.entries((lane ?? {}) as object).flatMap(([key, value]) =>
      listed(value).map((entry, i): [PropertyKey[], unknown] => [['lane', key, i], entry]),
    ),
  ];
  for (const [path, value] of candidates) {
    const point = pointSchema.safeParse(value).data;
    if (point) yield { path, point };
  }
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
