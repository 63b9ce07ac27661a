import { describe, expect, it } from 'vitest';
import type { Observation, Observer } from '../../../edge-agent/analytics/observation.ts';
import { analytics, passagesOf, trackAt, tracked } from './make-tracked.ts';

type Step = Parameters<typeof tracked>[1];

/** Plays frames 100 ms apart and returns what the observers saw of each. */
function observe(steps: readonly Step[], ended: Readonly<Record<number, readonly number[]>> = {}) {
  const seen: Observation[] = [];
  const observer: Observer = {
    observe: (observation) => {
      seen.push(observation);
      return [];
    },
    advanceTo: () => [],
    reset: () => undefined,
    flush: () => [],
  };
  const target = analytics({ observers: [observer] });
  const events = steps.flatMap((tracks, i) =>
    target.update(tracked(i * 100, tracks, { ended: ended[i] ?? [] })),
  );
  return { seen, events: [...events, ...target.flush()], target };
}

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe('road users as observers see them', () => {
  it('are those believed, seen or hidden where they are expected', () => {
    const { seen } = observe([
      [trackAt(1, 300, 300, { confirmed: false }), trackAt(2, 500, 300)],
      [trackAt(1, 300, 300), trackAt(2, 500, 310, { seen: false })],
    ]);
    expect(seen[0]?.roadUsers.map(({ id }) => id)).toEqual([2]);
    expect(seen[1]?.roadUsers.map(({ id, seen, anchor }) => ({ id, seen, y: anchor.y }))).toEqual([
      { id: 1, seen: true, y: 300 },
      { id: 2, seen: false, y: 310 },
    ]);
  });

  it('keep their id when the tracker gives them another, and are gone once', () => {
    const { seen, events } = observe(
      [
        ...times(10, (i) => [trackAt(1, 300, 300 + i * 10)]),
        ...times(3, () => []),
        ...times(10, (i) => [trackAt(7, 300, 430 + i * 10)]),
        ...times(40, () => []),
      ],
      { 20: [1], 30: [7] },
    );
    const ids = seen.flatMap(({ roadUsers }) => roadUsers.map(({ id, track }) => `${id}:${track}`));
    expect([...new Set(ids)]).toEqual(['1:1', '1:7']);
    expect(seen.flatMap(({ gone }) => gone)).toEqual([1]);
    expect(passagesOf(events).map(({ direction }) => direction)).toEqual(['towards']);
    expect(seen[20]?.roadUsers[0]?.firstSeen.cameraTimeMs).toBe(seen[0]?.cameraTimeMs);
  });

  it('are two again when the one taken for lost comes back', () => {
    const both = (i: number) => [trackAt(1, 300, 330 + i * 10), trackAt(7, 300, 250 + i * 10)];
    const { seen } = observe([
      ...times(5, (i) => [trackAt(1, 300, 200 + i * 10)]),
      [],
      ...times(3, (i) => [trackAt(7, 300, 262 + i * 10)]),
      ...times(5, both),
    ]);
    expect(seen.at(-1)?.roadUsers.map(({ id }) => id)).toEqual([1, 7]);
  });

  it('stand since they came to rest, also while a lorry hides their lower half', () => {
    const halved = { box: [260, 340, 340, 370] as [number, number, number, number] };
    const { seen } = observe([
      ...times(10, (i) => [trackAt(1, 300, 300 + i * 10)]),
      ...times(30, () => [trackAt(1, 300, 400)]),
      ...times(10, () => [trackAt(1, 300, 400, halved)]),
      ...times(10, () => [trackAt(1, 300, 400, { seen: false })]),
      ...times(10, (i) => [trackAt(1, 300, 400 + i * 10)]),
    ]);
    const since = (at: number) => seen[at]?.roadUsers[0]?.motion.standsSince?.cameraTimeMs;
    const start = seen[0]?.cameraTimeMs ?? 0;
    expect(since(5)).toBeUndefined();
    for (const at of [30, 45, 59]) expect(since(at)).toBeGreaterThanOrEqual(start + 900);
    for (const at of [30, 45, 59]) expect(since(at)).toBeLessThanOrEqual(start + 1000);
    expect(since(69)).toBeUndefined();
  });

  it('do not stand when they drive straight at the camera', () => {
    // Middle and, at the horizon, the upper edge of the box stay where they are; it grows.
    const { seen } = observe(
      times(40, (i) => {
        const size = 40 * 1.05 ** i;
        return [trackAt(1, 600, 0, { box: [600 - size / 2, 200, 600 + size / 2, 200 + size] })];
      }),
    );
    const stood = seen.filter(({ roadUsers }) => roadUsers[0]?.motion.standsSince !== undefined);
    expect(stood.length).toBe(0);
  });

  it('move with a velocity in pixels, box sizes, and nothing on the ground without a calibration', () => {
    const { seen } = observe(times(10, (i) => [trackAt(1, 300 + i * 8, 300)]));
    const motion = seen.at(-1)?.roadUsers[0]?.motion;
    expect(motion?.velocity.x).toBeCloseTo(80);
    expect(motion?.velocity.y).toBeCloseTo(0);
    expect(motion?.sizesPerS).toBeCloseTo(80 / Math.sqrt(80 * 60));
    expect(motion?.ground).toBeUndefined();
  });

  it('are forgotten after a failure, and told as gone to nobody twice', () => {
    const { seen, target } = observe(times(5, (i) => [trackAt(1, 300, 300 + i * 10)]));
    target.reset();
    target.update(tracked(10_000, []));
    expect(seen.at(-1)?.roadUsers).toEqual([]);
    expect(seen.flatMap(({ gone }) => gone)).toEqual([]);
  });
});
