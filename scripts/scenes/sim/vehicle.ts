// State of one simulated vehicle, and what the simulation hands out.

import type { Route } from '../layout/layout.ts';
import type { VehicleKind } from '../scene-file.ts';
import type { TruthClass } from '../truth-file.ts';
import type { Traits } from './traits.ts';

export type Vehicle = {
  readonly id: number;
  readonly kind: VehicleKind;
  readonly traits: Traits;
  readonly route: Route;
  /** Picks the model's variant and colours. */
  readonly seed: number;
  desiredMs: number;
  /** Front bumper along the route; a reversed vehicle's front is its end with the smaller value. */
  alongM: number;
  /** Middle, right of the route's path, and where it is heading for sideways. */
  rightM: number;
  targetRightM: number;
  sideSpeedMs: number;
  speedMs: number;
  accelerationMs2: number;
  travelledM: number;
  /** Earliest moment of the next lane change, simulation seconds. */
  nextChangeS: number;
  /** Drives against the direction of its route. */
  readonly reversed: boolean;
  ignoresLimits: boolean;
  /** Scripted: comes to rest with its front here, and drives on at `resumeS`. */
  stop?: { alongM: number; brakingMs2: number; resumeS: number };
  /** Scripted: does not brake for this vehicle. */
  blindTo?: number;
  /** Turned by a crash, radians. */
  yawRad: number;
  hazardLights: boolean;
};

/** A road user or thing as the renderer and the truth see it. */
export type Actor = {
  readonly id: number;
  readonly kind: VehicleKind | 'person' | 'debris';
  readonly class: TruthClass;
  readonly seed: number;
  /** Middle on the ground, metres; heading in radians from east, counter-clockwise. */
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMs: number;
  readonly travelledM: number;
  readonly braking: boolean;
  readonly hazardLights: boolean;
  readonly movement?: string;
  readonly lane?: number;
};

export type SignalColour = 'green' | 'amber' | 'red';

export type Snapshot = {
  /** Seconds from the start of the clip; negative while warming up. */
  readonly t: number;
  readonly actors: readonly Actor[];
  readonly signals: Readonly<Record<string, SignalColour>>;
};

/** Along the route: from the rear-most to the front-most point in the route's direction. */
export function extent(vehicle: Vehicle): readonly [fromM: number, toM: number] {
  return vehicle.reversed
    ? [vehicle.alongM, vehicle.alongM + vehicle.traits.lengthM]
    : [vehicle.alongM - vehicle.traits.lengthM, vehicle.alongM];
}

export function middleM(vehicle: Vehicle): number {
  const [from, to] = extent(vehicle);
  return (from + to) / 2;
}

/** Lane whose middle is nearest, 1 first. */
export function laneOf(vehicle: Vehicle): number {
  let best = 0;
  for (const [index, right] of vehicle.route.lanesM.entries()) {
    const nearest = vehicle.route.lanesM[best] ?? 0;
    if (Math.abs(vehicle.rightM - right) < Math.abs(vehicle.rightM - nearest)) best = index;
  }
  return best + 1;
}

export function toActor(vehicle: Vehicle): Actor {
  const { path } = vehicle.route;
  const middle = middleM(vehicle);
  const pose = path.pose(middle, vehicle.rightM);
  const forward = path.smoothHeading(middle, Math.max(2.5, vehicle.traits.lengthM * 0.6));
  // A vehicle that moves sideways points that way; at rest the wheels cannot.
  const slip = vehicle.speedMs > 0.5 ? Math.atan2(vehicle.sideSpeedMs, vehicle.speedMs) : 0;
  const headingRad = forward + (vehicle.reversed ? Math.PI : 0) - slip * 0.8 + vehicle.yawRad;
  return {
    id: vehicle.id,
    kind: vehicle.kind,
    class: vehicle.traits.class,
    seed: vehicle.seed,
    x: pose.x,
    y: pose.y,
    headingRad: Math.atan2(Math.sin(headingRad), Math.cos(headingRad)),
    speedMs: vehicle.speedMs,
    travelledM: vehicle.travelledM,
    braking: vehicle.accelerationMs2 < -0.8 || vehicle.speedMs < 0.3,
    hazardLights: vehicle.hazardLights,
    movement: vehicle.route.id,
    lane: laneOf(vehicle),
  };
}
