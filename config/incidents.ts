// Carriageways of a camera, and what counts as an incident on them.

import { z } from 'zod';
import { isTimeZone } from '../contract/index.ts';
import { durationSchema, type Issues, nameSchema, pointSchema, section } from './sections.ts';

export type CarriagewayConfig = z.output<typeof carriagewaySchema>;
export type IncidentsConfig = z.output<typeof incidentsSchema>;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Rules that measure on the ground. */
const GROUND_RULES = ['congestion', 'slowTraffic', 'speeding', 'crash'] as const;

const polygonSchema = z
  .array(pointSchema)
  .min(3)
  .max(100)
  .describe('Corners [x, y] in their order around it, in pixels of `picture`, at least 3.');

const timeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a time of day such as "07:30"');

const secondsSchema = durationSchema('s', { min: 0, max: 86_400 });

function ruleSchema<Shape extends z.core.$ZodLooseShape>(
  [afterS, clearAfterS, mergeS]: readonly [number, number, number],
  shape: Shape,
) {
  return section({
    enabled: z.boolean().optional().describe('false: is not looked for. Default true.'),
    afterS: secondsSchema
      .optional()
      .describe(`How long it must last before it is an incident, seconds. Default ${afterS}.`),
    clearAfterS: secondsSchema
      .optional()
      .describe(`How long it must be over before it is cleared, seconds. Default ${clearAfterS}.`),
    mergeS: secondsSchema
      .optional()
      .describe(`The same at the same place so soon after is the same incident, seconds. Default ${mergeS}.`),
    off: z
      .array(
        section({
          days: z
            .array(z.enum(WEEKDAYS))
            .min(1)
            .optional()
            .describe(`Days on which it begins, of ${WEEKDAYS.join(', ')}. Default: every day.`),
          from: timeSchema.describe('Time of day, "HH:MM", on the clocks of incidents.timeZone.'),
          to: timeSchema.describe('Time of day; earlier than `from`: on the next day.'),
        }),
      )
      .max(50)
      .optional()
      .describe('When it is not looked for. Default: always looked for.'),
    ...shape,
  }).optional();
}

const kmhSchema = z.number().min(1).max(300).optional();
const metresSchema = z.number().min(0.05).max(2000).optional();

const rulesSchema = section({
  stoppedVehicle: ruleSchema([10, 5, 30], {
    queueVehicles: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('So many others that stand in its lane make a queue of it. Default 3.'),
  }).describe('A vehicle that stands, but not in a queue or at the stop line.'),
  wrongWay: ruleSchema([1, 10, 10], {
    distanceM: metresSchema.describe(
      'Length of the way, metres, where the camera is calibrated. Default 10.',
    ),
    distanceSizes: z
      .number()
      .min(0.1)
      .max(100)
      .optional()
      .describe('The same where it is not, in sizes of a box (root of its area). Default 2.'),
    angleDeg: z
      .number()
      .min(90)
      .max(180)
      .optional()
      .describe('Angle between its way and the direction, degrees, 90 to 180. Default 120.'),
  }).describe('A vehicle that drives against `direction`.'),
  pedestrian: ruleSchema([2, 5, 5], {}).describe('A person on foot.'),
  cyclist: ruleSchema([2, 5, 5], {}).describe('A bicycle; looked for on motorways, elsewhere if given here.'),
  queue: ruleSchema([30, 30, 60], {
    lengthM: metresSchema.describe(
      'Length of the standing queue, metres, where the camera is calibrated. Default 50.',
    ),
    vehicles: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe('The same where it is not, in vehicles. Default 6.'),
  }).describe('Vehicles that stand one behind the other, but not at the stop line.'),
  congestion: ruleSchema([30, 60, 120], {
    speedKmh: kmhSchema.describe('Slower than this on average, km/h. Default 20.'),
    exitSpeedKmh: kmhSchema.describe('Until faster than this, km/h. Default 30.'),
    occupancy: z
      .number()
      .min(0.01)
      .max(1)
      .optional()
      .describe('Share of the lanes that vehicles cover, 0.01 to 1. Default 0.15, a car every 30 m.'),
  }).describe('Dense traffic that crawls. Needs calibration.'),
  slowTraffic: ruleSchema([30, 60, 120], {
    speedKmh: kmhSchema.describe(
      'Slower than this on average, km/h. Default: half of speedLimitKmh; without it not looked for.',
    ),
    exitSpeedKmh: kmhSchema.describe('Until faster than this, km/h. Default: 0.65 of speedLimitKmh, or 40.'),
    vehicles: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('At least so many slow vehicles within afterS. Default 4.'),
  }).describe('Traffic that is slow for this road. Needs calibration.'),
  speeding: ruleSchema([1, 3, 3], {
    toleranceKmh: z
      .number()
      .min(0)
      .max(200)
      .optional()
      .describe('Faster than speedLimitKmh by more than this, km/h. Default 10.'),
  }).describe('A vehicle faster than speedLimitKmh. Needs calibration.'),
  debris: ruleSchema([10, 30, 60], {
    smallestM: metresSchema.describe('Longer side of the smallest thing, metres. Default 0.25.'),
    largestM: metresSchema.describe('Longer side of the largest thing, metres. Default 3.'),
  }).describe('A still thing that was not there and is no road user.'),
  crash: ruleSchema([3, 10, 60], {
    brakingMs2: z
      .number()
      .min(3)
      .max(50)
      .optional()
      .describe('Stopped harder than this, m/s², 3 to 50. Default 7: nobody brakes so hard by choice.'),
    fromKmh: kmhSchema.describe('From this speed or a higher one, km/h. Default 30.'),
  }).describe('Vehicles that stop harder than brakes do and stand together. Needs calibration.'),
});

/*
 *        from ●
 *             │ direction        area: corners in their order around it;
 *   ●─────────┼────────●         a road with traffic both ways is two carriageways,
 *  ╱          ▼         ╲        or one without direction
 * ●───────────●──────────●
 *             to
 */
export const carriagewaySchema = section({
  carriageway: nameSchema.describe('Name of the carriageway, once in a camera: the region of its incidents.'),
  area: polygonSchema,
  direction: section({
    from: pointSchema.describe('[x, y] where the arrow starts, in pixels of `picture`.'),
    to: pointSchema.describe('[x, y] where its head is.'),
  })
    .refine(({ from, to }) => from[0] !== to[0] || from[1] !== to[1], {
      path: ['to'],
      error: 'the arrow has no length: from and to are the same point',
    })
    .optional()
    .describe('An arrow along which traffic goes. Default: both ways, and none is wrong.'),
  road: z
    .enum(['street', 'motorway'])
    .default('street')
    .describe('street, or motorway: cyclists are incidents there, and everything is worse. Default street.'),
  speedLimitKmh: z
    .number()
    .min(5)
    .max(200)
    .optional()
    .describe('Speed limit, km/h, for speeding and slow traffic. Default: none, neither is looked for.'),
  lanes: z
    .array(section({ lane: nameSchema.describe('Name of the lane.'), area: polygonSchema }))
    .max(20)
    .default([])
    .describe('Lanes, for incidents by lane. Default: none.'),
  exclude: z
    .array(polygonSchema)
    .max(50)
    .default([])
    .describe('Areas that are not looked at: bus stops, parking bays, crossings. Default: none.'),
  stopLine: section({
    from: pointSchema.describe('[x, y] of one end, in pixels of `picture`.'),
    to: pointSchema.describe('[x, y] of the other end.'),
    longestWaitS: secondsSchema
      .default(150)
      .describe('Who stands there for longer does not wait any more, seconds. Default 150.'),
  })
    .optional()
    .describe('Where vehicles wait for a signal or to give way. Default: none.'),
  rules: rulesSchema.prefault({}).describe('Thresholds of the incidents there. Default: those of each rule.'),
});

export const incidentsSchema = section({
  timeZone: z
    .string()
    .refine(isTimeZone, 'expected a time zone such as Asia/Ho_Chi_Minh or UTC')
    .default('UTC')
    .describe('Whose clocks the times of `off` go by, such as Asia/Ho_Chi_Minh. Default UTC.'),
  updateS: durationSchema('s', { min: 1, max: 3600 })
    .default(10)
    .describe('Updates of an incident come no more often, seconds, unless it gets worse. Default 10.'),
});

/** What one field alone cannot tell: names occur once, places lie in the picture, rules have the calibration they need. */
export function checkCarriageways(
  { carriageways, calibration }: Record<string, unknown>,
  size: { readonly width: number; readonly height: number } | undefined,
  issues: Issues,
): void {
  const seen = new Map<unknown, number>();
  for (const [index, entry] of (Array.isArray(carriageways) ? carriageways : []).entries()) {
    if (typeof entry !== 'object' || entry === null) continue;
    const path: PropertyKey[] = ['carriageways', index];
    const { carriageway: name, rules, ...places } = entry as Record<string, unknown>;
    const earlier = seen.get(name);
    if (typeof name === 'string' && earlier !== undefined) {
      issues.addIssue({
        code: 'custom',
        path: [...path, 'carriageway'],
        message: `the name "${name}" is taken by carriageways[${earlier}]; every carriageway of a camera has its own`,
      });
    } else seen.set(name, index);
    for (const { at, point } of size ? pointsIn(places, path) : []) {
      const [x, y] = point;
      if (size && (x < 0 || y < 0 || x > size.width || y > size.height)) {
        issues.addIssue({
          code: 'custom',
          path: at,
          message: `the point ${x}, ${y} lies outside the picture of ${size.width} x ${size.height}`,
        });
      }
    }
    for (const rule of calibration === undefined ? GROUND_RULES : []) {
      const given = (rules as Record<string, { enabled?: unknown } | undefined> | undefined)?.[rule];
      if (given !== undefined && given?.enabled !== false) {
        issues.addIssue({
          code: 'custom',
          path: [...path, 'rules', rule],
          message: `${rule} is measured on the ground, and the camera has no calibration; add calibration:`,
        });
      }
    }
  }
}

/** Every pair of numbers in a value, with its path. */
function* pointsIn(
  value: unknown,
  at: PropertyKey[],
): Generator<{ at: PropertyKey[]; point: readonly [number, number] }> {
  const point = pointSchema.safeParse(value).data;
  if (point) yield { at, point };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield* pointsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]);
    }
  }
}
