// Counts beside the scene's truth, as text.

import { ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import { type Column, columns, type Paint } from './columns.ts';
import type { Comparison, DirectionComparison, TruthComparison } from './truth-ledger.ts';

/** With eight columns it is to fit into a terminal of 80. */
const GAP = '  ';
const NONE = '–';

type Pair = { readonly counted: number; readonly crossings: number };
type Row = {
  readonly label: string;
  readonly sums: Comparison;
  readonly classes: DirectionComparison['classes'];
};

/** A row a direction with `counted / true` by class, then what that is in words. */
export function truthTable(truth: TruthComparison, paint: Paint): string[] {
  const rows = rowsOf(truth);
  const present = ROAD_USERS.filter((user) => rows.some(({ classes }) => classes.has(user)));
  const users = present.length > 0 ? present : ROAD_USERS.slice(0, 4);
  const titles: Column[] = [
    { title: 'counted / true' },
    ...[...users, 'all', 'missed', 'extra'].map((title): Column => ({ title, align: 'right' })),
  ];
  const pairs = rows.map(({ sums, classes }) => [...users.map((user) => classes.get(user)), sums]);
  const cells = rows.map(({ label, sums }, row) => [
    label,
    ...(pairs[row] ?? []).map((pair, column) => {
      const text = pairText(
        pair,
        pairs.map((each) => each[column]),
      );
      return column === users.length ? paint('bold', text) : text;
    }),
    ...[sums.missed, sums.extra].map((n) => (n === 0 ? '0' : paint('yellow', String(n)))),
  ]);
  return [...columns(titles, cells, paint, GAP), paint('dim', inWords(truth)), ...asideOf(truth, paint)];
}

/** `39 of 40 true crossings found, 0 extra`. */
export function truthInShort({ matched, crossings, extra }: Comparison): string {
  return `${matched} of ${crossings} true crossings found, ${extra} extra`;
}

function inWords({ matched, crossings }: Comparison): string {
  return `${matched} of ${crossings} true crossings found. Truth: computed by the scene, not detected.`;
}

function asideOf({ notCompared: n }: Comparison, paint: Paint): string[] {
  if (n === 0) return [];
  const subject = n === 1 ? '1 more was' : `${n} more were`;
  return [paint('dim', `${subject} counted beside a cut of the clip, where vehicles jump: not compared.`)];
}

function rowsOf(truth: TruthComparison): Row[] {
  const manyLines = new Set(truth.directions.map(({ line }) => line)).size > 1;
  const rows = truth.directions.map(
    ({ line, direction, classes, ...sums }): Row => ({
      label: manyLines ? `${line} ${direction}` : direction,
      sums,
      classes,
    }),
  );
  const together = new Map<RoadUser, Pair>();
  for (const { classes } of rows) {
    for (const [user, { counted, crossings }] of classes) {
      const before = together.get(user) ?? { counted: 0, crossings: 0 };
      together.set(user, { counted: before.counted + counted, crossings: before.crossings + crossings });
    }
  }
  return [...rows, { label: 'together', sums: truth, classes: together }];
}

/** Both numbers straight below those of the other rows. */
function pairText(pair: Pair | undefined, column: readonly (Pair | undefined)[]): string {
  if (pair === undefined) return NONE;
  const width = Math.max(...column.map((each) => String(each?.crossings ?? '').length));
  return `${pair.counted} / ${String(pair.crossings).padStart(width)}`;
}
