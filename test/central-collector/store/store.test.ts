import { describe, expect, it } from 'vitest';
import { BatchWriter } from '../../../central-collector/store/batch-writer.ts';
import { PointStore } from '../../../central-collector/store/store.ts';
import { flow } from './rolled-up-events.ts';

const HOUR_MS = 3_600_000;

/** A database that takes `takesMs` of the clock for each request. */
function slowDatabase(takesMs: number) {
  let nowMs = 10 * HOUR_MS;
  const lines: string[] = [];
  const writer = new BatchWriter({
    maxDelayMs: 0,
    write: async (body) => {
      lines.push(...body.toString().split('\n'));
      nowMs += lines.length === 2 ? takesMs : 10;
    },
  });
  return { lines, store: new PointStore(writer, 'one', () => nowMs), nowMs: () => nowMs };
}

const batchAt = (receivedAtMs: number) => ({
  ...{ site: 's', agent: 'a', epoch: 1, seq: 7, sentAtMs: receivedAtMs, receivedAtMs, dropped: [] },
  events: [{ position: 0, event: flow(receivedAtMs - 60_000) }],
});

describe('the mark of a batch', () => {
  it('is dated by its receipt and names the quarter hours it has counts in', async () => {
    const { store, lines, nowMs } = slowDatabase(1000);
    await store.batch(batchAt(nowMs()), 0);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^batch,agent=a,collector=one,site=s .*quarters="39" 36000000000008$/);
  });

  it('is made again when an outage held it back, before the batch counts as stored', async () => {
    const { store, lines, nowMs } = slowDatabase(3 * HOUR_MS);
    await store.batch(batchAt(nowMs()), 0);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^batch,agent=a,collector=one,site=s .*quarters="39" 46800000000008$/);
  });
});
