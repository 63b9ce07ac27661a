// Lane changes of cars and the filtering of two-wheelers: where to drive across the road.
// Incentive and safety follow MOBIL (Kesting, Treiber, Helbing, Transportation Research Record 1999, 2007);
// two-wheelers choose among free strips instead of lanes.

import { accelerationMs2 } from './following.ts';
import type { Surroundings } from './perception.ts';
import { laneOf, type Vehicle } from './vehicle.ts';

/** Gain in acceleration that a change must bring, m/s²: below it drivers stay. */
const CAR_THRESHOLD_MS2 = 0.35;
const TWO_WHEELER_THRESHOLD_MS2 = 0.2;
/** The hardest braking a change may force on the vehicle behind, m/s². */
const SAFE_BRAKING_MS2 = 3;
const POLITENESS = 0.25;
const STRIPS_M = [-1.3, -0.65, 0.65, 1.3];
/** Nobody changes lanes close before a stop line. */
const KEEP_LANE_BEFORE_STOP_M = 30;

export function chooseStrip(vehicle: Vehicle, around: Surroundings, desiredMs: number): number | undefined {
  const candidates = vehicle.traits.twoWheeler ? strips(vehicle) : neighbourLanes(vehicle);
  if (candidates.length === 0) return undefined;
  const value = (rightM: number): number =>
    accelerationMs2(vehicle.traits, vehicle.speedMs, desiredMs, around.ahead(vehicle, rightM));
  const now = value(vehicle.rightM);
  let best: number | undefined;
  let bestGain = vehicle.traits.twoWheeler ? TWO_WHEELER_THRESHOLD_MS2 : CAR_THRESHOLD_MS2;
  for (const rightM of candidates) {
    const lead = around.ahead(vehicle, rightM);
    if (lead && lead.gapM < 0.5) continue;
    const behind = around.behind(vehicle, rightM);
    let loss = 0;
    if (behind) {
      const { follower, gapM } = behind;
      if (gapM < (vehicle.traits.twoWheeler ? 0.5 : 1.5)) continue;
      const forced = accelerationMs2(follower.traits, follower.speedMs, follower.desiredMs, {
        gapM,
        speedMs: vehicle.speedMs,
      });
      if (forced < -SAFE_BRAKING_MS2) continue;
      loss = POLITENESS * Math.max(0, follower.accelerationMs2 - forced);
    }
    // Keep right unless the left is better (Vienna Convention, article 10).
    const keepRight = vehicle.traits.twoWheeler ? 0 : rightM > vehicle.rightM ? 0.12 : -0.12;
    const gain = value(rightM) - now - loss + keepRight;
    if (gain > bestGain) {
      bestGain = gain;
      best = rightM;
    }
  }
  return best;
}

function strips(vehicle: Vehicle): number[] {
  const [low, high] = vehicle.route.ridableM;
  return STRIPS_M.map((offset) => vehicle.rightM + offset).filter(
    (rightM) => rightM >= low && rightM <= high,
  );
}

function neighbourLanes(vehicle: Vehicle): number[] {
  const { lanesM, signal } = vehicle.route;
  if (lanesM.length < 2) return [];
  if (
    signal &&
    vehicle.alongM > signal.stopM - KEEP_LANE_BEFORE_STOP_M &&
    vehicle.alongM < signal.stopM + KEEP_LANE_BEFORE_STOP_M
  )
    return [];
  const lane = laneOf(vehicle) - 1;
  return [lanesM[lane - 1], lanesM[lane + 1]].filter((rightM): rightM is number => rightM !== undefined);
}
