// Sky, surroundings that paint reflections, and the light that follows from time and weather.

import * as THREE from 'three';
import { between, seededRandom } from '../random.ts';
import type { Scene } from '../scene-file.ts';
import { canvasTexture, makeCanvas, valueNoise } from './textures.ts';

export type Lighting = {
  readonly night: boolean;
  readonly lampsOn: boolean;
  readonly wet: boolean;
  /** Towards the sun, three.js axes. */
  readonly sunDirection: THREE.Vector3;
  readonly sunColour: number;
  readonly sunIntensity: number;
  readonly skyIntensity: number;
  readonly fogColour: number;
  readonly fogDensity: number;
  /** Mean grey level that automatic exposure aims at. */
  readonly targetGrey: number;
};

export function lighting(scene: Scene): Lighting {
  const { time, sunAzimuthDeg, sunElevationDeg } = scene.light;
  const { kind, visibilityM } = scene.weather;
  const night = time === 'night';
  const random = seededRandom(scene.seed * 31 + 7);
  const azimuth = ((sunAzimuthDeg ?? between(random, 100, 260)) * Math.PI) / 180;
  const low = time === 'low-sun' ? 11 : time === 'dusk' ? 5 : between(random, 32, 58);
  const elevation = ((sunElevationDeg ?? low) * Math.PI) / 180;
  const sunDirection = new THREE.Vector3(
    Math.sin(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
    -Math.cos(azimuth) * Math.cos(elevation),
  );
  const clear = kind === 'clear';
  const dusk = time === 'dusk';
  const sun = { clear: dusk ? 1.1 : time === 'low-sun' ? 3.6 : 4.2, cloudy: 0.7, rain: 0.15, fog: 0.15 }[
    kind
  ];
  const defaultVisibility = { clear: 1100, cloudy: 650, rain: 240, fog: 95 }[kind];
  const murky = kind === 'fog' || kind === 'rain';
  return {
    night,
    lampsOn: night || dusk || murky,
    wet: kind === 'rain',
    sunDirection,
    sunColour: night ? 0x9fb4ff : dusk ? 0xff9a60 : time === 'low-sun' ? 0xffcf9a : 0xfff0dc,
    sunIntensity: night ? 0.06 : sun,
    skyIntensity: night ? 0.8 : clear ? (dusk ? 0.75 : 0.55) : 0.95,
    fogColour: night ? (kind === 'fog' ? 0x1b1a18 : 0x0b0b0e) : dusk ? 0x9a8f94 : clear ? 0xbccada : 0xc3c7ca,
    // Koschmieder's law with three.js' squared exponent: contrast falls to 5 % at the visibility.
    fogDensity: Math.sqrt(Math.log(20)) / (visibilityM ?? defaultVisibility),
    targetGrey: night ? 56 : dusk ? 80 : time === 'low-sun' ? 102 : 112,
  };
}

export function skyCanvas(scene: Scene): HTMLCanvasElement {
  const width = 1024;
  const height = 512;
  const { canvas, context } = makeCanvas(width, height);
  const noise = valueNoise(scene.seed + 50);
  const shade = valueNoise(scene.seed + 51);
  const night = scene.light.time === 'night';
  const dusk = scene.light.time === 'dusk';
  const clouded = scene.weather.kind !== 'clear';
  const top = night ? [5, 8, 16] : dusk ? [70, 84, 120] : clouded ? [150, 160, 172] : [72, 118, 182];
  const horizon = night ? [34, 30, 30] : dusk ? [226, 168, 128] : clouded ? [205, 210, 214] : [198, 212, 226];
  const ground = night ? [12, 12, 12] : [96, 94, 90];
  const cover = night ? 0.1 : clouded ? 0.95 : 0.45;
  const image = context.createImageData(width, height);
  const blend = (a: number, b: number, t: number): number => a + (b - a) * t;
  for (let y = 0; y < height; y++) {
    const elevation = (0.5 - y / height) * Math.PI;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const channel = (k: number): number => {
        if (elevation < 0) return blend((horizon[k] ?? 0) * 0.8, ground[k] ?? 0, Math.min(1, -elevation * 6));
        return blend(horizon[k] ?? 0, top[k] ?? 0, Math.min(1, elevation / 1.2) ** 0.6);
      };
      let cloud = 0;
      let white = 30;
      if (elevation >= 0) {
        const azimuth = (x / width) * 2 * Math.PI;
        const reach = 1.3 / Math.max(0.06, Math.sin(elevation));
        const u = Math.cos(azimuth) * reach + 40;
        const v = Math.sin(azimuth) * reach + 40;
        cloud =
          Math.max(0, Math.min(1, (noise.octaves(u, v, 5) - (1 - cover) * 0.62 - 0.12) * 4)) *
          (night ? 0.3 : 0.9);
        if (!night) white = blend(dusk ? 130 : 196, dusk ? 215 : 252, shade.octaves(u * 1.5, v * 1.5, 3));
      }
      for (let k = 0; k < 3; k++) image.data[at + k] = blend(channel(k), white, cloud);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** What polished metal and glass reflect: sky, sun, a blocky skyline. */
export function reflections(scene: Scene, sky: HTMLCanvasElement, light: Lighting): THREE.Scene {
  const around = new THREE.Scene();
  const background = canvasTexture(sky);
  background.mapping = THREE.EquirectangularReflectionMapping;
  around.background = background;
  around.backgroundIntensity = light.night ? 0.5 : scene.weather.kind === 'clear' ? 1.25 : 1.35;
  const random = seededRandom(scene.seed + 88);
  const flat = (colour: THREE.ColorRepresentation): THREE.MeshBasicMaterial =>
    new THREE.MeshBasicMaterial({ color: colour });
  const road = new THREE.Mesh(new THREE.CircleGeometry(300, 24), flat(light.night ? 0x0a0a0a : 0x4a4947));
  road.rotation.x = -Math.PI / 2;
  road.position.y = -1.2;
  around.add(road);
  const open = scene.layout.kind === 'motorway';
  for (const side of [-1, 1]) {
    for (let z = -160; z < 160; z += between(random, 10, 20)) {
      const height = open ? between(random, 1, 3) : between(random, 5, 15);
      const grey = (light.night ? 0.04 : 0.25) * between(random, 0.6, 1.4);
      const block = new THREE.Mesh(
        new THREE.BoxGeometry(8, height, between(random, 9, 16)),
        flat(new THREE.Color(grey * 1.1, grey, grey * 0.9)),
      );
      block.position.set(side * between(random, 17, 22), height / 2 - 1, z);
      around.add(block);
    }
  }
  if (light.night) {
    for (let i = 0; i < 14; i++) {
      const lamp = new THREE.Mesh(new THREE.BoxGeometry(0.8, 0.2, 0.8), flat(new THREE.Color(30, 24, 16)));
      lamp.position.set((i % 2 ? -1 : 1) * 6, 8, -90 + i * 13);
      around.add(lamp);
    }
  } else if (scene.weather.kind === 'clear') {
    const glare = scene.light.time === 'dusk' ? 0.4 : 1;
    const sun = new THREE.Mesh(
      new THREE.SphereGeometry(5, 12, 8),
      flat(new THREE.Color(45 * glare, 42 * glare, 36 * glare)),
    );
    sun.position.copy(light.sunDirection).multiplyScalar(200);
    around.add(sun);
  }
  return around;
}
