import { describe, expect, test, vi } from 'vitest';
import { buildLayout } from '../../../../scripts/scenes/layout/layout.ts';
import type { Scene } from '../../../../scripts/scenes/scene-file.ts';
import { Simulation } from '../../../../scripts/scenes/sim/simulation.ts';
import { toActor, type Vehicle } from '../../../../scripts/scenes/sim/vehicle.ts';
import { testScene } from '../scene-fixture.ts';

// Whole scenes are simulated and rasterised: seconds each on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CITY = { sedan: 30, hatchback: 20, suv: 24, van: 9, bus: 4, truck: 5, motorcycle: 6, bicycle: 2 };
const VIETNAM = { scooter: 70, motorcycle: 12, sedan: 6, suv: 5, van: 2, bus: 1, bicycle: 2 };

describe.each([
  ['dual carriageway', { kind: 'dual-carriageway' }, 1300, CITY],
  ['motorway', { kind: 'motorway' }, 2600, { sedan: 40, suv: 20, truck: 8, lorry: 8 }],
  ['street of two-wheelers', { kind: 'street' }, 2200, VIETNAM],
  ['crossroads', { kind: 'intersection' }, 220, CITY],
  ['roundabout', { kind: 'roundabout' }, 120, CITY],
])('%s', (_, layout, perHour, mix) => {
  const scene = testScene({ layout, demand: [{ movement: '*', perHour, mix }] });

  test('traffic flows, and next to nobody drives through anybody', () => {
    let overlaps = 0;
    let steps = 0;
    let speed = 0;
    play(scene, 20, (simulation) => {
      steps += 1;
      overlaps += overlapping(simulation.vehicles);
      speed +=
        simulation.vehicles.reduce((sum, one) => sum + one.speedMs, 0) /
        Math.max(1, simulation.vehicles.length);
    });
    expect(steps).toBeGreaterThan(150);
    expect(overlaps).toBeLessThan(steps * 0.05);
    expect(speed / steps).toBeGreaterThan(2);
  });

  test('the same seed gives the same motion, another seed another', () => {
    const end = (one: Scene): unknown =>
      play(one, 3)
        .snapshot()
        .actors.map(({ id, x, y }) => [id, x, y]);
    expect(end(scene)).toEqual(end(scene));
    expect(end({ ...scene, seed: 6 })).not.toEqual(end(scene));
  });
});

test('nobody drives over a red light', () => {
  const scene = testScene({
    layout: { kind: 'intersection' },
    demand: [{ movement: '*', perHour: 250, mix: CITY }],
  });
  const before = new Map<number, number>();
  play(scene, 30, (simulation) => {
    const { signals } = simulation.snapshot();
    for (const vehicle of simulation.vehicles) {
      const { signal } = vehicle.route;
      if (!signal) continue;
      const was = before.get(vehicle.id);
      before.set(vehicle.id, vehicle.alongM);
      if (was === undefined || was > signal.stopM + 0.5 || vehicle.alongM <= signal.stopM + 0.5) continue;
      expect(signals[signal.group]).not.toBe('red');
    }
  });
});

describe('scripted events', () => {
  const events = (list: unknown[], perHour = 1000): Simulation =>
    play(testScene({ events: list, demand: [{ movement: '*', perHour, mix: CITY }] }), 50);

  test('a stopped vehicle stands for its time and drives on', () => {
    const [incident] = events([
      { event: 'stopped-vehicle', atS: 2, durationS: 15, movement: 'northbound', lane: 2, at: [6, 40] },
    ]).events.incidents();
    expect(incident).toMatchObject({ kind: 'stopped-vehicle', ids: [expect.any(Number)] });
    expect((incident?.end ?? 0) - (incident?.onset ?? 0)).toBeGreaterThan(15);
    expect((incident?.end ?? 0) - (incident?.onset ?? 0)).toBeLessThan(20);
    expect(Math.abs((incident?.ground?.[1] ?? 0) - 38)).toBeLessThan(8);
  });

  test('a wrong-way driver gets through against the traffic', () => {
    const [incident] = events(
      [{ event: 'wrong-way', atS: 2, movement: 'southbound', lane: 1, speedKmh: 40 }],
      600,
    ).events.incidents();
    expect(incident).toMatchObject({ kind: 'wrong-way', onset: expect.closeTo(2, 0) });
    expect(incident?.end).toBeDefined();
  });

  test('two vehicles crash and stay where they hit each other', () => {
    const simulation = events(
      [{ event: 'crash', atS: 3, durationS: 60, movement: 'northbound', lane: 2, at: [6, 45] }],
      1300,
    );
    const [incident] = simulation.events.incidents();
    expect(incident).toMatchObject({ kind: 'crash', ids: [expect.any(Number), expect.any(Number)] });
    const both = simulation.vehicles.filter(({ id }) => incident?.ids.includes(id));
    expect(both.map(({ speedMs }) => speedMs)).toEqual([0, 0]);
  });

  test('a bottleneck makes a jam that dissolves', () => {
    const [incident] = events(
      [{ event: 'congestion', atS: 0, durationS: 22, movement: 'northbound', at: [0, 60], speedKmh: 3 }],
      1800,
    ).events.incidents();
    expect(incident).toMatchObject({ kind: 'congestion' });
    expect(incident?.end).toBeGreaterThan(22);
  });

  test('a speeding car is faster than the limit all the way', () => {
    const simulation = events(
      [{ event: 'speeding', atS: 5, movement: 'northbound', lane: 1, speedKmh: 110 }],
      300,
    );
    const [incident] = simulation.events.incidents();
    expect((incident?.end ?? 99) - (incident?.onset ?? 0)).toBeLessThan(16);
  });

  test('pedestrians and debris on the carriageway stop the traffic or send it round', () => {
    const simulation = events([
      { event: 'debris', atS: 1, durationS: 30, at: [2.7, 50] },
      {
        event: 'pedestrian',
        atS: 5,
        path: [
          [-9, 30],
          [9, 30],
        ],
        speedMs: 1.2,
      },
    ]);
    expect(simulation.events.incidents()).toMatchObject([
      { kind: 'debris', onset: expect.closeTo(1, 0), end: expect.closeTo(31, 0) },
      { kind: 'pedestrian', onset: expect.closeTo(5, 0), end: expect.closeTo(20, 0) },
    ]);
  });

  test('an event on a road that does not exist is refused by name', () => {
    expect(() => events([{ event: 'wrong-way', atS: 0, movement: 'westbound' }])).toThrow(
      /westbound.*northbound, southbound/,
    );
  });
});

function play(
  scene: Scene,
  seconds: number,
  watch: (simulation: Simulation) => void = () => undefined,
): Simulation {
  const simulation = new Simulation(scene, buildLayout(scene.layout, scene.seed));
  while (simulation.t < seconds) {
    simulation.step(0.1);
    if (simulation.t > 0) watch(simulation);
  }
  return simulation;
}

/** Pairs of vehicles whose middle lines lie inside each other's bodies. */
function overlapping(vehicles: readonly Vehicle[]): number {
  const bodies = vehicles.map((vehicle) => ({ vehicle, pose: toActor(vehicle) }));
  let count = 0;
  for (const a of bodies) {
    for (const b of bodies) {
      if (a === b || Math.hypot(a.pose.x - b.pose.x, a.pose.y - b.pose.y) > 16) continue;
      const half = a.vehicle.traits.lengthM / 2 - 0.2;
      const inside = [-half, 0, half].some((along) => {
        const dx = a.pose.x + Math.cos(a.pose.headingRad) * along - b.pose.x;
        const dy = a.pose.y + Math.sin(a.pose.headingRad) * along - b.pose.y;
        const lengthwise = dx * Math.cos(b.pose.headingRad) + dy * Math.sin(b.pose.headingRad);
        const across = dy * Math.cos(b.pose.headingRad) - dx * Math.sin(b.pose.headingRad);
        return (
          Math.abs(lengthwise) < b.vehicle.traits.lengthM / 2 - 0.2 &&
          Math.abs(across) < b.vehicle.traits.widthM / 2 - 0.1
        );
      });
      if (inside) count += 1;
    }
  }
  return count;
}
