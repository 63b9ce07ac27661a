// What goes when the outbox holds too much or holds it for too long. The oldest interval counts are merged
// first, for their sums merge exactly and only time resolution is lost; then counts go, then passages, then incidents.

import { BATCH_CLASSES } from './batch-class.ts';
import type { BatchStore } from './batch-store.ts';
import { mergeCounts } from './merge-batches.ts';
import { keyRange } from './outbox-records.ts';

/** A full outbox is brought down to this share of its limit, so that not every batch has to make room. */
const FULL_SHARE = 0.98;
/** Batches looked at in one step. */
const STEP_BATCHES = 200;
const STEP_BYTES = 4 * 1024 * 1024;
/** LevelDB frees disk space when it compacts; after so many deleted bytes it is asked to. */
const COMPACT_AFTER_BYTES = 32 * 1024 * 1024;

export async function enforceSize(store: BatchStore, maxBytes: number): Promise<void> {
  if (store.state.totals.bytes <= maxBytes) return;
  const goal = maxBytes * FULL_SHARE;
  await mergeCounts(store, goal);
  for (const batchClass of BATCH_CLASSES) {
    while (store.state.totals.bytes > goal) {
      const maxPageBytes = Math.min(store.state.totals.bytes - goal, STEP_BYTES);
      const batches = await store.page(batchClass, 0, { limit: STEP_BATCHES, maxBytes: maxPageBytes });
      if (batches.length === 0) break;
      await store.giveUp(batches, 'outbox-full');
      await store.oldest(batchClass);
    }
  }
}

export async function enforceAge(store: BatchStore, maxAgeMs: number): Promise<void> {
  const storedBeforeMs = store.clockMs - maxAgeMs;
  for (const batchClass of BATCH_CLASSES) {
    for (;;) {
      const bounds = { limit: STEP_BATCHES, maxBytes: STEP_BYTES, storedBeforeMs };
      const batches = await store.page(batchClass, 0, bounds);
      if (batches.length === 0) break;
      await store.giveUp(batches, 'too-old');
    }
  }
}

/** Gives the storing time of the oldest batch by the outbox's clock, and frees disk space now and then. */
export async function tidyUp(store: BatchStore): Promise<number | undefined> {
  let oldestMs: number | undefined;
  for (const batchClass of BATCH_CLASSES) {
    const oldest = await store.oldest(batchClass);
    if (oldest) oldestMs = Math.min(oldest.storedAtMs, oldestMs ?? oldest.storedAtMs);
  }
  if (store.deletedBytes > COMPACT_AFTER_BYTES) {
    store.deletedBytes = 0;
    for (const batchClass of BATCH_CLASSES) {
      const { gte } = keyRange(batchClass, 0);
      await store.database.compactRange?.(gte, keyRange(batchClass, store.floorOf(batchClass)).gte);
    }
  }
  return oldestMs;
}
