// Holds what is stored of one agent against what it published: point by point with every field, and once more by facts
// that need neither the collector's code nor the journal: which events are there at all, and what they sum up to.

import type { TrafficEvent } from '../../contract/index.ts';
import { type ExpectedPoint, expectedPoints } from './expected-points.ts';
import type { JournalState } from './journal.ts';
import { eventAt, type Stream } from './known-events.ts';
import { agentName } from './options.ts';
import type { StoredPoint, StoredPoints } from './stored-points.ts';

export type Comparison = {
  readonly agent: string;
  /** Events that it published. */
  readonly published: number;
  /** Points that these give. */
  readonly points: number;
  /** Events of which a point is missing, is there more than once, or has other values. */
  readonly lost: readonly number[];
  readonly duplicated: readonly number[];
  readonly altered: readonly number[];
  /** Whatever else is not as it has to be, in words. */
  readonly wrong: readonly string[];
  /** Batches by the journal, and receipts of them by collectors: more when they came again. */
  readonly batches: number;
  readonly receipts: number;
  readonly settled: number;
};

const MEASUREMENTS = ['passage', 'flow', 'zone', 'incident', 'journey'] as const;

/** The field by which a stored point tells the index of its event, and what to add to it. */
const INDEX_IN: Readonly<Record<(typeof MEASUREMENTS)[number], readonly [field: string, from: number]>> = {
  passage: ['track', -1],
  journey: ['track', -1],
  flow: ['frames_analysed', 0],
  zone: ['frames_analysed', 0],
  incident: ['version', -1],
};

export async function compare(
  stream: Stream,
  published: number,
  journal: JournalState,
  stored: Pick<StoredPoints, 'of' | 'sums'>,
): Promise<Comparison> {
  const agent = agentName(stream.agent);
  const expected = expectedPoints(stream, journal.durable);
  const lost = new Set<number>();
  const duplicated = new Set<number>();
  const altered = new Set<number>();
  const wrong = journalProblems(journal, published);
  for (const measurement of MEASUREMENTS) {
    const points = await stored.of(measurement, agent);
    const found = new Map<string, StoredPoint>();
    const mine = expected.filter((point) => point.measurement === measurement);
    const names = [...new Set(mine.flatMap(({ tags }) => Object.keys(tags)))].sort();
    for (const point of points) found.set(keyOf(point, names), point);
    for (const point of mine) {
      const key = keyOf(point, names);
      const there = found.get(key);
      found.delete(key);
      if (!there) lost.add(point.index);
      else if (!isSame(there, point)) altered.add(point.index);
    }
    const [field, from] = INDEX_IN[measurement];
    // What is left over is there beside what has to be there.
    for (const point of found.values()) duplicated.add(Number(point.values[field]) + from);
  }
  for (let index = 0; index < published; index += 1) if (!has(expected, index)) lost.add(index);
  wrong.push(...(await sumProblems(stream, published, stored)));
  const marks = await stored.of('batch', agent);
  const dropped = await stored.of('dropped', agent);
  if (dropped.length > 0) wrong.push(`${dropped.length} reports of events that the outbox gave up`);
  return {
    agent,
    published,
    points: expected.length,
    lost: [...lost].sort((a, b) => a - b),
    duplicated: [...duplicated],
    altered: [...altered],
    wrong,
    batches: journal.durable.reduce((sum, { batches }) => sum + batches.length, 0),
    receipts: marks.length,
    settled: journal.settled,
  };
}

function keyOf({ ns, values }: Pick<ExpectedPoint, 'ns' | 'values'>, tags: readonly string[]): string {
  return [ns, ...tags.map((tag) => values[tag] ?? '')].join('|');
}

function isSame({ values }: StoredPoint, expected: ExpectedPoint): boolean {
  const names = Object.keys(expected.values);
  return (
    names.length === Object.keys(values).length &&
    names.every((name) => Object.is(values[name], expected.values[name]))
  );
}

const indices = new WeakMap<readonly ExpectedPoint[], Set<number>>();

function has(expected: readonly ExpectedPoint[], index: number): boolean {
  const known = indices.get(expected) ?? new Set(expected.map((point) => point.index));
  indices.set(expected, known);
  return known.has(index);
}

function journalProblems({ durable, open }: JournalState, published: number): string[] {
  const problems: string[] = [];
  if (open.size > 0) problems.push(`of ${open.size} writes of the outbox nobody knows what became of them`);
  const times = new Map<number, number>();
  for (const { batches } of durable)
    for (const { events } of batches)
      for (const index of events) times.set(index, (times.get(index) ?? 0) + 1);
  const twice = [...times.values()].filter((n) => n > 1).length;
  if (twice > 0) problems.push(`${twice} events were written to the outbox more than once`);
  if (times.size !== published)
    problems.push(`${times.size} of ${published} events were written to the outbox`);
  const epochs = new Set(durable.map(({ epoch }) => epoch));
  if (epochs.size > 1) problems.push(`the outbox was begun anew: ${epochs.size} lives`);
  return problems;
}

/** Counts and sums by InfluxDB's own arithmetic, over whole measurements. */
async function sumProblems(
  stream: Stream,
  published: number,
  stored: Pick<StoredPoints, 'sums'>,
): Promise<string[]> {
  const of = `WHERE agent = '${agentName(stream.agent)}'`;
  const truth = truthOf(stream, published);
  const answers = {
    passage: await stored.sums(`SELECT count(track) AS n, sum(track) AS sum FROM passage ${of}`),
    journey: await stored.sums(`SELECT count(track) AS n, sum(track) AS sum FROM journey ${of}`),
    zone: await stored.sums(`SELECT count(present_max) AS n, sum(present_max) AS sum FROM zone ${of}`),
    flow: await stored.sums(`SELECT count(n) AS n, sum(n) AS sum FROM flow ${of}`),
    incident: await stored.sums(`SELECT count(version) AS n, sum(version) AS sum FROM incident ${of}`),
  };
  return MEASUREMENTS.flatMap((measurement) => {
    const { n = 0, sum = 0 } = answers[measurement];
    const expected = truth[measurement];
    if (n === expected.n && sum === expected.sum) return [];
    return [
      `${measurement}: InfluxDB counts ${n} points that sum up to ${sum}, expected ${expected.n} and ${expected.sum}`,
    ];
  });
}

type Sums = Record<TrafficEvent['type'], { n: number; sum: number }>;

function truthOf(stream: Stream, published: number): Sums {
  const sums: Sums = {
    passage: { n: 0, sum: 0 },
    flow: { n: 0, sum: 0 },
    zone: { n: 0, sum: 0 },
    incident: { n: 0, sum: 0 },
    journey: { n: 0, sum: 0 },
  };
  for (let index = 0; index < published; index += 1) {
    const event = eventAt(stream, index);
    for (const value of valuesOf(event)) {
      sums[event.type].n += 1;
      sums[event.type].sum += value;
    }
  }
  return sums;
}

/** The value that is summed up, of each point of the event. */
function valuesOf(event: TrafficEvent): number[] {
  switch (event.type) {
    case 'passage':
    case 'journey':
      return [event.track];
    case 'zone':
      return [event.presentMax];
    case 'incident':
      return [event.version];
    case 'flow':
      return Object.values(event.counts).map(({ n }) => n);
  }
}
