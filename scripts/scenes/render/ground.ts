// The ground: surfaces and road markings painted from the layout, weathered by noise in the shader.

import * as THREE from 'three';
import type { Layout, Mark, Surface, SurfaceKind } from '../layout/layout.ts';
import type { Point } from '../layout/path.ts';
import { between, pick, seededRandom } from '../random.ts';
import { canvasTexture, makeCanvas } from './textures.ts';

type Rectangle = Layout['bounds'];

const COLOURS: Readonly<Record<SurfaceKind, string>> = {
  asphalt: '#656462',
  'old-asphalt': '#716e69',
  sidewalk: '#98958d',
  grass: '#5e6840',
  kerb: '#a8a59c',
  paving: '#8b867d',
  gravel: '#837c6f',
};
/** Largest canvas side: more would not fit into the memory of software OpenGL comfortably. */
const MOST_PX = 4096;
const FAR_M = 330;

export function buildGround(layout: Layout, seed: number, wet: boolean): THREE.Mesh[] {
  const { bounds } = layout;
  const far: Rectangle = {
    minX: bounds.minX - FAR_M,
    maxX: bounds.maxX + FAR_M,
    minY: bounds.minY - 80,
    maxY: bounds.maxY + FAR_M,
  };
  return [
    plane(layout, far, 3, -0.02, seed, wet, false),
    plane(
      layout,
      bounds,
      Math.min(40, MOST_PX / Math.max(bounds.maxX - bounds.minX, bounds.maxY - bounds.minY)),
      0,
      seed,
      wet,
      true,
    ),
  ];
}

function plane(
  layout: Layout,
  area: Rectangle,
  ppm: number,
  up: number,
  seed: number,
  wet: boolean,
  detailed: boolean,
): THREE.Mesh {
  const width = area.maxX - area.minX;
  const height = area.maxY - area.minY;
  const painter = new Painter(area, ppm);
  const surface = painter.surfaces(layout, seed, detailed);
  const marks = painter.marks(layout.marks);
  const material = new THREE.MeshStandardMaterial({
    map: canvasTexture(surface),
    roughness: wet ? 0.5 : 0.94,
    metalness: 0,
    envMapIntensity: wet ? 1.1 : 0.5,
    color: wet ? 0x858585 : 0xffffff,
  });
  const markTexture = canvasTexture(marks);
  material.onBeforeCompile = (shader) => {
    shader.uniforms.marks = { value: markTexture };
    shader.vertexShader = shader.vertexShader
      .replace('void main() {', 'varying vec2 vGround;\nvoid main() {')
      .replace(
        '#include <begin_vertex>',
        '#include <begin_vertex>\nvGround = (modelMatrix * vec4(position, 1.)).xz;',
      );
    shader.fragmentShader = shader.fragmentShader
      .replace(
        'void main() {',
        `${NOISE_GLSL}\nuniform sampler2D marks;\nvarying vec2 vGround;\nvoid main() {`,
      )
      .replace('#include <map_fragment>', WEATHER_GLSL)
      .replace('#include <roughnessmap_fragment>', wet ? WET_GLSL : 'float roughnessFactor = roughness;');
  };
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(width, height), material);
  mesh.rotation.x = -Math.PI / 2;
  mesh.position.set((area.minX + area.maxX) / 2, up, -(area.minY + area.maxY) / 2);
  mesh.receiveShadow = true;
  return mesh;
}

class Painter {
  readonly #area: Rectangle;
  readonly #ppm: number;
  readonly #width: number;
  readonly #height: number;

  constructor(area: Rectangle, ppm: number) {
    this.#area = area;
    this.#ppm = ppm;
    this.#width = Math.round((area.maxX - area.minX) * ppm);
    this.#height = Math.round((area.maxY - area.minY) * ppm);
  }

  surfaces(layout: Layout, seed: number, detailed: boolean): HTMLCanvasElement {
    const { canvas, context } = makeCanvas(this.#width, this.#height);
    context.fillStyle = COLOURS.grass;
    context.fillRect(0, 0, this.#width, this.#height);
    for (const surface of layout.surfaces) this.#surface(context, surface);
    if (detailed) this.#wear(context, layout, seed);
    return canvas;
  }

  marks(marks: readonly Mark[]): HTMLCanvasElement {
    const { canvas, context } = makeCanvas(this.#width, this.#height);
    for (const mark of marks) {
      context.strokeStyle = context.fillStyle = mark.colour === 'white' ? '#dedcd4' : '#d2a93c';
      this.#trace(context, mark.line, mark.closed ?? mark.fill ?? false);
      if (mark.fill) {
        context.fill();
        continue;
      }
      context.lineWidth = Math.max(0.6, mark.widthM * this.#ppm);
      context.lineCap = 'butt';
      context.setLineDash(mark.dashM ? mark.dashM.map((m) => m * this.#ppm) : []);
      context.stroke();
    }
    context.setLineDash([]);
    return canvas;
  }

  #surface(context: CanvasRenderingContext2D, surface: Surface): void {
    context.fillStyle = context.strokeStyle = COLOURS[surface.kind];
    if ('polygon' in surface) {
      this.#trace(context, surface.polygon, true);
      context.fill();
      if (surface.kind === 'sidewalk' || surface.kind === 'paving') this.#slabs(context);
      return;
    }
    this.#trace(context, surface.line, surface.closed ?? false);
    context.lineWidth = surface.widthM * this.#ppm;
    context.lineJoin = 'round';
    context.stroke();
  }

  /** Joints between slabs, inside the shape that has just been filled. */
  #slabs(context: CanvasRenderingContext2D): void {
    if (this.#ppm < 10) return;
    context.save();
    context.clip();
    context.strokeStyle = 'rgba(60,57,52,.35)';
    context.lineWidth = Math.max(1, this.#ppm * 0.025);
    const step = 0.8 * this.#ppm;
    context.beginPath();
    for (let x = 0; x < this.#width; x += step) {
      context.moveTo(x, 0);
      context.lineTo(x, this.#height);
    }
    for (let y = 0; y < this.#height; y += step) {
      context.moveTo(0, y);
      context.lineTo(this.#width, y);
    }
    context.stroke();
    context.restore();
  }

  /** Tyre tracks, patches, cracks, oil, manholes. */
  #wear(context: CanvasRenderingContext2D, layout: Layout, seed: number): void {
    const random = seededRandom(seed * 59 + 13);
    const { minX, maxX, minY, maxY } = this.#area;
    context.lineCap = 'round';
    for (const { line } of layout.tyreTracks) {
      for (const [width, alpha] of [
        [2.2, 0.04],
        [1.1, 0.07],
        [0.5, 0.05],
      ] as const) {
        context.strokeStyle = `rgba(25,24,23,${alpha})`;
        context.lineWidth = width * this.#ppm;
        this.#trace(context, line, false);
        context.stroke();
      }
    }
    const spots = layout.tyreTracks.flatMap(({ line }) => line);
    const spot = (): Point => {
      const [ax, ay] = spots[Math.floor(random() * spots.length)] ?? [0, 0];
      const [bx, by] = spots[Math.floor(random() * spots.length)] ?? [0, 0];
      const straight = Math.abs(ax - bx) < 0.1;
      return straight
        ? [
            ax + between(random, -1.2, 1.2),
            between(random, Math.max(minY, Math.min(ay, by)), Math.min(maxY, Math.max(ay, by))),
          ]
        : [ax + between(random, -1, 1), ay + between(random, -1, 1)];
    };
    for (let i = 0; i < 12; i++) {
      const [x, y] = this.#at(spot());
      context.fillStyle = pick(random, ['rgba(40,40,38,.4)', 'rgba(52,51,49,.45)', 'rgba(112,110,105,.35)']);
      context.fillRect(x, y, this.#ppm * between(random, 0.8, 2.4), this.#ppm * between(random, 1, 6));
    }
    for (let i = 0; i < 160; i++) {
      const [x, y] = this.#at(spot());
      context.fillStyle = `rgba(20,20,20,${0.05 + 0.2 * random()})`;
      context.beginPath();
      context.ellipse(
        x,
        y,
        this.#ppm * (0.06 + 0.3 * random() ** 2),
        this.#ppm * (0.1 + 0.6 * random() ** 2),
        0,
        0,
        7,
      );
      context.fill();
    }
    for (let i = 0; i < 8; i++) {
      const [x, y] = this.#at(spot());
      context.fillStyle = '#393938';
      context.strokeStyle = '#1f1f1f';
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, this.#ppm * 0.34, 0, 7);
      context.fill();
      context.stroke();
    }
    for (let i = 0; i < 60; i++) {
      let [x, y] = this.#at([between(random, minX, maxX), between(random, minY, maxY)]);
      let angle = random() * 6.28;
      context.strokeStyle = `rgba(28,28,27,${0.2 + 0.35 * random()})`;
      context.lineWidth = Math.max(1, this.#ppm * 0.02 * (1 + random()));
      context.beginPath();
      context.moveTo(x, y);
      for (let step = 0; step < 6 + random() * 22; step++) {
        angle += (random() - 0.5) * 0.9;
        x += Math.cos(angle) * this.#ppm * 0.25;
        y += Math.sin(angle) * this.#ppm * 0.25;
        context.lineTo(x, y);
      }
      context.stroke();
    }
  }

  #trace(context: CanvasRenderingContext2D, line: readonly Point[], closed: boolean): void {
    context.beginPath();
    for (const [index, point] of line.entries()) {
      const [x, y] = this.#at(point);
      if (index === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    if (closed) context.closePath();
  }

  #at([x, y]: Point): [number, number] {
    return [(x - this.#area.minX) * this.#ppm, (this.#area.maxY - y) * this.#ppm];
  }
}

const NOISE_GLSL = `
float gHash(vec2 p) { p = fract(p * vec2(123.34, 456.21)); p += dot(p, p + 45.32); return fract(p.x * p.y); }
float gNoise(vec2 p) {
  vec2 i = floor(p), f = fract(p); f = f * f * (3. - 2. * f);
  return mix(mix(gHash(i), gHash(i + vec2(1., 0.)), f.x), mix(gHash(i + vec2(0., 1.)), gHash(i + 1.), f.x), f.y);
}
float gFbm(vec2 p, int n) { float s = 0., a = .5, t = 0.; for (int k = 0; k < 6; k++) { if (k >= n) break; s += a * gNoise(p); t += a; a *= .5; p = p * 2.03 + vec2(17.1, 9.7); } return s / t; }`;

const WEATHER_GLSL = `
vec4 area = texture2D(map, vMapUv);
float isGrass = smoothstep(.0, .06, area.g - max(area.r, area.b) * 1.02);
float big = gFbm(vGround * vec2(.35, .12), 3) - .5, medium = gFbm(vGround * vec2(1.6, .9), 3) - .5;
float fine = gNoise(vGround * 28.) - .5 + .6 * (gNoise(vGround * 61.) - .5);
float blades = gFbm(vGround * 5.3, 4) - .5;
area.rgb *= 1. + (1. - isGrass) * (big * .38 + medium * .2 + fine * .16) + isGrass * (blades * .9 + big * .5);
vec4 mark = texture2D(marks, vMapUv);
float wear = smoothstep(.3, .52, gFbm(vGround * 2.2 + 31., 4));
area.rgb = mix(area.rgb, mark.rgb / max(mark.a, .01) * (.88 + .12 * fine), clamp(mark.a, 0., 1.) * (.34 + .58 * wear));
diffuseColor *= vec4(area.rgb, 1.);`;

const WET_GLSL = `
float puddle = gFbm(vGround * vec2(.45, .2) + 7., 4);
float roughnessFactor = mix(.3, .78, smoothstep(.28, .7, puddle));`;
