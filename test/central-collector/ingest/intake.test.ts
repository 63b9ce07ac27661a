import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../central-collector/ingest/broker.ts';
import { Intake, type IntakeOptions, type StoreOutcome } from '../../../central-collector/ingest/intake.ts';
import { Ledger } from '../../../central-collector/ingest/ledger.ts';

const T0 = Date.UTC(2026, 0, 1);
const BATCH = { v: 1, site: 's', agent: 'a', epoch: T0, seq: 1, sentAtMs: T0, events: [{ type: 'rocket' }] };

type Rig = { intake: Intake; steps: string[]; take: (message: unknown, qos?: 0 | 1) => void };

/** Notes what happens in its order; each step is done when the given promise is. */
function rig(
  overrides: Partial<{
    stored: Promise<StoreOutcome>;
    quarantined: () => Promise<void>;
    maxUnconfirmed: number;
    maxBytesInHand: number;
    maxInHand: number;
  }> = {},
): Rig {
  const steps: string[] = [];
  const options: IntakeOptions = {
    store: {
      batch: async () => {
        steps.push('storing');
        const outcome = await (overrides.stored ?? { refused: [] });
        steps.push('stored');
        return outcome;
      },
      status: async () => void steps.push('status'),
      health: () => new Promise(() => undefined),
    },
    ledger: new Ledger(),
    quarantine: async ({ reason }) => {
      await overrides.quarantined?.();
      steps.push(`quarantined ${reason}`);
    },
    answer: ({ seq }) => steps.push(`answered ${seq}`),
    log: pino({ level: 'silent' }),
    ...(overrides.maxUnconfirmed !== undefined && { maxUnconfirmed: overrides.maxUnconfirmed }),
    ...(overrides.maxBytesInHand !== undefined && { maxBytesInHand: overrides.maxBytesInHand }),
    ...(overrides.maxInHand !== undefined && { maxInHand: overrides.maxInHand }),
  };
  const intake = new Intake(options);
  const take = (message: unknown, qos: 0 | 1 = 1) => {
    const channel = qos === 0 ? 'health' : 'events';
    const delivery: Delivery = {
      topic: `ngatu/v1/s/a/${channel}`,
      payload: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
      qos,
      receivedAtMs: T0,
      acknowledge: () => steps.push('acknowledged'),
    };
    intake.take(delivery);
  };
  return { intake, steps, take };
}

describe('the way of a message', () => {
  it('is quarantine and database, then the agent, then the broker', async () => {
    const { intake, steps, take } = rig();
    take(BATCH);
    await intake.close();
    expect(steps.slice(0, 3).sort()).toEqual(['quarantined unknown-type', 'stored', 'storing']);
    expect(steps.slice(3)).toEqual(['answered 1', 'acknowledged']);
  });

  it('puts events that the database refuses into quarantine before the agent is answered', async () => {
    const { intake, steps, take } = rig({
      stored: Promise.resolve({ refused: [{ position: 0, detail: 'conflict' }] }),
    });
    take({ ...BATCH, events: [] });
    await intake.close();
    expect(steps).toEqual(['storing', 'stored', 'quarantined store-refused', 'answered 1', 'acknowledged']);
  });

  it('of a batch that comes again while it is being stored ends when the first one is stored', async () => {
    let confirm: (outcome: StoreOutcome) => void = () => undefined;
    const stored = new Promise<StoreOutcome>((resolve) => {
      confirm = resolve;
    });
    const { intake, steps, take } = rig({ stored });
    for (let copy = 0; copy < 3; copy += 1) take({ ...BATCH, events: [] });
    take({ ...BATCH, seq: 2, events: [] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual(['storing', 'storing']);
    confirm({ refused: [] });
    await intake.settled();
    expect(steps.filter((step) => step === 'answered 1')).toHaveLength(3);
    expect(steps.filter((step) => step === 'acknowledged')).toHaveLength(4);
    expect(intake.counts).toMatchObject({ batches: 4, duplicates: 2 });
    // One that comes later is written again: what is confirmed once more is right, whatever the database has lost.
    take({ ...BATCH, events: [] });
    await intake.settled();
    expect(steps.filter((step) => step === 'storing')).toHaveLength(3);
  });

  it('of a batch that comes again stays open with the first one when the database never confirms', async () => {
    const { intake, steps, take } = rig({ stored: new Promise(() => undefined) });
    take({ ...BATCH, events: [] });
    take({ ...BATCH, events: [] });
    await intake.close(50);
    expect(steps).toEqual(['storing']);
  });

  it('of a batch that is too large ends in quarantine, its mark in the database, and the agent is told', async () => {
    const { intake, steps, take } = rig();
    take({ ...BATCH, events: ['x'.repeat(1024 * 1024)] });
    await intake.close();
    expect(steps).toEqual(['quarantined too-large', 'storing', 'stored', 'answered 1', 'acknowledged']);
    expect(intake.bytesInHand).toBe(0);
  });

  it('ends in quarantine when the collector itself fails on it, and the agent keeps it', async () => {
    const { intake, steps, take } = rig({ stored: Promise.reject(new TypeError('defect')) });
    take({ ...BATCH, events: [] });
    await intake.close();
    expect(steps).toEqual(['storing', 'quarantined failed', 'acknowledged']);
  });

  it('ends unacknowledged when the database never confirms', async () => {
    const { intake, steps, take } = rig({ stored: new Promise(() => undefined) });
    take({ ...BATCH, events: [] });
    await intake.close(20);
    take({ ...BATCH, seq: 2 });
    expect(steps).toEqual(['storing']);
    expect(intake.inHand).toBe(1);
  });

  it('waits for a quarantine that cannot be written, and says so', async () => {
    let tries = 0;
    const { intake, steps, take } = rig({
      quarantined: async () => {
        tries += 1;
        if (tries === 1) throw Object.assign(new Error('disk full'), { retryable: true });
      },
    });
    take('{');
    await expect.poll(() => intake.quarantineProblem).toBe('disk full');
    expect(steps).toEqual([]);
    await intake.close();
    expect(steps).toEqual(['quarantined not-json', 'acknowledged']);
    expect(intake.quarantineProblem).toBeUndefined();
  });

  it('leaves batches to their agents when a broker sends more of them than it was asked for', async () => {
    const { intake, steps, take } = rig({ stored: new Promise(() => undefined), maxInHand: 3 });
    for (let seq = 1; seq <= 5; seq += 1) take({ ...BATCH, events: [], seq });
    expect(intake.inHand).toBe(3);
    expect(intake.counts.postponed).toBe(2);
    expect(steps.filter((step) => step === 'acknowledged')).toHaveLength(2);
    expect(steps.filter((step) => step.startsWith('answered'))).toEqual([]);
  });

  it('leaves batches for which there is no room to their agents', async () => {
    const { intake, steps, take } = rig({ stored: new Promise(() => undefined), maxBytesInHand: 300 });
    const message = { ...BATCH, events: [] };
    for (let seq = 1; seq <= 5; seq += 1) take({ ...message, seq });
    const taken = Math.floor(300 / JSON.stringify(message).length);
    expect(intake.inHand).toBe(taken);
    expect(intake.counts.postponed).toBe(5 - taken);
    expect(steps.filter((step) => step.startsWith('answered'))).toEqual([]);
    expect(steps.filter((step) => step === 'acknowledged')).toHaveLength(5 - taken);
    await intake.close(20);
  });

  it('does not let large messages pile up that no agent sends again', async () => {
    const { intake, steps, take } = rig({ quarantined: () => new Promise(() => undefined) });
    for (let n = 0; n < 40; n += 1) take('x'.repeat(4 * 1024 * 1024), 0);
    expect(intake.bytesInHand).toBe(96 * 1024 * 1024);
    expect(intake.counts.dropped).toBe(16);
    expect(steps).toHaveLength(16);
    await intake.close(20);
  });

  it('does not let messages without acknowledgement pile up', () => {
    const { intake, take } = rig({ maxUnconfirmed: 3 });
    const health = {
      v: 1,
      site: 's',
      agent: 'a',
      atMs: T0,
      uptimeS: 1,
      cameras: [],
      outbox: { batches: 0, bytes: 0, dropped: 0 },
      rssBytes: 1,
    };
    for (let n = 0; n < 5; n += 1) take(health, 0);
    expect(intake.inHand).toBe(3);
    expect(intake.counts.dropped).toBe(2);
  });
});
