import { describe, expect, it } from 'vitest';
import { FAULTS, partsHit } from '../../../scripts/chaos/faults.ts';
import { hashOf, lengthOf, makeSchedule, type ScheduleOptions } from '../../../scripts/chaos/schedule.ts';

const OPTIONS: ScheduleOptions = {
  seed: 1,
  faults: 600,
  agents: 6,
  collectors: 3,
  minutes: 10,
  concurrency: 4,
  disks: true,
};

describe('a schedule of faults', () => {
  const schedule = makeSchedule(OPTIONS);

  it('is the same for the same seed, and another one for another', () => {
    expect(makeSchedule(OPTIONS)).toEqual(schedule);
    expect(hashOf(makeSchedule(OPTIONS))).toBe(hashOf(schedule));
    expect(hashOf(makeSchedule({ ...OPTIONS, seed: 2 }))).not.toBe(hashOf(schedule));
  });

  it('has as many faults as were asked for, of every kind, in order of time', () => {
    expect(schedule).toHaveLength(600);
    expect(new Set(schedule.map(({ kind }) => kind)).size).toBe(FAULTS.length);
    const times = schedule.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('never hits one part of one process with two faults at once', () => {
    const freeAtMs = new Map<string, number>();
    for (const fault of schedule) {
      for (const part of partsHit(fault, OPTIONS.collectors)) {
        expect(fault.atMs).toBeGreaterThanOrEqual(freeAtMs.get(part) ?? 0);
        freeAtMs.set(part, fault.atMs + fault.lastsMs);
      }
    }
  });

  it('has no more faults at once than it may', () => {
    for (const { atMs } of schedule) {
      const active = schedule.filter((other) => other.atMs <= atMs && other.atMs + other.lastsMs > atMs);
      expect(active.length).toBeLessThanOrEqual(OPTIONS.concurrency);
    }
  });

  it('hits every agent and every collector', () => {
    const targets = (place: string) =>
      new Set(schedule.filter((fault) => fault.place === place).map(({ target }) => target));
    expect([...targets('agent')].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...targets('collector')].sort()).toEqual([1, 2, 3]);
  });

  it('fills no disk where none can be mounted', () => {
    const without = makeSchedule({ ...OPTIONS, disks: false });
    expect(without.filter(({ kind }) => kind.includes('disk'))).toEqual([]);
    expect(without).toHaveLength(600);
  });

  it('of a short run has no fault that is longer than a few seconds', () => {
    const short = makeSchedule({ ...OPTIONS, faults: 40, minutes: 0.5 });
    expect(Math.max(...short.map(({ lastsMs }) => lastsMs))).toBeLessThanOrEqual(6000);
    expect(lengthOf(short)).toBeLessThan(90_000);
  });
});
