// The quarter hours that a batch has counts in, for the roll-ups: a late batch makes those of long ago out of date. Written
// as ranges, because a box whose clock was set has today and 1970 in one batch, and what lies between is not touched.

import type { TrafficEvent } from '../../contract/index.ts';

export const QUARTER_MS = 900_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** First and last of consecutive quarter hours, counted from 1970 in UTC: number 0 begins at 1970-01-01T00:00:00Z. */
export type QuarterRange = readonly [first: number, last: number];

/** `1980288 1980290-1980292`, ascending; undefined when no event of the batch is rolled up. */
export function quartersText(events: readonly { readonly event: TrafficEvent }[]): string | undefined {
  let only: number | undefined;
  let more: Set<number> | undefined;
  for (const { event } of events) {
    const atMs = rolledUpAt(event);
    if (atMs === undefined) continue;
    const quarter = Math.floor(atMs / QUARTER_MS);
    if (quarter === only) continue;
    if (only === undefined) only = quarter;
    else more = (more ?? new Set([only])).add(quarter);
  }
  // Nearly always one, in thousands of batches a second.
  if (only === undefined || more === undefined) return only === undefined ? undefined : String(only);
  return rangesOfQuarters(more)
    .map(([first, last]) => (first === last ? String(first) : `${first}-${last}`))
    .join(' ');
}

/** What `quartersText` wrote; anything else is left out. */
export function quartersOfText(text: unknown): QuarterRange[] {
  if (typeof text !== 'string') return [];
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, first, last]) => [
    Number(first),
    Number(last ?? first),
  ]);
}

/** Consecutive ones joined, ascending. */
export function rangesOfQuarters(quarters: Iterable<number>): QuarterRange[] {
  const ranges: [number, number][] = [];
  for (const quarter of [...new Set(quarters)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === quarter) last[1] = quarter;
    else ranges.push([quarter, quarter]);
  }
  return ranges;
}

/** The time of the points it becomes, where there are roll-ups of them. */
function rolledUpAt(event: TrafficEvent): number | undefined {
  switch (event.type) {
    case 'flow':
    case 'zone':
      return event.fromMs;
    case 'journey':
      return event.exitedAtMs;
    case 'passage':
    case 'incident':
      return undefined;
  }
}
