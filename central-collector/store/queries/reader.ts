// Reads the sums of a plan from InfluxDB: series by series, each value with the piece that it belongs to.

import type { Series } from '../database.ts';
import type { KnownFields } from '../rollup-statements.ts';
import { type Condition, influxql, type Query } from './influxql.ts';
import type { Column, Kind, ReadColumn, Role } from './kinds.ts';
import type { Level, Plan, Run } from './plan.ts';

export type CameraAddress = { readonly site: string; readonly agent: string; readonly camera: string };

export type HistoryDatabase = { series(influxql: string): Promise<readonly Series[]> };

/** What is read; without cameras, of all. */
export type Scope = {
  readonly cameras?: readonly CameraAddress[] | undefined;
  readonly tags?: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/** Told of each series: its tags, and what takes its values; undefined passes it over. */
export type Visit = (tags: Readonly<Record<string, string>>, columns: readonly Column[]) => Taker | undefined;

export type Taker = {
  /** `values` by column, NaN where there is none; used again for the next piece. */
  one(piece: number, values: Float64Array): void;
  /** The same of many pieces at once, where that can be done column by column. */
  many?(of: ManyValues): void;
};

export type ManyValues = {
  readonly values: Float64Array;
  /** Where each column begins in `values`; -1 for one that is not there. */
  readonly starts: Int32Array;
  /** Where the value of each piece stands after that. */
  readonly slots: Int32Array;
  readonly pieces: Int32Array;
};

export type ReadOptions = {
  readonly kind: Kind;
  readonly plan: Plan;
  readonly scope: Scope;
  readonly known: (level: Level) => Promise<KnownFields>;
  /** Tags that series are told apart by. Default: all of the kind. */
  readonly tags?: readonly string[];
};

/** More cameras than this are not named one by one: InfluxDB looks each of them up for each series. */
const MOST_NAMED = 100;
const CAMERA_TAGS = ['site', 'agent', 'camera'];
const STEP_MS: Readonly<Record<Level, number>> = { raw: 0, m15: 900_000, h1: 3_600_000 };

/** Throws StoreError. */
export async function readSums(database: HistoryDatabase, options: ReadOptions, visit: Visit): Promise<void> {
  for (const run of options.plan.runs) {
    const columns = options.kind.columns(run.level, await options.known(run.level));
    for (const part of statementsOf(run, columns, options)) {
      const series = await database.series(influxql(part.query));
      for (const one of series) takeSeries(one, part.columns, run, visit);
    }
  }
}

type Part = { readonly query: Query; readonly columns: readonly ReadColumn[] };

/** Columns of certain points alone need a statement of their own. */
function statementsOf(run: Run, columns: readonly ReadColumn[], options: ReadOptions): Part[] {
  const plain = columns.filter(({ where }) => where === undefined);
  const parts = plain.length === 0 ? [] : [{ query: queryOf(run, plain, options), columns: plain }];
  for (const column of columns) {
    if (column.where === undefined) continue;
    parts.push({ query: queryOf(run, [column], options, [column.where]), columns: [column] });
  }
  return parts;
}

function queryOf(
  run: Run,
  columns: readonly ReadColumn[],
  { kind, scope, tags = kind.tags }: ReadOptions,
  more: readonly Condition[] = [],
): Query {
  const { fromMs, toMs, stepMs, level } = run;
  const between = { fromMs, toMs, where: [...conditionsOf(scope), ...more] };
  const source = { policy: level, measurement: kind.measurement };
  const steps = { stepMs, offsetMs: fromMs % stepMs };
  const groupBy = { ...steps, tags: [...CAMERA_TAGS, ...tags] };
  const outer = columns.map(({ name, select }) => ({ ...select, as: name }));
  if (columns.some(({ product }) => product !== undefined)) {
    const inner = columns.map(({ select, product }) => product ?? { field: select.field, as: select.field });
    return { select: outer, from: { select: inner, from: source, ...between }, fromMs, toMs, groupBy };
  }
  if (kind.tags.every((tag) => tags.includes(tag)))
    return { select: outer, from: source, ...between, groupBy };
  // Fewer tags than there are: sums of everything, but what was observed is that of any.
  const joined = columns.map(({ name, role, select }) => ({
    of: isShared(role) ? ('max' as const) : select.of === 'count' ? ('sum' as const) : select.of,
    field: name,
    as: name,
  }));
  if (stepMs <= STEP_MS[level]) {
    const direct = columns.map(({ name, role, select }) =>
      role === 'observed' || role === 'shared'
        ? { of: 'max' as const, field: select.field, as: name }
        : { ...select, as: name },
    );
    return { select: direct, from: source, ...between, groupBy };
  }
  const inner = {
    select: outer,
    from: source,
    ...between,
    groupBy: { ...steps, tags: [...CAMERA_TAGS, ...kind.tags] },
  };
  return { select: joined, from: inner, fromMs, toMs, groupBy };
}

function isShared(role: Role): boolean {
  return role === 'observed' || role === 'shared';
}

export function conditionsOf({ cameras, tags = {} }: Scope): Condition[] {
  const conditions: Condition[] = [];
  if (cameras !== undefined) {
    const named = cameras.length <= MOST_NAMED;
    const sites = [...new Set(cameras.map(({ site }) => site))];
    if (!named && sites.length === 1) conditions.push({ tag: 'site', is: sites[0] ?? '' });
    else if (named) {
      conditions.push({
        any: cameras.map((camera) => [
          { tag: 'site', is: camera.site },
          { tag: 'agent', is: camera.agent },
          { tag: 'camera', is: camera.camera },
        ]),
      });
    }
  }
  for (const [tag, wanted] of Object.entries(tags)) {
    if (typeof wanted === 'string') conditions.push({ tag, is: wanted });
    else if (wanted !== undefined) conditions.push({ any: wanted.map((is) => [{ tag, is }]) });
  }
  return conditions;
}

function takeSeries(
  { tags = {}, columns: names, values = [] }: Series,
  columns: readonly ReadColumn[],
  { fromMs, stepMs, first }: Run,
  visit: Visit,
): void {
  const taker = visit(tags, columns);
  if (taker === undefined) return;
  const at = columns.map(({ name }) => names.indexOf(name));
  const row = new Float64Array(columns.length);
  for (const value of values) {
    for (const [index, position] of at.entries()) {
      const number = value[position];
      row[index] = typeof number === 'number' ? number : Number.NaN;
    }
    taker.one(first + Math.floor((Number(value[0]) - fromMs) / stepMs), row);
  }
}
