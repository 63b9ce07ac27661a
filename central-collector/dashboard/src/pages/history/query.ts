// What is asked of the API for a view, for its period and for those that it is compared with.

import type { Query } from '../../api/client.ts';
import { shiftDays } from '../../parts/plot-time.ts';
import type { Every, Measured } from './answers.ts';
import { daysBefore } from './compare.ts';
import { canCompare, MEASURES } from './measures.ts';
import { alignedRange, everyOf, rangeOf, type View } from './view.ts';

export type Asked = {
  readonly path: string;
  readonly every: Every;
  /** What is shown, ms. */
  readonly range: readonly [number, number];
  readonly now: Query;
  /** The same of earlier days. */
  readonly pasts: readonly { readonly days: number; readonly query: Query }[];
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
    by: !zones && by.length > 0 ? by : undefined,
  };
  const stretch = (fromMs: number, toMs: number): Query => ({
    ...of,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    every,
    tz: timeZone,
  });
  const past = canCompare(every) ? daysBefore(view.compare) : [];
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
    subject: JSON.stringify([view.measure, of]),
  };
}

const QUARTER_MS = 15 * 60_000;

/** The same question by quarter hours: of the past there may be nothing finer. */
export function coarserQuery(query: Query): Query {
  const quarter = (moment: unknown, round: (n: number) => number) =>
    new Date(round(Date.parse(String(moment)) / QUARTER_MS) * QUARTER_MS).toISOString();
  return {
    ...query,
    every: '15m',
    from: quarter(query.from, Math.floor),
    to: quarter(query.to, Math.ceil),
  };
}

/** Whether intervals finer than a quarter hour stand on quarter hours alone: then the finer ones are holes of our own. */
export function isOfQuarters({ every, times, series }: Measured): boolean {
  if (every !== '1m' && every !== '5m') return false;
  let onQuarter = 0;
  let between = 0;
  for (const { coverage } of series) {
    times.forEach((at, i) => {
      if ((coverage[i] ?? 0) === 0) return;
      if (at % QUARTER_MS === 0) onQuarter += 1;
      else between += 1;
    });
  }
  // Of all that was observed a third (5 min) or a fifteenth (1 min) begins on a quarter hour; here most does.
  return onQuarter > 0 && onQuarter > between;
}
