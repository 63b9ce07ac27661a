import { describe, expect, it } from 'vitest';
import type { TrafficEvent } from '../../../contract/index.ts';
import { compare, identitiesOf } from '../../../scripts/demo/identities.ts';

const origin = { site: 'hai-phong', agent: 'box-001', epoch: 1_795_000_000_000, seq: 7, position: 2 };

const passage: TrafficEvent = {
  type: 'passage',
  camera: 'nga-tu-1',
  line: 'main',
  direction: 'towards',
  roadUser: 'car',
  roadUserShare: 1,
  confidence: 0.8,
  atMs: 1_795_000_001_000,
  track: 3,
};

const flow: TrafficEvent = {
  type: 'flow',
  camera: 'nga-tu-1',
  line: 'main',
  direction: 'towards',
  fromMs: 1_795_000_000_000,
  toMs: 1_795_000_010_000,
  observedMs: 10_000,
  framesAnalysed: 100,
  framesDropped: 0,
  counts: { car: { n: 1 }, bus: { n: 0 } },
};

describe('which points the database must hold', () => {
  it('expects one point for a passage and one for each road user of an interval count', () => {
    expect(identitiesOf(passage, origin)).toEqual(['passage/hai-phong/box-001/1795000000000/7/2/car']);
    expect(identitiesOf(flow, origin)).toHaveLength(2);
  });

  it('takes events at different places for different ones, however alike they are', () => {
    const [here] = identitiesOf(passage, origin);
    const [later] = identitiesOf(passage, { ...origin, seq: 8 });
    const [afterLostOutbox] = identitiesOf(passage, { ...origin, epoch: origin.epoch + 1 });
    expect(new Set([here, later, afterLostOutbox]).size).toBe(3);
  });
});

describe('what was published against what is stored', () => {
  it.each([
    // Everything arrived once, in another order.
    { published: ['a', 'b'], stored: ['b', 'a'], lost: 0, duplicated: 0 },
    { published: ['a', 'b', 'c'], stored: ['b'], lost: 2, duplicated: 0 },
    { published: ['a'], stored: ['a', 'a', 'a'], lost: 0, duplicated: 2 },
    // A loss is not made good by a duplicate.
    { published: ['a', 'b'], stored: ['a', 'a'], lost: 1, duplicated: 1 },
    { published: [], stored: [], lost: 0, duplicated: 0 },
  ])(
    '$published against $stored: $lost lost, $duplicated duplicated',
    ({ published, stored, ...expected }) => {
      expect(compare(new Set(published), stored)).toEqual(expected);
    },
  );
});
