// The intervals that an answer is made of: minutes to hours counted from local midnight, and days, weeks and months of
// the local calendar. The first and the last are cut where the request begins and ends.

import type { Every } from '../../api/schemas/common.ts';
import { localDate, startOfDate, weekdayOf } from '../../local-time.ts';

/** `[fromMs, toMs)` */
export type Span = { readonly fromMs: number; readonly toMs: number };

export type Calendar = Span & { readonly every: Every; readonly timeZone: string };

const STEP_MS: Readonly<Partial<Record<Every, number>>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
};

/** Length of intervals that are shorter than a day; undefined for days and longer, which have no fixed length. */
export function stepMsOf(every: Every): number | undefined {
  return STEP_MS[every];
}

/** In order, without gaps; as many as are asked for, so that a long request costs nothing by itself. */
export function* intervalsOf({ fromMs, toMs, every, timeZone }: Calendar): Generator<Span> {
  const stepMs = stepMsOf(every);
  let atMs = fromMs;
  while (atMs < toMs) {
    if (stepMs === undefined) {
      const endMs = Math.min(toMs, endOf(atMs, every, timeZone));
      yield { fromMs: atMs, toMs: endMs };
      atMs = endMs;
      continue;
    }
    // From midnight on, so that they are those of the clock at any offset; a day that ends between two cuts the last.
    const dayMs = startOfDay(atMs, timeZone);
    const dayEndMs = Math.min(toMs, endOf(atMs, '1d', timeZone));
    let endMs = dayMs + (Math.floor((atMs - dayMs) / stepMs) + 1) * stepMs;
    while (atMs < dayEndMs) {
      endMs = Math.min(endMs, dayEndMs);
      yield { fromMs: atMs, toMs: endMs };
      atMs = endMs;
      endMs += stepMs;
    }
  }
}

/** First moment of the local day. */
export function startOfDay(atMs: number, timeZone: string): number {
  return startOfDate(localDate(atMs, timeZone), timeZone);
}

/** The moment after the day, week or month that a moment lies in. */
function endOf(atMs: number, every: Every, timeZone: string): number {
  const date = localDate(atMs, timeZone);
  switch (every) {
    case '1M':
      return startOfDate({ ...date, month: date.month + 1, day: 1 }, timeZone);
    case '1w':
      return startOfDate({ ...date, day: date.day + 7 - weekdayOf(date) }, timeZone);
    default:
      return startOfDate({ ...date, day: date.day + 1 }, timeZone);
  }
}
