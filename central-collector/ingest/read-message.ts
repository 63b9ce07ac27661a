// Bytes from the broker into messages of the contract, or the reason why not. Pure; nothing outside is trusted.

import { isUtf8 } from 'node:buffer';
import {
  type AgentAddress,
  CONTRACT_VERSION,
  type DroppedRange,
  epochMsSchema,
  eventBatchSchema,
  type Health,
  healthSchema,
  parseTopic,
  plainText,
  type Status,
  sequenceSchema,
  statusSchema,
  type TrafficEvent,
  trafficEventSchema,
} from '../../contract/index.ts';
import { isPlainEvent } from './plain-event.ts';

export const REJECTION_REASONS = [
  'foreign-topic',
  'too-large',
  'not-utf8',
  'not-json',
  'newer-version',
  'invalid-envelope',
  'forged',
  'unknown-type',
  'invalid-event',
  'future-dated',
  'past-dated',
  'too-many-series',
  'store-refused',
  'failed',
] as const;

export type RejectionReason = (typeof REJECTION_REASONS)[number];

export type RejectedEvent = {
  /** In the batch, from 0. */
  readonly position: number;
  readonly reason: RejectionReason;
  readonly detail: string;
};

/** Names one batch of one life of an agent's outbox. */
export type BatchId = AgentAddress & { readonly epoch: number; readonly seq: number };

export type NumberedEvent = { readonly position: number; readonly event: TrafficEvent };

export type Batch = BatchId & {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly events: readonly NumberedEvent[];
  readonly dropped: readonly DroppedRange[];
};

export type ReadMessage =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly rejected: readonly RejectedEvent[] }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'health'; readonly health: Health }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectionReason;
      readonly detail: string;
      /** Known when the message could be told to be this agent's batch: it may be acknowledged once quarantined. */
      readonly id?: BatchId;
    };

export type ReadLimits = {
  readonly maxBytes: number;
  /** How far ahead of the collector's clock an event may lie. */
  readonly maxAheadMs: number;
  /** Moments before it are those of a clock that was never set. Default 2020. */
  readonly earliestMs?: number;
};

/** 1000 events of 400 bytes fit twice; one hour is no clock error that a box with NTP can have. */
export const READ_LIMITS: ReadLimits = { maxBytes: 1024 * 1024, maxAheadMs: 3_600_000 };

/** ngatu is younger. Events of any moment since 1970 would let one agent open three thousand shards in the database. */
const EARLIEST_MS = Date.UTC(2020, 0, 1);

export function readMessage(
  topic: string,
  payload: Uint8Array,
  receivedAtMs: number,
  limits = READ_LIMITS,
): ReadMessage {
  const address = addressIn(topic);
  if (!address)
    return rejected('foreign-topic', `expected ngatu/v1/{site}/{agent}/{channel}, got "${cut(topic)}"`);
  if (payload.byteLength > limits.maxBytes) {
    const detail = `expected at most ${limits.maxBytes} bytes, got ${payload.byteLength}`;
    return rejected('too-large', detail, identifyLarge(payload, address));
  }
  if (!isUtf8(payload)) return rejected('not-utf8', 'expected JSON in UTF-8');
  let json: unknown;
  try {
    json = parseJson(payload);
  } catch (error) {
    return rejected('not-json', cut(String((error as Error).message)));
  }
  const version = fieldOf(json, 'v');
  if (typeof version === 'number' && version > CONTRACT_VERSION) {
    return rejected(
      'newer-version',
      `this collector understands version ${CONTRACT_VERSION}, got ${version}`,
      identify(json, address),
    );
  }
  switch (address.channel) {
    case 'events':
      return readBatch(json, address, receivedAtMs, limits);
    case 'status':
      return readWhole(statusSchema, json, address, (status) => ({ kind: 'status', status }));
    case 'health':
      return readWhole(healthSchema, json, address, (health) => ({ kind: 'health', health }));
    default:
      return rejected('foreign-topic', `the collector does not listen to "${address.channel}"`);
  }
}

function readBatch(
  json: unknown,
  address: AgentAddress,
  receivedAtMs: number,
  limits: ReadLimits,
): ReadMessage {
  const parsed = eventBatchSchema.safeParse(json);
  if (!parsed.success) {
    return rejected('invalid-envelope', describe(parsed.error.issues), identify(json, address));
  }
  const { site, agent, epoch, seq, sentAtMs, dropped = [] } = parsed.data;
  if (!isFrom(parsed.data, address)) return forged(parsed.data, address);
  const events: NumberedEvent[] = [];
  const refused: RejectedEvent[] = [];
  const raws = parsed.data.events;
  for (let position = 0; position < raws.length; position += 1) {
    const event = parseEvent(raws[position]);
    if ('reason' in event) {
      refused.push({ position, ...event });
      continue;
    }
    const wrong = misdated(momentOf(event), receivedAtMs, limits);
    if (wrong) refused.push({ position, ...wrong });
    else events.push({ position, event });
  }
  return {
    kind: 'batch',
    batch: {
      ...{ site, agent, epoch, seq, sentAtMs, receivedAtMs, events },
      dropped: dropped.map((range) => datedCredibly(range, sentAtMs, receivedAtMs, limits)),
    },
    rejected: refused,
  };
}

/** A report of what was given up; by a clock that is far off, it is dated by its arrival. */
function datedCredibly(
  range: DroppedRange,
  sentAtMs: number,
  receivedAtMs: number,
  limits: ReadLimits,
): DroppedRange {
  const atMs = range.atMs ?? sentAtMs;
  return { ...range, atMs: misdated(atMs, receivedAtMs, limits) ? receivedAtMs : atMs };
}

function parseEvent(raw: unknown): TrafficEvent | Omit<RejectedEvent, 'position'> {
  if (isPlainEvent(raw)) return raw;
  const event = trafficEventSchema.safeParse(raw);
  if (event.success) return event.data;
  const { issues } = event.error;
  if (issues.some((issue) => issue.code === 'invalid_union' && issue.path[0] === 'type')) {
    return { reason: 'unknown-type', detail: `unknown type ${typeText(fieldOf(raw, 'type'))}` };
  }
  return { reason: 'invalid-event', detail: describe(issues) };
}

/** Said without the time of receipt: a batch that is sent again lies in quarantine once. */
function misdated(
  atMs: number,
  receivedAtMs: number,
  { maxAheadMs, earliestMs = EARLIEST_MS }: ReadLimits,
): Omit<RejectedEvent, 'position'> | undefined {
  const dated = () => `dated ${new Date(atMs).toISOString()}`;
  if (atMs > receivedAtMs + maxAheadMs) {
    return { reason: 'future-dated', detail: `${dated()}, ahead of the collector's clock` };
  }
  if (atMs < earliestMs) return { reason: 'past-dated', detail: `${dated()}, by a clock that was not set` };
  return undefined;
}

/** When an event happened; for an interval its beginning. */
export function momentOf(event: TrafficEvent): number {
  switch (event.type) {
    case 'passage':
      return event.atMs;
    case 'flow':
    case 'zone':
      return event.fromMs;
    case 'incident':
      return event.updatedAtMs;
    case 'journey':
      return event.exitedAtMs;
  }
}

/** Topics of a large site: the same few come thousands of times a second. */
const MAX_KNOWN_TOPICS = 10_000;
const knownTopics = new Map<string, ReturnType<typeof parseTopic>>();

function addressIn(topic: string): ReturnType<typeof parseTopic> {
  const known = knownTopics.get(topic);
  if (known) return known;
  const address = parseTopic(topic);
  if (!address) return undefined;
  if (knownTopics.size >= MAX_KNOWN_TOPICS) knownTopics.clear();
  knownTopics.set(topic, address);
  return address;
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

function readWhole<T extends AgentAddress>(
  schema: {
    safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: Issue[] } };
  },
  json: unknown,
  address: AgentAddress,
  accept: (message: T) => ReadMessage,
): ReadMessage {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return rejected('invalid-envelope', describe(parsed.error.issues));
  return isFrom(parsed.data, address) ? accept(parsed.data) : forged(parsed.data, address);
}

function isFrom(message: AgentAddress, address: AgentAddress): boolean {
  return message.site === address.site && message.agent === address.agent;
}

/** The broker lets an agent publish under its own topic only, so that the topic is right and the payload is not. */
function forged(message: AgentAddress, address: AgentAddress): ReadMessage {
  const detail = `sent as ${address.site}/${address.agent}, claims to be ${message.site}/${message.agent}`;
  return rejected('forged', detail);
}

/** As much as the broker hands over by default: reading it is tens of milliseconds and some tens of MiB at most. */
const MAX_IDENTIFIED_BYTES = 4 * 1024 * 1024;

/** A batch that is too large for the database still has a name, without which its agent would send it for ever. */
function identifyLarge(payload: Uint8Array, address: AgentAddress): BatchId | undefined {
  if (payload.byteLength > MAX_IDENTIFIED_BYTES) return undefined;
  try {
    return identify(parseJson(payload), address);
  } catch {
    // No JSON: nobody's batch, and counted as the large message that it is.
    return undefined;
  }
}

/** Throws SyntaxError. */
function parseJson(payload: Uint8Array): unknown {
  return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
}

function identify(json: unknown, { site, agent }: AgentAddress): BatchId | undefined {
  const epoch = epochMsSchema.safeParse(fieldOf(json, 'epoch'));
  const seq = sequenceSchema.safeParse(fieldOf(json, 'seq'));
  const same = fieldOf(json, 'site') === site && fieldOf(json, 'agent') === agent;
  return epoch.success && seq.success && same ? { site, agent, epoch: epoch.data, seq: seq.data } : undefined;
}

/** Whatever else stands there may be of any size and depth. */
function typeText(type: unknown): string {
  if (typeof type === 'string') return cut(JSON.stringify(type));
  return type === undefined ? 'none' : `that is no text but ${type === null ? 'null' : typeof type}`;
}

function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

function rejected(reason: RejectionReason, detail: string, id?: BatchId): ReadMessage {
  return { kind: 'rejected', reason, detail, ...(id && { id }) };
}

function describe(issues: readonly Issue[]): string {
  return cut(
    issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.map(String).join('.') || '(whole)'}: ${message}`)
      .join('; '),
  );
}

/** What is said goes into logs, files and onto terminals; the words in it may be anybody's. */
function cut(text: string): string {
  return plainText(text);
}
