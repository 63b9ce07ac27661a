// From sums to what people read, by series: formulas of contract/derived.ts, null where nothing was observed.

import {
  flowRatePerH,
  meanSpanS,
  percentileSpeedKmh,
  SPEED_BIN_KMH,
  type SpeedSums,
  spanDeviationS,
} from '../../../contract/index.ts';
import { type AnswerPage, meanObservedMs } from './coverage.ts';
import { SPEED_BIN } from './kinds.ts';
import type { SumGroup } from './sum-table.ts';

type Numbers = (number | null)[];

export function flowColumns(group: SumGroup, { intervals }: AnswerPage) {
  const n = group.sum('n');
  const bounds = intervals.map((_, at) => (isObserved(group, at) ? group.bounds?.at(at) : undefined));
  return {
    n: each(group, (at) => n[at]),
    low: bounds.map((one) => one?.low ?? null),
    high: bounds.map((one) => one?.high ?? null),
    perHour: each(group, (at) => flowRatePerH(n[at] ?? 0, meanObservedMs(group, at)), 100),
  };
}

export function speedColumns(group: SumGroup, _page: AnswerPage) {
  const n = group.sum('speed_n');
  const sumKmh = group.sum('speed_sum_kmh');
  const sumPerKmh = group.sum('speed_sum_per_kmh');
  const bins: Float64Array[] = [];
  for (const [name, values] of group.sums) {
    const [, kmh] = SPEED_BIN.exec(name) ?? [];
    if (kmh !== undefined) bins[Number(kmh) / SPEED_BIN_KMH] = values;
  }
  const v85 = (at: number) => {
    const histogram = Array.from(bins, (bin) => bin?.[at] ?? 0);
    const sums: SpeedSums = { n: n[at] ?? 0, sumKmh: 0, sumPerKmh: 0, histogram };
    return percentileSpeedKmh(sums, 0.85);
  };
  return {
    n: each(group, (at) => n[at]),
    timeMeanKmh: each(group, (at) => quotient(sumKmh[at], n[at]), 100),
    spaceMeanKmh: each(group, (at) => quotient(n[at], sumPerKmh[at]), 100),
    v85Kmh: each(group, v85, 100),
  };
}

export function headwayColumns(group: SumGroup, _page: AnswerPage) {
  const [n, sumS, sumSqS2, gapN, gapSumS] = [
    group.sum('headway_n'),
    group.sum('headway_sum_s'),
    group.sum('headway_sum_sq_s2'),
    group.sum('gap_n'),
    group.sum('gap_sum_s'),
  ];
  const spans = (at: number) => ({ n: n[at] ?? 0, sumS: sumS[at] ?? 0, sumSqS2: sumSqS2[at] ?? 0 });
  return {
    n: each(group, (at) => n[at]),
    meanS: each(group, (at) => meanSpanS(spans(at)), 1000),
    deviationS: each(group, (at) => spanDeviationS(spans(at)), 1000),
    gapMeanS: each(group, (at) => quotient(gapSumS[at], gapN[at]), 1000),
  };
}

export function zoneColumns(group: SumGroup, { intervals }: AnswerPage) {
  const summed = (prefix: string) => {
    const columns = [...group.sums].filter(([name]) => name.startsWith(prefix)).map(([, values]) => values);
    return each(group, (at) =>
      columns.length === 0 ? undefined : columns.reduce((sum, values) => sum + (values[at] ?? 0), 0),
    );
  };
  const mean = (column: string, by: (at: number) => number | undefined, digits = 1e4) => {
    const values = group.sum(column);
    return each(group, (at) => quotient(values[at], by(at)), digits);
  };
  const observed = (at: number) => group.observedMs[at];
  const dwellN = group.sum('dwell_n');
  const truncated = group.sum('queue_truncated_n');
  const most = (column: string) => {
    const values = group.most(column);
    return intervals.map((_, at) => finite(values[at], 100));
  };
  const queue = most('queue_max_vehicles');
  return {
    presentMean: mean('present_sum_ms', observed),
    presentMax: most('present_max'),
    timeOccupancy: mean('occupied_sum_ms', observed),
    entries: summed('entries_'),
    exits: summed('exits_'),
    dwellMeanS: mean('dwell_sum_s', (at) => dwellN[at], 100),
    queueMaxVehicles: queue,
    queueMaxM: most('queue_max_m'),
    queueTruncated: queue.map((vehicles, at) => (vehicles === null ? null : (truncated[at] ?? 0) > 0)),
  };
}

/** Null for what was not observed and for what has no value; rounded to so many parts of one. */
export function each(group: SumGroup, of: (interval: number) => number | undefined, parts = 1): Numbers {
  return Array.from(group.observedMs, (_, at) => (isObserved(group, at) ? finite(of(at), parts) : null));
}

export function quotient(value: number | undefined, by: number | undefined): number | undefined {
  return value === undefined || by === undefined || !(by > 0) ? undefined : value / by;
}

function isObserved({ observedMs }: SumGroup, at: number): boolean {
  return (observedMs[at] ?? 0) > 0;
}

function finite(value: number | undefined, parts: number): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * parts) / parts;
}
