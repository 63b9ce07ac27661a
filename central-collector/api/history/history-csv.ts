// Answers about the past as rows: one for each interval and series, or interval and turning movement.

import { ROAD_USERS } from '../../../contract/index.ts';
import type { TurningAnswer } from '../schemas/history.ts';
import { type Cell, csvLine } from './csv.ts';

/** What the answers of all kinds have in common; columns are arrays beside `coverage`. */
export type SeriesAnswer = {
  readonly to: string;
  readonly intervals: readonly string[];
  readonly series: readonly { readonly coverage: readonly number[] }[];
  readonly next: string | null;
};

export type HistoryTable<Answer> = {
  readonly header: readonly string[];
  /** `endsAt` is where the last interval ends. */
  rows(answer: Answer, endsAt: string): Iterable<readonly Cell[]>;
};

const NAMES = ['camera', 'line', 'direction', 'lane', 'roadUser'];

export function seriesTable<A extends SeriesAnswer>(
  columns: readonly string[],
  names = NAMES,
): HistoryTable<A> {
  return {
    header: ['from', 'to', ...names, 'coverage', ...columns],
    *rows({ intervals, series }, endsAt) {
      for (const one of series) {
        const values = one as unknown as Record<string, string | readonly Cell[] | undefined>;
        const named = names.map((name) => values[name] as string | undefined);
        const arrays = columns.map((column) => values[column] as readonly Cell[]);
        for (const [at, from] of intervals.entries()) {
          const cells = arrays.map((array) => array[at]);
          yield [from, intervals[at + 1] ?? endsAt, ...named, one.coverage[at], ...cells];
        }
      }
    },
  };
}

export const turningTable: HistoryTable<TurningAnswer> = {
  header: [
    'from',
    'to',
    'camera',
    'coverage',
    'entryLine',
    'exitLine',
    ...ROAD_USERS,
    'total',
    'meanDurationS',
  ],
  *rows({ camera, intervals }) {
    for (const { from, to, coverage, movements } of intervals) {
      // Nobody turned, or nobody watched: which of them, its coverage says.
      if (movements.length === 0) yield [from, to, camera, coverage];
      for (const { entryLine, exitLine, counts, total, meanDurationS } of movements) {
        const classes = ROAD_USERS.map((roadUser) => counts[roadUser]);
        yield [from, to, camera, coverage, entryLine, exitLine, ...classes, total, meanDurationS];
      }
    }
  },
};

/** Text in pieces, page after page; `first` was asked for already. */
export async function* csvText<A extends { readonly to: string; readonly next: string | null }>(
  table: HistoryTable<A>,
  first: A,
  following: (cursor: string) => Promise<A>,
  beginningOf: (answer: A) => string | undefined,
): AsyncGenerator<string> {
  let text = csvLine(table.header);
  for (let answer: A | undefined = first; answer !== undefined; ) {
    const next: A | undefined = answer.next === null ? undefined : await following(answer.next);
    const endsAt: string = (next && beginningOf(next)) ?? answer.to;
    for (const row of table.rows(answer, endsAt)) {
      const cells =
        row.length < table.header.length ? [...row, ...Array(table.header.length - row.length)] : row;
      text += csvLine(cells);
      if (text.length > PIECE) {
        yield text;
        text = '';
      }
    }
    answer = next;
  }
  yield text;
}

const PIECE = 64 * 1024;
