// The InfluxQL that sums raw counts up to quarter hours (policy `m15`) and those to hours (`h1`), inside of InfluxDB. A
// window is always computed anew as a whole, so that doing it again changes nothing. docs/influxdb.md describes the
// result; names of fields are those of the raw counts wherever the meaning is the same.

import type { AgentAddress } from '../../contract/index.ts';
import { HOUR_MS, QUARTER_MS, type QuarterRange } from './quarter-hours.ts';
import { text as quotedText } from './queries/influxql.ts';

export const QUARTER_POLICY = 'm15';
export const HOUR_POLICY = 'h1';

/** What is summed up: of some agents from one moment to another, whole windows of `level`. */
export type RollupWindow = {
  readonly level: 'quarter' | 'hour';
  readonly fromMs: number;
  readonly toMs: number;
  /** At least one. */
  readonly agents: readonly AgentAddress[];
};

export type RolledMeasurement = 'flow' | 'zone' | 'journey';

/** Fields that exist, by measurement: naming one that does not costs time for every series. */
export type KnownFields = Readonly<Record<RolledMeasurement, readonly string[]>>;

const TAGS: Readonly<Record<RolledMeasurement, readonly string[]>> = {
  flow: ['site', 'agent', 'camera', 'line', 'direction', 'lane', 'road_user'],
  zone: ['site', 'agent', 'camera', 'zone_id'],
  journey: ['site', 'agent', 'camera', 'entry_line', 'exit_line', 'road_user'],
};

export const ROLLED_MEASUREMENTS = Object.keys(TAGS) as readonly RolledMeasurement[];

/** The batch a point came in, texts, and what is taken from other fields below: in no sum. */
const LEFT_OUT = new Set(['epoch', 'seq', 'position', 'queue_truncated', 'track', 'entered_at_ms']);
/** Means that become sums of time: mean times what was observed, which add up. */
const WEIGHTED: Readonly<Record<string, string>> = {
  present_mean: 'present_sum_ms',
  time_occupancy: 'occupied_sum_ms',
  space_occupancy: 'space_sum_ms',
};
const LARGEST = /^(present_max|queue_max_vehicles|queue_max_m)$/;
const ACCURACY = /^accuracy_(of|found|counted)$/;

/** Statements in the order in which they must run; none where there is nothing to sum. */
export function rollupStatements(window: RollupWindow, fields: KnownFields): string[] {
  return ROLLED_MEASUREMENTS.flatMap((measurement) => {
    const known = fields[measurement];
    if (known.length === 0) return [];
    return window.level === 'quarter'
      ? quarterStatements(measurement, known, window)
      : hourStatements(measurement, known, window);
  });
}

function quarterStatements(
  measurement: RolledMeasurement,
  known: readonly string[],
  window: RollupWindow,
): string[] {
  const into = { measurement, window, from: `"raw".${measurement}` };
  if (measurement === 'journey') {
    return [statement({ ...into, select: ['count(track) AS n', 'sum(duration_ms) AS duration_sum_ms'] })];
  }
  if (measurement === 'flow') return [statement({ ...into, select: flowSelection(known) })];
  // A sum over a product needs a query in the query.
  const sums = known.filter((field) => !LEFT_OUT.has(field));
  const inner = sums.map((field) =>
    WEIGHTED[field] === undefined ? field : `${field} * observed_ms AS ${WEIGHTED[field]}`,
  );
  if (sums.includes('space_occupancy')) inner.push('space_occupancy * 0 + observed_ms AS space_observed_ms');
  const names = inner.map((text) => text.split(' AS ').at(-1) ?? text);
  const statements = [
    statement({
      ...into,
      select: [
        ...names.map((name) => `${LARGEST.test(name) ? 'max' : 'sum'}(${name}) AS ${name}`),
        'count(observed_ms) AS intervals',
      ],
      from: `(SELECT ${inner.join(', ')} FROM ${into.from} WHERE ${conditions(window)})`,
    }),
  ];
  if (known.includes('queue_truncated')) {
    const select = ['count(queue_truncated) AS queue_truncated_n'];
    statements.push(statement({ ...into, select, where: 'queue_truncated = true' }));
  }
  return statements;
}

function flowSelection(known: readonly string[]): string[] {
  const selection = ['count(n) AS intervals'];
  for (const field of known) {
    if (LEFT_OUT.has(field)) continue;
    if (!ACCURACY.test(field)) selection.push(`sum(${field}) AS ${field}`);
    // Of one accuracy follows the interval of any sum; whether it was one shows in its ends.
    else selection.push(`max(${field}) AS ${field}`, `min(${field}) AS ${field}_min`);
  }
  if (known.includes('n_low')) selection.push('count(n_low) AS bounded_intervals');
  return selection;
}

/** Of the quarter hours, which last longer than raw counts: an hour stays whole when those are gone. */
function hourStatements(
  measurement: RolledMeasurement,
  known: readonly string[],
  window: RollupWindow,
): string[] {
  const select = known.map((field) => {
    const largest = LARGEST.test(field) || ACCURACY.test(field);
    const smallest = /^accuracy_\w+_min$/.test(field);
    return `${largest ? 'max' : smallest ? 'min' : 'sum'}(${field}) AS ${field}`;
  });
  return [statement({ measurement, window, select, from: `"${QUARTER_POLICY}".${measurement}` })];
}

type Statement = {
  readonly measurement: RolledMeasurement;
  readonly window: RollupWindow;
  readonly select: readonly string[];
  readonly from: string;
  readonly where?: string;
};

function statement({ measurement, window, select, from, where }: Statement): string {
  const [policy, length] = window.level === 'quarter' ? [QUARTER_POLICY, '15m'] : [HOUR_POLICY, '1h'];
  return [
    `SELECT ${select.join(', ')} INTO "${policy}".${measurement} FROM ${from}`,
    `WHERE ${where === undefined ? '' : `${where} AND `}${conditions(window)}`,
    `GROUP BY time(${length}), ${TAGS[measurement].join(', ')} fill(none)`,
  ].join(' ');
}

function conditions({ fromMs, toMs, agents }: RollupWindow): string {
  return `time >= ${fromMs}ms AND time < ${toMs}ms AND (${agents.map(agentCondition).join(' OR ')})`;
}

function agentCondition({ site, agent }: AgentAddress): string {
  return `(site = ${quotedText(site)} AND agent = ${quotedText(agent)})`;
}

/** The window of consecutive quarter hours, or of the hours that they lie in. */
export function windowOf(
  level: RollupWindow['level'],
  [first, last]: QuarterRange,
  agents: RollupWindow['agents'],
): RollupWindow {
  const lengthMs = level === 'quarter' ? QUARTER_MS : HOUR_MS;
  return {
    level,
    agents,
    fromMs: Math.floor((first * QUARTER_MS) / lengthMs) * lengthMs,
    toMs: (Math.floor((last * QUARTER_MS) / lengthMs) + 1) * lengthMs,
  };
}
