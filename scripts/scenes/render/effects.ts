// Soft things round a vehicle (contact shadow, glare, beams, reflections on wet roads), rain, and dirt on
// the lens.

import * as THREE from 'three';
import { type Random, seededRandom } from '../random.ts';
import type { Model } from '../scene/vehicles/model.ts';
import type { Lighting } from './sky.ts';
import { canvasTexture, makeCanvas, paintPixels } from './textures.ts';

const DROPS = 700;
const GROUND = {
  polygonOffset: true,
  polygonOffsetFactor: -4,
  polygonOffsetUnits: -8,
  depthWrite: false,
  transparent: true,
} as const;

export type VehicleEffects = {
  readonly group: THREE.Group;
  /** Turns glare and reflections to the camera; heading of the vehicle in radians from east. */
  update(camera: THREE.Vector3, at: THREE.Vector3, headingRad: number): void;
};

export class Effects {
  readonly #light: Lighting;
  readonly #plane = new THREE.PlaneGeometry(1, 1);
  readonly #shadow: THREE.MeshBasicMaterial;
  readonly #thinShadow: THREE.MeshBasicMaterial;
  readonly #white: THREE.SpriteMaterial;
  readonly #red: THREE.SpriteMaterial;
  readonly #beam: THREE.MeshBasicMaterial;
  readonly #wetWhite: THREE.MeshBasicMaterial;
  readonly #wetRed: THREE.MeshBasicMaterial;

  constructor(light: Lighting, clear: boolean) {
    this.#light = light;
    const blob = softSquare();
    this.#shadow = new THREE.MeshBasicMaterial({
      color: 0,
      map: blob,
      opacity: light.night ? 0.6 : clear ? 0.72 : 0.8,
      fog: true,
      ...GROUND,
    });
    this.#thinShadow = this.#shadow.clone();
    this.#thinShadow.opacity *= 0.6;
    const glow = softDisc();
    const sprite = (colour: THREE.Color): THREE.SpriteMaterial =>
      new THREE.SpriteMaterial({
        map: glow,
        color: colour,
        blending: THREE.AdditiveBlending,
        depthWrite: false,
        transparent: true,
        fog: false,
      });
    this.#white = sprite(new THREE.Color(1, 0.95, 0.82).multiplyScalar(light.night ? 2.2 : 0.9));
    this.#red = sprite(new THREE.Color(1, 0.06, 0.03).multiplyScalar(light.night ? 1.2 : 0.7));
    const beam = beamTexture();
    const additive = (colour: number, opacity: number): THREE.MeshBasicMaterial =>
      new THREE.MeshBasicMaterial({
        map: beam,
        color: colour,
        blending: THREE.AdditiveBlending,
        opacity,
        fog: false,
        ...GROUND,
      });
    this.#beam = additive(0xffffff, 0.38);
    this.#wetWhite = additive(0xfff4e2, 0.5);
    this.#wetRed = additive(0xff1a0a, 0.5);
  }

  attach(model: Model, beams: boolean): VehicleEffects {
    const group = new THREE.Group();
    const big = model.lengthM > 3;
    const shadow = this.#flat(
      big ? this.#shadow : this.#thinShadow,
      model.lengthM * (big ? 1.12 : 1.1),
      model.widthM * (big ? 1.32 : 1.3),
      0.025,
      1,
    );
    group.add(shadow);
    const turning: { object: THREE.Object3D; front: boolean; wet: boolean }[] = [];
    if (this.#light.lampsOn) {
      const lamps: [readonly [number, number, number], boolean][] = [];
      if (model.headLamp) lamps.push([model.headLamp, true]);
      if (model.tailLamp) lamps.push([model.tailLamp, false]);
      for (const [[x, y, z], front] of lamps) {
        for (const side of z === 0 ? [0] : [1, -1]) {
          const sprite = new THREE.Sprite(front ? this.#white : this.#red);
          sprite.position.set(x + (front ? 0.12 : -0.12), y, z * side);
          sprite.scale.setScalar(front ? 1.5 : 0.75);
          group.add(sprite);
          turning.push({ object: sprite, front, wet: false });
          if (!this.#light.wet) continue;
          const pivot = new THREE.Group();
          const streak = this.#flat(front ? this.#wetWhite : this.#wetRed, 5.5, 0.7, 0, 2);
          streak.position.x = 2.75;
          pivot.add(streak);
          pivot.position.set(x, 0.035, z * side);
          group.add(pivot);
          turning.push({ object: pivot, front, wet: true });
        }
      }
      if (beams && model.headLamp) {
        const beam = this.#flat(this.#beam, big ? 17 : 12, big ? 7 : 4, 0.03, 2);
        beam.position.x = model.headLamp[0] + (big ? 8.3 : 5.9);
        group.add(beam);
      }
    }
    return {
      group,
      update: (camera, at, headingRad) => {
        const dx = camera.x - at.x;
        const dz = camera.z - at.z;
        const far = Math.hypot(dx, dz) || 1;
        const facing = (Math.cos(headingRad) * dx - Math.sin(headingRad) * dz) / far;
        for (const { object, front, wet } of turning) {
          const towards = front ? facing : -facing;
          object.visible = towards > (wet ? 0.1 : 0.15);
          if (wet) object.rotation.y = Math.atan2(-dz, dx) - headingRad;
          else if (front) object.scale.setScalar(0.4 + 1.6 * Math.max(0, towards));
        }
      },
    };
  }

  #flat(material: THREE.Material, length: number, width: number, up: number, order: number): THREE.Mesh {
    const mesh = new THREE.Mesh(this.#plane, material);
    mesh.rotation.x = -Math.PI / 2;
    mesh.scale.set(length, width, 1);
    mesh.position.y = up;
    mesh.renderOrder = order;
    return mesh;
  }
}

/** Streaks of rain between camera and scene; new ones every frame. */
export class Rain {
  readonly lines: THREE.LineSegments;
  readonly #random: Random;
  readonly #camera: THREE.PerspectiveCamera;

  constructor(camera: THREE.PerspectiveCamera, seed: number) {
    this.#camera = camera;
    this.#random = seededRandom(seed + 5);
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute('position', new THREE.BufferAttribute(new Float32Array(DROPS * 6), 3));
    this.lines = new THREE.LineSegments(
      geometry,
      new THREE.LineBasicMaterial({
        color: 0xd8dde2,
        transparent: true,
        opacity: 0.22,
        depthWrite: false,
        fog: false,
      }),
    );
    this.lines.frustumCulled = false;
    this.lines.matrixAutoUpdate = false;
  }

  update(): void {
    const positions = this.lines.geometry.getAttribute('position');
    const spread = Math.tan((this.#camera.fov * Math.PI) / 360);
    for (let i = 0; i < DROPS; i++) {
      const depth = 2.5 + 14 * this.#random() * this.#random();
      const x = (this.#random() * 2 - 1) * depth * spread * this.#camera.aspect;
      const y = (this.#random() * 2 - 1) * depth * spread * 1.1;
      positions.setXYZ(i * 2, x, y, -depth);
      positions.setXYZ(i * 2 + 1, x + 0.02, y - 0.28, -depth);
    }
    positions.needsUpdate = true;
    this.lines.matrix.copy(this.#camera.matrixWorld);
    this.lines.matrixWorldNeedsUpdate = true;
  }
}

/** Something that covers part of the lens: mud, a bag, a leaf. Drawn last, over the whole picture. */
export function lensCover(share: number, seed: number): THREE.Mesh {
  const material = new THREE.ShaderMaterial({
    transparent: true,
    depthTest: false,
    depthWrite: false,
    uniforms: { share: { value: share }, offset: { value: (seed % 97) * 1.7 } },
    vertexShader:
      'varying vec2 at; void main() { at = position.xy * .5 + .5; gl_Position = vec4(position.xy, 0., 1.); }',
    fragmentShader: `varying vec2 at; uniform float share, offset;
      float hash(vec2 p) { p = fract(p * vec2(123.34, 456.21)); p += dot(p, p + 45.32); return fract(p.x * p.y); }
      float noise(vec2 p) { vec2 i = floor(p), f = fract(p); f = f * f * (3. - 2. * f);
        return mix(mix(hash(i), hash(i + vec2(1., 0.)), f.x), mix(hash(i + vec2(0., 1.)), hash(i + 1.), f.x), f.y); }
      void main() {
        float edge = at.x + .35 * (noise(at * 3. + offset) - .5) + .1 * (noise(at * 9. + offset) - .5);
        float cover = 1. - smoothstep(share - .1, share + .06, edge);
        float tone = .1 + .09 * noise(at * 5. + offset) + .05 * noise(at * 19.);
        gl_FragColor = vec4(vec3(tone * 1.15, tone, tone * .8), cover * .985);
      }`,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), material);
  mesh.frustumCulled = false;
  mesh.renderOrder = 1000;
  return mesh;
}

function softSquare(): THREE.Texture {
  const { canvas, context } = makeCanvas(128, 128);
  const ramp = (distance: number): number => {
    const t = Math.min(1, Math.max(0, (1 - distance) / 0.42));
    return t * t * (3 - 2 * t);
  };
  paintPixels(context, 128, 128, (x, y) => [
    0,
    0,
    0,
    255 * ramp(Math.abs(x - 63.5) / 63.5) * ramp(Math.abs(y - 63.5) / 63.5),
  ]);
  return canvasTexture(canvas, { srgb: false });
}

function softDisc(): THREE.Texture {
  const { canvas, context } = makeCanvas(64, 64);
  const gradient = context.createRadialGradient(32, 32, 0, 32, 32, 32);
  for (const [stop, alpha] of [
    [0, 1],
    [0.12, 0.75],
    [0.35, 0.16],
    [1, 0],
  ] as const)
    gradient.addColorStop(stop, `rgba(255,255,255,${alpha})`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, 64, 64);
  return canvasTexture(canvas);
}

function beamTexture(): THREE.Texture {
  const { canvas, context } = makeCanvas(128, 128);
  paintPixels(context, 128, 128, (x, y) => {
    const along = x / 127;
    const aside = (y - 63.5) / 63.5;
    const wide = 0.18 + 0.75 * along;
    return [
      255,
      240,
      205,
      255 * Math.exp((-aside * aside) / (wide * wide * 0.5)) * Math.min(1, along * 6) * (1 - along) ** 1.7,
    ];
  });
  return canvasTexture(canvas);
}
