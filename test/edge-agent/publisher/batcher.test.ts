import { describe, expect, test } from 'vitest';
import { Batcher } from '../../../edge-agent/publisher/batcher.ts';
import { flow, incident, passage, zone } from './sample-events.ts';

describe('a draft', () => {
  test('holds events of one class, in the order in which they came', () => {
    const batcher = new Batcher();
    for (const event of [passage(1), flow(0, 1), passage(2), zone(0), incident('a')]) batcher.add(event);
    const { drafts, lost } = batcher.take();
    expect(drafts.map(({ class: c, events }) => [c, events])).toEqual([
      ['passages', { passage: 2 }],
      ['counts', { flow: 1, zone: 1 }],
      ['incidents', { incident: 1 }],
    ]);
    expect(drafts[0]?.json.map((json) => JSON.parse(json))).toEqual([passage(1), passage(2)]);
    expect(lost).toEqual({});
    expect(batcher.isEmpty).toBe(true);
    expect(batcher.waitingBytes).toBe(0);
  });

  test('is full with so many events, and the next one is begun', () => {
    const batcher = new Batcher({ maxEvents: 2 });
    batcher.add(passage(1));
    expect(batcher.isFull).toBe(false);
    batcher.add(passage(2));
    expect(batcher.isFull).toBe(true);
    batcher.add(passage(3));
    expect(batcher.take().drafts.map(({ json }) => json.length)).toEqual([2, 1]);
  });

  test('is not larger than its bytes, unless one event alone is', () => {
    const bytes = JSON.stringify(passage(1)).length;
    const batcher = new Batcher({ maxBatchBytes: 2.5 * bytes });
    for (let n = 1; n <= 5; n += 1) batcher.add(passage(n));
    batcher.add(passage(6, { line: 'l'.repeat(3 * bytes) }));
    expect(batcher.take().drafts.map(({ json }) => json.length)).toEqual([2, 2, 1, 1]);
  });
});

describe('while the disk refuses', () => {
  test('memory is bounded: counts go first, then passages, then incidents, each counted', () => {
    const maxWaitingBytes = 4 * JSON.stringify(passage(10)).length;
    const batcher = new Batcher({ maxEvents: 1, maxWaitingBytes });
    batcher.add(incident('a'));
    batcher.add(flow(0, 1));
    for (let n = 10; n < 50; n += 1) batcher.add(passage(n));
    expect(batcher.waitingBytes).toBeLessThanOrEqual(maxWaitingBytes);
    expect(batcher.waitingEvents.incident).toBe(1);
    const { passage: kept = 0 } = batcher.waitingEvents;
    expect(batcher.lostEvents).toEqual({ flow: 1, passage: 40 - kept });
    const { drafts, lost } = batcher.take();
    expect(lost).toEqual({ flow: 1, passage: 40 - kept });
    expect(JSON.parse(drafts.at(-1)?.json[0] ?? '')).toMatchObject({ track: 49 });
    expect(batcher.lostEvents).toEqual({});
  });

  test('what waits is handed out in writes of a few MiB', () => {
    const batcher = new Batcher();
    const lane = 'x'.repeat(1000);
    for (let n = 0; n < 8000; n += 1) batcher.add(passage(n, { lane }));
    const writes: number[] = [];
    while (!batcher.isEmpty) {
      writes.push(batcher.take().drafts.reduce((sum, { json }) => sum + json.join().length, 0));
    }
    expect(writes.length).toBeGreaterThan(2);
    expect(Math.max(...writes)).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});
