// Road users in the three.js scene: one mesh each, reused from frame to frame.

import * as THREE from 'three';
import { between, pickWeighted, seededRandom } from '../random.ts';
import { Models } from '../scene/models.ts';
import type { Actor } from '../sim/vehicle.ts';
import type { Effects, VehicleEffects } from './effects.ts';
import type { Lighting } from './sky.ts';
import { type SunMap, type VehicleUniforms, vehicleGeometry, vehicleMaterial } from './vehicle-material.ts';

type Shown = {
  readonly mesh: THREE.Mesh;
  readonly uniforms: VehicleUniforms;
  readonly effects: VehicleEffects;
  readonly group: THREE.Group;
  key: string;
};

type Palette = readonly [readonly [string, number], ...(readonly [string, number])[]];
const CARS: Palette = [
  ['#d9dadb', 24],
  ['#0b0c0e', 17],
  ['#5a5e63', 14],
  ['#a9adb2', 13],
  ['#2b2f35', 8],
  ['#152a52', 7],
  ['#7d0f13', 7],
  ['#1d4d8a', 3],
  ['#c7bda6', 2.5],
  ['#3a2418', 1.5],
  ['#123524', 1.5],
  ['#d8641c', 1],
  ['#e0b81a', 1.5],
];
const BUSES: Palette = [
  ['#c8322a', 2],
  ['#e8e6de', 2],
  ['#2c5f9e', 2],
  ['#d9a21b', 1.5],
  ['#3c7a4a', 1],
];
const TRUCKS: Palette = [
  ['#e6e6e4', 4],
  ['#b3201c', 1.5],
  ['#1c3f7a', 2],
  ['#2a2d30', 1],
  ['#d88b1a', 1],
  ['#2e6b45', 1],
];
const VANS: Palette = [
  ['#d9dadb', 6],
  ['#8a8e92', 2],
  ['#26292d', 1],
  ['#b31d1d', 0.7],
  ['#1f4a80', 1],
  ['#d9b21a', 0.6],
];
const SECOND: Palette = [
  ['#e2e2e0', 5],
  ['#c9ccd0', 2],
  ['#33517c', 1],
  ['#7c1f1c', 0.8],
  ['#d9c48a', 0.7],
  ['#3f6b4c', 0.6],
  ['#23272b', 0.5],
];
const HAZARD_PERIOD_M = 0.8;

export class Actors {
  readonly group = new THREE.Group();
  readonly #models = new Models();
  readonly #geometries = new Map<string, THREE.BufferGeometry>();
  readonly #shown = new Map<number, Shown>();
  readonly #light: Lighting;
  readonly #effects: Effects;
  readonly #sun: SunMap;

  constructor(light: Lighting, effects: Effects, sun: SunMap) {
    this.#light = light;
    this.#effects = effects;
    this.#sun = sun;
  }

  show(actors: readonly Actor[], t: number, camera: THREE.Vector3): void {
    const present = new Set<number>();
    for (const actor of actors) {
      present.add(actor.id);
      const { key, model } = this.#models.of(actor);
      let shown = this.#shown.get(actor.id);
      if (!shown) {
        shown = this.#make(actor, key);
        this.#shown.set(actor.id, shown);
        this.group.add(shown.group);
      }
      if (shown.key !== key) {
        shown.mesh.geometry = this.#geometry(key, actor);
        shown.key = key;
      }
      shown.group.position.set(actor.x, 0, -actor.y);
      shown.group.rotation.y = actor.headingRad;
      shown.uniforms.driven.value = model.mesh.wheels.length > 0 ? actor.travelledM : 0;
      const blink = actor.hazardLights && (t / HAZARD_PERIOD_M) % 1 < 0.5;
      shown.uniforms.glow.value.y = actor.braking || blink ? 1.5 : this.#light.lampsOn ? 0.7 : 0.06;
      shown.effects.update(camera, shown.group.position, actor.headingRad);
    }
    for (const [id, shown] of this.#shown) {
      if (present.has(id)) continue;
      this.group.remove(shown.group);
      (shown.mesh.material as THREE.Material).dispose();
      this.#shown.delete(id);
    }
  }

  #geometry(key: string, actor: Actor): THREE.BufferGeometry {
    let geometry = this.#geometries.get(key);
    if (!geometry) {
      geometry = vehicleGeometry(this.#models.of(actor).model.mesh);
      this.#geometries.set(key, geometry);
    }
    return geometry;
  }

  #make(actor: Actor, key: string): Shown {
    const random = seededRandom(actor.seed * 7919 + 13);
    const colour = pickWeighted(
      random,
      actor.kind === 'bus'
        ? BUSES
        : actor.kind === 'truck' || actor.kind === 'lorry'
          ? TRUCKS
          : actor.kind === 'van'
            ? VANS
            : CARS,
    );
    const dirty = between(random, 0, 1) > 0.7;
    const metallic = /#(a9|5a|2b|15|7d|1d|12|3a)/.test(colour);
    const uniforms: VehicleUniforms = {
      paint: { value: new THREE.Color(colour) },
      paint2: { value: new THREE.Color(pickWeighted(random, SECOND)) },
      gloss: { value: new THREE.Vector2(dirty ? 0.5 : 0.26, metallic ? 0.45 : 0.05) },
      driven: { value: 0 },
      glow: { value: new THREE.Vector3(this.#light.lampsOn ? 6 : 0.12, 0.1, this.#light.night ? 1 : 0.35) },
    };
    const mesh = new THREE.Mesh(this.#geometry(key, actor), vehicleMaterial(uniforms, this.#sun));
    mesh.castShadow = mesh.receiveShadow = true;
    const effects = this.#effects.attach(this.#models.of(actor).model, this.#light.night);
    const group = new THREE.Group();
    group.add(mesh, effects.group);
    return { mesh, uniforms, effects, group, key };
  }
}
