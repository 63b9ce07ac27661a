// The camera: how ground and space map to the picture and back. Renderer and truth share this one model.

import type { Scene, SceneCamera } from '../scene-file.ts';

export type PicturePoint = readonly [xPx: number, yPx: number];
export type GroundPoint = readonly [xM: number, yM: number];

/*
 * World: x east, y north, z up, metres. Camera: right, down, forward.
 * A point at (right, down, forward) falls on u = right / forward, v = down / forward, in units of the focal
 * length. With barrel distortion k the lens pulls points inwards: undistorted radius = r (1 + k r²), where
 * r = 1 is the picture's corner.
 */
/** Resolution of the distortion table, and how far out it goes: vertices beyond are far outside the picture. */
const TABLE_STEPS = 512;
const TABLE_CORNERS = 6;

export class Camera {
  readonly width: number;
  readonly height: number;
  readonly focalPx: number;
  readonly distortion: number;
  readonly position: readonly [number, number, number];
  readonly panDeg: number;
  readonly tiltDeg: number;
  readonly rollDeg: number;
  readonly right: readonly [number, number, number];
  readonly down: readonly [number, number, number];
  readonly forward: readonly [number, number, number];
  readonly #cornerPx: number;
  readonly #table: Float64Array;

  constructor(camera: SceneCamera, picture: Scene['picture']) {
    this.width = picture.width;
    this.height = picture.height;
    this.focalPx = (camera.focalLengthMm / camera.sensorWidthMm) * picture.width;
    this.distortion = camera.distortion;
    this.position = camera.position;
    this.panDeg = camera.panDeg;
    this.tiltDeg = camera.tiltDeg;
    this.rollDeg = camera.rollDeg;
    this.#cornerPx = Math.hypot(picture.width, picture.height) / 2;
    this.#table = distortionTable(camera.distortion);
    const pan = (camera.panDeg * Math.PI) / 180;
    const tilt = (camera.tiltDeg * Math.PI) / 180;
    const roll = (camera.rollDeg * Math.PI) / 180;
    const level = [Math.cos(pan), -Math.sin(pan), 0] as const;
    this.forward = [Math.sin(pan) * Math.cos(tilt), Math.cos(pan) * Math.cos(tilt), -Math.sin(tilt)];
    const steep = [
      -Math.sin(pan) * Math.sin(tilt),
      -Math.cos(pan) * Math.sin(tilt),
      -Math.cos(tilt),
    ] as const;
    // Positive roll turns the camera clockwise, so the picture turns counter-clockwise.
    this.right = combine(level, Math.cos(roll), steep, Math.sin(roll));
    this.down = combine(steep, Math.cos(roll), level, -Math.sin(roll));
  }

  /** The picture point of a point in space; undefined behind the camera (nearer than 0.3 m). `depthM` is along the view. */
  project(
    x: number,
    y: number,
    z: number,
  ): { readonly xPx: number; readonly yPx: number; readonly depthM: number } | undefined {
    const dx = x - this.position[0];
    const dy = y - this.position[1];
    const dz = z - this.position[2];
    const depthM = dx * this.forward[0] + dy * this.forward[1] + dz * this.forward[2];
    if (depthM < 0.3) return undefined;
    const u = ((dx * this.right[0] + dy * this.right[1] + dz * this.right[2]) / depthM) * this.focalPx;
    const v = ((dx * this.down[0] + dy * this.down[1] + dz * this.down[2]) / depthM) * this.focalPx;
    const scale = this.distort(Math.hypot(u, v));
    return { xPx: this.width / 2 + u * scale, yPx: this.height / 2 + v * scale, depthM };
  }

  /** The ground point under a picture point; undefined at and above the horizon. */
  ground(xPx: number, yPx: number): GroundPoint | undefined {
    const dx = xPx - this.width / 2;
    const dy = yPx - this.height / 2;
    const r = Math.hypot(dx, dy) / this.#cornerPx;
    const scale = (1 + this.distortion * r * r) / this.focalPx;
    const u = dx * scale;
    const v = dy * scale;
    const falling = this.forward[2] + u * this.right[2] + v * this.down[2];
    if (falling > -1e-4) return undefined;
    const reach = -this.position[2] / falling;
    return [
      this.position[0] + reach * (this.forward[0] + u * this.right[0] + v * this.down[0]),
      this.position[1] + reach * (this.forward[1] + u * this.right[1] + v * this.down[1]),
    ];
  }

  /** Distorted radius over undistorted radius, for an undistorted radius in pixels; from a table, since every vertex asks. */
  distort(radiusPx: number): number {
    if (this.#table.length === 0) return 1;
    const at = Math.min((radiusPx / this.#cornerPx) * TABLE_STEPS, this.#table.length - 1.001);
    const low = Math.floor(at);
    const a = this.#table[low] as number;
    return a + ((this.#table[low + 1] as number) - a) * (at - low);
  }

  /** How much more than the picture the renderer must draw so that the undistorted corner is covered. */
  get overscan(): number {
    return 1 + this.distortion;
  }
}

/** Entry i: distorted over undistorted radius at the undistorted radius i / TABLE_STEPS corners. Newton's method. */
function distortionTable(distortion: number): Float64Array {
  if (distortion === 0) return new Float64Array(0);
  return Float64Array.from({ length: TABLE_STEPS * TABLE_CORNERS }, (_, i) => {
    const wanted = i / TABLE_STEPS;
    if (wanted === 0) return 1;
    let r = Math.min(wanted, 1.2);
    for (let round = 0; round < 12; round++) {
      r -= (r + distortion * r ** 3 - wanted) / (1 + 3 * distortion * r * r);
    }
    return r / wanted;
  });
}

/** The same camera after a knock, degrees. */
export function knocked(
  camera: SceneCamera,
  by: { panDeg: number; tiltDeg: number; rollDeg: number },
): SceneCamera {
  return {
    ...camera,
    panDeg: camera.panDeg + by.panDeg,
    tiltDeg: Math.min(89, Math.max(1, camera.tiltDeg + by.tiltDeg)),
    rollDeg: camera.rollDeg + by.rollDeg,
  };
}

function combine(
  a: readonly [number, number, number],
  ka: number,
  b: readonly [number, number, number],
  kb: number,
): [number, number, number] {
  return [a[0] * ka + b[0] * kb, a[1] * ka + b[1] * kb, a[2] * ka + b[2] * kb];
}
