import { describe, expect, test, vi } from 'vitest';
import { planScene } from '../../../../scripts/scenes/plan.ts';
import type { SceneEvent } from '../../../../scripts/scenes/scene-file.ts';
import type { Actor } from '../../../../scripts/scenes/sim/vehicle.ts';
import { testScene } from '../scene-fixture.ts';

// A minute of traffic is simulated: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const HALTING_MS = 5 / 3.6;

function played(event: Record<string, unknown>, durationS = 60) {
  const plan = planScene(testScene({ durationS, events: [event as SceneEvent] }));
  const southbound = (t: number): Actor[] =>
    plan.frames[Math.round(t * 10)]?.snapshot.actors.filter(({ movement }) => movement === 'southbound') ??
    [];
  return { southbound, incidents: plan.simulation.events.incidents() };
}

describe('a queue', () => {
  const { southbound, incidents } = played({
    ...{ event: 'queue', atS: 5, durationS: 40, movement: 'southbound', at: [0, 20] },
  });

  test('lets nobody past its place while it lasts, and grows backwards', () => {
    const halting = southbound(40).filter(({ speedMs }) => speedMs < HALTING_MS);
    expect(halting.length).toBeGreaterThan(4);
    expect(Math.min(...halting.map(({ y }) => y))).toBeGreaterThan(20);
    const before = southbound(20).filter(({ speedMs }) => speedMs < HALTING_MS);
    expect(before.length).toBeLessThan(halting.length);
  });

  test('begins in the truth when its first vehicle stands, and ends when all drive', () => {
    expect(incidents).toHaveLength(1);
    const [queue] = incidents;
    expect(queue?.kind).toBe('queue');
    expect(queue?.onset).toBeGreaterThan(5);
    expect(queue?.onset).toBeLessThan(25);
    expect(queue?.end).toBeGreaterThan(45);
  });
});

test('slow traffic drives slowly on its stretch, but nobody stands', () => {
  const { southbound, incidents } = played({
    ...{ event: 'slow-traffic', atS: 5, durationS: 50, movement: 'southbound', at: [0, 100], speedKmh: 27 },
  });
  const within = southbound(45).filter(({ y }) => y < 95 && y > -20);
  expect(within.length).toBeGreaterThan(3);
  for (const { speedMs } of within) {
    expect(speedMs).toBeGreaterThan(HALTING_MS);
    expect(speedMs).toBeLessThan(33 / 3.6);
  }
  expect(incidents[0]?.kind).toBe('slow-traffic');
});

test('a cyclist rides along the outer edge, at his own speed', () => {
  const { incidents } = played({ event: 'cyclist', atS: 5, movement: 'northbound', at: [0, 0] }, 20);
  expect(incidents).toMatchObject([{ kind: 'cyclist', onset: expect.closeTo(5, 0) }]);
});
