import { describe, expect, test } from 'vitest';
import { DeliveryWindow, type WindowOptions } from '../../../edge-agent/publisher/delivery-window.ts';
import type { StoredBatch } from '../../../edge-agent/publisher/outbox-records.ts';

function batch(seq: number, bytes = 100): StoredBatch {
  return { key: `p${seq}`, seq, class: 'passages', storedAtMs: 0, bytes, events: { passage: 1 } };
}

/** Without jitter: 10 s, 20 s, … 300 s. */
function windowOf(over: Partial<WindowOptions> = {}): DeliveryWindow {
  return new DeliveryWindow({ random: () => 1, ...over });
}

const seqs = (batches: StoredBatch[]) => batches.map(({ seq }) => seq);

describe('the line', () => {
  test('takes no more than its window, and more once the broker has taken one', () => {
    const window = windowOf({ maxInFlight: 2 });
    window.sent(batch(1), 0);
    expect(window.lineFree).toBe(true);
    window.sent(batch(2), 0);
    expect(window.lineFree).toBe(false);
    window.taken(1, 5);
    expect(window.lineFree).toBe(true);
    expect(window.unconfirmed).toBe(2);
  });

  test('is full with few large batches too', () => {
    const window = windowOf({ maxInFlightBytes: 1000 });
    window.sent(batch(1, 1000), 0);
    expect(window.lineFree).toBe(false);
  });

  test('a centre that confirms nothing does not let memory grow, and the backlog leaves room for the present', () => {
    const window = windowOf({ maxUnconfirmed: 8 });
    for (let seq = 1; seq <= 6; seq += 1) {
      window.sent(batch(seq), 0);
      window.taken(seq, 0);
    }
    expect(window.roomFor('backlog')).toBe(0);
    expect(window.roomFor('fresh')).toBe(2);
  });
});

describe('a batch that is not confirmed', () => {
  test('is due after 10 s, then after twice as long each time, up to 5 min', () => {
    const window = windowOf();
    let nowMs = 0;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      window.sent(batch(1), nowMs);
      window.taken(1, nowMs);
      const sentMs = nowMs;
      while (window.due(nowMs, 10).length === 0) nowMs += 1000;
      waits.push((nowMs - sentMs) / 1000);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('is due at once when the connection broke before the broker had it', () => {
    const window = windowOf();
    window.sent(batch(1), 0);
    window.sent(batch(2), 0);
    window.taken(1, 0);
    window.disconnected(50);
    expect(seqs(window.due(50, 10))).toEqual([2]);
    expect(window.lineFree).toBe(true);
  });

  test('need not wait for minutes once the centre is heard again', () => {
    const window = windowOf();
    let nowMs = 0;
    for (const seq of [1, 2]) window.sent(batch(seq), nowMs);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      for (const seq of [1, 2]) window.taken(seq, nowMs);
      nowMs += 300_000;
      for (const seq of [1, 2]) window.sent(batch(seq), nowMs);
    }
    for (const seq of [1, 2]) window.taken(seq, nowMs);
    window.confirmed([[1, 1]], nowMs);
    expect(window.has(1)).toBe(false);
    expect(seqs(window.due(nowMs + 9_999, 10))).toEqual([]);
    expect(seqs(window.due(nowMs + 10_000, 10))).toEqual([2]);
  });

  test('is not sent again while it is still on the line', () => {
    const window = windowOf();
    window.sent(batch(1), 0);
    expect(window.due(1_000_000, 10)).toEqual([]);
  });
});

test('only a batch sent once tells how long the way is', () => {
  const window = windowOf();
  window.sent(batch(1), 0);
  window.sent(batch(2), 100);
  window.sent(batch(1), 20_000);
  expect(window.confirmed([[1, 1]], 20_050)).toBeUndefined();
  expect(window.confirmed([[2, 2]], 20_050)).toBe(100);
});
