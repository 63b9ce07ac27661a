// Measured traffic by interval. What was not observed is null, with its coverage; it is never zero.

import { z } from 'zod';
import { roadUserSchema, slugSchema } from '../../../contract/index.ts';
import {
  cameraIdSchema,
  classCountsSchema,
  EVERY,
  listOf,
  momentSchema,
  roadUsersParameter,
  timeSchema,
  timeZoneSchema,
} from './common.ts';

/** What a series is kept apart by; what is not named is added up. */
export const GROUPS = ['camera', 'line', 'direction', 'lane', 'roadUser'] as const;
export type Group = (typeof GROUPS)[number];

/** What series are kept apart by; `none` adds everything up to one. */
export const byParameter = listOf(z.enum([...GROUPS, 'none']), GROUPS.length + 1).transform((by) =>
  by.filter((one) => one !== 'none'),
);

export const historyQuery = z.strictObject({
  /** Cameras, `site/agent/camera`; may be repeated. Default: all of `site`, or all. */
  camera: listOf(cameraIdSchema, 1000).optional(),
  site: slugSchema.optional(),
  line: slugSchema.optional(),
  direction: slugSchema.optional(),
  lane: slugSchema.optional(),
  /** Of zones. */
  zone: slugSchema.optional(),
  /** Classes; may be repeated. Default: all. */
  roadUser: roadUsersParameter.optional(),
  /** Inclusive. A local date is its first moment. */
  from: momentSchema,
  /** Exclusive. A local date is its first moment. */
  to: momentSchema,
  every: z.enum(EVERY).default('1h'),
  /** Default: that of the centre. */
  tz: timeZoneSchema.optional(),
  /** Default: camera, line and direction. */
  by: byParameter.optional(),
  format: z.enum(['json', 'csv']).optional(),
  /** Intervals on a page. */
  limit: z.coerce.number().int().min(1).max(50_000).optional(),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
});
export type HistoryQuery = z.output<typeof historyQuery>;

const maybe = z.array(z.number().nullable());

/** Of which the numbers of one series are; what was added up is left out. */
export const seriesNames = {
  camera: cameraIdSchema.exactOptional(),
  line: slugSchema.exactOptional(),
  direction: slugSchema.exactOptional(),
  lane: slugSchema.exactOptional(),
  roadUser: roadUserSchema.exactOptional(),
  zone: slugSchema.exactOptional(),
  /** Share of each interval that was observed, 0 to 1; of what lies in the future, of the part that is over. */
  coverage: z.array(z.number().min(0).max(1)),
};

/** Columns: the i-th number of each series is of the i-th interval. */
function answerOf<T extends z.ZodRawShape>(columns: T) {
  return z.object({
    from: timeSchema,
    to: timeSchema,
    every: z.enum(EVERY),
    timeZone: z.string(),
    /** Beginning of each interval. */
    intervals: z.array(timeSchema),
    series: z.array(z.object({ ...seriesNames, ...columns })),
    /** `cursor` of the next page; null on the last. */
    next: z.string().nullable(),
  });
}

/** GET /flows. `low` and `high`: 95 % interval of the true count while the camera watched; null where not known. */
export const flowsAnswer = answerOf({
  n: z.array(z.int().nullable()),
  low: z.array(z.int().nullable()),
  high: z.array(z.int().nullable()),
  /** Vehicles an hour of the time that was observed. */
  perHour: maybe,
});
export type FlowsAnswer = z.infer<typeof flowsAnswer>;

/** GET /speeds, km/h. */
export const speedsAnswer = answerOf({
  n: z.array(z.int().nullable()),
  timeMeanKmh: maybe,
  spaceMeanKmh: maybe,
  v85Kmh: maybe,
});
export type SpeedsAnswer = z.infer<typeof speedsAnswer>;

/** GET /headways, s. */
export const headwaysAnswer = answerOf({
  n: z.array(z.int().nullable()),
  meanS: maybe,
  deviationS: maybe,
  gapMeanS: maybe,
});
export type HeadwaysAnswer = z.infer<typeof headwaysAnswer>;

/** GET /occupancy: of lines, share of the observed time for which a vehicle was on it, and level of service where known. */
export const occupancyAnswer = answerOf({
  timeOccupancy: maybe,
  densityPerKm: maybe,
  levelOfService: z.array(z.enum(['A', 'B', 'C', 'D', 'E', 'F']).nullable()),
});
export type OccupancyAnswer = z.infer<typeof occupancyAnswer>;

/** GET /zones, by camera and zone: presence and the longest queue. */
export const zonesAnswer = answerOf({
  presentMean: maybe,
  presentMax: maybe,
  timeOccupancy: maybe,
  entries: maybe,
  exits: maybe,
  dwellMeanS: maybe,
  queueMaxVehicles: maybe,
  queueMaxM: maybe,
  /** Whether the tail of the queue was beyond the picture: then it was longer than the numbers say. */
  queueTruncated: z.array(z.boolean().nullable()),
});
export type ZonesAnswer = z.infer<typeof zonesAnswer>;

/** GET /turning-movements, of one camera. Cells that nobody used are left out. */
export const turningAnswer = z.object({
  from: timeSchema,
  to: timeSchema,
  every: z.enum(EVERY),
  timeZone: z.string(),
  camera: cameraIdSchema,
  intervals: z.array(
    z.object({
      from: timeSchema,
      to: timeSchema,
      coverage: z.number().min(0).max(1),
      movements: z.array(
        z.object({
          entryLine: slugSchema,
          exitLine: slugSchema,
          counts: classCountsSchema,
          total: z.int(),
          meanDurationS: z.number(),
        }),
      ),
    }),
  ),
  next: z.string().nullable(),
});
export type TurningAnswer = z.infer<typeof turningAnswer>;
