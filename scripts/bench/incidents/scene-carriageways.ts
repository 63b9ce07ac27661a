// The carriageways of a rendered scene, as an operator would draw them: from the road's layout through the scene's
// camera. What happens in the scene does not go into it.

import type { SceneLayout } from '../../scenes/scene-file.ts';
import { Camera, type PicturePoint } from '../../scenes/truth/camera.ts';
import type { TruthHeader } from '../../scenes/truth-file.ts';

/** Fields of `carriageways:` in a camera file. */
export type SceneCarriageway = {
  readonly carriageway: string;
  readonly area: readonly PicturePoint[];
  readonly direction?: { readonly from: PicturePoint; readonly to: PicturePoint };
  readonly road: 'street' | 'motorway';
  readonly speedLimitKmh?: number;
  readonly stopLine?: { readonly from: PicturePoint; readonly to: PicturePoint };
};

type Ground = readonly [number, number];

/** As far as an operator would draw it: beyond that vehicles are too small to be judged, metres from the camera. */
const REACH_M = 85;
/** Corners along an edge every so many metres: lenses bend lines. */
const STEP_M = 5;

/** Undefined for layouts without carriageways that can be told from the layout alone: a roundabout. */
export function sceneCarriageways(header: TruthHeader, layout: SceneLayout): readonly SceneCarriageway[] {
  const camera = cameraOf(header);
  switch (layout.kind) {
    case 'dual-carriageway': {
      const inner = layout.medianM / 2;
      const outer = inner + layout.lanesEachWay * layout.laneWidthM + 0.3;
      return bothWays(camera, header, inner, outer, { road: 'street', speedLimitKmh: layout.speedKmh });
    }
    case 'motorway': {
      // The barrier's half of the median, the lanes and the hard shoulder; see scripts/scenes/layout/motorway.ts.
      const inner = 1.6;
      const outer = 2.1 + layout.lanesEachWay * 3.75 + 3;
      return bothWays(camera, header, inner, outer, { road: 'motorway', speedLimitKmh: layout.speedKmh });
    }
    case 'street': {
      const half = layout.widthM / 2;
      const area = strip(camera, header, -half, half, camera.position[1] + 2, camera.position[1] + REACH_M);
      return area.length < 3 ? [] : [{ carriageway: 'street', area, road: 'street' }];
    }
    case 'intersection': {
      // The southern arm, which the library's cameras look along: up to the stop line at 18 m.
      const [, y] = camera.position;
      const [nearM, farM] = [Math.max(y + 2, y), -18.5];
      const area = strip(camera, header, 0.3, 9.9, nearM, farM);
      const [from, to] = [camera.project(0.3, -18, 0), camera.project(9.9, -18, 0)];
      const [start, end] = [camera.project(4.8, farM - 18, 0), camera.project(4.8, farM, 0)];
      if (area.length < 3 || !from || !to || !start || !end) return [];
      return [
        {
          carriageway: 'inbound',
          area,
          road: 'street',
          direction: { from: [start.xPx, start.yPx], to: [end.xPx, end.yPx] },
          stopLine: { from: [from.xPx, from.yPx], to: [to.xPx, to.yPx] },
        },
      ];
    }
    case 'roundabout':
      return [];
  }
}

function bothWays(
  camera: Camera,
  header: TruthHeader,
  inner: number,
  outer: number,
  road: { readonly road: 'street' | 'motorway'; readonly speedLimitKmh: number },
): SceneCarriageway[] {
  const [, y] = camera.position;
  return ([1, -1] as const).flatMap((side) => {
    const area = strip(camera, header, side * inner, side * outer, y + 2, y + REACH_M);
    const middle = (side * (inner + outer)) / 2;
    const [near, far] = [camera.project(middle, y + 30, 0), camera.project(middle, y + 60, 0)];
    if (area.length < 3 || near === undefined || far === undefined) return [];
    const [from, to] = side > 0 ? [near, far] : [far, near];
    return [
      {
        carriageway: side > 0 ? 'northbound' : 'southbound',
        area,
        direction: { from: [from.xPx, from.yPx], to: [to.xPx, to.yPx] },
        ...road,
      },
    ];
  });
}

/** The part of a straight strip of road that the camera sees. */
function strip(
  camera: Camera,
  header: TruthHeader,
  leftM: number,
  rightM: number,
  nearM: number,
  farM: number,
): PicturePoint[] {
  const along = Array.from({ length: Math.ceil((farM - nearM) / STEP_M) + 1 }, (_, at) =>
    Math.min(farM, nearM + at * STEP_M),
  );
  const corners: Ground[] = [
    ...along.map((y): Ground => [leftM, y]),
    ...along.toReversed().map((y): Ground => [rightM, y]),
  ];
  const points = corners.flatMap(([x, y]): PicturePoint[] => {
    const seen = camera.project(x, y, 0);
    return seen === undefined ? [] : [[seen.xPx, seen.yPx]];
  });
  const { width, height } = header.picture;
  return clipped(points, width, height).map(([x, y]) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]);
}

/** Sutherland and Hodgman's clipping to the picture. */
function clipped(points: readonly PicturePoint[], width: number, height: number): PicturePoint[] {
  const sides = [
    { axis: 0, sign: 1, at: 0 },
    { axis: 0, sign: -1, at: width },
    { axis: 1, sign: 1, at: 0 },
    { axis: 1, sign: -1, at: height },
  ] as const;
  let result: PicturePoint[] = [...points];
  for (const { axis, sign, at } of sides) {
    const depth = (point: PicturePoint) => sign * (point[axis] - at);
    const kept: PicturePoint[] = [];
    for (const [index, to] of result.entries()) {
      const from = result[(index + result.length - 1) % result.length] as PicturePoint;
      const [before, after] = [depth(from), depth(to)];
      if (before >= 0 !== after >= 0) {
        const share = before / (before - after);
        kept.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
      }
      if (after >= 0) kept.push(to);
    }
    result = kept;
  }
  return result;
}

function cameraOf({ calibration, picture }: TruthHeader): Camera {
  const { position, panDeg, tiltDeg, rollDeg, focalPx, distortion } = calibration;
  return new Camera(
    { position, panDeg, tiltDeg, rollDeg, distortion, focalLengthMm: focalPx, sensorWidthMm: picture.width },
    picture,
  );
}
