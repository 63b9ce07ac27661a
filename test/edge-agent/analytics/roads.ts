// Cameras above a flat road, known exactly, and road users that pass below them, for tests of calibration and speed.

import { type Calibration, calibrate } from '../../../edge-agent/analytics/calibration.ts';
import type { PointPair } from '../../../edge-agent/analytics/calibration-points.ts';
import type { BoxSighting } from '../../../edge-agent/analytics/ground-sightings.ts';
import { Camera } from '../../../scripts/scenes/truth/camera.ts';

export const PICTURE = { width: 1280, height: 720, fps: 25 };

export type CameraChanges = {
  readonly heightM?: number;
  readonly panDeg?: number;
  readonly tiltDeg?: number;
  readonly rollDeg?: number;
  readonly distortion?: number;
};

/** 8 m above a road that leads north, looking along it. */
export function cameraAt(changes: CameraChanges = {}): Camera {
  return new Camera(
    {
      position: [0, 0, changes.heightM ?? 8],
      panDeg: changes.panDeg ?? 0,
      tiltDeg: changes.tiltDeg ?? 18,
      rollDeg: changes.rollDeg ?? 0,
      focalLengthMm: 6,
      sensorWidthMm: 6,
      distortion: changes.distortion ?? 0,
    },
    PICTURE,
  );
}

/** Twelve places on both edges of the road, 15 to 70 m away. */
export const PLACES = [15, 20, 27, 36, 50, 70].flatMap((y): [number, number][] => [
  [-3.5, y],
  [3.5, y + 2],
]);

/** Pairs as somebody would mark them who is off by `noise()` px in each coordinate. */
export function marked(
  camera: Camera,
  places: readonly (readonly [number, number])[] = PLACES,
  noise: () => number = () => 0,
): PointPair[] {
  return places.map((ground) => {
    const seen = camera.project(ground[0], ground[1], 0);
    if (seen === undefined) {
      throw new Error(`the camera does not see ${ground}`);
    }
    return { picture: [seen.xPx + noise(), seen.yPx + noise()], ground };
  });
}

export function calibrationOf(camera: Camera, noise?: () => number): Calibration {
  return calibrate({
    picture: PICTURE,
    points: marked(camera, PLACES, noise),
    distortion: camera.distortion,
  });
}

/** Numbers of a normal distribution, the same every time for a seed. */
export function gaussian(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export type Way = (timeS: number) => readonly [xM: number, yM: number];

/** Boxes of something whose anchor goes a way, 1.8 m wide and 1.5 m high, at given times. */
export function seenOnTheWay(
  camera: Camera,
  way: Way,
  timesS: readonly number[],
  noise: () => number = () => 0,
): BoxSighting[] {
  return timesS.flatMap((timeS) => {
    const [x, y] = way(timeS);
    const foot = camera.project(x, y, 0);
    const top = camera.project(x, y, 1.5);
    const side = camera.project(x + 0.9, y, 0);
    if (foot === undefined || top === undefined || side === undefined) return [];
    const half = side.xPx - foot.xPx;
    const box = [
      foot.xPx - half + noise(),
      top.yPx + noise(),
      foot.xPx + half + noise(),
      foot.yPx + noise(),
    ] as const;
    return [{ cameraTimeMs: timeS * 1000, box }];
  });
}

/** `count` times from 0, `fps` a second. */
export function frames(count: number, fps = 10): number[] {
  return Array.from({ length: count }, (_, i) => i / fps);
}
