// What is asked of the API for a view, for its period and for those that it is compared with.

import type { Query } from '../../api/client.ts';
import { dateOf, shiftDays } from '../../parts/plot-time.ts';
import type { Every, Measured } from './answers.ts';
import { daysBefore, kindOf } from './compare.ts';
import { canCompare, hasTypical, MEASURES } from './measures.ts';
import { alignedRange, everyOf, lengthMs, rangeOf, type View } from './view.ts';

export type Asked = {
  readonly path: string;
  readonly every: Every;
  /** What is shown, ms. */
  readonly range: readonly [number, number];
  readonly now: Query;
  /** The same of earlier days. */
  readonly pasts: readonly { readonly days: number; readonly query: Query }[];
  /** The typical day of the weeks before, by intervals as long as those that are shown; null where nobody wants it. */
  readonly typical: ((every: Every) => Query) | null;
  /** Whether people left it to the page how long intervals are. */
  readonly isAuto: boolean;
  /** The same text as long as numbers of the old answer mean the same under the new view. */
  readonly subject: string;
};

/** Which parts of a view a measure knows. */
export function knows(measure: View['measure']) {
  const { group } = MEASURES[measure];
  return {
    lines: group !== 'queue',
    zones: group === 'queue',
    roadUsers: group === 'flow' || group === 'speed',
    bounds: group === 'flow',
  };
}

export function askedOf(view: View, nowMs: number, timeZone: string): Asked {
  const shown = view.zoom ?? rangeOf(view.period, nowMs, timeZone);
  const every = everyOf(view, shown[1] - shown[0]);
  const [from, to] = alignedRange(shown, every, timeZone);
  const { lines, zones, roadUsers } = knows(view.measure);
  const by = view.by.filter((group) => (group === 'roadUser' ? roadUsers : group === 'camera' || lines));
  const of: Query = {
    camera: view.cameras.length > 0 ? view.cameras : undefined,
    line: lines ? view.line : undefined,
    direction: lines ? view.direction : undefined,
    zone: zones ? view.zone : undefined,
    roadUser: roadUsers && view.roadUsers.length > 0 ? view.roadUsers : undefined,
    // Without a word of it, the API keeps cameras, lines and directions apart.
    by: zones ? undefined : by.length > 0 ? by : ['none'],
  };
  const stretch = (fromMs: number, toMs: number): Query => ({
    ...of,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    every,
    tz: timeZone,
  });
  const past = canCompare(every) ? daysBefore(view.compare) : [];
  const last = dateOf(shown[1] - 1, timeZone);
  const typical = (shownEvery: Every): Query => ({
    ...of,
    measure: MEASURES[view.measure].column,
    // The days that are shown must not be their own measure: the last of them at least.
    before: last,
    ...(dateOf(shown[0], timeZone) === last && { day: kindOf(shown[0], timeZone) }),
    every: shownEvery === '1h' || shownEvery === '1d' ? shownEvery : '15m',
    tz: timeZone,
  });
  return {
    path: `/${MEASURES[view.measure].path}`,
    every,
    isAuto: view.every === 'auto',
    range: shown,
    now: stretch(from, to),
    pasts: past.map((days) => ({
      days,
      query: stretch(shiftDays(from, -days, timeZone), shiftDays(to, -days, timeZone)),
    })),
    typical: view.compare === 'typical' && canCompare(every) && hasTypical(view.measure) ? typical : null,
    subject: JSON.stringify([view.measure, of]),
  };
}

/** Of the past there may be nothing finer: roll-ups keep these. */
export type Grain = '15m' | '1h';
const GRAIN_MS: Readonly<Record<Grain, number>> = { '1h': 3_600_000, '15m': 900_000 };

/** The same question by coarser intervals. */
export function coarserQuery(query: Query, grain: Grain): Query {
  const whole = (moment: unknown, round: (n: number) => number) =>
    new Date(round(Date.parse(String(moment)) / GRAIN_MS[grain]) * GRAIN_MS[grain]).toISOString();
  return { ...query, every: grain, from: whole(query.from, Math.floor), to: whole(query.to, Math.ceil) };
}

/**
 * What a measurement really consists of, when intervals finer than that were asked for: then most of what was observed
 * stands on whole hours or quarter hours, and all between are holes of our own making. Null: of what was asked for.
 */
export function grainOf({ times, every, series }: Measured): Grain | null {
  for (const grain of ['1h', '15m'] as const) {
    if (lengthMs(every) >= GRAIN_MS[grain]) continue;
    let onGrain = 0;
    let between = 0;
    for (const { coverage } of series) {
      times.forEach((at, i) => {
        if ((coverage[i] ?? 0) === 0) return;
        if (at % GRAIN_MS[grain] === 0) onGrain += 1;
        else between += 1;
      });
    }
    if (onGrain > 0 && onGrain > between) return grain;
  }
  return null;
}

/** The coarsest of what several consist of. */
export function coarsest(grains: readonly (Grain | null)[]): Grain | null {
  return grains.includes('1h') ? '1h' : grains.includes('15m') ? '15m' : null;
}
