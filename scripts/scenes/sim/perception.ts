// What a driver sees ahead and behind in a strip of road: vehicles of every route, people and things.

import type { Route } from '../layout/layout.ts';
import type { Lead } from './following.ts';
import { extent, middleM, type Vehicle } from './vehicle.ts';

/** Something on the road that is no vehicle. */
export type Obstacle = {
  readonly x: number;
  readonly y: number;
  readonly radiusM: number;
  readonly speedMs: number;
  readonly headingRad: number;
};

type Outline = {
  readonly vehicle: Vehicle;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  /** Points along its middle line, rear to front. */
  readonly points: readonly (readonly [number, number])[];
};

const LOOK_AHEAD_S = 5;
const LOOK_AHEAD_MIN_M = 25;
const LOOK_BEHIND_M = 45;

export class Surroundings {
  readonly #outlines: readonly Outline[];
  readonly #obstacles: readonly Obstacle[];
  readonly #byRoute = new Map<Route, Vehicle[]>();
  readonly #related: ReadonlyMap<Route, ReadonlySet<Route>>;

  constructor(
    vehicles: readonly Vehicle[],
    obstacles: readonly Obstacle[],
    related: ReadonlyMap<Route, ReadonlySet<Route>>,
  ) {
    this.#outlines = vehicles.map(outline);
    this.#obstacles = obstacles;
    this.#related = related;
    for (const vehicle of vehicles) {
      const list = this.#byRoute.get(vehicle.route);
      if (list) list.push(vehicle);
      else this.#byRoute.set(vehicle.route, [vehicle]);
    }
  }

  /** The nearest thing ahead of `vehicle` if it drove `rightM` right of its path. */
  ahead(vehicle: Vehicle, rightM: number): Lead | undefined {
    let best: Lead | undefined;
    const take = (gapM: number, speedMs: number): void => {
      if (!best || gapM < best.gapM) best = { gapM, speedMs };
    };
    const [fromM, toM] = extent(vehicle);
    const middle = (fromM + toM) / 2;
    for (const other of this.#byRoute.get(vehicle.route) ?? []) {
      if (other === vehicle || other.id === vehicle.blindTo) continue;
      if (!overlaps(vehicle, rightM, other)) continue;
      const [otherFrom, otherTo] = extent(other);
      if (vehicle.reversed) {
        if ((otherFrom + otherTo) / 2 < middle)
          take(fromM - otherTo, other.reversed ? other.speedMs : -other.speedMs);
      } else if ((otherFrom + otherTo) / 2 > middle) {
        take(otherFrom - toM, other.reversed ? -other.speedMs : other.speedMs);
      }
    }
    if (vehicle.reversed) return best;
    const reachM = Math.max(LOOK_AHEAD_MIN_M, vehicle.speedMs * LOOK_AHEAD_S);
    const here = vehicle.route.path.pose(vehicle.alongM, rightM);
    const related = this.#related.get(vehicle.route);
    for (const other of this.#outlines) {
      if (!related?.has(other.vehicle.route)) continue;
      if (Math.hypot(other.x - here.x, other.y - here.y) > reachM + other.vehicle.traits.lengthM) continue;
      const turn = Math.cos(other.headingRad - here.heading);
      for (const [x, y] of other.points) {
        const found = vehicle.route.path.locate(x, y, vehicle.alongM + 0.2, vehicle.alongM + reachM);
        if (!found) continue;
        const halves = (vehicle.traits.widthM + other.vehicle.traits.widthM) / 2;
        if (
          Math.abs(found.rightM - rightM) >
          halves + Math.min(vehicle.traits.sideM, other.vehicle.traits.sideM)
        )
          continue;
        const heading = vehicle.route.path.pose(found.alongM).heading;
        take(
          found.alongM - vehicle.alongM - 0.4,
          turn < -0.7 ? 0 : Math.max(0, other.vehicle.speedMs * Math.cos(other.headingRad - heading)),
        );
      }
    }
    for (const obstacle of this.#obstacles) {
      if (Math.hypot(obstacle.x - here.x, obstacle.y - here.y) > reachM) continue;
      const found = vehicle.route.path.locate(
        obstacle.x,
        obstacle.y,
        vehicle.alongM + 0.1,
        vehicle.alongM + reachM,
      );
      if (!found) continue;
      if (
        Math.abs(found.rightM - rightM) >
        vehicle.traits.widthM / 2 + obstacle.radiusM + vehicle.traits.sideM
      )
        continue;
      const heading = vehicle.route.path.pose(found.alongM).heading;
      take(
        found.alongM - vehicle.alongM - obstacle.radiusM,
        Math.max(0, obstacle.speedMs * Math.cos(obstacle.headingRad - heading)),
      );
    }
    return best;
  }

  /** The nearest vehicle of the same route behind, in the strip at `rightM`; gap < 0 means alongside. */
  behind(
    vehicle: Vehicle,
    rightM: number,
  ): { readonly follower: Vehicle; readonly gapM: number } | undefined {
    let best: { follower: Vehicle; gapM: number } | undefined;
    const [fromM] = extent(vehicle);
    const middle = middleM(vehicle);
    for (const other of this.#byRoute.get(vehicle.route) ?? []) {
      if (other === vehicle || other.reversed || middleM(other) > middle || !overlaps(vehicle, rightM, other))
        continue;
      const gapM = fromM - extent(other)[1];
      if (gapM < LOOK_BEHIND_M && (!best || gapM < best.gapM)) best = { follower: other, gapM };
    }
    return best;
  }
}

/** Routes that come close to each other and run roughly the same way or cross: their drivers must see each other. */
export function relatedRoutes(routes: readonly Route[]): Map<Route, Set<Route>> {
  const samples = routes.map((route) => {
    const points: { x: number; y: number; heading: number }[] = [];
    for (const lane of route.lanesM) {
      for (let along = 0; along <= route.path.lengthM; along += 2.5)
        points.push(route.path.pose(along, lane));
    }
    return points;
  });
  const related = new Map<Route, Set<Route>>(routes.map((route) => [route, new Set<Route>()]));
  for (const [i, a] of routes.entries()) {
    for (const [j, b] of routes.entries()) {
      if (i === j) continue;
      const meets = samples[i]?.some((p) =>
        samples[j]?.some(
          (q) => Math.hypot(p.x - q.x, p.y - q.y) < 3 && Math.cos(p.heading - q.heading) > -0.8,
        ),
      );
      if (meets) related.get(a)?.add(b);
    }
  }
  return related;
}

function overlaps(vehicle: Vehicle, rightM: number, other: Vehicle): boolean {
  const halves = (vehicle.traits.widthM + other.traits.widthM) / 2;
  const side = Math.min(vehicle.traits.sideM, other.traits.sideM);
  const near = Math.min(Math.abs(rightM - other.rightM), Math.abs(rightM - other.targetRightM));
  return near < halves + side;
}

function outline(vehicle: Vehicle): Outline {
  const { path } = vehicle.route;
  const [fromM, toM] = extent(vehicle);
  const count = Math.max(3, Math.ceil(vehicle.traits.lengthM / 2.5) + 1);
  const points = Array.from({ length: count }, (_, i): readonly [number, number] => {
    const pose = path.pose(fromM + ((toM - fromM) * i) / (count - 1), vehicle.rightM);
    return [pose.x, pose.y];
  });
  const pose = path.pose((fromM + toM) / 2, vehicle.rightM);
  return {
    vehicle,
    x: pose.x,
    y: pose.y,
    headingRad: pose.heading + (vehicle.reversed ? Math.PI : 0),
    points,
  };
}
