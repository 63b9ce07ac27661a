// Whatever arrives from the broker on any topic, on its way into line protocol and the ledger.

import { Ledger, receiptOf } from '../../../central-collector/ingest/ledger.ts';
import {
  type Batch,
  REJECTION_REASONS,
  type ReadMessage,
  readMessage,
} from '../../../central-collector/ingest/read-message.ts';
import type { BatchWriter, Lines } from '../../../central-collector/store/batch-writer.ts';
import { PointStore } from '../../../central-collector/store/store.ts';
import {
  CHANNELS,
  eventBatchSchema,
  healthSchema,
  MAX_EPOCH_MS,
  statusSchema,
  trafficEventSchema,
} from '../../../contract/index.ts';
import { eventBatch, health, status } from '../../../test/contract/arbitraries.ts';
import type { Random } from '../../scenes/random.ts';
import { must, mustBePlain, mustBeSame } from '../checks.ts';
import { readLine } from '../line-protocol-reader.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { anyValue, jsonText, mutateJson } from '../mutate-json.ts';
import { jsonSamples } from '../samples.ts';
import type { FuzzTarget, Outcome } from '../target.ts';

const T0 = Date.UTC(2026, 0, 1);
/** The last moment that the contract knows: nothing is future-dated then. */
const LATEST = MAX_EPOCH_MS;
const MAX_DETAIL = 320;
/** Of the samples by size, those that are mostly used. */
const SMALL_SHARE = 0.35;

/** An input is the topic, a NUL, and the payload. */
export const messageTarget: FuzzTarget = {
  name: 'messages',
  about: 'MQTT topics and payloads of agents, up to points and ledger',
  weight: 300,
  async open({ seed }) {
    const samples = {
      events: bySize(jsonSamples(eventBatch, seed, 400)),
      status: bySize(jsonSamples(status, seed, 100)),
      health: bySize(jsonSamples(health, seed, 100)),
    };
    const ledger = new Ledger({ maxStreams: 1000 });
    let written: Lines = { text: '', owners: [] };
    const writer: Pick<BatchWriter, 'write'> = {
      write: async (lines) => {
        written = lines;
        return { refused: [] };
      },
    };
    const store = new PointStore(writer as BatchWriter, 'collector-1');
    return {
      make: (random) => makeMessage(random, samples),
      async run(input) {
        const end = input.indexOf(0);
        const topic = Buffer.from(input.subarray(0, Math.max(end, 0))).toString();
        const payload = input.subarray(end + 1);
        const receivedAtMs = payload.length % 2 === 0 ? T0 : LATEST;
        const message = readMessage(topic, payload, receivedAtMs);
        switch (message.kind) {
          case 'rejected':
            checkRejected(message);
            return 'refused';
          case 'batch':
            await store.batch(message.batch, message.rejected.length);
            checkBatch(message, topic);
            ledger.recordStored(receiptOf(message.batch), receivedAtMs, message.rejected.length);
            break;
          case 'status':
            await store.status(message.status, receivedAtMs);
            mustBeSame('a status', statusSchema.parse(message.status), message.status);
            break;
          case 'health':
            await store.health(message.health);
            mustBeSame('a health report', healthSchema.parse(message.health), message.health);
        }
        checkLines(written);
        return outcomeOf(message);
      },
    };
  },
};

function bySize(texts: readonly string[]): string[] {
  return texts.toSorted((a, b) => a.length - b.length);
}

function outcomeOf(message: ReadMessage): Outcome {
  return message.kind === 'batch' && message.batch.events.length === 0 && message.rejected.length > 0
    ? 'refused'
    : 'accepted';
}

function checkRejected({ reason, detail, id }: Extract<ReadMessage, { kind: 'rejected' }>): void {
  must('a reason that is known', REJECTION_REASONS.includes(reason));
  mustBePlain('the detail', detail, MAX_DETAIL);
  if (id) must('a whole sequence number', Number.isSafeInteger(id.seq) && Number.isSafeInteger(id.epoch));
}

function checkBatch({ batch, rejected }: Extract<ReadMessage, { kind: 'batch' }>, topic: string): void {
  for (const { detail } of rejected) mustBePlain('the detail of an event', detail, MAX_DETAIL);
  const positions = [...batch.events, ...rejected].map(({ position }) => position).sort((a, b) => a - b);
  must(
    'every event to be taken or refused',
    positions.every((position, at) => position === at),
  );
  for (const { event } of batch.events) mustBeSame('an event', trafficEventSchema.parse(event), event);
  const again = readMessage(topic, Buffer.from(JSON.stringify(asSent(batch))), batch.receivedAtMs);
  must('an accepted batch to be accepted again', again.kind === 'batch' && again.rejected.length === 0);
  if (again.kind !== 'batch') return;
  const events = batch.events.map(({ event }, position) => ({ position, event }));
  mustBeSame('a batch', again.batch, { ...batch, events });
}

function asSent({ events, receivedAtMs: _, ...envelope }: Batch): unknown {
  return eventBatchSchema.parse({ v: 1, ...envelope, events: events.map(({ event }) => event) });
}

function checkLines({ text, owners }: Lines): void {
  const lines = text.split('\n');
  must('a line for each owner', lines.length === owners.length);
  for (const line of lines) readLine(line);
}

function makeMessage(
  random: Random,
  samples: Readonly<Record<'events' | 'status' | 'health', readonly string[]>>,
): Buffer {
  const channel = anyOf(random, ['events', 'events', 'events', 'status', 'health'] as const);
  const list = samples[channel];
  // Small ones mostly: more of them fit into a second, and they reach as far.
  const text = list[below(random, Math.ceil(list.length * (random() < 0.97 ? SMALL_SHARE : 1)))] ?? '';
  let value: unknown = JSON.parse(text);
  const { site, agent } = value as { site: string; agent: string };
  let payload: Buffer;
  const way = random();
  if (way < 0.08) payload = Buffer.from(text);
  else if (way < 0.7) {
    value = mutateJson(random, value, list);
    payload = Buffer.from(jsonText(random, value));
    if (random() < 0.2) payload = mutateBytes(random, payload);
  } else if (way < 0.95) payload = mutateBytes(random, Buffer.from(text), [Buffer.from(anyOf(random, list))]);
  else if (way < 0.999) payload = Buffer.from(jsonText(random, anyValue(random)));
  else payload = large(random, text);
  return Buffer.concat([
    Buffer.from(makeTopic(random, `ngatu/v1/${site}/${agent}/${channel}`)),
    Buffer.from([0]),
    payload,
  ]);
}

function makeTopic(random: Random, topic: string): string {
  if (random() < 0.93) return topic;
  if (random() < 0.5) return topic.replace(/[^/]*$/, anyOf(random, CHANNELS));
  return mutateBytes(random, Buffer.from(topic)).toString().replaceAll('\0', '');
}

/** Around the bound of a megabyte, of one thing over and over. */
function large(random: Random, text: string): Buffer {
  const bytes = 1024 * 1024 + 2000 * below(random, 3) - 3000;
  const piece = anyOf(random, ['[', '0,', '{"a":', '{},', '"",', ' ', '"\\u0000",', '1e5,', '[],', '"k":1,']);
  const field = anyOf(random, ['events', 'dropped', 'cameras', 'x', 'v']);
  const head = `{"${field}":${random() < 0.5 ? '[' : ''}`;
  const end = random() < 0.5 ? `0],${text.slice(1)}` : '';
  return Buffer.from(
    head + piece.repeat(Math.max(0, Math.floor((bytes - head.length - end.length) / piece.length))) + end,
  );
}
