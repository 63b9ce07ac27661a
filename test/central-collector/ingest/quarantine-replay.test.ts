import { describe, expect, it } from 'vitest';
import type { QuarantinedMessage } from '../../../central-collector/ingest/quarantine-file.ts';
import { type Replayed, replayMessage } from '../../../central-collector/ingest/quarantine-replay.ts';
import type { Batch } from '../../../central-collector/ingest/read-message.ts';
import { SeriesGuard } from '../../../central-collector/ingest/series-guard.ts';

const T0 = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const PASSAGE = {
  ...{ type: 'passage', camera: 'c', line: 'l', direction: 'in', roadUser: 'car', roadUserShare: 1 },
  ...{ confidence: 1, atMs: T0, track: 1 },
};
const AHEAD = { ...PASSAGE, atMs: T0 + 2 * HOUR_MS };
const ROCKET = { type: 'rocket' };
const BATCH = { v: 1, site: 's', agent: 'a', epoch: T0, seq: 7, sentAtMs: T0 };
const DROPPED = [{ fromSeq: 1, toSeq: 2, reason: 'too-old', events: {} }];
const STATUS = {
  ...{ v: 1, site: 's', agent: 'a', state: 'online', atMs: T0, startedAtMs: T0, version: '1' },
  cameras: [],
};

/** `events`: positions of the events that were refused; none for a whole message. */
function quarantined(message: unknown, events?: readonly number[], channel = 'events'): QuarantinedMessage {
  const facts = { reason: 'before', detail: 'as it was' };
  return {
    ...facts,
    topic: `ngatu/v1/s/a/${channel}`,
    payload: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    receivedAtMs: T0,
    ...(events && { events: events.map((position) => ({ position, ...facts })) }),
  };
}

type Rig = {
  readonly outcome: Replayed;
  /** Positions that were stored, what was given up, and events said to be refused. */
  readonly stored: { positions: number[]; dropped: number; rejected: number }[];
  readonly statuses: number[];
};

async function replay(
  message: QuarantinedMessage,
  { nowMs = T0, refuses = [] as readonly number[], expires = 0, maxPerAgent = 100 } = {},
): Promise<Rig> {
  const stored: Rig['stored'] = [];
  const statuses: number[] = [];
  let expired = 5;
  const store = {
    batch: async ({ events, dropped }: Batch, rejected: number) => {
      stored.push({ positions: events.map(({ position }) => position), dropped: dropped.length, rejected });
      expired += expires;
      return { refused: refuses.map((position) => ({ position, detail: 'conflict' })) };
    },
    status: async (_: unknown, receivedAtMs: number) => void statuses.push(receivedAtMs),
    health: async () => undefined,
    expired: () => expired,
  };
  const series = new SeriesGuard({ maxPerAgent });
  const outcome = await replayMessage(message, { store, series, now: () => nowMs });
  return { outcome, stored, statuses };
}

describe('replaying a batch of which some events were refused', () => {
  const message = quarantined(
    { ...BATCH, events: [PASSAGE, AHEAD, PASSAGE, AHEAD], dropped: DROPPED },
    [1, 3],
  );

  it('stores these alone, in their places, once their time has come', async () => {
    const { outcome, stored } = await replay(message, { nowMs: T0 + HOUR_MS });
    expect(outcome).toEqual({ kind: 'stored', what: '2 events of batch 7' });
    expect(stored).toEqual([{ positions: [1, 3], dropped: 0, rejected: 0 }]);
  });

  it('stores nothing while it is as bad as before', async () => {
    const { outcome, stored } = await replay(message);
    expect(stored).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'stays', reason: 'future-dated', events: 0 });
  });

  it('leaves what is bad for another reason now, with that reason', async () => {
    const mixed = quarantined({ ...BATCH, events: [AHEAD, ROCKET, PASSAGE] }, [0, 1]);
    const { outcome, stored } = await replay(mixed, { nowMs: T0 + HOUR_MS });
    expect(stored).toEqual([{ positions: [0], dropped: 0, rejected: 1 }]);
    expect(outcome).toMatchObject({
      kind: 'stays',
      events: 1,
      left: { reason: 'unknown-type', receivedAtMs: T0, events: [{ position: 1, reason: 'unknown-type' }] },
    });
  });

  it('leaves what InfluxDB refuses', async () => {
    const { outcome } = await replay(message, { nowMs: T0 + HOUR_MS, refuses: [3] });
    expect(outcome).toMatchObject({
      kind: 'stays',
      events: 1,
      left: { events: [{ position: 3, reason: 'store-refused', detail: 'conflict' }] },
    });
  });

  it('leaves it as it is when its points are older than is kept', async () => {
    const { outcome } = await replay(message, { nowMs: T0 + HOUR_MS, expires: 2 });
    expect(outcome).toMatchObject({ kind: 'stays', reason: 'beyond-retention', left: message });
  });
});

describe('replaying a whole message', () => {
  it('stores a batch with what its agent gave up, and leaves its bad events', async () => {
    const events = [PASSAGE, ROCKET];
    const { outcome, stored } = await replay(quarantined({ ...BATCH, events, dropped: DROPPED }));
    expect(stored).toEqual([{ positions: [0], dropped: 1, rejected: 1 }]);
    expect(outcome).toMatchObject({ kind: 'stays', events: 1, left: { events: [{ position: 1 }] } });
  });

  it('stores the mark of a batch without events', async () => {
    const { outcome, stored } = await replay(quarantined({ ...BATCH, events: [] }));
    expect(outcome.kind).toBe('stored');
    expect(stored).toEqual([{ positions: [], dropped: 0, rejected: 0 }]);
  });

  it('stores a batch that was too large for a collector with hundreds in hand', async () => {
    const large = quarantined({ ...BATCH, padding: 'x'.repeat(2e6), events: [PASSAGE] });
    expect((await replay(large)).outcome.kind).toBe('stored');
    const huge = quarantined({ ...BATCH, padding: 'x'.repeat(4.2e6), events: [PASSAGE] });
    expect((await replay(huge)).outcome).toMatchObject({ kind: 'stays', reason: 'too-large' });
  });

  it('dates a status by its arrival then', async () => {
    const { outcome, statuses } = await replay(quarantined(STATUS, undefined, 'status'), {
      nowMs: T0 + HOUR_MS,
    });
    expect(outcome.kind).toBe('stored');
    expect(statuses).toEqual([T0]);
  });

  it.each([
    ['no JSON', 'not-json', '{'],
    ['a newer version', 'newer-version', { ...BATCH, v: 2, events: [] }],
    ['a message in another name', 'forged', { ...BATCH, agent: 'b', events: [PASSAGE] }],
  ])('never stores %s', async (_, reason, message) => {
    const { outcome, stored } = await replay(quarantined(message));
    expect(outcome).toMatchObject({ kind: 'stays', reason, events: 0, left: { reason } });
    expect(stored).toEqual([]);
  });

  it('keeps within the bound on names', async () => {
    const events = ['one', 'two', 'three'].map((camera) => ({ ...PASSAGE, camera }));
    const { outcome, stored } = await replay(quarantined({ ...BATCH, events }), { maxPerAgent: 2 });
    expect(stored).toEqual([{ positions: [0, 1], dropped: 0, rejected: 1 }]);
    expect(outcome).toMatchObject({ kind: 'stays', left: { reason: 'too-many-series' } });
  });
});
