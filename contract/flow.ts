// What crossed one line in one direction in one interval, in sums that merge exactly, and how much of the
// interval was really observed. An outage reads as missing observation, never as zero vehicles.

import { z } from 'zod';
import { accuracySchema } from './accuracy.ts';
import { countSchema, durationMsSchema, epochMsSchema, slugSchema } from './identifiers.ts';
import { roadUserSchema } from './road-users.ts';

/** Width of a bin of `speed.histogram` in km/h. */
export const SPEED_BIN_KMH = 5;
/** Bins at most: the last one also holds what is faster. */
export const MAX_SPEED_BINS = 80;

/**
 * Sums over the vehicles whose speed was measured; both means and the percentiles follow from them. A speed
 * too low to measure is left out: its 1/v has no place in JSON.
 */
export const speedSumsSchema = z
  .object({
    /** Vehicles with a speed; at most the count they belong to. */
    n: countSchema,
    /** Σv in km/h: time-mean speed is `sumKmh / n`. */
    sumKmh: z.number().min(0),
    /** Σ1/v in h/km: space-mean speed is `n / sumPerKmh`. */
    sumPerKmh: z.number().min(0),
    /** Vehicles by speed in bins of 5 km/h from 0, trailing zeros left out. */
    histogram: z.array(countSchema).max(MAX_SPEED_BINS),
  })
  .refine(({ n, histogram }) => histogram.reduce((sum, bin) => sum + bin, 0) === n, {
    path: ['histogram'],
    error: 'expected bins that add up to n, the vehicles with a speed',
  });

export type SpeedSums = z.infer<typeof speedSumsSchema>;

/** Sums over lengths of time, for their mean and variance. */
export const spanSumsSchema = z.object({
  n: countSchema,
  sumS: z.number().min(0),
  /** Σs² in s². */
  sumSqS2: z.number().min(0),
});

export type SpanSums = z.infer<typeof spanSumsSchema>;

export const classFlowSchema = z
  .object({
    n: countSchema,
    /**
     * 95 % interval of the number that really crossed while the camera watched, both ends included. Absent when it is
     * not known how well the camera counts.
     */
    low: countSchema.optional(),
    high: countSchema.optional(),
    /** What the interval stands on. With it the interval of any sum of counts can be computed: see countInterval. */
    accuracy: accuracySchema.optional(),
    speed: speedSumsSchema.optional(),
  })
  .refine(({ low, high }) => (low === undefined) === (high === undefined) && (low ?? 0) <= (high ?? 0), {
    path: ['high'],
    error: 'expected low and high, and low no more than high, or neither',
  })
  .refine(({ n, speed }) => speed === undefined || speed.n <= n, {
    path: ['speed', 'n'],
    error: 'expected at most n, the vehicles that were counted',
  });

export type ClassFlow = z.infer<typeof classFlowSchema>;

/** Fields that every interval measurement shares. */
export const intervalShape = {
  camera: slugSchema,
  /** Interval `[fromMs, toMs)`, aligned to UTC. */
  fromMs: epochMsSchema,
  toMs: epochMsSchema,
  /** How much of the interval was seen, 0 to `toMs - fromMs`. Coverage is their ratio. */
  observedMs: durationMsSchema,
  framesAnalysed: countSchema,
  /** Frames the camera sent that were not analysed because the box was busy. */
  framesDropped: countSchema,
};

/** A measurement of no time, or of more time than its interval has, would make every rate and coverage wrong. */
export function checkInterval(
  { fromMs, toMs, observedMs }: { fromMs: number; toMs: number; observedMs: number },
  context: z.RefinementCtx,
): void {
  if (fromMs >= toMs) {
    context.addIssue({ code: 'custom', path: ['toMs'], message: 'expected an end after fromMs' });
  } else if (observedMs > toMs - fromMs) {
    const message = `expected at most the length of the interval, ${toMs - fromMs} ms`;
    context.addIssue({ code: 'custom', path: ['observedMs'], message });
  }
}

export const flowSchema = z
  .object({
    type: z.literal('flow'),
    ...intervalShape,
    line: slugSchema,
    direction: slugSchema,
    lane: slugSchema.optional(),
    /** One entry for every road user that the model can tell, zeros included. */
    counts: z.partialRecord(roadUserSchema, classFlowSchema),
    /**
     * Time for which a vehicle that goes this way was on the line (in the lane), moving or not: time occupancy is its
     * share of `observedMs`.
     */
    occupiedMs: durationMsSchema.optional(),
    /** Between vehicles one behind the other in this lane, or in this direction where there are no lanes. */
    headway: spanSumsSchema.optional(),
    gap: spanSumsSchema.optional(),
  })
  .superRefine(checkInterval)
  .refine(({ occupiedMs, fromMs, toMs }) => occupiedMs === undefined || occupiedMs <= toMs - fromMs, {
    path: ['occupiedMs'],
    error: 'expected at most the length of the interval',
  });

export type Flow = z.infer<typeof flowSchema>;
