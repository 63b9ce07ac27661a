// Whatever an agent may report fits through the broker and into a collector.

import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { READ_LIMITS, readMessage } from '../../../central-collector/ingest/read-message.ts';
import {
  type ClassFlow,
  type DroppedRange,
  INCIDENT_KINDS,
  type Incident,
  MAX_EVENTS_IN_BATCH,
  MAX_SPEED_BINS,
  ROAD_USERS,
  type TrafficEvent,
  trafficEventSchema,
} from '../../../contract/index.ts';
import { Batcher } from '../../../edge-agent/publisher/batcher.ts';
import { eventsMessage } from '../../../edge-agent/publisher/messages.ts';
import { Outbox } from '../../../edge-agent/publisher/outbox.ts';
import { makeMemory } from '../../../edge-agent/publisher/outbox-database.ts';
import { encodeBatch } from '../../../edge-agent/publisher/outbox-records.ts';
import { flow, incident, passage, T0 } from './sample-events.ts';

const SLUG = 'x'.repeat(63);
const MANY = 99_999_999_999_999;
const LONG = -1.234567890123456e-300;
/** Most ranges in one report: see BatchStore. */
const MAX_REPORTED_RANGES = 500;

/** Escaped in JSON, each of these takes six bytes. */
const worst = (length: number) => '\u0001'.repeat(length);

function largestIncident(): TrafficEvent {
  const file = { file: worst(300), sha256: 'f'.repeat(64), bytes: MANY };
  const large: Incident = {
    ...incident(worst(100)),
    camera: SLUG,
    kind: [...INCIDENT_KINDS].sort((a, b) => b.length - a.length)[0] ?? 'queue',
    region: SLUG,
    lane: SLUG,
    tracks: Array.from({ length: 100 }, () => MANY),
    box: [LONG, LONG, 1.234567890123456e-300, 1.234567890123456e-300],
    measures: {},
    evidence: {
      snapshot: { ...file, width: MANY, height: MANY, atMs: T0, blurred: false, from: 'analysed' },
      clip: { ...file, fromMs: T0, toMs: T0 },
    },
  };
  // As many as the contract allows, and not without end should it allow any number.
  for (let n = 0; n < 400; n += 1) {
    const measures = { ...large.measures, [`${worst(37)}${String(n).padStart(3, '0')}`]: LONG };
    if (!trafficEventSchema.safeParse({ ...large, measures }).success) break;
    large.measures = measures;
  }
  return large;
}

function largestFlow(): TrafficEvent {
  const histogram = Array.from({ length: MAX_SPEED_BINS }, () => 10_000_000_000_000);
  const n = histogram.reduce((sum, bin) => sum + bin, 0);
  const speed = { n, sumKmh: 1.234567890123456e300, sumPerKmh: 1.234567890123456e-300, histogram };
  const accuracy = { of: MANY, found: MANY, counted: MANY };
  const of: ClassFlow = { n, low: n, high: n, accuracy, speed };
  const spans = { n, sumS: 1.234567890123456e300, sumSqS2: 1.234567890123456e300 };
  const counts = Object.fromEntries(ROAD_USERS.map((roadUser) => [roadUser, of]));
  const names = { camera: SLUG, line: SLUG, direction: SLUG, lane: SLUG };
  return flow(0, 0, { ...names, counts, headway: spans, gap: spans });
}

describe('the largest event that the contract allows', () => {
  test.each([
    ['incident', largestIncident()],
    ['flow', largestFlow()],
  ])(
    '%s: as many as fill a batch, with the longest report, are taken by broker and collector',
    (_type, event) => {
      expect(trafficEventSchema.safeParse(event).success).toBe(true);
      const batcher = new Batcher();
      for (let n = 0; n < 50; n += 1) batcher.add(event);
      const { drafts, lost } = batcher.take();
      expect(lost).toEqual({});
      expect(drafts.reduce((sum, { json }) => sum + json.length, 0)).toBe(50);
      const dropped = Array.from({ length: MAX_REPORTED_RANGES }, (_, n): DroppedRange => {
        const events = { passage: MANY, flow: MANY, zone: MANY, incident: MANY, journey: MANY };
        return { fromSeq: MANY + 2 * n, toSeq: MANY + 2 * n, reason: 'outbox-full', events, atMs: T0 };
      });
      for (const { class: batchClass, events, json } of drafts) {
        const body = `"events":[${json.join(',')}],"dropped":${JSON.stringify(dropped)}`;
        const batch = encodeBatch({ epoch: T0, seq: MANY, class: batchClass, storedAtMs: T0, events, body });
        const message = Buffer.from(eventsMessage({ site: SLUG, agent: SLUG }, batch, T0));
        expect(message.byteLength).toBeLessThan(READ_LIMITS.maxBytes);
        const read = readMessage(`ngatu/v1/${SLUG}/${SLUG}/events`, message, T0 + 60_000);
        expect(read).toMatchObject({ kind: 'batch', rejected: [] });
      }
    },
  );

  test('the smallest events fill a batch by their number, and fit too', () => {
    const batcher = new Batcher();
    for (let n = 1; n <= 3 * MAX_EVENTS_IN_BATCH; n += 1) batcher.add(passage(n));
    for (const { json } of batcher.take().drafts) {
      expect(json.length).toBeLessThanOrEqual(MAX_EVENTS_IN_BATCH);
      expect(json.join(',').length).toBeLessThan(READ_LIMITS.maxBytes / 2);
    }
  });
});

async function memoryOutbox(maxBytes: number): Promise<Outbox> {
  const logger = pino({ level: 'silent' });
  const options = {
    directory: 'memory',
    maxBytes,
    maxAgeMs: 1e9,
    logger,
    now: () => T0,
    makeDatabase: makeMemory,
  };
  const outbox = new Outbox(options);
  await outbox.recover();
  return outbox;
}

test('a batch that no collector would take, stored by an older agent, is given up and reported', async () => {
  const outbox = await memoryOutbox(1e8);
  const json = [JSON.stringify({ ...passage(1), region: 'x'.repeat(1_000_000) })];
  await outbox.append([{ class: 'passages', events: { passage: 1 }, json }]);
  const small = { class: 'passages' as const, events: { passage: 1 }, json: [JSON.stringify(passage(2))] };
  await outbox.append([small]);
  expect((await outbox.page('passages', 0, 10, 1e9)).map(({ seq }) => seq)).toEqual([2]);
  expect(outbox.givenUp).toEqual({ passage: 1 });
  const [report] = await outbox.append([]);
  expect(report?.body).toContain('"fromSeq":1,"toSeq":1,"reason":"other","events":{"passage":1}');
  await outbox.close();
});

test('the minutes of many cameras are merged into batches that a collector takes', async () => {
  const outbox = await memoryOutbox(8_000_000);
  const counts = Object.fromEntries(ROAD_USERS.map((roadUser) => [roadUser, { n: 1 }]));
  for (let minute = 0; minute < 500; minute += 1) {
    const flows = Array.from({ length: 60 }, (_, n) => flow(minute, 1, { line: `line-${n}`, counts }));
    const json = flows.map((each) => JSON.stringify(each));
    await outbox.append([{ class: 'counts', events: { flow: 60 }, json }]);
  }
  const batches = await outbox.page('counts', 0, 1e6, 1e9);
  expect(batches.length).toBeLessThan(400);
  expect(Math.max(...batches.map(({ bytes }) => bytes))).toBeLessThan(600_000);
  expect(outbox.givenUp).toEqual({});
  await outbox.close();
});

test('an event that no collector would take is given up and counted, and holds up nobody', () => {
  const batcher = new Batcher();
  batcher.add({ ...incident('x'), region: 'x'.repeat(2_000_000) });
  batcher.add(passage(1));
  expect(batcher.take()).toMatchObject({ drafts: [{ events: { passage: 1 } }], lost: { incident: 1 } });
});
