import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tile } from '../../../central-collector/api/schemas/places.ts';
import { tileSchema } from '../../../central-collector/api/schemas/places.ts';
import type { CameraCondition } from '../../../central-collector/live/registry.ts';
import { Tiles } from '../../../central-collector/live/tiles.ts';
import { CAMERA, flow, passage, T0 } from './live-rig.ts';

beforeEach(() => void vi.useFakeTimers({ now: T0 }));
afterEach(() => void vi.useRealTimers());

const MIN = 60_000;

function rig() {
  const told: Tile[] = [];
  const condition: { -readonly [K in keyof CameraCondition]: CameraCondition[K] } = {
    ...{ name: 'Lạch Tray', state: 'live', detail: null, sinceMs: T0 - 60 * MIN, aliveMs: T0 },
  };
  let wanted = true;
  const tiles = new Tiles({
    condition: () => condition,
    cameraIds: () => [CAMERA],
    activeIncidents: () => 2,
    onTile: (tile) => told.push(tile),
    isWanted: () => wanted,
  });
  tiles.start(T0 - 60 * MIN);
  const want = (is: boolean) => {
    wanted = is;
  };
  return { tiles, told, condition, want };
}

/** Lets the clock run, with a sign of life each second. */
function run(ms: number, condition: { aliveMs: number | undefined }, each?: () => void): void {
  for (let at = 0; at < ms; at += 100) {
    condition.aliveMs = Date.now();
    each?.();
    vi.advanceTimersByTime(100);
  }
}

describe('tiles', () => {
  it('shows a passage at once, and then at most one tile a second', () => {
    const { tiles, told, condition } = rig();
    run(1000, condition);
    const before = told.length;
    tiles.passage(CAMERA, passage(1, { atMs: Date.now() }));
    run(200, condition);
    expect(told).toHaveLength(before + 1);
    expect(told.at(-1)?.flows?.[0]).toMatchObject({ total: 1 });
    const at = Date.now();
    let track = 1;
    run(10_000, condition, () => {
      track += 1;
      tiles.passage(CAMERA, passage(track, { atMs: Date.now() }));
    });
    const within = told.filter((tile) => Date.parse(tile.at) >= at);
    expect(within.length).toBeGreaterThanOrEqual(9);
    expect(within.length).toBeLessThanOrEqual(11);
    expect(within.at(-1)?.flows?.[0]?.total).toBeGreaterThan(85);
    tiles.close();
  });

  it('keeps still while nothing changes', () => {
    const { tiles, told, condition } = rig();
    for (let minute = 15; minute > 0; minute -= 1) {
      tiles.flow(CAMERA, { epoch: 1, seq: minute }, flow(T0 - minute * MIN, 0));
    }
    run(2000, condition);
    const first = told.length;
    run(30_000, condition);
    expect(told.length).toBe(first);
    tiles.close();
  });

  it('says within a second that the box is gone, and lets coverage fall', () => {
    const { tiles, told, condition } = rig();
    for (let minute = 15; minute > 0; minute -= 1) {
      tiles.flow(CAMERA, { epoch: 1, seq: minute }, flow(T0 - minute * MIN, 5));
    }
    run(3000, condition);
    expect(told.at(-1)).toMatchObject({ state: 'live', coverage: 1 });
    Object.assign(condition, { state: 'offline', sinceMs: Date.now() });
    tiles.touch(CAMERA);
    vi.advanceTimersByTime(1100);
    expect(told.at(-1)).toMatchObject({ state: 'offline' });
    vi.advanceTimersByTime(5 * MIN);
    expect(told.at(-1)?.coverage).toBeCloseTo(10 / 15, 1);
    vi.advanceTimersByTime(11 * MIN);
    expect(told.at(-1)).toMatchObject({ state: 'offline', coverage: 0, flows: null });
    expect(told.at(-1)?.minutes.every((minute) => minute === null)).toBe(true);
    tiles.close();
  });

  it('makes none while nobody looks, and is right when somebody does', () => {
    const { tiles, told, condition, want } = rig();
    want(false);
    tiles.passage(CAMERA, passage(1, { atMs: T0 }));
    run(3000, condition);
    expect(told).toEqual([]);
    expect(tiles.all()[0]).toMatchObject({ camera: CAMERA, activeIncidents: 2, flows: [{ total: 1 }] });
    want(true);
    run(1000, condition);
    expect(told[0]?.flows?.[0]?.total).toBe(1);
    tiles.close();
  });

  it('has the shape that the API promises', () => {
    const { tiles } = rig();
    tiles.flow(CAMERA, { epoch: 1, seq: 1 }, flow(T0 - MIN, 5));
    for (const tile of tiles.all()) expect(tileSchema.parse(tile)).toEqual(tile);
    tiles.close();
  });
});
