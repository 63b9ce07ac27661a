// Where everything that happens comes together: messages of agents and words of the centre become events with ids, go
// into the log, and only then to whoever listens. A message is acknowledged to the broker when the log has it.

import type { Logger } from 'pino';
import type { AgentAddress, Health, Incident, Status, TrafficEvent } from '../../contract/index.ts';
import type { IncidentAnswer } from '../api/schemas/incidents.ts';
import { OutageLog } from '../outage-log.ts';
import { retryDelayMs } from '../retry.ts';
import type { EventLog } from './event-log.ts';
import { type Delivery, knownAtMs, type LiveBatch, type ReadLiveMessage } from './live-message.ts';
import type { SeenBatches } from './seen-batches.ts';
import {
  cloudEvent,
  type DataOf,
  type LastingKind,
  type LiveEvent,
  StreamEntry,
  severityRank,
} from './stream-entry.ts';

export type HubOptions = {
  readonly log: EventLog;
  readonly seen: SeenBatches;
  readonly read: ReadLiveMessage;
  /** The operators' view of an incident, this message included; asked once for each message, in order. */
  readonly describeIncident: (
    address: AgentAddress,
    incident: Incident,
    receivedAtMs: number,
  ) => IncidentAnswer;
  readonly onStatus: (status: Status, receivedAtMs: number) => void;
  readonly onHealth: (health: Health, receivedAtMs: number) => void;
  /** Of each event, before it is stored. */
  readonly onEvent: (batch: LiveBatch, event: TrafficEvent) => void;
  /** Events that are in the log, in order. */
  readonly onStored: (entries: readonly StreamEntry[]) => void;
  readonly logger: Logger;
  readonly now?: () => number;
};

export type Published = {
  /** `site/agent`, of what is about one box. */
  readonly box?: string | undefined;
  /** `site/agent/camera` */
  readonly camera?: string | undefined;
  readonly severity?: string;
  /** When it happened. Default: now. */
  readonly atMs?: number;
};

type Pending = { readonly facts: Facts; readonly live: Omit<LiveEvent, 'id'> };
type Facts = {
  readonly kind: LastingKind;
  readonly box: string | undefined;
  readonly camera: string | undefined;
  readonly severity: number | undefined;
};

/** Older on arrival: its box was cut off. A box tells within seconds, an interval's end included. */
export const LATE_AFTER_MS = 60_000;

/** Between two writes: what comes meanwhile shares one, and a disk that is asked 200 times a second has time for others. */
const WRITE_PACE_MS = 5;

export class Hub {
  readonly #options: HubOptions;
  readonly #outage: OutageLog;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #pending: Pending[] = [];
  #pendingAcks: Delivery[] = [];
  #writing: Promise<void> | undefined;
  #failures = 0;
  #closed = false;
  /** Why the log cannot be written. */
  problem: string | undefined;
  readonly counts = { events: 0, duplicates: 0, late: 0, rejected: 0, unlogged: 0 };

  constructor(options: HubOptions) {
    this.#options = options;
    this.#outage = new OutageLog({
      log: options.logger,
      who: "the stream's log",
      begins: "the stream's log cannot be written; screens go on, who resumes later is told of a gap",
    });
  }

  /** A message from the broker; also one that the collector took itself: what came before is told once. */
  take(delivery: Delivery): void {
    if (this.#closed) return;
    const { topic, payload, receivedAtMs } = delivery;
    try {
      const message = this.#options.read(topic, payload, receivedAtMs);
      switch (message.kind) {
        case 'batch':
          this.#batch(message.batch);
          break;
        case 'status':
          this.#options.onStatus(message.status, receivedAtMs);
          break;
        case 'health':
          this.#options.onHealth(message.health, receivedAtMs);
          break;
        case 'rejected':
          // The collector puts it into quarantine and tells why.
          this.counts.rejected += 1;
      }
    } catch (error) {
      this.#options.logger.error(
        { topic, err: error },
        'a message was not told to the stream, please report',
      );
    }
    this.#pendingAcks.push(delivery);
    this.#write();
  }

  /** An event of the centre's own. */
  publish<K extends LastingKind>(kind: K, data: DataOf<K>, about: Published = {}): void {
    if (this.#closed) return;
    const { camera, severity, atMs = this.#now() } = about;
    const box = about.box ?? camera?.slice(0, camera.lastIndexOf('/'));
    const rank = severity === undefined ? undefined : severityRank(severity);
    this.#add({ kind, box, camera, severity: rank }, atMs, false, data);
    this.#write();
  }

  /** Gets every event with an id once it is stored, in order, from now on. Gives a function that ends it. */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when everything that was taken is stored. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#outage.close();
    await this.settled();
  }

  #batch(batch: LiveBatch): void {
    const { seen, onEvent } = this.#options;
    if (seen.has(batch)) {
      this.counts.duplicates += 1;
      return;
    }
    seen.add(batch);
    const box = `${batch.site}/${batch.agent}`;
    for (const { event } of batch.events) {
      onEvent(batch, event);
      const atMs = knownAtMs(event);
      const late = batch.receivedAtMs - atMs > LATE_AFTER_MS;
      if (late) this.counts.late += 1;
      const facts = { kind: event.type, box, camera: `${box}/${event.camera}`, severity: undefined };
      if (event.type !== 'incident') {
        this.#add(facts, atMs, late, event);
        continue;
      }
      const incident = this.#options.describeIncident(batch, event, batch.receivedAtMs);
      this.#add({ ...facts, severity: severityRank(event.severity) }, atMs, late, { event, incident });
    }
  }

  #add(facts: Facts, atMs: number, late: boolean, data: unknown): void {
    const { kind, box, camera } = facts;
    // The kind goes with its data: all callers above see to it.
    this.#pending.push({ facts, live: { kind, box, camera, atMs, late, data } as Omit<LiveEvent, 'id'> });
  }

  #write(): void {
    if (this.#writing !== undefined) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // Whatever else comes in this turn of the event loop shares the write.
    await pause(0);
    while (this.#pending.length > 0 || this.#pendingAcks.length > 0) {
      const pending = this.#pending;
      const acks = this.#pendingAcks;
      this.#pending = [];
      this.#pendingAcks = [];
      const entries = this.#entriesOf(pending);
      await this.#store(entries);
      this.counts.events += entries.length;
      this.#options.onStored(entries);
      this.#tellListeners(pending, entries);
      for (const delivery of acks) delivery.acknowledge();
      if (!this.#closed) await pause(WRITE_PACE_MS);
    }
  }

  #entriesOf(pending: readonly Pending[]): StreamEntry[] {
    if (pending.length === 0) return [];
    const first = this.#options.log.takeIds(pending.length, this.#now());
    return pending.map(({ facts, live: { atMs, late, data } }, at) => {
      const { kind, box, camera } = facts;
      const source = box === undefined ? '/ngatu/centre' : `/ngatu/${box}`;
      const parts = { id: first + at, kind, source, camera, atMs, late, data: JSON.stringify(data) };
      return new StreamEntry(first + at, facts, cloudEvent(parts));
    });
  }

  /** Operators must see an incident also when the disk is full: without the log it is told all the same, and a gap later. */
  async #store(entries: readonly StreamEntry[]): Promise<void> {
    const { log, seen } = this.#options;
    try {
      if (this.#failures > 0 && entries.length > 0) await log.markBreak(this.#now());
      await log.append(entries, seen.takeChanges());
      if (this.#failures > 0) this.#outage.recovered(this);
      this.#failures = 0;
      this.problem = undefined;
    } catch (error) {
      this.#failures += 1;
      this.counts.unlogged += entries.length;
      this.problem = (error as Error).message;
      this.#outage.failed(this, this.problem);
      if (!this.#closed) await pause(Math.min(1000, retryDelayMs(this.#failures)));
    }
  }

  #tellListeners(pending: readonly Pending[], entries: readonly StreamEntry[]): void {
    if (this.#listeners.size === 0) return;
    for (const [at, { live }] of pending.entries()) {
      const event = { ...live, id: String(entries[at]?.id) } as LiveEvent;
      for (const listener of this.#listeners) {
        try {
          listener(event);
        } catch (error) {
          this.#options.logger.error({ err: error, kind: event.kind }, 'a listener of the stream failed');
        }
      }
    }
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms === 0) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
}
