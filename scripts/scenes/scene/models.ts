// Which model an actor wears: a bounded set of variants a kind, so that meshes are built once and shared.

import { seededRandom } from '../random.ts';
import type { Actor } from '../sim/vehicle.ts';
import { carModel } from './vehicles/car.ts';
import { debrisModel } from './vehicles/debris.ts';
import { busModel, lorryModel, truckModel } from './vehicles/heavy.ts';
import type { Model } from './vehicles/model.ts';
import { personModel, STANDING, STEP_CYCLE_M, STEP_PHASES } from './vehicles/people.ts';
import { bicycleModel, motorcycleModel, scooterModel } from './vehicles/two-wheelers.ts';

const VARIANTS: Readonly<Record<Actor['kind'], number>> = {
  sedan: 9,
  hatchback: 9,
  suv: 9,
  van: 9,
  pickup: 2,
  bus: 6,
  truck: 8,
  lorry: 6,
  motorcycle: 14,
  scooter: 40,
  bicycle: 14,
  person: 18,
  debris: 6,
};

export class Models {
  readonly #built = new Map<string, Model>();

  of(actor: Pick<Actor, 'kind' | 'seed' | 'speedMs' | 'travelledM'>): {
    readonly key: string;
    readonly model: Model;
  } {
    const variant = actor.seed % VARIANTS[actor.kind];
    const phase = actor.kind === 'person' ? stepPhase(actor) : 0;
    const key = `${actor.kind}-${variant}-${phase}`;
    let model = this.#built.get(key);
    if (!model) {
      model = build(actor.kind, variant, phase);
      this.#built.set(key, model);
    }
    return { key, model };
  }
}

function stepPhase(actor: Pick<Actor, 'speedMs' | 'travelledM'>): number {
  if (actor.speedMs < 0.1) return STANDING;
  return Math.floor((actor.travelledM / STEP_CYCLE_M) * STEP_PHASES) % STEP_PHASES;
}

function build(kind: Actor['kind'], variant: number, phase: number): Model {
  const random = seededRandom(variant * 977 + kind.length * 31 + 5);
  switch (kind) {
    case 'bus':
      return busModel(random);
    case 'truck':
      return truckModel(random);
    case 'lorry':
      return lorryModel(random);
    case 'motorcycle':
      return motorcycleModel(random);
    case 'scooter':
      return scooterModel(random);
    case 'bicycle':
      return bicycleModel(random);
    case 'person':
      return personModel(random, phase);
    case 'debris':
      return debrisModel(random);
    default:
      return carModel(kind, random);
  }
}
