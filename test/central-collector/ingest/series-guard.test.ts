import { describe, expect, it } from 'vitest';
import type { ReadMessage } from '../../../central-collector/ingest/read-message.ts';
import { SeriesGuard, withinSeries } from '../../../central-collector/ingest/series-guard.ts';
import type { TrafficEvent } from '../../../contract/index.ts';

const T0 = Date.UTC(2026, 0, 1);
const BOX = { site: 's', agent: 'a' };

function passage(
  names: Partial<Record<'camera' | 'line' | 'direction' | 'lane', string>> = {},
): TrafficEvent {
  return {
    ...{ type: 'passage', camera: 'c', line: 'l', direction: 'in', roadUser: 'car', track: 1, atMs: T0 },
    ...{ roadUserShare: 1, confidence: 1 },
    ...names,
  };
}

function zone(name: string): TrafficEvent {
  return {
    ...{ type: 'zone', camera: 'c', zone: name, fromMs: T0, toMs: T0 + 1, observedMs: 1, framesAnalysed: 1 },
    ...{ framesDropped: 0, entries: {}, exits: {}, presentMean: 0, presentMax: 0, timeOccupancy: 0 },
  };
}

function batch(events: readonly TrafficEvent[], agent = 'a'): ReadMessage & { kind: 'batch' } {
  return {
    kind: 'batch',
    batch: {
      ...{ site: 's', agent, epoch: T0, seq: 1, sentAtMs: T0, receivedAtMs: T0, dropped: [] },
      events: events.map((event, position) => ({ position, event })),
    },
    rejected: [],
  };
}

describe('the bound on names', () => {
  it.each([
    ['cameras', passage({ camera: 'other' })],
    ['lines', passage({ line: 'other' })],
    ['directions', passage({ direction: 'other' })],
    ['lanes', passage({ lane: 'other' })],
    ['zones', zone('z')],
  ])('counts %s, each once', (_, other) => {
    const guard = new SeriesGuard({ maxPerAgent: 1 });
    expect(guard.admits(BOX, passage())).toBe(true);
    expect(guard.admits(BOX, other)).toBe(false);
    expect(guard.admits(BOX, passage())).toBe(true);
    expect(guard.size).toBe(1);
  });

  it('is one for each agent', () => {
    const guard = new SeriesGuard({ maxPerAgent: 1 });
    for (const agent of ['a', 'b', 'c']) expect(guard.admits({ site: 's', agent }, passage())).toBe(true);
    expect(guard.size).toBe(3);
  });

  it('refuses the events beyond and keeps their neighbours', () => {
    const guard = new SeriesGuard({ maxPerAgent: 2 });
    const message = batch(['one', 'two', 'three', 'two'].map((camera) => passage({ camera })));
    expect(withinSeries(message, guard)).toMatchObject({
      batch: { events: [{ position: 0 }, { position: 1 }, { position: 3 }] },
      rejected: [
        { position: 2, reason: 'too-many-series', detail: expect.stringContaining('limits.namesPerAgent') },
      ],
    });
  });

  it('refuses a status or health message with cameras beyond', () => {
    const guard = new SeriesGuard({ maxPerAgent: 2 });
    const camera = (name: string) => ({ camera: name, state: 'live' as const, sinceMs: T0 });
    const status = (...names: string[]): ReadMessage => ({
      kind: 'status',
      status: {
        ...{ v: 1, ...BOX, state: 'online', atMs: T0, startedAtMs: T0, version: '1' },
        cameras: names.map(camera),
      },
    });
    expect(withinSeries(status('one', 'two'), guard).kind).toBe('status');
    expect(withinSeries(status('one', 'three'), guard)).toMatchObject({ reason: 'too-many-series' });
    expect(withinSeries(status('two'), guard).kind).toBe('status');
  });

  it('itself takes bounded memory: the agent unheard of for longest is forgotten', () => {
    const guard = new SeriesGuard({ maxTotal: 10 });
    for (let n = 0; n < 100; n += 1) guard.admits({ site: 's', agent: `box-${n}` }, passage());
    expect(guard.size).toBe(10);
  });

  it('tells names apart, but for a few in 100,000', () => {
    const guard = new SeriesGuard({ maxPerAgent: 1e6 });
    for (let n = 0; n < 100_000; n += 1) guard.admits(BOX, passage({ line: `line-${n}` }));
    // Of 31 bits: two or three alike among 100,000.
    expect(guard.size).toBeGreaterThan(99_950);
  });
});
