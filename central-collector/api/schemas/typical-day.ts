// The typical day: what a place usually measures at a time of day, on working days, Saturdays and Sundays.

import { z } from 'zod';
import { listOf, timeSchema, timeZoneSchema } from './common.ts';
import { historyQuery, seriesNames } from './history.ts';

/** Columns of the answers about the past of which a typical day can be told, with the part that measures them. */
export const TYPICAL_MEASURES = {
  perHour: 'flows',
  spaceMeanKmh: 'speeds',
  timeMeanKmh: 'speeds',
  v85Kmh: 'speeds',
  meanS: 'headways',
  gapMeanS: 'headways',
  timeOccupancy: 'occupancy',
  densityPerKm: 'occupancy',
  presentMean: 'zones',
  queueMaxVehicles: 'zones',
  queueMaxM: 'zones',
} as const;
export type TypicalMeasure = keyof typeof TYPICAL_MEASURES;

/** Monday to Friday; public holidays are among them. */
export const DAY_KINDS = ['working', 'saturday', 'sunday'] as const;
export type DayKind = (typeof DAY_KINDS)[number];

const PLACE = historyQuery.pick({
  camera: true,
  site: true,
  line: true,
  direction: true,
  lane: true,
  zone: true,
  roadUser: true,
  by: true,
});

/** GET /typical-day */
export const typicalDayQuery = z.strictObject({
  measure: z.enum(Object.keys(TYPICAL_MEASURES) as [TypicalMeasure, ...TypicalMeasure[]]).default('perHour'),
  /** As of the past. */
  ...PLACE.shape,
  /** Kinds of days; may be repeated. Default: all. */
  day: listOf(z.enum(DAY_KINDS), DAY_KINDS.length).optional(),
  /** Local date, exclusive: of the days before it. Default: today, which is not over. */
  before: z.iso.date().optional(),
  /** How many weeks before it. */
  weeks: z.coerce.number().int().min(1).max(26).default(8),
  /** `1d`: the day as a whole. */
  every: z.enum(['15m', '1h', '1d']).default('15m'),
  /** Default: that of the centre. */
  tz: timeZoneSchema.optional(),
  format: z.enum(['json', 'csv']).optional(),
});
export type TypicalDayQuery = z.output<typeof typicalDayQuery>;

const maybe = z.array(z.number().nullable());

/** Columns: the i-th number of each series is of the i-th time of day. Null where too few days were observed. */
export const typicalDayAnswer = z.object({
  measure: z.string(),
  from: timeSchema,
  to: timeSchema,
  every: z.enum(['15m', '1h', '1d']),
  timeZone: z.string(),
  /** Local time of day at which each interval begins, `07:15`. */
  times: z.array(z.string().regex(/^\d\d:\d\d$/)),
  series: z.array(
    z.object({
      ...seriesNames,
      day: z.enum(DAY_KINDS),
      /** How many days went into each point: those of which at least half of the interval was observed. */
      days: z.array(z.int().min(0)),
      /** Share of the interval that was observed, on average over all days of that kind. */
      coverage: z.array(z.number().min(0).max(1)),
      median: maybe,
      /** 15 % of the days were below. */
      p15: maybe,
      /** 85 % of the days were below. */
      p85: maybe,
    }),
  ),
});
export type TypicalDayAnswer = z.infer<typeof typicalDayAnswer>;
export type TypicalDaySeries = TypicalDayAnswer['series'][number];
