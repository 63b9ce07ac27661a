// What of a camera's file is drawn on the picture, read with patience: somebody may be in the middle of typing. What is
// not as it should be is left out of the drawing, never out of the file.

import type { Point } from './geometry.ts';
import type { Pair, Size } from './ground.ts';
import { parsed } from './parsed.ts';
import { isObject, type Path, valueAt } from './plain-edit.ts';

export type ShapeKind =
  | 'line'
  | 'zone'
  | 'carriageway'
  | 'arrow'
  | 'stop-line'
  | 'lane-area'
  | 'exclude'
  | 'calibration';

/** A place that can be dragged: where it stands in the file. Of a line both ends, then where lanes end. */
export type Handle = { readonly path: Path; readonly point: Point };

/** Something that is seen on the picture and stands in the list. */
export type Shape = {
  /** Of the file's path: `lines/0`. */
  readonly id: string;
  readonly kind: ShapeKind;
  readonly path: Path;
  readonly name: string;
  readonly handles: readonly Handle[];
  /** Of whom it is a part: an arrow of its carriageway. */
  readonly parent: string | undefined;
};

export type Drawing = {
  /** The whole file as plain values. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly picture: Size | undefined;
  readonly shapes: readonly Shape[];
};

export type ReadText =
  | { readonly drawing: Drawing }
  | { readonly problem: { readonly message: string; readonly line: number; readonly column: number } };

/** The drawing, or where the text stops being YAML. */
export function readDrawing(text: string): ReadText {
  const { document } = parsed(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const [{ line, col }] = error.linePos ?? [{ line: 1, col: 1 }];
    return {
      problem: {
        message: (error.message.split('\n')[0] ?? '').replace(/ at line.*$/, ''),
        line,
        column: col,
      },
    };
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (!isObject(value))
    return { problem: { message: 'expected a map of keys and values', line: 1, column: 1 } };
  return { drawing: { value, picture: sizeOf(value.picture), shapes: shapesOf(value) } };
}

export function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && value.length === 2 && value.every((each) => Number.isFinite(each));
}

/** Pairs of picture and ground of a calibration, however it is given, as the box makes them. */
export function calibrationPairs(calibration: unknown): Pair[] {
  if (!isObject(calibration)) return [];
  const { points, rectangle, lane } = calibration;
  if (Array.isArray(points)) {
    return points.flatMap((each) =>
      isPoint(each?.picture) && isPoint(each?.ground) ? [{ picture: each.picture, ground: each.ground }] : [],
    );
  }
  if (isObject(rectangle)) {
    const [widthM, lengthM] = [Number(rectangle.widthM), Number(rectangle.lengthM)];
    const grounds: Record<string, Point> = {
      nearLeft: [0, 0],
      nearRight: [widthM, 0],
      farRight: [widthM, lengthM],
      farLeft: [0, lengthM],
    };
    return Object.entries(grounds).flatMap(([key, ground]) => {
      const picture = rectangle[key];
      return isPoint(picture) && isPoint(ground) ? [{ picture, ground }] : [];
    });
  }
  if (!isObject(lane)) return [];
  return (['left', 'right'] as const).flatMap((side) =>
    listed(lane[side]).flatMap((picture, i) => {
      const ground: Point = [side === 'left' ? 0 : Number(lane.widthM), i * Number(lane.dashPeriodM)];
      return isPoint(picture) && isPoint(ground) ? [{ picture, ground }] : [];
    }),
  );
}

/** Which way a calibration is given; undefined: there is none. */
export function calibrationWay(value: Drawing['value']): 'points' | 'rectangle' | 'lane' | undefined {
  const { calibration } = value;
  return isObject(calibration)
    ? (['points', 'rectangle', 'lane'] as const).find((way) => calibration[way] !== undefined)
    : undefined;
}

export function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function sizeOf(value: unknown): Size | undefined {
  const { width, height } = isObject(value) ? value : {};
  return typeof width === 'number' && typeof height === 'number' && width >= 16 && height >= 16
    ? { width, height }
    : undefined;
}

function shapesOf(value: Record<string, unknown>): Shape[] {
  const shape = (
    kind: ShapeKind,
    path: Path,
    points: readonly Path[],
    named: { readonly name?: unknown; readonly parent?: string } = {},
  ): Shape => ({
    id: path.join('/'),
    kind,
    path,
    name: typeof named.name === 'string' ? named.name : '',
    handles: points.flatMap((at) => {
      const point = valueAt(value, at);
      return isPoint(point) ? [{ path: at, point }] : [];
    }),
    parent: named.parent,
  });
  const each = (list: string, make: (entry: Record<string, unknown>, path: Path) => Shape[]) =>
    listed(value[list]).flatMap((entry, i) => (isObject(entry) ? make(entry, [list, i]) : []));
  const corners = (list: unknown, path: Path): Path[] => listed(list).map((_, i) => [...path, i]);
  const ends = (path: Path): Path[] => [
    [...path, 'from'],
    [...path, 'to'],
  ];

  return [
    ...each('lines', ({ line, lanes }, path) => {
      const divisions = listed(lanes).map((_, i) => [...path, 'lanes', i, 'until']);
      return [shape('line', path, [...ends(path), ...divisions], { name: line })];
    }),
    ...each('zones', ({ zone, polygon }, path) => [
      shape('zone', path, corners(polygon, [...path, 'polygon']), { name: zone }),
    ]),
    ...each('carriageways', (entry, path) => {
      const parent = path.join('/');
      return [
        shape('carriageway', path, corners(entry.area, [...path, 'area']), { name: entry.carriageway }),
        ...(isObject(entry.direction)
          ? [shape('arrow', [...path, 'direction'], ends([...path, 'direction']), { parent })]
          : []),
        ...(isObject(entry.stopLine)
          ? [shape('stop-line', [...path, 'stopLine'], ends([...path, 'stopLine']), { parent })]
          : []),
        ...listed(entry.lanes).flatMap((lane, i) => {
          const at = [...path, 'lanes', i];
          return isObject(lane)
            ? [shape('lane-area', at, corners(lane.area, [...at, 'area']), { name: lane.lane, parent })]
            : [];
        }),
        ...listed(entry.exclude).map((area, i) => {
          const at = [...path, 'exclude', i];
          return shape('exclude', at, corners(area, at), { parent });
        }),
      ];
    }),
    ...calibrationShapes(value, shape),
  ];
}

function calibrationShapes(
  { calibration }: Record<string, unknown>,
  shape: (kind: ShapeKind, path: Path, points: readonly Path[]) => Shape,
): Shape[] {
  if (!isObject(calibration)) return [];
  const { points, rectangle, lane } = calibration;
  const base = ['calibration'];
  if (points !== undefined)
    return [
      shape(
        'calibration',
        base,
        listed(points).map((_, i) => [...base, 'points', i, 'picture']),
      ),
    ];
  if (isObject(rectangle)) {
    const corners = ['nearLeft', 'nearRight', 'farRight', 'farLeft'];
    return [
      shape(
        'calibration',
        base,
        corners.map((corner) => [...base, 'rectangle', corner]),
      ),
    ];
  }
  if (!isObject(lane)) return [];
  const sides = ['left', 'right'].flatMap((side) =>
    listed(lane[side]).map((_, i) => [...base, 'lane', side, i] as Path),
  );
  return [shape('calibration', base, sides)];
}
