// The camera file of a rendered scene, as an operator would write it: lines and calibration points from the truth's
// header. What happens in the scene does not go into it.

import { cameraSchema } from '../../config/camera.ts';
import type { Scene } from '../scenes/scene-file.ts';
import type { TruthHeader } from '../scenes/truth-file.ts';
import { type CarriagewayFile, sceneRoads } from './scene-roads.ts';

type Point = readonly [number, number];

/** For lines that do not name their ways: those of the configuration. */
export const DIRECTIONS = { toLeft: 'to-left', toRight: 'to-right' } as const;

/** What an operator leaves as it is: the default of `source.analysisFps`. */
export const ANALYSIS_FPS = 10;

/** Fields of a camera file (config/camera.ts). */
export type SceneCameraFile = {
  readonly camera: string;
  readonly picture: { readonly width: number; readonly height: number };
  readonly source: { readonly url: string; readonly analysisFps: number };
  readonly lines: readonly {
    readonly line: string;
    readonly from: Point;
    readonly to: Point;
    readonly directions: { readonly toLeft: string; readonly toRight: string };
  }[];
  readonly calibration?: {
    readonly points: readonly { readonly picture: Point; readonly ground: Point }[];
    readonly distortion?: number;
  };
  readonly carriageways?: readonly CarriagewayFile[];
};

/** @param scene what the clip was rendered from, for the outlines of its carriageways */
export function sceneCamera(header: TruthHeader, clip: string, scene?: Scene): SceneCameraFile {
  const { width, height } = header.picture;
  const { points, distortion } = header.calibration;
  return {
    camera: header.scene,
    picture: { width, height },
    source: { url: clip, analysisFps: ANALYSIS_FPS },
    lines: header.lines.map(({ line, picture: { from, to }, directions = DIRECTIONS }) => ({
      line,
      from: pulledIn(from, to, header.picture),
      to: pulledIn(to, from, header.picture),
      directions,
    })),
    ...(points.length >= 4 && {
      calibration: { points, ...(distortion !== 0 && { distortion }) },
    }),
    ...(scene && 'carriageways' in cameraSchema.shape && { carriageways: sceneRoads(scene) }),
  };
}

/** An end of a line that lies a little outside the picture moves along the line to the picture's edge. */
function pulledIn(end: Point, other: Point, size: { width: number; height: number }): Point {
  let share = 0;
  for (const [axis, most] of [
    [0, size.width],
    [1, size.height],
  ] as const) {
    const [at, way] = [end[axis], other[axis] - end[axis]];
    if (at < 0) share = Math.max(share, -at / way);
    if (at > most) share = Math.max(share, (most - at) / way);
  }
  const point = [0, 1].map((axis) => {
    const [at = 0, way = 0] = [end[axis], (other[axis] ?? 0) - (end[axis] ?? 0)];
    return Math.round((at + way * share) * 10) / 10;
  });
  return [point[0] ?? 0, point[1] ?? 0];
}
