// The account of batches that will never come, kept short by joining neighbours.

import type { DroppedRange } from '../../contract/index.ts';
import { addCounts } from './batch-class.ts';

/**
 * Ranges in ascending order, those of one reason that touch joined into one; overlaps are not expected. What has been
 * told stays as it was told: the centre may have it, and knows it again by its first number and moment.
 */
export function joinRanges(ranges: readonly DroppedRange[]): DroppedRange[] {
  const sorted = ranges.toSorted((a, b) => a.fromSeq - b.fromSeq);
  const joined: DroppedRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    const isNews = last?.atMs === undefined && range.atMs === undefined;
    if (last && isNews && last.reason === range.reason && last.toSeq + 1 === range.fromSeq) {
      joined[joined.length - 1] = {
        ...last,
        toSeq: range.toSeq,
        events: addCounts(last.events, range.events),
      };
    } else {
      joined.push(range);
    }
  }
  return joined;
}
