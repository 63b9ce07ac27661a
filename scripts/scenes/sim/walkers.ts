// Pedestrians: on footpaths, over signalised crossings, and scripted ones on the carriageway.

import type { Layout, Walk } from '../layout/layout.ts';
import type { Path } from '../layout/path.ts';
import { between, exponentialS, type Random } from '../random.ts';
import type { Obstacle } from './perception.ts';
import { untilGreenS } from './signals.ts';
import type { Actor } from './vehicle.ts';

export type Walker = {
  readonly id: number;
  readonly seed: number;
  readonly path: Path;
  readonly backwards: boolean;
  readonly rightM: number;
  readonly paceMs: number;
  readonly walk?: Walk;
  /** Scripted walkers stay at the end of their path until this moment. */
  readonly leaveS?: number;
  readonly onRoad: boolean;
  alongM: number;
  waiting: boolean;
};

export class Walkers {
  readonly list: Walker[] = [];
  readonly #layout: Layout;
  readonly #random: Random;
  readonly #perSecond: number;
  readonly #newId: () => number;
  #nextS: number;

  constructor(layout: Layout, random: Random, perHour: number, startS: number, newId: () => number) {
    this.#layout = layout;
    this.#random = random;
    this.#perSecond = layout.walks.length === 0 ? 0 : perHour / 3600;
    this.#newId = newId;
    this.#nextS = startS;
  }

  /** Adds a scripted walker. */
  add(path: Path, paceMs: number, leaveS: number | undefined): Walker {
    const walker: Walker = {
      id: this.#newId(),
      seed: Math.floor(this.#random() * 1e6),
      path,
      backwards: false,
      rightM: 0,
      paceMs,
      onRoad: true,
      alongM: 0,
      waiting: false,
      ...(leaveS === undefined ? {} : { leaveS }),
    };
    this.list.push(walker);
    return walker;
  }

  step(t: number, dt: number): void {
    while (this.#perSecond > 0 && t >= this.#nextS) {
      this.#nextS += exponentialS(this.#random, this.#perSecond);
      this.#arrive();
    }
    for (const walker of this.list) {
      if (walker.waiting) walker.waiting = !this.#mayCross(walker, t);
      if (
        !walker.waiting &&
        (walker.leaveS === undefined || walker.alongM < walker.path.lengthM || t >= walker.leaveS)
      ) {
        walker.alongM += walker.paceMs * dt;
      }
    }
    for (let i = this.list.length - 1; i >= 0; i--) {
      const walker = this.list[i];
      if (walker && walker.alongM > walker.path.lengthM + (walker.leaveS === undefined ? 0.5 : 12))
        this.list.splice(i, 1);
    }
  }

  obstacles(): Obstacle[] {
    return this.list
      .filter((walker) => walker.onRoad && !walker.waiting)
      .map((walker) => {
        const actor = walkerActor(walker);
        return {
          x: actor.x,
          y: actor.y,
          radiusM: 0.45,
          speedMs: actor.speedMs,
          headingRad: actor.headingRad,
        };
      });
  }

  #arrive(): void {
    const total = this.#layout.walks.reduce((sum, walk) => sum + walk.share, 0);
    let left = this.#random() * total;
    const walk = this.#layout.walks.find((candidate) => {
      left -= candidate.share;
      return left <= 0;
    });
    if (!walk) return;
    this.list.push({
      id: this.#newId(),
      seed: Math.floor(this.#random() * 1e6),
      path: walk.path,
      walk,
      backwards: this.#random() < 0.5,
      rightM: between(this.#random, -0.5, 0.5) * walk.widthM,
      paceMs: between(this.#random, 1, 1.55),
      onRoad: walk.redGroups !== undefined,
      alongM: walk.redGroups ? 0 : this.#random() < 0.5 ? 0 : this.#random() * walk.path.lengthM * 0.2,
      waiting: walk.redGroups !== undefined,
    });
  }

  #mayCross(walker: Walker, t: number): boolean {
    const plan = this.#layout.signals;
    if (!plan || !walker.walk?.redGroups) return true;
    const neededS = walker.path.lengthM / walker.paceMs;
    return walker.walk.redGroups.every((group) => untilGreenS(plan, group, t) > neededS);
  }
}

export function walkerActor(walker: Walker): Actor {
  const along = walker.backwards ? walker.path.lengthM - walker.alongM : walker.alongM;
  const pose = walker.path.pose(along, walker.rightM);
  const standing =
    walker.waiting ||
    (walker.leaveS !== undefined &&
      walker.alongM >= walker.path.lengthM &&
      walker.alongM < walker.path.lengthM + walker.paceMs * 0.2);
  const headingRad = pose.heading + (walker.backwards ? Math.PI : 0);
  return {
    id: walker.id,
    kind: 'person',
    class: 'person',
    seed: walker.seed,
    x: pose.x,
    y: pose.y,
    headingRad: Math.atan2(Math.sin(headingRad), Math.cos(headingRad)),
    speedMs: standing ? 0 : walker.paceMs,
    travelledM: walker.alongM,
    braking: false,
    hazardLights: false,
  };
}
