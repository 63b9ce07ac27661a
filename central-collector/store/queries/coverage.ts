// How much of each interval was watched.

import { localIso } from '../../local-time.ts';
import type { Page } from './history-page.ts';
import type { SumGroup, SumTable } from './sum-table.ts';

export type AnswerPage = Page & { readonly coverage: readonly number[] };

/** Share of what is over of each interval, 0 to 1, to the tenth of a per mille. */
export function coverageOf({ intervals, nowMs }: Page, table: SumTable, group: SumGroup): number[] {
  const units = table.expectedUnits(group);
  return intervals.map(({ fromMs, toMs }, at) => {
    const overMs = Math.min(toMs, nowMs) - fromMs;
    const share = (group.observedMs[at] ?? 0) / (units * overMs);
    // What was joined to longer intervals than this one lies in the first of them.
    return overMs > 0 ? Math.round(Math.min(1, share) * 1e4) / 1e4 : 0;
  });
}

/** How long was watched on average by those that watched at all, ms. */
export function meanObservedMs({ observedMs, watching }: SumGroup, interval: number): number {
  const units = watching[interval] ?? 0;
  return units === 0 ? 0 : (observedMs[interval] ?? 0) / units;
}

export function headOf({ fromMs, toMs, timeZone, query }: Page) {
  return {
    from: localIso(fromMs, timeZone),
    to: localIso(toMs, timeZone),
    every: query.every,
    timeZone,
  };
}
