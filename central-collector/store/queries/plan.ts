// Which level each part of an interval is read from: hours where they are whole and complete, quarter hours and raw
// counts at the edges, and raw counts for what the roll-ups may not know yet.

import { HOUR_MS, QUARTER_MS } from '../quarter-hours.ts';
import type { Span } from './intervals.ts';

export type Level = 'raw' | 'm15' | 'h1';

/** Where the roll-ups have all there is: `[fromMs, untilMs)`; nowhere when `untilMs` is not after `fromMs`. */
export type Reach = { readonly fromMs: number; readonly untilMs: number };

/** A part of an interval that is read at once. */
export type Piece = Span & { readonly level: Level; readonly interval: number };

/** Pieces of the same length one after the other: one statement. The i-th is number `first + i`. */
export type Run = Span & { readonly level: Level; readonly stepMs: number; readonly first: number };

export type Plan = { readonly pieces: readonly Piece[]; readonly runs: readonly Run[] };

const LEVEL_MS: Readonly<Record<Level, number>> = { raw: 60_000, m15: QUARTER_MS, h1: HOUR_MS };

export function planOf(intervals: readonly Span[], reach: Reach): Plan {
  const levels = levelsFor(intervals);
  const pieces = intervals.flatMap((span, interval) =>
    split(span, levels, reach).map((piece) => ({ ...piece, interval })),
  );
  // By level, so that what is alike stands together; sorting is stable.
  pieces.sort((a, b) => LEVEL_MS[a.level] - LEVEL_MS[b.level]);
  const runs: { level: Level; fromMs: number; toMs: number; stepMs: number; first: number }[] = [];
  for (const [at, { level, fromMs, toMs }] of pieces.entries()) {
    const run = runs.at(-1);
    if (run?.level === level && run.toMs === fromMs && run.stepMs === toMs - fromMs) run.toMs = toMs;
    else runs.push({ level, fromMs, toMs, stepMs: toMs - fromMs, first: at });
  }
  return { pieces, runs };
}

/** Points of one series that InfluxDB reads for it, when each minute has one. */
export function pointsOf({ level, fromMs, toMs }: Piece): number {
  return Math.ceil((toMs - fromMs) / LEVEL_MS[level]);
}

/** The coarsest first. Where hours of the day are not those of UTC, as in India, quarter hours must do. */
function levelsFor(intervals: readonly Span[]): readonly Level[] {
  const inner = intervals.slice(1);
  const [first] = inner.length > 0 ? inner : intervals;
  if (first === undefined) return ['raw'];
  const divides = (stepMs: number) => inner.every(({ fromMs }) => fromMs % stepMs === 0);
  const lengthMs = Math.max(...intervals.slice(0, 3).map(({ fromMs, toMs }) => toMs - fromMs));
  if (lengthMs >= HOUR_MS && divides(HOUR_MS)) return ['h1', 'm15', 'raw'];
  return lengthMs >= QUARTER_MS && divides(QUARTER_MS) ? ['m15', 'raw'] : ['raw'];
}

function split(
  { fromMs, toMs }: Span,
  [level = 'raw', ...finer]: readonly Level[],
  reach: Reach,
): Omit<Piece, 'interval'>[] {
  if (fromMs >= toMs) return [];
  if (level === 'raw') return [{ level, fromMs, toMs }];
  const lengthMs = LEVEL_MS[level];
  const first = Math.ceil(Math.max(fromMs, reach.fromMs) / lengthMs) * lengthMs;
  const end = Math.floor(Math.min(toMs, reach.untilMs) / lengthMs) * lengthMs;
  if (first >= end) return split({ fromMs, toMs }, finer, reach);
  return [
    ...split({ fromMs, toMs: first }, finer, reach),
    { level, fromMs: first, toMs: end },
    ...split({ fromMs: end, toMs }, finer, reach),
  ];
}
