// The outbox's database with a witness: every batch that the outbox writes is put down in the journal before the write
// and after it. The outbox itself is the real one and knows nothing of it.

import { trafficEventSchema } from '../../contract/index.ts';
import {
  type MakeDatabase,
  makeDatabase,
  type Operation,
} from '../../edge-agent/publisher/outbox-database.ts';
import { decodeKey, decodeState, STATE_KEY, unseal } from '../../edge-agent/publisher/outbox-records.ts';
import type { Append, Journal, WrittenBatch } from './journal.ts';
import { indexOf } from './known-events.ts';

/** `onWriting` is called while each write of batches is under way. */
export function journaledDatabase(journal: Journal, onWriting: () => void): MakeDatabase {
  return (location) => {
    const database = makeDatabase(location);
    const write = database.batch.bind(database);
    const get = database.get.bind(database);
    return Object.assign(database, {
      batch: async (operations: Operation[], options: { sync: boolean }) => {
        const append = appendIn(operations);
        if (!append) {
          await write(operations, options);
          return;
        }
        if (!options.sync) throw new Error('the outbox wrote batches without waiting for the disk');
        const id = journal.begins(append);
        const writing = write(operations, options);
        onWriting();
        await writing;
        journal.confirmed(id);
      },
      // Read once, when the outbox opens.
      get: async (key: string) => {
        const value = await get(key);
        if (key === STATE_KEY) journal.settle(value === undefined ? undefined : decodeState(value));
        return value;
      },
    });
  };
}

/** Undefined for a write without new batches: deletions, and the outbox's notes about itself. */
function appendIn(operations: readonly Operation[]): Append | undefined {
  const batches: WrittenBatch[] = [];
  let state: ReturnType<typeof decodeState>;
  for (const operation of operations) {
    if (operation.type !== 'put') continue;
    const { key, value } = operation;
    if (key === STATE_KEY) state = decodeState(value);
    const batch = decodeKey(key);
    if (batch) batches.push({ seq: batch.seq, events: indicesIn(unseal(value) ?? '') });
  }
  if (batches.length === 0) return undefined;
  if (!state) throw new Error('the outbox wrote batches without its state');
  return { epoch: state.epoch, next: state.next, batches };
}

function indicesIn(body: string): number[] {
  const { events } = JSON.parse(`{${body}}`) as { events: unknown[] };
  return events.map((event) => indexOf(trafficEventSchema.parse(event)));
}
