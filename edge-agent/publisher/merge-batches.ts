// Makes room without losing a count: runs of stored interval batches become one batch with longer intervals.
// Only batches that never left the box are touched. One that did may be in the database already, and its
// counts would then be there twice.

import type { DroppedRange, TrafficEvent } from '../../contract/index.ts';
import { MAX_EVENTS_IN_BATCH } from '../../contract/index.ts';
import { addCounts, type EventCounts } from './batch-class.ts';
import type { BatchStore } from './batch-store.ts';
import { mergeIntervals } from './merge-intervals.ts';
import { type BatchWithBody, droppedIn, encodeBatch } from './outbox-records.ts';

/** First to quarter hours, the interval of traffic engineering; then to hours, the interval of statistics. */
export const MERGED_INTERVALS_MS = [15 * 60_000, 60 * 60_000] as const;

/** Batches merged in one step: 200 minutes of one-minute intervals. */
const STEP_BATCHES = 200;
const STEP_BYTES = 4 * 1024 * 1024;
/** Well below what a collector takes; a box of many cameras has its minutes merged in shorter runs. */
const MAX_MERGED_BYTES = 512 * 1024;
/** A merge must save this share, else it is not worth the writing. */
const WORTH_SHARE = 0.1;

/** Merges from the oldest on until the store holds no more than `goalBytes` or nothing is left to merge. */
export async function mergeCounts(store: BatchStore, goalBytes: number): Promise<void> {
  for (const [level, bucketMs] of MERGED_INTERVALS_MS.entries()) {
    while (store.state.totals.bytes > goalBytes) {
      const from = store.mergedBelow[level] ?? 0;
      const page = await store.page('counts', from, { limit: STEP_BATCHES, maxBytes: STEP_BYTES });
      const last = page.at(-1);
      // The newest batches are left for the next time: a short run merges badly.
      if (!last || page.length < STEP_BATCHES / 4) break;
      let run = page.filter(({ seq }) => !store.isExposed(seq));
      let merged = mergeRun(run, bucketMs);
      while (merged === 'too-large') {
        run = run.slice(0, run.length / 2);
        merged = mergeRun(run, bucketMs);
      }
      if (merged) await store.remove(run, merged.gaps, [merged.batch]);
      // What was merged at this level is the next level's business.
      store.mergedBelow[level] = (merged?.batch ?? last).seq + 1;
    }
  }
}

/**
 * One batch for the run, under the last one's number, and the numbers that will not come; events are not lost. Undefined
 * when it is not worth it.
 */
function mergeRun(
  run: readonly BatchWithBody[],
  bucketMs: number,
): { batch: BatchWithBody; gaps: DroppedRange[] } | 'too-large' | undefined {
  const last = run.at(-1);
  if (!last || run.length < 2) return undefined;
  const events = run.flatMap(({ body }) => (JSON.parse(`{${body}}`) as { events: TrafficEvent[] }).events);
  const merged = mergeIntervals(events, bucketMs);
  const counts = merged.reduce<EventCounts>((sum, { type }) => addCounts(sum, { [type]: 1 }), {});
  const { epoch, seq, storedAtMs } = last;
  const body = `"events":${JSON.stringify(merged)}`;
  const batch = encodeBatch({ epoch, seq, class: 'counts', storedAtMs, events: counts, body });
  const before = run.reduce((sum, { bytes }) => sum + bytes, 0);
  if (merged.length > MAX_EVENTS_IN_BATCH || batch.bytes > MAX_MERGED_BYTES) return 'too-large';
  if (batch.bytes > before * (1 - WORTH_SHARE)) return undefined;
  const gaps = run
    .filter(({ seq }) => seq !== last.seq)
    .map(({ seq }): DroppedRange => ({ fromSeq: seq, toSeq: seq, reason: 'outbox-full', events: {} }));
  return { batch, gaps: [...gaps, ...run.flatMap(({ body }) => droppedIn(body))] };
}
