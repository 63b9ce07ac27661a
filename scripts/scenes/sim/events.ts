// Scripted events: makes them happen in the simulation and records when each really began and ended.

import type { Route } from '../layout/layout.ts';
import { Path, type Point } from '../layout/path.ts';
import { type SceneEvent, SceneFileError } from '../scene-file.ts';
import type { TruthIncident } from '../truth-file.ts';
import { type BottleneckEvent, CONGESTION_M, flowAt, isBottleneck } from './bottlenecks.ts';
import type { Obstacle } from './perception.ts';
import type { Simulation } from './simulation.ts';
import { type Actor, extent, laneOf, middleM, type Vehicle } from './vehicle.ts';
import type { Walker } from './walkers.ts';

type Running = {
  readonly script: SceneEvent;
  readonly incident: {
    kind: TruthIncident['kind'];
    onset?: number;
    end?: number;
    ids: number[];
    ground?: Point;
  };
  started: boolean;
  vehicles: Vehicle[];
  walker?: Walker;
  debris?: Actor;
};

const KINDS: Readonly<Record<SceneEvent['event'], TruthIncident['kind']>> = {
  'stopped-vehicle': 'stopped-vehicle',
  'wrong-way': 'wrong-way',
  pedestrian: 'pedestrian',
  congestion: 'congestion',
  queue: 'queue',
  'slow-traffic': 'slow-traffic',
  cyclist: 'cyclist',
  speeding: 'speeding',
  debris: 'debris',
  crash: 'crash',
  'camera-moved': 'camera-moved',
  'camera-obscured': 'camera-obscured',
  'camera-frozen': 'camera-frozen',
  'camera-black': 'camera-black',
  'camera-blurred': 'camera-blurred',
};
/** Beyond the outermost place where two-wheelers ride: the hard shoulder of a motorway. */
const CYCLIST_ASIDE_M = 1.6;
/** Scripted wrong-way and speeding drivers get a lane that is clear of vehicles entering just before. */
const CLOSE_LANE_BEFORE_S = 22;

export class EventDirector {
  readonly #running: Running[];
  readonly #simulation: Simulation;

  constructor(events: readonly SceneEvent[], simulation: Simulation) {
    this.#simulation = simulation;
    this.#running = events.map((script) => {
      if ('movement' in script) routeOf(simulation, script.movement);
      return { script, started: false, vehicles: [], incident: { kind: KINDS[script.event], ids: [] } };
    });
  }

  /** Finished and running incidents, as far as they have begun. */
  incidents(): { kind: TruthIncident['kind']; onset: number; end?: number; ids: number[]; ground?: Point }[] {
    return this.#running.flatMap(({ incident }) =>
      incident.onset === undefined ? [] : [{ ...incident, onset: incident.onset }],
    );
  }

  step(t: number): void {
    for (const running of this.#running) {
      if (!running.started && t >= running.script.atS) running.started = this.#start(running, t);
      if (running.started) this.#watch(running, t);
    }
  }

  laneClosed(route: Route, lane: number, t: number): boolean {
    return this.#running.some(({ script }) => {
      if (script.event !== 'wrong-way' && script.event !== 'speeding') return false;
      const untilS = script.atS + (script.event === 'wrong-way' ? 14 : 3);
      return (
        script.movement === route.id &&
        script.lane === lane &&
        t > script.atS - CLOSE_LANE_BEFORE_S &&
        t < untilS
      );
    });
  }

  slowZones(route: Route, t: number): { fromM: number; toM: number; speedMs: number }[] {
    return this.#bottlenecks(route, t).flatMap((script) => {
      if (script.event === 'queue') return [];
      const fromM = place(route, script.at);
      const lengthM = script.event === 'congestion' ? CONGESTION_M : script.lengthM;
      return [{ fromM, toM: fromM + lengthM, speedMs: script.speedKmh / 3.6 }];
    });
  }

  /** Along the route, where nobody may pass. */
  barriers(route: Route, t: number): number[] {
    return this.#bottlenecks(route, t).flatMap((script) =>
      script.event === 'queue' ? [place(route, script.at)] : [],
    );
  }

  #bottlenecks(route: Route, t: number): BottleneckEvent[] {
    return this.#running.flatMap(({ script }) =>
      isBottleneck(script) && script.movement === route.id && t >= script.atS && t <= endOf(script)
        ? [script]
        : [],
    );
  }

  debris(): Actor[] {
    return this.#running.flatMap(({ debris }) => (debris ? [debris] : []));
  }

  obstacles(): Obstacle[] {
    return this.debris().map(({ x, y }) => ({ x, y, radiusM: 0.5, speedMs: 0, headingRad: 0 }));
  }

  /** Sets the event going; false to try again at the next step. */
  #start(running: Running, t: number): boolean {
    const { script } = running;
    const simulation = this.#simulation;
    switch (script.event) {
      case 'stopped-vehicle': {
        const route = routeOf(simulation, script.movement);
        const vehicle = approaching(simulation, route, script.lane, place(route, script.at), 3)[0];
        if (!vehicle) return false;
        vehicle.stop = { alongM: place(route, script.at), brakingMs2: 3, resumeS: Number.POSITIVE_INFINITY };
        running.vehicles = [vehicle];
        return true;
      }
      case 'crash': {
        const route = routeOf(simulation, script.movement);
        const [lead] = approaching(simulation, route, script.lane, place(route, script.at), 6);
        if (!lead) return false;
        const follower = simulation.vehicles
          .filter(
            (other) =>
              other.route === route &&
              !other.traits.twoWheeler &&
              laneOf(other) === script.lane &&
              other.alongM < lead.alongM,
          )
          .sort((a, b) => b.alongM - a.alongM)[0];
        if (!follower || lead.alongM - follower.alongM > 45) return false;
        lead.stop = { alongM: place(route, script.at), brakingMs2: 7, resumeS: Number.POSITIVE_INFINITY };
        follower.blindTo = lead.id;
        for (const one of [lead, follower]) one.targetRightM = one.rightM;
        follower.nextChangeS = Number.POSITIVE_INFINITY;
        running.vehicles = [lead, follower];
        return true;
      }
      case 'wrong-way': {
        const route = routeOf(simulation, script.movement);
        const rightM = route.lanesM[script.lane - 1] ?? route.lanesM[0] ?? 0;
        const speedMs = script.speedKmh / 3.6;
        const vehicle = simulation.add(route, 'hatchback', rightM, speedMs, {
          alongM: route.path.lengthM - 60,
          reversed: true,
          ignoresLimits: true,
          desiredMs: speedMs,
        });
        running.vehicles = [vehicle];
        return true;
      }
      case 'speeding': {
        const route = routeOf(simulation, script.movement);
        const rightM = route.lanesM[script.lane - 1] ?? route.lanesM[0] ?? 0;
        const speedMs = script.speedKmh / 3.6;
        running.vehicles = [
          simulation.add(route, 'sedan', rightM, speedMs, {
            alongM: 5,
            ignoresLimits: true,
            desiredMs: speedMs,
          }),
        ];
        return true;
      }
      case 'pedestrian':
        running.walker = simulation.walkers.add(
          new Path(script.path),
          script.speedMs,
          script.durationS === undefined ? undefined : endOf(script),
        );
        running.incident.ids = [running.walker.id];
        return true;
      case 'debris':
        running.debris = {
          id: simulation.newId(),
          kind: 'debris',
          class: 'debris',
          seed: Math.floor(script.at[0] * 7 + script.at[1] * 13 + 100),
          x: script.at[0],
          y: script.at[1],
          headingRad: 0.6,
          speedMs: 0,
          travelledM: 0,
          braking: false,
          hazardLights: false,
        };
        running.incident.ids = [running.debris.id];
        running.incident.onset = t;
        running.incident.ground = script.at;
        return true;
      case 'cyclist': {
        const route = routeOf(simulation, script.movement);
        const speedMs = script.speedKmh / 3.6;
        const rider = simulation.add(route, 'bicycle', route.ridableM[1] + CYCLIST_ASIDE_M, speedMs, {
          alongM: place(route, script.at),
          desiredMs: speedMs,
          nextChangeS: Number.POSITIVE_INFINITY,
        });
        running.vehicles = [rider];
        return true;
      }
      case 'congestion':
      case 'queue':
      case 'slow-traffic':
        running.incident.ground = script.at;
        return true;
      case 'camera-moved':
      case 'camera-obscured':
      case 'camera-frozen':
      case 'camera-black':
      case 'camera-blurred':
        running.incident.onset = script.atS;
        if (script.durationS !== undefined) running.incident.end = endOf(script);
        return true;
    }
  }

  #watch(running: Running, t: number): void {
    const { script, incident, vehicles } = running;
    const over = t >= endOf(script);
    const present = vehicles.some((vehicle) => this.#simulation.vehicles.includes(vehicle));
    switch (script.event) {
      case 'stopped-vehicle': {
        const [vehicle] = vehicles;
        if (!vehicle) return;
        if (incident.onset === undefined && vehicle.speedMs < 0.1) begin(running, t);
        // The event's duration counts from standing still, not from the script's moment.
        if (incident.onset !== undefined && vehicle.stop && script.durationS !== undefined) {
          vehicle.stop.resumeS = incident.onset + script.durationS;
        }
        if (incident.onset !== undefined && incident.end === undefined && vehicle.speedMs > 1)
          incident.end = t;
        return;
      }
      case 'crash': {
        const [lead, follower] = vehicles;
        if (!lead || !follower) return;
        const hit = extent(lead)[0] - follower.alongM < 0.1;
        if (incident.onset === undefined && hit) {
          begin(running, t);
          lead.yawRad = 0.16;
          follower.yawRad = -0.1;
          lead.stop = { alongM: lead.alongM + 0.4, brakingMs2: 12, resumeS: Number.POSITIVE_INFINITY };
          follower.stop = {
            alongM: follower.alongM + 0.3,
            brakingMs2: 14,
            resumeS: Number.POSITIVE_INFINITY,
          };
          lead.speedMs = Math.min(lead.speedMs + 1, 2);
          follower.speedMs = Math.min(follower.speedMs, 2);
        }
        if (incident.onset !== undefined && over && incident.end === undefined) {
          incident.end = t;
          for (const vehicle of vehicles)
            if (vehicle.stop) vehicle.stop.resumeS = t + (vehicle === follower ? 4 : 0);
          delete follower.blindTo;
        }
        return;
      }
      case 'wrong-way':
      case 'speeding':
      case 'cyclist':
        if (incident.onset === undefined) begin(running, t);
        if (!present && incident.end === undefined) incident.end = t;
        return;
      case 'pedestrian': {
        const { walker } = running;
        if (incident.onset === undefined && walker) incident.onset = t;
        if (
          incident.end === undefined &&
          walker &&
          (walker.alongM >= walker.path.lengthM + 1 ||
            (script.durationS === undefined && walker.alongM >= walker.path.lengthM))
        ) {
          incident.end = t;
        }
        return;
      }
      case 'debris':
        if (over && running.debris) {
          delete running.debris;
          incident.end = t;
        }
        return;
      case 'congestion':
      case 'queue':
      case 'slow-traffic': {
        const route = routeOf(this.#simulation, script.movement);
        const vehicles = this.#simulation.vehicles.filter((vehicle) => vehicle.route === route);
        const flow = flowAt(script, place(route, script.at), vehicles);
        if (incident.onset === undefined && flow === 'held') incident.onset = t;
        if (incident.onset !== undefined && incident.end === undefined && over && flow === 'free')
          incident.end = t;
        return;
      }
      default:
        return;
    }
  }
}

function begin(running: Running, t: number): void {
  running.incident.onset = t;
  running.incident.ids = running.vehicles.map((vehicle) => vehicle.id);
  const [first] = running.vehicles;
  if (first) {
    const pose = first.route.path.pose(middleM(first), first.rightM);
    running.incident.ground = [pose.x, pose.y];
  }
}

function endOf(script: SceneEvent): number {
  return script.durationS === undefined ? Number.POSITIVE_INFINITY : script.atS + script.durationS;
}

/** Cars on the lane that can still stop at `alongM`, nearest first. */
function approaching(
  simulation: Simulation,
  route: Route,
  lane: number,
  alongM: number,
  brakingMs2: number,
): Vehicle[] {
  return simulation.vehicles
    .filter((vehicle) => {
      const roomM = alongM - vehicle.alongM;
      const needsM = vehicle.speedMs ** 2 / (2 * brakingMs2 * 0.7) + 2;
      return (
        vehicle.route === route &&
        !vehicle.traits.twoWheeler &&
        !vehicle.reversed &&
        laneOf(vehicle) === lane &&
        Math.abs(vehicle.targetRightM - vehicle.rightM) < 0.4 &&
        roomM > needsM
      );
    })
    .sort((a, b) => b.alongM - a.alongM);
}

function routeOf(simulation: Simulation, movement: string): Route {
  const route = simulation.layout.routes.find((candidate) => candidate.id === movement);
  if (!route) {
    throw new SceneFileError(
      `An event names movement "${movement}", but the layout has ${simulation.layout.routes.map((one) => one.id).join(', ')}`,
    );
  }
  return route;
}

function place(route: Route, at: Point): number {
  const found = route.path.locate(at[0], at[1], 0, route.path.lengthM);
  if (!found)
    throw new SceneFileError(`An event's place ${at[0]}, ${at[1]} does not lie along movement "${route.id}"`);
  return found.alongM;
}
