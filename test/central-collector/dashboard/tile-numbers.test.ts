import { describe, expect, it } from 'vitest';
import type { Tile } from '../../../central-collector/api/schemas/places.ts';
import {
  classesOf,
  countOf,
  FRESH_FOR_MS,
  shownFlows,
  troubleOf,
  trustOf,
  worstLevel,
} from '../../../central-collector/dashboard/src/tile/tile-numbers.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);

const tile: Tile = {
  camera: 'hai-phong/box-017/nga-tu-1',
  name: null,
  state: 'live',
  detail: null,
  at: new Date(NOW_MS).toISOString(),
  freshUntil: new Date(NOW_MS - 10_000).toISOString(),
  windowMin: 15,
  coverage: 1,
  flows: [],
  minutes: [],
  activeIncidents: 0,
};

type Flow = NonNullable<Tile['flows']>[number];
const flow = (line: string, total: number, more: Partial<Flow> = {}): Flow => ({
  line,
  direction: 'towards',
  counts: { car: total },
  total,
  perHour: total * 4,
  meanSpeedKmh: null,
  levelOfService: null,
  ...more,
});

describe('whether a tile can be taken for the present', () => {
  it.each<[string, Partial<Tile>, string]>([
    ['a camera that watched ten seconds ago', {}, 'live'],
    ['one with a fault that still counts', { state: 'fault' }, 'live'],
    ['one whose box is away, whatever it said last', { state: 'offline' }, 'old'],
    ['one of whose box nothing is known', { state: 'unknown' }, 'old'],
    ['one that has not been heard of for too long', { freshUntil: ago(FRESH_FOR_MS + 1) }, 'old'],
    ['one at the very limit', { freshUntil: ago(FRESH_FOR_MS) }, 'live'],
    ['one that never watched', { freshUntil: null, state: 'starting' }, 'nothing'],
    ['one whose clock is ahead', { freshUntil: ago(-5000) }, 'live'],
  ])('%s', (_, change, kind) => {
    expect(trustOf({ ...tile, ...change }, NOW_MS).kind).toBe(kind);
  });

  it('knows how old it is', () => {
    expect(trustOf({ ...tile, freshUntil: ago(600_000) }, NOW_MS)).toEqual({ kind: 'old', ageMs: 600_000 });
  });
});

describe('what needs a look', () => {
  it('comes in this order: incidents, offline, fault, silent, well', () => {
    const order = [
      { activeIncidents: 1 },
      { state: 'offline' },
      { state: 'fault' },
      { freshUntil: ago(600_000) },
      {},
    ] satisfies Partial<Tile>[];
    const troubles = order.map((change) => troubleOf({ ...tile, ...change }, NOW_MS));
    expect(troubles).toEqual([...troubles].sort((a, b) => b - a));
    expect(new Set(troubles).size).toBe(order.length);
  });
});

describe('numbers of a tile', () => {
  it('has columns for the classes that the camera tells apart, also where nobody came', () => {
    const flows = [
      flow('north', 3, { counts: { car: 3, bus: 0 } }),
      flow('east', 1, { counts: { motorcycle: 1 } }),
    ];
    expect(classesOf(flows)).toEqual(['motorcycle', 'car', 'bus']);
    expect(countOf(flows, 'car')).toBe(3);
  });

  it('shows the busiest directions in their usual order, and says how many are left out', () => {
    const flows = [flow('a', 1), flow('b', 9), flow('c', 5)];
    const { shown, hidden } = shownFlows(flows, 2);
    expect(shown.map(({ line }) => line)).toEqual(['b', 'c']);
    expect(hidden).toBe(1);
    expect(shownFlows(flows, 3)).toEqual({ shown: flows, hidden: 0 });
  });

  it('has the level of service of its worst direction, none when none is known', () => {
    expect(worstLevel([flow('a', 1, { levelOfService: 'B' }), flow('b', 1, { levelOfService: 'E' })])).toBe(
      'E',
    );
    expect(worstLevel([flow('a', 1)])).toBeNull();
    expect(worstLevel([])).toBeNull();
  });
});

function ago(ms: number): string {
  return new Date(NOW_MS - ms).toISOString();
}
