// What an agent's outbox said it had on disk, written down outside of the outbox: the witness that the run is measured
// by. A line is written before each of the outbox's writes, and one when the write has been confirmed; both survive a
// kill -9. A write that was under way at a kill is settled by what the outbox itself finds when it opens again.

import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

export type WrittenBatch = {
  readonly seq: number;
  /** Indices of its events, by their position in it. */
  readonly events: readonly number[];
};

export type Append = {
  readonly epoch: number;
  /** The outbox's next number once this is on disk. */
  readonly next: number;
  readonly batches: readonly WrittenBatch[];
};

type Line =
  | ({ readonly what: 'writes'; readonly id: number } & Append)
  | { readonly what: 'confirmed' | 'landed' | 'gone'; readonly id: number };

export type JournalState = {
  readonly durable: readonly Append[];
  /** Begun, and neither confirmed nor settled. */
  readonly open: ReadonlyMap<number, Append>;
  readonly lastId: number;
  /** Of `durable`: how many were settled at an opening and not confirmed by the write itself. */
  readonly settled: number;
};

/** Reads a journal; a last line that was cut short by a kill was never followed by its write. */
export function readJournal(file: string): JournalState {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const open = new Map<number, Append>();
  const durable: Append[] = [];
  let lastId = 0;
  let settled = 0;
  for (const text of lines) {
    const line = parse(text);
    if (!line) continue;
    lastId = Math.max(lastId, line.id);
    if (line.what === 'writes') {
      open.set(line.id, { epoch: line.epoch, next: line.next, batches: line.batches });
      continue;
    }
    const append = open.get(line.id);
    open.delete(line.id);
    if (!append || line.what === 'gone') continue;
    durable.push(append);
    if (line.what === 'landed') settled += 1;
  }
  return { durable, open, lastId, settled };
}

/** Undefined for a line that was cut by a kill and continued by the next life. */
function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

export class Journal {
  readonly #fd: number;
  readonly #open: Map<number, Append>;
  #lastId: number;
  #durable: number;
  #highest: number;

  /** Opens or makes the file. */
  constructor(file: string) {
    // Ends a line that was cut short.
    if (existsSync(file)) appendFileSync(file, '\n');
    const { durable, open, lastId } = readJournal(file);
    this.#open = new Map(open);
    this.#lastId = lastId;
    const events = durable.flatMap(({ batches }) => batches.flatMap((batch) => batch.events));
    this.#durable = events.length;
    this.#highest = events.reduce((highest, index) => Math.max(highest, index), -1);
    this.#fd = openSync(file, 'a');
  }

  /** Whether it is known of every write what became of it. */
  get settled(): boolean {
    return this.#open.size === 0;
  }

  /** Index of the first event that is not on disk. Throws when one before it is missing: appends keep their order. */
  get nextIndex(): number {
    if (this.#durable !== this.#highest + 1) {
      throw new Error(
        `expected events 0 to ${this.#highest} on disk, each once, but ${this.#durable} were confirmed`,
      );
    }
    return this.#highest + 1;
  }

  /** Before a write; gives what `ends` is to be told. */
  begins(append: Append): number {
    this.#lastId += 1;
    this.#open.set(this.#lastId, append);
    this.#write({ what: 'writes', id: this.#lastId, ...append });
    return this.#lastId;
  }

  /** The disk has it for certain. */
  confirmed(id: number): void {
    this.#end(id, 'confirmed');
  }

  /**
   * What the outbox found when it was opened settles the writes whose end nobody saw: an append is one write, so that
   * all of it is there when its last number is.
   */
  settle(found: { readonly epoch: number; readonly next: number } | undefined): void {
    for (const [id, { epoch, next }] of [...this.#open]) {
      this.#end(id, found?.epoch === epoch && found.next >= next ? 'landed' : 'gone');
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #end(id: number, what: 'confirmed' | 'landed' | 'gone'): void {
    const append = this.#open.get(id);
    if (!append) return;
    this.#open.delete(id);
    this.#write({ what, id });
    if (what === 'gone') return;
    for (const index of append.batches.flatMap(({ events }) => events)) {
      this.#durable += 1;
      this.#highest = Math.max(this.#highest, index);
    }
  }

  #write(line: Line): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
  }
}
