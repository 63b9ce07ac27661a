// Scripted places that hold traffic up: a jam, a barrier, a slow stretch. Says from the vehicles around whether
// traffic is held up there by now, or free again.

import type { SceneEvent } from '../scene-file.ts';
import { middleM, type Vehicle } from './vehicle.ts';

export type BottleneckEvent = Extract<SceneEvent, { event: 'congestion' | 'queue' | 'slow-traffic' }>;

/** Length of the stretch that a congestion's bottleneck slows, metres. */
export const CONGESTION_M = 40;
/** Congestion as the truth sees it: this many vehicles around the bottleneck, slower than this on average. */
const CONGESTED_VEHICLES = 4;
const CONGESTED_MS = 3;
const FREE_MS = 5;
const AROUND_M = 50;
/** A queue has begun when its first vehicle stands this close to the barrier; 5 km/h is SUMO's halting speed. */
const FIRST_M = 10;
const HALTING_MS = 5 / 3.6;
/** Shares of the slow stretch's own speed: below the first traffic is slow, above the second it is free again. */
const SLOW_SHARE = 1.25;
const FREE_SHARE = 1.6;

export function isBottleneck(script: SceneEvent): script is BottleneckEvent {
  return script.event === 'congestion' || script.event === 'queue' || script.event === 'slow-traffic';
}

/** `vehicles` are those of the script's route; `alongM` is the script's place on it. */
export function flowAt(
  script: BottleneckEvent,
  alongM: number,
  vehicles: readonly Vehicle[],
): 'held' | 'free' | undefined {
  switch (script.event) {
    case 'congestion': {
      const near = vehicles.filter((vehicle) => Math.abs(middleM(vehicle) - alongM) < AROUND_M);
      if (near.length >= CONGESTED_VEHICLES && meanMs(near) < CONGESTED_MS) return 'held';
      return meanMs(near) > FREE_MS ? 'free' : undefined;
    }
    case 'queue': {
      const near = vehicles.filter((vehicle) => Math.abs(vehicle.alongM - alongM) < AROUND_M);
      const halting = near.filter((vehicle) => vehicle.speedMs < HALTING_MS);
      if (halting.some((vehicle) => Math.abs(vehicle.alongM - alongM) < FIRST_M)) return 'held';
      return halting.length === 0 ? 'free' : undefined;
    }
    case 'slow-traffic': {
      const slowMs = script.speedKmh / 3.6;
      const within = vehicles.filter(
        (vehicle) => vehicle.alongM > alongM && vehicle.alongM < alongM + script.lengthM,
      );
      if (within.length >= CONGESTED_VEHICLES && meanMs(within) < slowMs * SLOW_SHARE) return 'held';
      return within.length === 0 || meanMs(within) > slowMs * FREE_SHARE ? 'free' : undefined;
    }
  }
}

function meanMs(vehicles: readonly Vehicle[]): number {
  return vehicles.reduce((sum, vehicle) => sum + vehicle.speedMs, 0) / Math.max(1, vehicles.length);
}
