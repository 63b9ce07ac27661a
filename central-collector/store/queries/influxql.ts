// InfluxQL made of parts. Names and texts are quoted here and nowhere else: whatever a request holds, it stays a name or
// a text (docs.influxdata.com/influxdb/v1/query_language/spec, "Identifiers", "Strings").

export type Aggregate = {
  readonly of: 'sum' | 'max' | 'min' | 'count' | 'last';
  readonly field: string;
  readonly as: string;
};

/** In a query in a query: a field as it is, or two multiplied. */
export type Term = { readonly field: string; readonly times?: string; readonly as: string };

export type Condition =
  | { readonly tag: string; readonly is: string }
  | { readonly field: string; readonly isTrue: true }
  | { readonly any: readonly (readonly Condition[])[] };

export type Source = { readonly policy: string; readonly measurement: string };

export type Query = {
  readonly select: readonly (Aggregate | Term)[];
  readonly from: Source | Query;
  /** All of them. */
  readonly where?: readonly Condition[];
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly groupBy?: {
    readonly stepMs?: number;
    /** Beginning of the windows after a multiple of `stepMs`. */
    readonly offsetMs?: number;
    readonly tags: readonly string[];
  };
};

export function influxql(query: Query): string {
  const { select, from, groupBy } = query;
  const source = 'select' in from ? `(${influxql(from)})` : `${name(from.policy)}.${name(from.measurement)}`;
  const wanted = whereOf(query);
  const groups = [
    ...(groupBy?.stepMs === undefined ? [] : [windows(groupBy.stepMs, groupBy.offsetMs ?? 0)]),
    ...(groupBy?.tags ?? []).map(name),
  ];
  return [
    `SELECT ${select.map(term).join(', ')} FROM ${source}`,
    wanted === '' ? '' : ` WHERE ${wanted}`,
    groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`,
    groupBy?.stepMs === undefined ? '' : ' fill(none)',
  ].join('');
}

function whereOf({ where = [], fromMs, toMs }: Query): string {
  return [
    ...(fromMs === undefined ? [] : [`time >= ${milliseconds(fromMs)}`]),
    ...(toMs === undefined ? [] : [`time < ${milliseconds(toMs)}`]),
    ...where.map(condition),
  ].join(' AND ');
}

function condition(one: Condition): string {
  if ('tag' in one) return `${name(one.tag)} = ${text(one.is)}`;
  if ('field' in one) return `${name(one.field)} = true`;
  // None of nothing: no time is both.
  if (one.any.length === 0) return 'time < 0 AND time > 0';
  return `(${one.any.map((all) => `(${all.map(condition).join(' AND ')})`).join(' OR ')})`;
}

function term(one: Aggregate | Term): string {
  if ('of' in one) return `${one.of}(${name(one.field)}) AS ${name(one.as)}`;
  const product = one.times === undefined ? name(one.field) : `${name(one.field)} * ${name(one.times)}`;
  return `${product} AS ${name(one.as)}`;
}

function windows(stepMs: number, offsetMs: number): string {
  return `time(${milliseconds(stepMs)}, ${milliseconds(offsetMs)})`;
}

function milliseconds(ms: number): string {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`expected whole milliseconds, got ${ms}`);
  return `${ms}ms`;
}

export function name(of: string): string {
  return `"${of.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

export function text(of: string): string {
  return `'${of.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
}
