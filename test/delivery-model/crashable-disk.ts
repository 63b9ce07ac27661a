// A disk for an outbox that keeps LevelDB's promises and no more: a batch of operations is all there or not at all; what
// was written with `sync` stays; what was not, stays over the death of the process, and a power cut may take away any
// number of the last ones. Every write has a number, and the disk can fail, or everything die, before or after any.

import { MemoryLevel } from 'memory-level';
import type { Database, Operation } from '../../edge-agent/publisher/outbox-database.ts';

export type WriteFault = 'die-before' | 'die-after' | 'fail-before' | 'fail-after';

export type Written = {
  /** Values that the write deletes, by key. */
  readonly deleted: ReadonlyMap<string, string>;
  readonly put: ReadonlyMap<string, string>;
};

export class CrashableDisk {
  readonly #content = new MemoryLevel<string, string>({ storeEncoding: 'utf8' });
  /** The writes since the last synchronous one, and what undoes each. */
  #unsynced: { readonly written: Written; readonly undo: Operation[] }[] = [];
  /** Which process is alive; others never get an answer again. */
  #process = 0;
  /** Of all writes so far. */
  writes = 0;
  /** The fault at the write of that number. */
  readonly faults = new Map<number, WriteFault>();
  /** Nothing can be opened or written. */
  refuses = false;
  onDeath: () => void = () => undefined;
  onWrite: (written: Written) => void = () => undefined;
  /** A power cut took the write away. */
  onUndone: (written: Written) => void = () => undefined;

  /** A connection for the process that is alive now. */
  connect(): Database {
    const process = this.#process;
    const content = this.#content;
    /** Whoever is dead waits for ever. */
    const alive = async <T>(answer: T | Promise<T>): Promise<T> => {
      if (process !== this.#process) return new Promise<T>(() => undefined);
      const value = await answer;
      return process === this.#process ? value : new Promise<T>(() => undefined);
    };
    return {
      open: async () => {
        if (this.refuses) throw new Error('Read-only file system');
        await alive(content.open());
      },
      // The content outlives it.
      close: () => alive(Promise.resolve()),
      get: (key) => alive(content.get(key)),
      getMany: (keys) => alive(content.getMany(keys)),
      batch: async (operations, { sync }) => {
        await alive(undefined);
        await alive(this.#batch(operations, sync));
      },
      keys: (range) => content.keys(range),
      iterator: (range) => content.iterator(range),
    };
  }

  /** The process dies; with `power`, so does the disk's cache: of the last unsynchronised writes, `keep` are kept. */
  die(power?: { readonly keep: number }): void {
    this.#process += 1;
    if (power === undefined) return;
    const undone = this.#unsynced.splice(Math.min(power.keep, this.#unsynced.length));
    for (const { written, undo } of undone.reverse()) {
      this.#apply(undo);
      this.onUndone(written);
    }
  }

  entries(): Promise<[string, string][]> {
    return this.#content.iterator().all();
  }

  #batch(operations: readonly Operation[], sync: boolean): Promise<void> {
    this.writes += 1;
    const fault = this.faults.get(this.writes);
    const dead = () => {
      this.#process += 1;
      this.onDeath();
      return new Promise<void>(() => undefined);
    };
    if (fault === 'die-before') return dead();
    if (this.refuses) return Promise.reject(new Error('Read-only file system'));
    if (fault === 'fail-before') return Promise.reject(new Error('No space left on device'));
    const deleted = new Map<string, string>();
    const put = new Map<string, string>();
    const undo: Operation[] = [];
    for (const operation of operations) {
      const { key } = operation;
      const before = this.#content.getSync(key);
      undo.unshift(before === undefined ? { type: 'del', key } : { type: 'put', key, value: before });
      if (operation.type === 'put') put.set(key, operation.value);
      else if (before !== undefined) deleted.set(key, before);
    }
    this.#apply(operations);
    const written = { deleted, put };
    if (sync) this.#unsynced = [];
    else this.#unsynced.push({ written, undo });
    this.onWrite(written);
    if (fault === 'die-after') return dead();
    if (fault === 'fail-after') return Promise.reject(new Error('Input/output error'));
    return Promise.resolve();
  }

  /** Memory takes a batch at once. */
  #apply(operations: readonly Operation[]): void {
    this.#content.batch([...operations]).catch((error: unknown) => {
      throw error;
    });
  }
}
