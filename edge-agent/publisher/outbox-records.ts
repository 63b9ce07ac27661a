// How the outbox looks on disk: one record a batch and one that holds the outbox's own state.
//
//   key   c0000000000000042~<stored at>~<bytes>~f12.z3      c|p|i = class, then sequence number, then facts
//   value <crc32 in hex> "events":[…],"dropped":[…]
//
// The facts in the key (clock and bytes in base 36, events by type) let batches be counted, aged and deleted
// without reading what they hold. LevelDB does not check what it reads back, so every value has a checksum.

import { crc32 } from 'node:zlib';
import { z } from 'zod';
import {
  type DroppedRange,
  droppedRangeSchema,
  epochMsSchema,
  sequenceSchema,
} from '../../contract/index.ts';
import type { BatchClass, EventCounts, EventType } from './batch-class.ts';

export type StoredBatch = {
  readonly key: string;
  readonly seq: number;
  readonly class: BatchClass;
  /** Reading of the outbox's clock when the batch was stored. */
  readonly storedAtMs: number;
  /** Bytes of the record, key included. */
  readonly bytes: number;
  readonly events: EventCounts;
};

export type BatchWithBody = StoredBatch & {
  /** The life of the outbox that the number belongs to. */
  readonly epoch: number;
  /** The part of the message that never changes: `"events":[…]` and perhaps `,"dropped":[…]`. */
  readonly body: string;
};

const countsSchema = z.partialRecord(
  z.enum(['passage', 'flow', 'zone', 'incident', 'journey']),
  z.int().min(0),
);

const stateSchema = z.object({
  format: z.literal(1),
  epoch: epochMsSchema,
  /** Sequence number of the next batch. */
  next: sequenceSchema,
  /** The outbox's clock and the computer's, when this was written: see OutboxClock. */
  clockMs: z.number(),
  wallMs: z.number(),
  totals: z.object({ batches: z.int().min(0), bytes: z.int().min(0), events: countsSchema }),
  /** Told in the next batch. */
  dropped: z.array(droppedRangeSchema),
});

export type OutboxState = z.infer<typeof stateSchema>;

export const STATE_KEY = 'state';

const LETTER: Readonly<Record<BatchClass, string>> = { counts: 'c', passages: 'p', incidents: 'i' };
const CLASS: Readonly<Record<string, BatchClass>> = { c: 'counts', p: 'passages', i: 'incidents' };
const TYPE_LETTER: Readonly<Record<EventType, string>> = {
  flow: 'f',
  zone: 'z',
  passage: 'p',
  journey: 'j',
  incident: 'i',
};
const TYPE: Readonly<Record<string, EventType>> = {
  f: 'flow',
  z: 'zone',
  p: 'passage',
  j: 'journey',
  i: 'incident',
};
const SEQ_DIGITS = 16;
const KEY = /^([cpi])(\d{16})~([0-9a-z]+)~([0-9a-z]+)~((?:[fzpji]\d+)(?:\.[fzpji]\d+)*)?$/;

export function encodeBatch(batch: Omit<BatchWithBody, 'key' | 'bytes'>): BatchWithBody {
  const { body } = batch;
  const counts = Object.entries(batch.events)
    .map(([type, n]) => `${TYPE_LETTER[type as EventType]}${n}`)
    .join('.');
  const bytes = Buffer.byteLength(body);
  const key = `${LETTER[batch.class]}${padded(batch.seq)}~${Math.max(0, Math.round(batch.storedAtMs)).toString(36)}~${bytes.toString(36)}~${counts}`;
  return { ...batch, key, bytes: bytes + key.length };
}

/** The facts in a key, or undefined when it is none of ours. */
export function decodeKey(key: string): StoredBatch | undefined {
  const [, letter = '', seq, storedAt = '', bytes = '', counts] = KEY.exec(key) ?? [];
  const batchClass = CLASS[letter];
  if (!batchClass) return undefined;
  const events: EventCounts = {};
  for (const part of counts?.split('.') ?? []) {
    const type = TYPE[part.charAt(0)];
    if (type) events[type] = Number(part.slice(1));
  }
  const batch = {
    key,
    seq: Number(seq),
    class: batchClass,
    storedAtMs: Number.parseInt(storedAt, 36),
    bytes: Number.parseInt(bytes, 36) + key.length,
    events,
  };
  // Digits enough for more than can be counted with are none of ours.
  const numbers = [batch.seq, batch.storedAtMs, batch.bytes, ...Object.values(events)];
  return numbers.every(Number.isSafeInteger) ? batch : undefined;
}

/** Bounds of the keys of one class from `fromSeq` on, up to `toSeq`. */
export function keyRange(batchClass: BatchClass, fromSeq: number, toSeq = Number.MAX_SAFE_INTEGER) {
  // '~' separates, '\x7f' comes right after it: `toSeq` itself is inside.
  const letter = LETTER[batchClass];
  return { gte: `${letter}${padded(fromSeq)}`, lt: `${letter}${padded(toSeq)}\x7f` };
}

export function seal(text: string): string {
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}`;
}

/** The sealed text, or undefined when it is not what was written. */
export function unseal(value: string): string | undefined {
  const text = value.slice(9);
  return seal(text) === value ? text : undefined;
}

export function encodeState(state: OutboxState): string {
  return seal(JSON.stringify(state));
}

/** Undefined when the record is damaged. */
export function decodeState(value: string): OutboxState | undefined {
  const text = unseal(value);
  if (text === undefined) return undefined;
  try {
    return stateSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // The checksum fits and it is no JSON all the same: nothing that we wrote.
    return undefined;
  }
}

/** The ranges that a batch's body reports. */
export function droppedIn(body: string): DroppedRange[] {
  if (!body.includes('"dropped":[')) return [];
  const parsed = z
    .object({ dropped: z.array(droppedRangeSchema).default([]) })
    .parse(JSON.parse(`{${body}}`));
  return parsed.dropped;
}

function padded(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0');
}
