// Journeys into cells of entry and exit, by interval.

import type { RoadUser } from '../../../contract/index.ts';
import type { TurningAnswer } from '../../api/schemas/history.ts';
import { localIso } from '../../local-time.ts';
import type { Page } from './history-page.ts';
import type { Visit } from './reader.ts';

type Cell = {
  entryLine: string;
  exitLine: string;
  counts: Partial<Record<RoadUser, number>>;
  total: number;
  durationMs: number;
};

export function turningIntervals({ intervals, pieces, timeZone }: Page) {
  const cells = intervals.map(() => new Map<string, Cell>());
  const visit: Visit = ({ entry_line: entryLine = '', exit_line: exitLine = '', road_user }, columns) => {
    const n = columns.findIndex(({ name }) => name === 'n');
    const duration = columns.findIndex(({ name }) => name === 'duration_sum_ms');
    const roadUser = road_user as RoadUser;
    const key = `${entryLine} ${exitLine}`;
    const one = (piece: number, values: Float64Array) => {
      const row = cells[pieces[piece]?.interval ?? -1];
      const count = values[n] || 0;
      if (row === undefined || count === 0) return;
      const cell = row.get(key) ?? { entryLine, exitLine, counts: {}, total: 0, durationMs: 0 };
      row.set(key, cell);
      cell.counts[roadUser] = (cell.counts[roadUser] ?? 0) + count;
      cell.total += count;
      cell.durationMs += values[duration] || 0;
    };
    return { one };
  };
  return {
    visit,
    intervals: (coverage: readonly number[]): TurningAnswer['intervals'] =>
      intervals.map(({ fromMs, toMs }, at) => ({
        from: localIso(fromMs, timeZone),
        to: localIso(toMs, timeZone),
        coverage: coverage[at] ?? 0,
        movements: [...(cells[at] ?? [])]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, { durationMs, ...cell }]) => ({
            ...cell,
            meanDurationS: Math.round(durationMs / cell.total / 10) / 100,
          })),
      })),
  };
}
