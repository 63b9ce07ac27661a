// What arrived from each agent and what did not: sequence ranges, gaps, duplicates, lateness, clock offset.
// Pure state, no clock and no I/O; storing it and hearing from other collectors is ledger-sync's work.

import type { AgentAddress } from '../../contract/index.ts';
import { IntervalSet, type Range } from '../interval-set.ts';
import { type Batch, type BatchId, momentOf } from './read-message.ts';

/** One life of one agent's outbox, as the API shows it. */
export type LedgerEntry = AgentAddress & {
  readonly epoch: number;
  /** Batches known to be in the database, by whichever collector. */
  readonly stored: number;
  readonly ranges: readonly Range[];
  /** Neither stored nor given up by the agent: on the way, or lost. */
  readonly missing: number;
  readonly gaps: readonly Range[];
  /** Given up by the agent's outbox, told by itself. */
  readonly droppedByAgent: number;
  readonly droppedRanges: readonly Range[];
  readonly droppedEvents: number;
  /** What this collector has seen since it started. */
  readonly received: number;
  readonly duplicates: number;
  readonly late: number;
  readonly maxDelayMs: number;
  readonly rejectedEvents: number;
  readonly lastSeq?: number;
  readonly lastStoredAtMs?: number;
  /** Agent clock minus collector clock, from its live messages; the shortest way of the last ten. */
  readonly clockOffsetMs?: number;
  /** Gaps that were closed because the ledger was full. */
  readonly forgotten: number;
};

/** What the ledger needs of a batch, without its events. */
export type Receipt = BatchId & {
  readonly receivedAtMs: number;
  readonly events: number;
  /** When its newest event happened; undefined without events. */
  readonly newestMs: number | undefined;
  readonly dropped: Batch['dropped'];
};

export function receiptOf({ site, agent, epoch, seq, receivedAtMs, events, dropped }: Batch): Receipt {
  let newestMs: number | undefined;
  for (const { event } of events) newestMs = Math.max(newestMs ?? 0, momentOf(event));
  return { site, agent, epoch, seq, receivedAtMs, events: events.length, newestMs, dropped };
}

export type KnownRanges = AgentAddress & {
  readonly epoch: number;
  readonly ranges: readonly Range[];
  readonly dropped?: readonly Range[];
};

export type LedgerOptions = {
  /** A batch whose newest event is older than this on arrival counts as late. Default 5 minutes. */
  readonly lateAfterMs?: number;
  /** Outbox lives kept at most; the one unheard of for longest goes first. Default 20,000. */
  readonly maxStreams?: number;
};

type Stream = AgentAddress & {
  readonly epoch: number;
  readonly stored: IntervalSet;
  readonly dropped: IntervalSet;
  droppedEvents: number;
  received: number;
  duplicates: number;
  late: number;
  maxDelayMs: number;
  rejectedEvents: number;
  lastSeq?: number;
  lastStoredAtMs?: number;
  /** Changed since it was last taken by `takeChanged`. */
  changed: boolean;
};

/** Live messages over which the clock offset is the extreme: a minute of health reports. */
const OFFSET_WINDOW = 10;

/** Outbox lives of one agent: a new one needs a new disk, a damaged one or a full one. */
const MAX_LIVES = 64;

export class Ledger {
  readonly #lateAfterMs: number;
  readonly #maxStreams: number;
  /** Least recently heard first. */
  readonly #streams = new Map<string, Stream>();
  /** Keys of the lives of each agent, in the order in which they were first heard of. */
  readonly #lives = new Map<string, Set<string>>();
  readonly #offsets = new Map<string, number[]>();
  evicted = 0;

  constructor({ lateAfterMs = 300_000, maxStreams = 20_000 }: LedgerOptions = {}) {
    this.#lateAfterMs = lateAfterMs;
    this.#maxStreams = maxStreams;
  }

  /** Whether the batch is known to be stored. */
  has(id: BatchId): boolean {
    return this.#streams.get(keyOf(id))?.stored.has(id.seq) ?? false;
  }

  /** A batch whose points are in the database (or in quarantine). */
  recordStored(receipt: Receipt, storedAtMs: number, rejectedEvents = 0): 'new' | 'duplicate' {
    const stream = this.#streamOf(receipt);
    const outcome = this.#add(stream, receipt.seq, storedAtMs);
    if (outcome === 'duplicate') return outcome;
    stream.rejectedEvents += rejectedEvents;
    if (receipt.newestMs !== undefined) {
      const delayMs = receipt.receivedAtMs - receipt.newestMs;
      stream.maxDelayMs = Math.max(stream.maxDelayMs, delayMs);
      if (delayMs > this.#lateAfterMs) stream.late += 1;
    }
    for (const { fromSeq, toSeq, events } of receipt.dropped) {
      const known = stream.dropped.has(fromSeq) && stream.dropped.has(toSeq);
      if (fromSeq > toSeq || known) continue;
      stream.dropped.add(fromSeq, toSeq);
      stream.droppedEvents += Object.values(events).reduce((sum, n) => sum + n, 0);
    }
    return outcome;
  }

  /** A batch that is handled without a single point: it lies in quarantine as a whole. */
  recordQuarantined(id: BatchId, atMs: number): void {
    const stream = this.#streamOf(id);
    if (this.#add(stream, id.seq, atMs) === 'new') stream.rejectedEvents += 1;
  }

  /** A message that left the agent just now: status and health are never kept back in the outbox. */
  recordLive({ site, agent }: AgentAddress, sentAtMs: number, receivedAtMs: number): void {
    const key = `${site}/${agent}`;
    const offsets = this.#offsets.get(key) ?? [];
    this.#offsets.delete(key);
    this.#offsets.set(key, [...offsets.slice(1 - OFFSET_WINDOW), sentAtMs - receivedAtMs]);
    if (this.#offsets.size > this.#maxStreams) dropOldest(this.#offsets);
  }

  /** What the database or another collector knows. */
  merge({ ranges, dropped = [], ...id }: KnownRanges): void {
    const stream = this.#streamOf(id);
    for (const [first, last] of ranges) stream.stored.add(first, last);
    for (const [first, last] of dropped) stream.dropped.add(first, last);
  }

  /** Outbox lives known. */
  get size(): number {
    return this.#streams.size;
  }

  /** Batches missing over all lives: see `LedgerEntry.missing`. */
  get missing(): number {
    let missing = 0;
    for (const stream of this.#streams.values()) {
      const { stored, dropped } = stream;
      // Numbers start at 1, so that without dropped ones the highest and how many there are tell it.
      missing += dropped.size === 0 ? (stored.last ?? 0) - stored.size : this.#describe(stream).missing;
    }
    return missing;
  }

  entries(): LedgerEntry[] {
    return [...this.#streams.values()].map((stream) => this.#describe(stream));
  }

  /** The lives that changed since the last call, for the snapshot in the database. */
  takeChanged(): LedgerEntry[] {
    const changed = [...this.#streams.values()].filter((stream) => stream.changed);
    for (const stream of changed) stream.changed = false;
    return changed.map((stream) => this.#describe(stream));
  }

  /** After a snapshot that failed. */
  markChanged(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) {
      const stream = this.#streams.get(keyOf(entry));
      if (stream) stream.changed = true;
    }
  }

  #add(stream: Stream, seq: number, atMs: number): 'new' | 'duplicate' {
    stream.received += 1;
    stream.changed = true;
    if (stream.stored.has(seq)) {
      stream.duplicates += 1;
      return 'duplicate';
    }
    stream.stored.add(seq);
    stream.lastSeq = Math.max(stream.lastSeq ?? 0, seq);
    stream.lastStoredAtMs = atMs;
    return 'new';
  }

  #streamOf({ site, agent, epoch }: AgentAddress & { epoch: number }): Stream {
    const key = keyOf({ site, agent, epoch });
    const known = this.#streams.get(key);
    const stream = known ?? newStream(site, agent, epoch);
    this.#streams.delete(key);
    this.#streams.set(key, stream);
    if (!known) this.#makeRoom(stream);
    return stream;
  }

  /** One agent with thousands of lives, by a defect or on purpose, must not cost what is known of the others. */
  #makeRoom({ site, agent, epoch }: Stream): void {
    const name = `${site}/${agent}`;
    const lives = this.#lives.get(name) ?? new Set();
    this.#lives.set(name, lives.add(keyOf({ site, agent, epoch })));
    const [itsOldest] = lives;
    const [oldest] = this.#streams.keys();
    if (lives.size > MAX_LIVES) this.#forget(itsOldest);
    else if (this.#streams.size > this.#maxStreams) this.#forget(oldest);
  }

  #forget(key: string | undefined): void {
    const stream = key === undefined ? undefined : this.#streams.get(key);
    if (key === undefined || !stream) return;
    this.#streams.delete(key);
    this.evicted += 1;
    const name = `${stream.site}/${stream.agent}`;
    const lives = this.#lives.get(name);
    lives?.delete(key);
    if (lives?.size === 0) this.#lives.delete(name);
  }

  #describe(stream: Stream): LedgerEntry {
    const { stored, dropped, changed: _, ...rest } = stream;
    const accounted = new IntervalSet(Number.POSITIVE_INFINITY);
    for (const [first, last] of [...stored.ranges, ...dropped.ranges]) accounted.add(first, last);
    const gaps = accounted.gaps();
    const offsets = this.#offsets.get(`${stream.site}/${stream.agent}`);
    return {
      ...rest,
      stored: stored.size,
      ranges: [...stored.ranges],
      gaps,
      missing: gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0),
      droppedByAgent: dropped.size,
      droppedRanges: [...dropped.ranges],
      forgotten: stored.forgotten + dropped.forgotten,
      ...(offsets && { clockOffsetMs: Math.max(...offsets) }),
    };
  }
}

function newStream(site: string, agent: string, epoch: number): Stream {
  return {
    site,
    agent,
    epoch,
    stored: new IntervalSet(),
    dropped: new IntervalSet(),
    droppedEvents: 0,
    received: 0,
    duplicates: 0,
    late: 0,
    maxDelayMs: 0,
    rejectedEvents: 0,
    changed: false,
  };
}

function keyOf({ site, agent, epoch }: AgentAddress & { epoch: number }): string {
  return `${site}/${agent}/${epoch}`;
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
