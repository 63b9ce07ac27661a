import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger, type Receipt, receiptOf } from '../../../central-collector/ingest/ledger.ts';
import type { Batch } from '../../../central-collector/ingest/read-message.ts';
import type { DroppedRange } from '../../../contract/index.ts';

const T0 = Date.UTC(2026, 0, 1);

function batch(seq: number, more: Partial<Batch> = {}): Receipt {
  return receiptOf({
    site: 's',
    agent: 'a',
    epoch: 1,
    seq,
    sentAtMs: T0,
    receivedAtMs: T0,
    events: [],
    dropped: [],
    ...more,
  });
}

function dropped(fromSeq: number, toSeq: number): DroppedRange {
  return { fromSeq, toSeq, reason: 'outbox-full', events: { flow: 2 } };
}

describe('the ledger', () => {
  it('tells stored, missing and duplicate batches for any order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 100 }), (arrivals) => {
        const ledger = new Ledger();
        const seen = new Set<number>();
        let duplicates = 0;
        for (const seq of arrivals) {
          const known = seen.has(seq);
          expect(ledger.has(batch(seq))).toBe(known);
          expect(ledger.recordStored(batch(seq), T0)).toBe(known ? 'duplicate' : 'new');
          if (known) duplicates += 1;
          seen.add(seq);
        }
        const [entry] = ledger.entries();
        expect(entry).toMatchObject({ stored: seen.size, received: arrivals.length, duplicates });
        expect(entry?.missing).toBe(Math.max(...seen) - seen.size);
      }),
    );
  });

  it('that is split between collectors and merged equals the ledger of one', () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.boolean()), {
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(arrivals, (batches) => {
        const whole = new Ledger();
        const parts = [new Ledger(), new Ledger()] as const;
        for (const [seq, left] of batches) {
          whole.recordStored(batch(seq), T0);
          parts[left ? 0 : 1].recordStored(batch(seq), T0);
        }
        for (const entry of parts[1].entries()) parts[0].merge(entry);
        expect(parts[0].entries().map(({ ranges, missing }) => ({ ranges, missing }))).toEqual(
          whole.entries().map(({ ranges, missing }) => ({ ranges, missing })),
        );
      }),
    );
  });

  it('does not call missing what the agent said it gave up', () => {
    const ledger = new Ledger();
    ledger.recordStored(batch(1), T0);
    ledger.recordStored(batch(5, { dropped: [dropped(2, 3)] }), T0);
    expect(ledger.entries()[0]).toMatchObject({
      gaps: [[4, 4]],
      missing: 1,
      droppedByAgent: 2,
      droppedEvents: 2,
    });
  });

  it('keeps the lives of an outbox apart', () => {
    const ledger = new Ledger();
    ledger.recordStored(batch(9), T0);
    ledger.recordStored(batch(1, { epoch: 2 }), T0);
    expect(ledger.entries().map(({ epoch, missing }) => [epoch, missing])).toEqual([
      [1, 8],
      [2, 0],
    ]);
  });

  it('counts a batch as late when its newest event is old on arrival', () => {
    const ledger = new Ledger({ lateAfterMs: 1000 });
    const event = {
      type: 'journey' as const,
      camera: 'c',
      track: 1,
      roadUser: 'car' as const,
      roadUserShare: 1,
      entryLine: 'a',
      exitLine: 'b',
      enteredAtMs: T0,
      exitedAtMs: T0,
    };
    ledger.recordStored(batch(1, { events: [{ position: 0, event }], receivedAtMs: T0 + 1000 }), T0);
    ledger.recordStored(batch(2, { events: [{ position: 0, event }], receivedAtMs: T0 + 1001 }), T0);
    expect(ledger.entries()[0]).toMatchObject({ late: 1, maxDelayMs: 1001 });
  });

  it('takes the clock offset from the message that was fastest', () => {
    const ledger = new Ledger();
    ledger.recordStored(batch(1), T0);
    for (const delayMs of [80, 20, 500])
      ledger.recordLive({ site: 's', agent: 'a' }, T0 + 3000, T0 + delayMs);
    expect(ledger.entries()[0]?.clockOffsetMs).toBe(2980);
  });

  it('gives each change once to the snapshot, and again when saving it failed', () => {
    const ledger = new Ledger();
    ledger.recordStored(batch(1), T0);
    const taken = ledger.takeChanged();
    expect(taken).toHaveLength(1);
    expect(ledger.takeChanged()).toHaveLength(0);
    ledger.markChanged(taken);
    expect(ledger.takeChanged()).toHaveLength(1);
  });

  it('forgets the agent that was silent for longest when there are too many', () => {
    const ledger = new Ledger({ maxStreams: 2 });
    for (const agent of ['a', 'b', 'a', 'c']) ledger.recordStored(batch(1, { agent }), T0);
    expect(ledger.entries().map(({ agent }) => agent)).toEqual(['a', 'c']);
    expect(ledger.evicted).toBe(1);
  });

  it('of others stays, whatever lives one agent makes up', () => {
    const ledger = new Ledger({ maxStreams: 100 });
    ledger.recordStored(batch(1, { agent: 'quiet' }), T0);
    for (let epoch = 1; epoch <= 500; epoch += 1) ledger.recordStored(batch(1, { agent: 'loud', epoch }), T0);
    const agents = ledger.entries().map(({ agent }) => agent);
    expect(agents.filter((agent) => agent === 'quiet')).toHaveLength(1);
    expect(agents).toHaveLength(65);
    expect(ledger.entries().at(-1)?.epoch).toBe(500);
  });
});
