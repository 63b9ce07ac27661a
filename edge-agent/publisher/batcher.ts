// Gathers events into drafts of batches until they are written. While the disk refuses, this is all that
// holds events, so it is bounded: the least valuable class goes first, oldest first, and is counted.

import { MAX_EVENTS_IN_BATCH, type TrafficEvent } from '../../contract/index.ts';
import { addCounts, BATCH_CLASSES, type BatchClass, batchClassOf, type EventCounts } from './batch-class.ts';
import type { Draft } from './batch-store.ts';

export type BatcherLimits = {
  /** Default and upper bound: the contract's MAX_EVENTS_IN_BATCH. */
  readonly maxEvents?: number;
  /** A draft takes no further event from here on. Default 128 KiB: seconds on a slow link, not minutes. */
  readonly maxBatchBytes?: number;
  /** A larger event is lost, and counted as such. Default 256 KiB: none that the contract allows comes near it. */
  readonly maxEventBytes?: number;
  /** Most bytes waiting. Default 16 MiB, hours of events for a box. */
  readonly maxWaitingBytes?: number;
};

type GrowingDraft = {
  readonly class: BatchClass;
  events: EventCounts;
  readonly json: string[];
  bytes: number;
};

/** Most bytes handed out at once, the size of one write. */
const MAX_TAKEN_BYTES = 4 * 1024 * 1024;

export class Batcher {
  readonly #maxEvents: number;
  readonly #maxBatchBytes: number;
  readonly #maxEventBytes: number;
  readonly #maxWaitingBytes: number;
  /** In order of their first event. */
  #drafts: GrowingDraft[] = [];
  #bytes = 0;
  #lost: EventCounts = {};

  constructor(limits: BatcherLimits = {}) {
    this.#maxEvents = Math.min(limits.maxEvents ?? MAX_EVENTS_IN_BATCH, MAX_EVENTS_IN_BATCH);
    this.#maxBatchBytes = limits.maxBatchBytes ?? 128 * 1024;
    this.#maxEventBytes = limits.maxEventBytes ?? 256 * 1024;
    this.#maxWaitingBytes = limits.maxWaitingBytes ?? 16 * 1024 * 1024;
  }

  /** Bytes of JSON that wait. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  get waitingEvents(): EventCounts {
    return this.#drafts.reduce<EventCounts>((sum, { events }) => addCounts(sum, events), {});
  }

  /** Dropped since the last take(). */
  get lostEvents(): EventCounts {
    return this.#lost;
  }

  /** Whether there is anything to write: events, or the news that some were lost. */
  get isEmpty(): boolean {
    return this.#drafts.length === 0 && Object.keys(this.#lost).length === 0;
  }

  /** Whether a draft has been filled, so that writing should not wait any longer. */
  get isFull(): boolean {
    return this.#drafts.some((draft) => this.#full(draft));
  }

  add(event: TrafficEvent): void {
    const json = JSON.stringify(event);
    const bytes = Buffer.byteLength(json) + 1;
    if (bytes > this.#maxEventBytes) {
      this.#lost = addCounts(this.#lost, { [event.type]: 1 });
      return;
    }
    const draft = this.#draftFor(batchClassOf(event.type), bytes);
    draft.json.push(json);
    draft.events = addCounts(draft.events, { [event.type]: 1 });
    draft.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#maxWaitingBytes) this.#dropOne();
  }

  /** The oldest drafts, up to 4 MiB of them, and the events lost since the last call; they are the caller's now. */
  take(): { readonly drafts: readonly Draft[]; readonly lost: EventCounts } {
    let bytes = 0;
    const beyond = this.#drafts.findIndex((draft, index) => {
      bytes += draft.bytes;
      return index > 0 && bytes > MAX_TAKEN_BYTES;
    });
    const drafts = this.#drafts.splice(0, beyond < 0 ? this.#drafts.length : beyond);
    for (const draft of drafts) this.#bytes -= draft.bytes;
    const lost = this.#lost;
    this.#lost = {};
    return { drafts, lost };
  }

  #draftFor(batchClass: BatchClass, bytes: number): GrowingDraft {
    const open = this.#drafts.findLast((draft) => draft.class === batchClass);
    if (open && !this.#full(open) && open.bytes + bytes <= this.#maxBatchBytes) return open;
    const draft: GrowingDraft = { class: batchClass, events: {}, json: [], bytes: 0 };
    this.#drafts.push(draft);
    return draft;
  }

  #full(draft: GrowingDraft): boolean {
    return draft.json.length >= this.#maxEvents || draft.bytes >= this.#maxBatchBytes;
  }

  #dropOne(): void {
    for (const batchClass of BATCH_CLASSES) {
      const index = this.#drafts.findIndex((draft) => draft.class === batchClass);
      const [draft] = index < 0 ? [] : this.#drafts.splice(index, 1);
      if (!draft) continue;
      this.#bytes -= draft.bytes;
      this.#lost = addCounts(this.#lost, draft.events);
      return;
    }
  }
}
