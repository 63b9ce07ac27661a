// The database under the outbox: a LevelDB folder, opened, checked, and set aside when it is damaged; or memory.

import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { MemoryLevel } from 'memory-level';
import type { Logger } from 'pino';
import { addCounts, BATCH_CLASSES, type EventCounts, totalOf } from './batch-class.ts';
import { decodeKey, decodeState, keyRange, type OutboxState, STATE_KEY } from './outbox-records.ts';
import { PublisherError } from './publisher-error.ts';

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

type KeyRange = { readonly gte: string; readonly lt: string; readonly limit?: number };

/** As much of an abstract-level database as the outbox needs. */
export type Database = {
  open(): Promise<void>;
  close(): Promise<void>;
  get(key: string): Promise<string | undefined>;
  getMany(keys: string[]): Promise<(string | undefined)[]>;
  /** All of it or nothing; with `sync` it resolves once the disk has it. */
  batch(operations: Operation[], options: { sync: boolean }): Promise<unknown>;
  keys(range: KeyRange): AsyncIterable<string> & { all(): Promise<string[]> };
  iterator(range: KeyRange): AsyncIterable<[string, string]>;
  /** Frees the disk space of what was deleted. */
  compactRange?(from: string, to: string): Promise<void>;
  /** Bytes of writes that could not be read when it was opened, and were passed over. */
  passedOverBytes?(): Promise<number>;
};

/** Makes a closed database, which makes its folder when it is opened; replaced in tests that let the disk fail. */
export type MakeDatabase = (location: string) => Database;

/** Copies of damaged outboxes that are kept for looking into; older ones are deleted, for disks are small. */
const MOST_SET_ASIDE = 3;

/** Little cache: a batch is read once, in order. The write buffer stays at LevelDB's 4 MiB. */
export const makeDatabase: MakeDatabase = (location) =>
  Object.assign(new ClassicLevel<string, string>(location, { cacheSize: 1024 * 1024 }), {
    passedOverBytes: () => passedOverBytes(location),
  });

/** Holds what it is told for as long as the process lives; its directory is only a name. */
export const makeMemory: MakeDatabase = () => new MemoryLevel<string, string>({ storeEncoding: 'utf8' });

/** Throws PublisherError `locked`, `unwritable` or `corrupt`. */
export async function openDatabase(directory: string, make: MakeDatabase): Promise<Database> {
  try {
    const database = make(locationIn(directory));
    await database.open();
    return database;
  } catch (error) {
    const isRefused = codesOf(error).includes('LEVEL_IO_ERROR');
    if (isRefused && (await namesNoFile(locationIn(directory)))) throw damaged(error, directory);
    throw asPublisherError(error, directory);
  }
}

/**
 * The state as it was written, with totals as counted just now; undefined for an empty database. `missing`
 * counts events that should be there and are not: LevelDB passes over damaged parts of its log silently.
 * Throws PublisherError `corrupt` when there are batches but no readable state.
 */
export async function readState(
  database: Database,
  directory: string,
): Promise<{ state: OutboxState; missing: EventCounts; missingBatches: number } | undefined> {
  const counted = { batches: 0, bytes: 0, events: {} as EventCounts };
  for (const batchClass of BATCH_CLASSES) {
    for await (const key of database.keys(keyRange(batchClass, 0))) {
      const batch = decodeKey(key);
      if (!batch) continue;
      counted.batches += 1;
      counted.bytes += batch.bytes;
      counted.events = addCounts(counted.events, batch.events);
    }
  }
  const value = await database.get(STATE_KEY);
  if (value === undefined && counted.batches === 0) return undefined;
  const state = value === undefined ? undefined : decodeState(value);
  if (!state) {
    throw new PublisherError(
      'corrupt',
      `the outbox in ${directory} holds ${counted.batches} batches (${totalOf(counted.events)} events) but no readable record of its own state`,
    );
  }
  const missing = Object.fromEntries(
    Object.entries(addCounts(state.totals.events, counted.events, -1)).filter(([, n]) => n > 0),
  );
  const missingBatches = Math.max(0, state.totals.batches - counted.batches);
  return { state: { ...state, totals: counted }, missing, missingBatches };
}

/** Moves the closed database away and gives its new place. */
export async function setAside(directory: string, nowMs: number, logger: Logger): Promise<string> {
  const stamp = new Date(nowMs).toISOString().replaceAll(':', '-');
  const aside = join(directory, `damaged-${stamp}`);
  await rename(locationIn(directory), aside);
  const copies = (await readdir(directory)).filter((name) => name.startsWith('damaged-')).sort();
  for (const name of copies.slice(0, -MOST_SET_ASIDE)) {
    logger.warn({ directory: join(directory, name) }, 'deleting an old damaged outbox to save space');
    await rm(join(directory, name), { recursive: true, force: true });
  }
  return aside;
}

/** LevelDB looks for a file that never was: garbage in the one that names it, which no waiting mends. */
async function namesNoFile(location: string): Promise<boolean> {
  try {
    const named = await readFile(join(location, 'CURRENT'), 'latin1');
    return !/^MANIFEST-\d+\n$/.test(named) || !(await readdir(location)).includes(named.trim());
  } catch {
    // The folder cannot be read at all.
    return false;
  }
}

function damaged(error: unknown, directory: string): PublisherError {
  const message = `the outbox in ${directory} is damaged: ${messageOf(error)}`;
  return new PublisherError('corrupt', message, { cause: error });
}

/** What LevelDB's error means to us. */
export function asPublisherError(error: unknown, directory: string): PublisherError {
  if (error instanceof PublisherError) return error;
  const codes = codesOf(error);
  const options = { cause: error };
  if (codes.includes('LEVEL_LOCKED')) {
    return new PublisherError(
      'locked',
      `the outbox in ${directory} is open in another process: stop that one or give this agent a directory of its own`,
      options,
    );
  }
  if (codes.includes('LEVEL_CORRUPTION')) return damaged(error, directory);
  const why = messageOf(error);
  return new PublisherError(
    'unwritable',
    `the outbox in ${directory} cannot be used: ${why}; check that the disk is not full, not read-only, and belongs to this user`,
    options,
  );
}

/** LevelDB opens a database whose log is damaged without what it cannot read, and tells only its own protocol. */
async function passedOverBytes(location: string): Promise<number> {
  const protocol = await readFile(join(location, 'LOG'), 'latin1').catch(() => '');
  return [...protocol.matchAll(/: dropping (\d+) bytes;/g)].reduce(
    (sum, [, bytes]) => sum + Number(bytes),
    0,
  );
}

function locationIn(directory: string): string {
  return join(directory, 'batches');
}

/** The codes of an error and of its causes: classic-level wraps what LevelDB said. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
  }
  return codes;
}

function messageOf(error: unknown): string {
  let deepest: unknown = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return deepest instanceof Error ? deepest.message : String(deepest);
}
