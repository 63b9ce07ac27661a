// Arrivals: who enters which route when. Poisson streams with the scene's flows and mixes.

import type { Route } from '../layout/layout.ts';
import { exponentialS, pickWeighted, type Random } from '../random.ts';
import { type Scene, SceneFileError, type VehicleKind } from '../scene-file.ts';

type Stream = {
  readonly route: Route;
  readonly perSecond: number;
  readonly mix: readonly [readonly [VehicleKind, number], ...(readonly [VehicleKind, number])[]];
  nextS: number;
  /** Arrived but not yet on the road: the entry was full. Bounded, so that a jam does not hoard vehicles. */
  readonly waiting: VehicleKind[];
};

const MOST_WAITING = 6;

export class Demand {
  readonly #streams: Stream[] = [];
  readonly #random: Random;

  constructor(demand: Scene['demand'], routes: readonly Route[], random: Random, startS: number) {
    this.#random = random;
    for (const entry of demand) {
      if (!routes.some((route) => matches(entry.movement, route.id))) {
        throw new SceneFileError(
          `demand names movement "${entry.movement}", but the layout has ${routes.map((route) => route.id).join(', ')}`,
        );
      }
    }
    for (const route of routes) {
      const entry = demand.findLast((candidate) => matches(candidate.movement, route.id));
      const [first, ...rest] = Object.entries(entry?.mix ?? {}) as [VehicleKind, number][];
      if (!entry || !first || entry.perHour === 0) continue;
      const perSecond = entry.perHour / 3600;
      this.#streams.push({
        route,
        perSecond,
        mix: [first, ...rest],
        nextS: startS + exponentialS(random, perSecond),
        waiting: [],
      });
    }
  }

  /** Offers what has arrived; `enter` says whether it found room. */
  step(t: number, enter: (route: Route, kind: VehicleKind) => boolean): void {
    for (const stream of this.#streams) {
      while (t >= stream.nextS) {
        stream.nextS += exponentialS(this.#random, stream.perSecond);
        if (stream.waiting.length < MOST_WAITING) stream.waiting.push(pickWeighted(this.#random, stream.mix));
      }
      while (stream.waiting[0] !== undefined && enter(stream.route, stream.waiting[0]))
        stream.waiting.shift();
    }
  }
}

export function matches(pattern: string, id: string): boolean {
  if (!pattern.includes('*')) return pattern === id;
  const parts = pattern.split('*');
  let from = 0;
  for (const [index, part] of parts.entries()) {
    const found =
      index === 0
        ? id.startsWith(part)
          ? 0
          : -1
        : index === parts.length - 1 && part !== ''
          ? id.endsWith(part)
            ? id.length - part.length
            : -1
          : id.indexOf(part, from);
    if (found < from) return false;
    from = found + part.length;
  }
  return true;
}
