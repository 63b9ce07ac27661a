import { beforeEach, describe, expect, it } from 'vitest';
import { compare } from '../../../scripts/chaos/compare.ts';
import { expectedPoints, storedValue } from '../../../scripts/chaos/expected-points.ts';
import type { Append, JournalState } from '../../../scripts/chaos/journal.ts';
import { nanoseconds, type StoredPoint } from '../../../scripts/chaos/stored-points.ts';

const STREAM = { seed: 3, agent: 1 };
const PUBLISHED = 40;
const EPOCH = 1_770_000_000_000;

/** Four batches of ten events each. */
const DURABLE: Append[] = [1, 2, 3, 4].map((seq) => ({
  epoch: EPOCH,
  next: seq + 1,
  batches: [{ seq, events: Array.from({ length: 10 }, (_, at) => (seq - 1) * 10 + at) }],
}));

type Mutable = { ns: string; values: Record<string, string | number | boolean> };

let stored: Record<string, Mutable[]>;

beforeEach(() => {
  stored = { batch: DURABLE.map((_, at) => ({ ns: String(at), values: { seq: at + 1 } })), dropped: [] };
  for (const { measurement, ns, values } of expectedPoints(STREAM, DURABLE)) {
    stored[measurement] = [...(stored[measurement] ?? []), { ns, values: { ...values } }];
  }
});

const FIELD: Record<string, string> = {
  passage: 'track',
  journey: 'track',
  zone: 'present_max',
  flow: 'n',
  incident: 'version',
};

function database() {
  return {
    of: async (measurement: string): Promise<StoredPoint[]> => stored[measurement] ?? [],
    sums: async (influxql: string) => {
      const measurement = / FROM (\w+) /.exec(influxql)?.[1] ?? '';
      const values = (stored[measurement] ?? []).map((point) =>
        Number(point.values[FIELD[measurement] ?? '']),
      );
      return { n: values.length, sum: values.reduce((sum, value) => sum + value, 0) };
    },
  };
}

function judged(journal: Partial<JournalState> = {}) {
  const state = { durable: DURABLE, open: new Map(), lastId: 4, settled: 0, ...journal };
  return compare(STREAM, PUBLISHED, state, database());
}

const passageOf = (index: number) =>
  (stored.passage ?? []).findIndex(({ values }) => values.track === index + 1);

function passage(index: number): Mutable {
  const found = stored.passage?.[passageOf(index)];
  if (!found) throw new Error(`event ${index} is no passage`);
  return found;
}

describe('holding InfluxDB against what was published', () => {
  it('finds nothing wrong when everything is there as it was published', async () => {
    expect(await judged()).toMatchObject({
      lost: [],
      duplicated: [],
      altered: [],
      wrong: [],
      batches: 4,
      receipts: 4,
    });
  });

  it('finds an event that is missing, by its place and by the sums', async () => {
    stored.passage?.splice(passageOf(7), 1);
    const { lost, duplicated, altered, wrong } = await judged();
    expect({ lost, duplicated, altered }).toEqual({ lost: [7], duplicated: [], altered: [] });
    expect(wrong).toEqual([expect.stringMatching(/^passage: InfluxDB counts \d+ points/)]);
  });

  it('finds a count of one road user that is missing', async () => {
    stored.flow?.pop();
    expect((await judged()).lost).toHaveLength(1);
  });

  it('finds an event that is there once more at another place in the stream', async () => {
    const twin = passage(12);
    stored.passage?.push({ ...twin, ns: `${twin.ns.slice(0, -6)}999001` });
    const { lost, duplicated, altered } = await judged();
    expect({ lost, duplicated, altered }).toEqual({ lost: [], duplicated: [12], altered: [] });
  });

  it.each([
    [
      'a field with another value',
      (values: Mutable['values']) => Object.assign(values, { confidence: 0.123 }),
    ],
    ['a field that is missing', (values: Mutable['values']) => delete values.confidence],
    ['a field too many', (values: Mutable['values']) => Object.assign(values, { surprise: true })],
    [
      'a number as a text',
      (values: Mutable['values']) => Object.assign(values, { track: String(values.track) }),
    ],
  ])('finds an event with %s', async (_what, change) => {
    change(passage(12).values);
    const { lost, duplicated, altered } = await judged();
    expect({ lost, duplicated, altered }).toEqual({ lost: [], duplicated: [], altered: [12] });
  });

  it('counts what came twice though it is stored once', async () => {
    stored.batch?.push({ ns: '9', values: { seq: 1 } });
    expect(await judged()).toMatchObject({ batches: 4, receipts: 5, wrong: [] });
  });

  it.each([
    ['an event that never reached the outbox', { durable: DURABLE.slice(0, 3) }, '30 of 40 events'],
    [
      'an event that is in the outbox twice',
      { durable: [...DURABLE, { epoch: EPOCH, next: 6, batches: [{ seq: 5, events: [39] }] }] },
      '1 events were written to the outbox more than once',
    ],
    ['a write that nobody knows the end of', { open: new Map([[9, DURABLE[0] as Append]]) }, 'of 1 writes'],
    [
      'an outbox that was begun anew',
      { durable: DURABLE.map((append, at) => ({ ...append, epoch: EPOCH + Number(at > 1) })) },
      '2 lives',
    ],
  ])('tells of %s', async (_what, journal, words) => {
    expect((await judged(journal)).wrong.join()).toContain(words);
  });

  it('tells of events that an outbox gave up', async () => {
    stored.dropped = [{ ns: '1', values: { from_seq: 1 } }];
    expect((await judged()).wrong).toEqual(['1 reports of events that the outbox gave up']);
  });
});

describe('what InfluxDB gives back', () => {
  it.each([
    ['"a \\"b\\" \\\\c"', 'a "b" \\c'],
    ['12i', 12],
    ['0.1', 0.1],
    ['1e-7', 1e-7],
    ['true', true],
    ['false', false],
  ])('for the field value %s is %s', (text, value) => {
    expect(storedValue(text)).toBe(value);
  });

  it.each([
    ['2026-01-01T06:00:00Z', '1767247200000000000'],
    ['2026-01-01T06:00:00.12Z', '1767247200120000000'],
    ['2026-01-01T06:00:00.001002003Z', '1767247200001002003'],
  ])('as the time %s is %s nanoseconds', (time, ns) => {
    expect(nanoseconds(time)).toBe(ns);
  });
});
