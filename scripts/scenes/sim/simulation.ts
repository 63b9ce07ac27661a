// The traffic simulation: car following, lane changes, signals, giving way and scripted events, in steps of
// a fixed length. Pure: the same scene gives the same motion everywhere.

import type { Layout, Route } from '../layout/layout.ts';
import { between, type Random, seededRandom } from '../random.ts';
import type { Scene, VehicleKind } from '../scene-file.ts';
import { Demand } from './demand.ts';
import { EventDirector } from './events.ts';
import { accelerationMs2, type Lead } from './following.ts';
import { chooseStrip } from './lateral.ts';
import { relatedRoutes, Surroundings } from './perception.ts';
import { signalColours } from './signals.ts';
import { TRAITS } from './traits.ts';
import { extent, laneOf, type SignalColour, type Snapshot, toActor, type Vehicle } from './vehicle.ts';
import { Walkers, walkerActor } from './walkers.ts';

/** How hard drivers brake for a curve or a red light they see coming. */
const COMFORT_BRAKING_MS2 = 2;
const ROOM_TO_ENTER_M = 7;
/** Meeting a wrong-way driver: from which distance, how far aside, how slowly. */
const SQUEEZE_FROM_M = 60;
const SQUEEZE_M = 1.05;
const SQUEEZE_SPEED_MS = 4;
/** A vehicle on the ring this far before the entry, as an angle, keeps others out. */
const RING_GAP_RAD = 0.6;
/** Time kept between entering the ring and the next vehicle's arrival there. */
const RING_MARGIN_S = 1.2;

export class Simulation {
  readonly vehicles: Vehicle[] = [];
  readonly walkers: Walkers;
  readonly events: EventDirector;
  readonly layout: Layout;
  readonly #random: Random;
  readonly #demand: Demand;
  readonly #related: ReturnType<typeof relatedRoutes>;
  #t: number;
  #ids = 0;
  #signals: Record<string, SignalColour>;

  constructor(scene: Scene, layout: Layout) {
    this.layout = layout;
    this.#t = -scene.warmUpS;
    this.#random = seededRandom(scene.seed * 101 + 3);
    this.#demand = new Demand(scene.demand, layout.routes, this.#random, this.#t);
    this.#related = relatedRoutes(layout.routes);
    this.#signals = signalColours(layout.signals, this.#t);
    this.walkers = new Walkers(
      layout,
      seededRandom(scene.seed * 103 + 7),
      scene.pedestriansPerHour,
      this.#t,
      () => this.newId(),
    );
    this.events = new EventDirector(scene.events, this);
  }

  get t(): number {
    return this.#t;
  }

  newId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  snapshot(): Snapshot {
    return {
      t: this.#t,
      actors: [...this.vehicles.map(toActor), ...this.walkers.list.map(walkerActor), ...this.events.debris()],
      signals: this.#signals,
    };
  }

  step(dt: number): void {
    this.#t += dt;
    this.#signals = signalColours(this.layout.signals, this.#t);
    this.#demand.step(this.#t, (route, kind) => this.#enter(route, kind));
    this.walkers.step(this.#t, dt);
    this.events.step(this.#t);
    const obstacles = [...this.walkers.obstacles(), ...this.events.obstacles()];
    const around = new Surroundings(this.vehicles, obstacles, this.#related);
    for (const vehicle of this.vehicles) this.#decide(vehicle, around);
    for (const vehicle of this.vehicles) move(vehicle, dt);
    for (let i = this.vehicles.length - 1; i >= 0; i--) {
      const vehicle = this.vehicles[i];
      if (vehicle && (vehicle.reversed ? vehicle.alongM < 0 : vehicle.alongM > vehicle.route.path.lengthM))
        this.vehicles.splice(i, 1);
    }
  }

  /** Puts a vehicle on the road; scripted events use it directly. */
  add(
    route: Route,
    kind: VehicleKind,
    rightM: number,
    speedMs: number,
    changes: Partial<Vehicle> = {},
  ): Vehicle {
    const traits = TRAITS[kind];
    const vehicle: Vehicle = {
      id: this.newId(),
      kind,
      traits,
      route,
      seed: Math.floor(this.#random() * 1e6),
      desiredMs: Math.min(
        traits.topSpeedMs,
        route.speedMs * traits.speedShare * between(this.#random, 0.86, 1.12),
      ),
      alongM: 0,
      rightM,
      targetRightM: rightM,
      sideSpeedMs: 0,
      speedMs,
      accelerationMs2: 0,
      travelledM: 0,
      nextChangeS: this.#t + 2 * this.#random(),
      reversed: false,
      ignoresLimits: false,
      yawRad: 0,
      hazardLights: false,
      ...changes,
    };
    this.vehicles.push(vehicle);
    return vehicle;
  }

  #enter(route: Route, kind: VehicleKind): boolean {
    const traits = TRAITS[kind];
    const lanes = route.lanesM.filter((_, index) => !this.events.laneClosed(route, index + 1, this.#t));
    // Slow vehicles keep to the outer lanes.
    const usable = traits.speedShare < 0.9 && lanes.length > 1 ? lanes.slice(1) : lanes;
    let rightM = usable[Math.floor(this.#random() * usable.length)];
    if (rightM === undefined) return false;
    if (traits.twoWheeler) {
      const low = kind === 'bicycle' ? route.ridableM[1] - 1 : route.ridableM[0];
      rightM = between(this.#random, Math.max(low, route.ridableM[0]), route.ridableM[1]);
    } else rightM += between(this.#random, -0.2, 0.2);
    const startM = traits.lengthM;
    let room = Number.POSITIVE_INFINITY;
    let leadMs = Number.POSITIVE_INFINITY;
    for (const other of this.vehicles) {
      if (other.reversed) continue;
      const here = route.path.pose(0, rightM);
      const there = other.route.path.pose(extent(other)[0], other.rightM);
      const aside = Math.abs(
        (there.x - here.x) * Math.sin(here.heading) - (there.y - here.y) * Math.cos(here.heading),
      );
      const aheadM =
        (there.x - here.x) * Math.cos(here.heading) + (there.y - here.y) * Math.sin(here.heading);
      if (
        Math.cos(there.heading - here.heading) < 0.5 ||
        aside > (traits.widthM + other.traits.widthM) / 2 + 0.2
      )
        continue;
      if (aheadM > -20 && aheadM < room) {
        room = aheadM;
        leadMs = other.speedMs;
      }
    }
    if (room < startM + (traits.twoWheeler ? 3 : ROOM_TO_ENTER_M)) return false;
    const safeMs = Math.max(1.5, Math.min(leadMs + 1, (room - startM) / 1.6));
    const vehicle = this.add(route, kind, rightM, 0, { alongM: startM });
    vehicle.speedMs = Math.min(vehicle.desiredMs, safeMs);
    return true;
  }

  #decide(vehicle: Vehicle, around: Surroundings): void {
    const desiredMs = this.#desired(vehicle);
    if (
      !vehicle.stop &&
      this.#t >= vehicle.nextChangeS &&
      vehicle.speedMs > (vehicle.traits.twoWheeler ? 0.4 : 2) &&
      !vehicle.reversed
    ) {
      const strip = chooseStrip(vehicle, around, desiredMs);
      vehicle.nextChangeS = this.#t + (vehicle.traits.twoWheeler ? 0.5 : strip === undefined ? 0.6 : 4);
      if (strip !== undefined) vehicle.targetRightM = strip;
    }
    const ahead = around.ahead(vehicle, vehicle.rightM);
    if (vehicle.reversed || (ahead && ahead.speedMs < 0)) {
      this.#meetHeadOn(vehicle, ahead, desiredMs);
      return;
    }
    const leads = [ahead];
    if (Math.abs(vehicle.targetRightM - vehicle.rightM) > 0.15)
      leads.push(around.ahead(vehicle, vehicle.targetRightM));
    leads.push(this.#halt(vehicle));
    let wanted = accelerationMs2(vehicle.traits, vehicle.speedMs, desiredMs, undefined);
    for (const lead of leads) {
      if (lead) wanted = Math.min(wanted, accelerationMs2(vehicle.traits, vehicle.speedMs, desiredMs, lead));
    }
    if (vehicle.stop) wanted = Math.min(wanted, this.#scriptedStop(vehicle, vehicle.stop));
    vehicle.accelerationMs2 = wanted;
  }

  /** A wrong-way driver and those who meet him squeeze past each other: he on the inner, they on the outer side. */
  #meetHeadOn(vehicle: Vehicle, ahead: Lead | undefined, desiredMs: number): void {
    const laneM = vehicle.route.lanesM[laneOf(vehicle) - 1] ?? vehicle.rightM;
    const near = ahead !== undefined && ahead.gapM < SQUEEZE_FROM_M;
    const changing = Math.abs(vehicle.targetRightM - laneM) > 1.8;
    if (!changing) vehicle.targetRightM = laneM + (near ? (vehicle.reversed ? -SQUEEZE_M : SQUEEZE_M) : 0);
    const speedMs = near && !vehicle.reversed ? Math.min(desiredMs, SQUEEZE_SPEED_MS) : desiredMs;
    vehicle.accelerationMs2 = Math.max(
      -5,
      accelerationMs2(vehicle.traits, vehicle.speedMs, speedMs, undefined) *
        (vehicle.speedMs > speedMs ? 3 : 1),
    );
  }

  #desired(vehicle: Vehicle): number {
    if (vehicle.ignoresLimits) return vehicle.desiredMs;
    let desired = vehicle.desiredMs;
    const slower = (fromM: number, toM: number, speedMs: number): void => {
      if (vehicle.alongM > toM + vehicle.traits.lengthM) return;
      const ahead = Math.max(0, fromM - vehicle.alongM);
      desired = Math.min(desired, Math.sqrt(speedMs ** 2 + 2 * COMFORT_BRAKING_MS2 * ahead));
    };
    for (const { fromM, toM, speedMs } of vehicle.route.slow)
      slower(fromM, toM, vehicle.traits.twoWheeler ? speedMs * 1.15 : speedMs);
    for (const zone of this.events.slowZones(vehicle.route, this.#t))
      slower(zone.fromM, zone.toM, zone.speedMs);
    return Math.max(0.3, desired);
  }

  /** A red light or a roundabout to wait for. */
  #halt(vehicle: Vehicle): Lead | undefined {
    const { signal, giveWay } = vehicle.route;
    if (signal && vehicle.alongM < signal.stopM + 0.3) {
      const gapM = signal.stopM - vehicle.alongM;
      const colour = this.#signals[signal.group];
      // A little over the line still counts as waiting at it.
      const canStop = gapM > vehicle.speedMs ** 2 / (2 * 3.5) - 0.4;
      if (colour !== 'green' && canStop)
        return { gapM: Math.max(0.1, gapM + vehicle.traits.standGapM * 0.6), speedMs: 0 };
    }
    for (const stopM of this.events.barriers(vehicle.route, this.#t)) {
      const gapM = stopM - vehicle.alongM;
      if (gapM > Math.max(-0.4, vehicle.speedMs ** 2 / (2 * 3.5) - 0.4))
        return { gapM: Math.max(0.1, gapM + vehicle.traits.standGapM * 0.6), speedMs: 0 };
    }
    if (giveWay && vehicle.alongM < giveWay.stopM + 0.5) {
      const gapM = giveWay.stopM - vehicle.alongM;
      if (gapM < 30 && this.#ringBusy(vehicle, giveWay.entryRad))
        return { gapM: Math.max(0.3, gapM + 1), speedMs: 0 };
    }
    return undefined;
  }

  #ringBusy(vehicle: Vehicle, entryRad: number): boolean {
    const wayM = (vehicle.route.ring?.fromM ?? 0) - vehicle.alongM;
    const { accelerationMs2: pull } = vehicle.traits;
    const neededS =
      (Math.sqrt(vehicle.speedMs ** 2 + 2 * pull * wayM) - vehicle.speedMs) / pull + RING_MARGIN_S;
    return this.vehicles.some((other) => {
      const { ring } = other.route;
      if (other === vehicle || !ring || other.alongM < ring.fromM - 3 || other.alongM > ring.toM + 1)
        return false;
      const pose = other.route.path.pose(other.alongM - other.traits.lengthM / 2);
      const angle = Math.atan2(pose.y, pose.x);
      const before = modulo(entryRad - angle);
      const leaves = modulo(ring.exitRad - angle);
      // It goes out before it gets here.
      if (leaves < before && leaves < Math.PI) return false;
      const arrivesS = (before * Math.hypot(pose.x, pose.y)) / Math.max(2.5, other.speedMs);
      return arrivesS < neededS || before < RING_GAP_RAD || before > 2 * Math.PI - 0.25;
    });
  }

  #scriptedStop(vehicle: Vehicle, stop: NonNullable<Vehicle['stop']>): number {
    if (this.#t >= stop.resumeS) {
      delete vehicle.stop;
      vehicle.hazardLights = false;
      return vehicle.traits.accelerationMs2;
    }
    const leftM = stop.alongM - vehicle.alongM;
    if (leftM <= 0.05 || vehicle.speedMs < 0.05) {
      if (leftM < 3) {
        vehicle.hazardLights = true;
        return -Math.max(3, stop.brakingMs2);
      }
      return vehicle.traits.accelerationMs2;
    }
    const needed = vehicle.speedMs ** 2 / (2 * leftM);
    return needed > stop.brakingMs2 * 0.75 ? -needed : vehicle.traits.accelerationMs2;
  }
}

function move(vehicle: Vehicle, dt: number): void {
  const before = vehicle.speedMs;
  vehicle.speedMs = Math.max(0, before + vehicle.accelerationMs2 * dt);
  const stepM = ((before + vehicle.speedMs) / 2) * dt;
  vehicle.alongM += vehicle.reversed ? -stepM : stepM;
  vehicle.travelledM += stepM;
  const agility = vehicle.traits.twoWheeler
    ? Math.min(1.5, vehicle.speedMs * 0.5)
    : Math.min(1.3, vehicle.speedMs * 0.16);
  const away = vehicle.targetRightM - vehicle.rightM;
  // Ease out, so that a lane change ends without a kink.
  const wanted = Math.sign(away) * Math.min(agility, Math.abs(away) * 1.6);
  vehicle.sideSpeedMs += (wanted - vehicle.sideSpeedMs) * Math.min(1, dt * 4);
  const sideM = vehicle.sideSpeedMs * dt;
  vehicle.rightM += vehicle.speedMs > 0.05 ? sideM : 0;
}

function modulo(angle: number): number {
  return ((angle % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
}
