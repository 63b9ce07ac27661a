// The time with faults: the schedule is carried out while agents publish.

import { setTimeout as sleep } from 'node:timers/promises';
import { begin } from './carry-out.ts';
import { type Fault, type FaultKind, partsHit } from './faults.ts';
import type { ChaosOptions } from './options.ts';
import { RunClock } from './run-clock.ts';
import { lengthOf } from './schedule.ts';
import { stateOf, watchMemory } from './watch.ts';
import type { World } from './world.ts';

export type RunHooks = {
  /** Told now and then how it goes. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
};

/** How often agents are told how far to go. */
const TICK_MS = 100;
const PROGRESS_MS = 15_000;

/** Carries out the schedule while agents publish; resolves when all is repaired. */
export async function happen(
  schedule: readonly Fault[],
  goal: number,
  world: World,
  options: ChaosOptions,
  { onProgress, signal }: RunHooks,
): Promise<Map<FaultKind, number>> {
  const clock = new RunClock();
  const lengthMs = lengthOf(schedule);
  const done = new Map<FaultKind, number>();
  /** Faults under way, and the parts that they hit. */
  const active = new Set<Promise<void>>();
  const busy = new Set<string>();
  let failure: unknown;
  let begun = 0;
  const goals = setInterval(() => {
    const now = Math.min(goal, Math.floor((clock.nowMs / lengthMs) * goal));
    for (const { process } of world.agents) process.order(now);
    watchMemory(world);
  }, TICK_MS);
  const progress = setInterval(() => onProgress(progressLine(world, begun, schedule.length)), PROGRESS_MS);
  try {
    clock.go();
    for (const fault of schedule) {
      while (clock.nowMs < fault.atMs)
        await sleep(Math.min(TICK_MS, fault.atMs - clock.nowMs), undefined, { signal });
      // A slow machine repairs slowly: the run waits, lest more goes wrong at once than the schedule says.
      clock.hold();
      const parts = partsHit(fault, options.collectors);
      const mustWait = () => parts.some((part) => busy.has(part)) || active.size >= options.concurrency;
      while (failure === undefined && mustWait()) await Promise.race(active);
      signal.throwIfAborted();
      if (failure !== undefined) break;
      clock.go();
      begun += 1;
      for (const part of parts) busy.add(part);
      const work = carryOut(fault, world, signal)
        .then(() => {
          done.set(fault.kind, (done.get(fault.kind) ?? 0) + 1);
        })
        .catch((error: unknown) => {
          failure ??= new Error(`fault ${fault.number}, "${fault.kind}", could not be carried out`, {
            cause: error,
          });
        })
        .finally(() => {
          for (const part of parts) busy.delete(part);
          active.delete(work);
        });
      active.add(work);
    }
    await Promise.all(active);
    if (failure !== undefined) throw failure;
    return done;
  } finally {
    clearInterval(goals);
    clearInterval(progress);
  }
}

async function carryOut(fault: Fault, world: World, signal: AbortSignal): Promise<void> {
  const repair = await begin(fault, world);
  await sleep(fault.lastsMs, undefined, { signal });
  await repair();
}

function progressLine(world: World, begun: number, faults: number): string {
  return `fault ${begun} of ${faults}; ${stateOf(world)}`;
}
