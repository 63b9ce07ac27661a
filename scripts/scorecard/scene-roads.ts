// The carriageways of a scene as an operator would outline them in the camera's picture: polygons, directions, stop
// lines, and the speed limit.

import { type CarriagewayGround, carriagewaysOf } from '../scenes/layout/carriageways.ts';
import type { Point as GroundPoint } from '../scenes/layout/path.ts';
import type { Scene } from '../scenes/scene-file.ts';
import { Camera } from '../scenes/truth/camera.ts';

type Point = readonly [number, number];
type Size = { readonly width: number; readonly height: number };

/** An entry of `carriageways` in a camera file (config/incidents.ts). */
export type CarriagewayFile = {
  readonly carriageway: string;
  readonly area: readonly Point[];
  readonly direction?: { readonly from: Point; readonly to: Point };
  readonly road: 'street' | 'motorway';
  readonly speedLimitKmh?: number;
  readonly stopLine?: { readonly from: Point; readonly to: Point };
  readonly exclude?: readonly (readonly Point[])[];
};

/** Points beyond the picture by more than this share of it are not projected: the lens formula ends there. */
const BEYOND = 1.2;
/**
 * A metre across the road shows at least this many pixels, or it is not outlined: boxes are a few pixels wrong, and a
 * vehicle would be taken for one of the next carriageway. A road that is seen from its side is left to another camera.
 */
const LEAST_PX_PER_M = 5;
/** A piece of road that shows less than this is not outlined, px. */
const LEAST_PX = 12;

export function sceneRoads(scene: Scene): CarriagewayFile[] {
  const camera = new Camera(scene.camera, scene.picture);
  const grounds = carriagewaysOf(scene.layout);
  const roads = grounds.map((ground) => ({ ground, file: outlined(ground, camera, scene) }));
  // Of an arm of a crossroads both ways or none: who waits on one would be taken for somebody on the other.
  const arm = (name: string): string => name.replace(/-(in|out)$/, '');
  const flat = new Set(roads.filter(({ file }) => file === 'flat').map(({ ground }) => arm(ground.name)));
  return roads.flatMap(({ ground, file }) =>
    file === undefined || file === 'flat' || flat.has(arm(ground.name)) ? [] : [file],
  );
}

function outlined(
  { name, left, right, hole, stopLine, speedLimitKmh }: CarriagewayGround,
  camera: Camera,
  scene: Scene,
): CarriagewayFile | 'flat' | undefined {
  const size = scene.picture;
  const borders = left.flatMap((point, index): [Point, Point][] => {
    const pair = [onPicture(camera, point), onPicture(camera, right[index] ?? point)] as const;
    return pair[0] && pair[1] ? [[pair[0], pair[1]]] : [];
  });
  const outer = borders.map(([, point]) => point);
  const area = clipped(hole ? outer : [...borders.map(([point]) => point), ...outer.toReversed()], size);
  if (area.length < 3 || extent(area) < LEAST_PX) return undefined;
  const seen = borders
    .map(([a, b]) => ({ a, b, middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as Point }))
    .filter(({ middle: [x, y] }) => x > 0 && y > 0 && x < size.width && y < size.height);
  const [from, to, halfway] = [seen[0]?.middle, seen.at(-1)?.middle, seen[seen.length >> 1]];
  if (from && to && halfway && !hole && extent([from, to]) >= LEAST_PX) {
    const px = pxAcross(halfway.a, halfway.b, from, to);
    if (px / widthOf(left, right) < LEAST_PX_PER_M) return 'flat';
  }
  const stop = stopLine?.map((point) => onPicture(camera, point));
  return {
    carriageway: name,
    area,
    ...(from &&
      to &&
      !hole &&
      extent([from, to]) > 1 && { direction: { from: rounded(from), to: rounded(to) } }),
    road: scene.layout.kind === 'motorway' ? 'motorway' : 'street',
    ...(speedLimitKmh !== undefined && { speedLimitKmh }),
    ...(stop?.[0] && stop[1] && { stopLine: { from: within(stop[0], size), to: within(stop[1], size) } }),
    ...(hole && { exclude: [clipped(projected(camera, hole), size)] }),
  };
}

/** Between two points of its borders, square to its direction. */
function pxAcross(left: Point, right: Point, from: Point, to: Point): number {
  const [x, y] = [to[0] - from[0], to[1] - from[1]];
  return Math.abs((right[0] - left[0]) * y - (right[1] - left[1]) * x) / Math.max(1, Math.hypot(x, y));
}

function widthOf(left: readonly GroundPoint[], right: readonly GroundPoint[]): number {
  const [a, b] = [left[0] ?? [0, 0], right[0] ?? [0, 0]];
  return Math.max(1, Math.hypot(b[0] - a[0], b[1] - a[1]));
}

function onPicture(camera: Camera, [x, y]: GroundPoint): Point | undefined {
  const at = camera.project(x, y, 0);
  if (!at || at.depthM < 1) return undefined;
  const [wide, high] = [BEYOND * camera.width, BEYOND * camera.height];
  if (at.xPx < -wide || at.xPx > camera.width + wide || at.yPx < -high || at.yPx > camera.height + high)
    return undefined;
  return [at.xPx, at.yPx];
}

/** Sutherland and Hodgman: a polygon cut by each edge of the picture in turn. */
function clipped(polygon: readonly Point[], { width, height }: Size): Point[] {
  let points = [...polygon];
  for (const [axis, limit, sign] of [
    [0, 0, 1],
    [0, width, -1],
    [1, 0, 1],
    [1, height, -1],
  ] as const) {
    const inside = (point: Point): boolean => sign * (point[axis] - limit) >= 0;
    points = points.flatMap((point, index) => {
      const before = points.at(index - 1) ?? point;
      const share = (limit - before[axis]) / (point[axis] - before[axis]);
      const cut: Point = [
        before[0] + share * (point[0] - before[0]),
        before[1] + share * (point[1] - before[1]),
      ];
      if (inside(point)) return inside(before) ? [point] : [cut, point];
      return inside(before) ? [cut] : [];
    });
  }
  const corners = points.map(rounded);
  return corners.filter((point, index) => {
    const before = corners.at(index - 1) ?? point;
    return corners.length === 1 || point[0] !== before[0] || point[1] !== before[1];
  });
}

function projected(camera: Camera, points: readonly GroundPoint[]): Point[] {
  return points.flatMap((point) => {
    const at = onPicture(camera, point);
    return at ? [at] : [];
  });
}

function within([x, y]: Point, { width, height }: Size): Point {
  return rounded([Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))]);
}

function rounded([x, y]: Point): Point {
  return [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
}

function extent(points: readonly Point[]): number {
  const size = ([0, 1] as const).map((axis) => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...size);
}
