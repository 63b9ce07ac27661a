// Which batches were told already: agents send again until they are answered, and the broker after each reconnect.
// Sequence numbers by life of an outbox, as the ledger has them; kept with the events they came with, so that a restart
// tells nothing twice.

import { IntervalSet, type Range } from '../interval-set.ts';
import type { StateChange } from './event-log.ts';
import type { BatchName } from './live-message.ts';

const PREFIX = 'd!';
/** As many as the ledger keeps. */
const MAX_STREAMS = 20_000;
/** Outbox lives of one agent, as in the ledger: its defect must not cost what is known of others. */
const MAX_LIVES = 64;

export class SeenBatches {
  /** By site/agent/epoch, least recently heard first. */
  readonly #streams = new Map<string, IntervalSet>();
  readonly #lives = new Map<string, Set<string>>();
  readonly #changed = new Set<string>();
  readonly #maxStreams: number;

  constructor(maxStreams = MAX_STREAMS) {
    this.#maxStreams = maxStreams;
  }

  static readonly prefix = PREFIX;

  load(stored: readonly (readonly [key: string, value: string])[]): void {
    for (const [key, value] of stored) {
      const set = this.#streamOf(key);
      for (const [first, last] of JSON.parse(value) as Range[]) set.add(first, last);
    }
    this.#changed.clear();
  }

  has(batch: BatchName): boolean {
    return this.#streams.get(nameOf(batch))?.has(batch.seq) ?? false;
  }

  add(batch: BatchName): void {
    const name = nameOf(batch);
    this.#streamOf(name).add(batch.seq);
    this.#changed.add(name);
  }

  /** What is to be stored since the last call. */
  takeChanges(): StateChange[] {
    const changes = [...this.#changed].map((name): StateChange => {
      const set = this.#streams.get(name);
      return { key: PREFIX + name, value: set && JSON.stringify(set.ranges) };
    });
    this.#changed.clear();
    return changes;
  }

  #streamOf(name: string): IntervalSet {
    const known = this.#streams.get(name);
    const set = known ?? new IntervalSet();
    this.#streams.delete(name);
    this.#streams.set(name, set);
    if (known === undefined) this.#makeRoom(name);
    return set;
  }

  #makeRoom(name: string): void {
    const agent = name.slice(0, name.lastIndexOf('/'));
    const lives = this.#lives.get(agent) ?? new Set();
    this.#lives.set(agent, lives.add(name));
    if (lives.size > MAX_LIVES) this.#forget(agent, first(lives));
    else if (this.#streams.size > this.#maxStreams) {
      const oldest = first(this.#streams.keys());
      if (oldest !== undefined) this.#forget(oldest.slice(0, oldest.lastIndexOf('/')), oldest);
    }
  }

  #forget(agent: string, name: string | undefined): void {
    if (name === undefined) return;
    this.#streams.delete(name);
    this.#changed.add(name);
    const lives = this.#lives.get(agent);
    lives?.delete(name);
    if (lives?.size === 0) this.#lives.delete(agent);
  }
}

function nameOf({ site, agent, epoch }: BatchName): string {
  return `${site}/${agent}/${epoch}`;
}

function first(names: Iterable<string>): string | undefined {
  for (const name of names) return name;
  return undefined;
}
