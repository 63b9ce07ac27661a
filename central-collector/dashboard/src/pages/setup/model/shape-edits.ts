// What people do on the picture, as edits of the file.

import { type Drawing, isPoint, listed, type Shape } from './drawing.ts';
import {
  clamp,
  distance,
  moved,
  onSegment,
  type Point,
  placed,
  positionAt,
  type Segment,
} from './geometry.ts';
import type { GroundFit, Size } from './ground.ts';
import { isObject, type Path, valueAt } from './plain-edit.ts';
import { freeName } from './slug.ts';
import type { YamlEdit } from './yaml-edit.ts';
import type { YamlValue } from './yaml-value.ts';

export type NewShape =
  | 'line'
  | 'zone'
  | 'carriageway'
  | 'arrow'
  | 'stop-line'
  | 'lane-area'
  | 'exclude'
  | 'calibration';

/** So many points make one; polygons take more. */
export const FEWEST_POINTS: Readonly<Record<NewShape, number>> = {
  line: 2,
  zone: 3,
  carriageway: 3,
  arrow: 2,
  'stop-line': 2,
  'lane-area': 3,
  exclude: 3,
  calibration: 1,
};

export function isPolygon(kind: Shape['kind'] | NewShape): boolean {
  return kind === 'zone' || kind === 'carriageway' || kind === 'lane-area' || kind === 'exclude';
}

/** Where the file has no size, pixels may be anything. */
const ANY_SIZE: Size = { width: 16_384, height: 16_384 };

export function sizeOf({ picture }: Drawing): Size {
  return picture ?? ANY_SIZE;
}

/** Whole pixels in the picture; where a lane ends, on its line. */
export function movePoint(drawing: Drawing, path: Path, to: Point): YamlEdit {
  const isLaneEnd = path.at(-1) === 'until';
  const line = isLaneEnd ? lineAt(drawing, path.slice(0, -3)) : undefined;
  const point = line === undefined ? to : onSegment(line, clamp(positionAt(line, to).along, 0.01, 0.99));
  return { what: 'set', path, value: placed(point, sizeOf(drawing)) };
}

function lineAt({ value }: Drawing, path: Path): Segment | undefined {
  const from = valueAt(value, [...path, 'from']);
  const to = valueAt(value, [...path, 'to']);
  return isPoint(from) && isPoint(to) && distance(from, to) > 0 ? { from, to } : undefined;
}

/** The other end first: right becomes left. Lanes stay where they are on the road. */
export function turnRound({ value }: Drawing, { path }: Shape): YamlEdit[] {
  const line = valueAt(value, path);
  if (!isObject(line) || !isPoint(line.from) || !isPoint(line.to)) return [];
  const lanes = listed(line.lanes).filter(isObject);
  const ends = lanes.map(({ until }) => until);
  const turned = lanes
    .map(({ until, ...lane }, i) => (i > 0 && isPoint(ends[i - 1]) ? { ...lane, until: ends[i - 1] } : lane))
    .reverse();
  return [
    { what: 'set', path: [...path, 'from'], value: line.to },
    { what: 'set', path: [...path, 'to'], value: line.from },
    ...(lanes.length > 1
      ? [{ what: 'set' as const, path: [...path, 'lanes'], value: turned as YamlValue[] }]
      : []),
  ];
}

/** Where a line's lanes divide it when they are equally wide; on the road where that is known. */
export function equalDivisions(
  { value }: Drawing,
  { path, handles }: Shape,
  ground: Pick<GroundFit, 'toGround' | 'toPicture'> | undefined,
): Point[] {
  const count = listed(valueAt(value, [...path, 'lanes'])).length;
  const [from, to] = handles;
  if (count < 2 || from === undefined || to === undefined || handles.length > 2) return [];
  const onRoad = [ground?.toGround(from.point), ground?.toGround(to.point)] as const;
  return Array.from({ length: count - 1 }, (_, i) => {
    const share = (i + 1) / count;
    const [a, b] = onRoad;
    const seen = a && b && ground?.toPicture(onSegment({ from: a, to: b }, share));
    return seen || onSegment({ from: from.point, to: to.point }, share);
  });
}

/** All points by the same way; the shape stops where its first point meets the frame. */
export function moveShape(drawing: Drawing, { handles }: Shape, dx: number, dy: number): YamlEdit[] {
  const size = sizeOf(drawing);
  const { width, height } = size;
  const xs = handles.map(({ point }) => point[0]);
  const ys = handles.map(({ point }) => point[1]);
  const stepX = Math.max(-Math.min(...xs), Math.min(width - Math.max(...xs), Math.round(dx)));
  const stepY = Math.max(-Math.min(...ys), Math.min(height - Math.max(...ys), Math.round(dy)));
  return handles.map(({ path, point }) => ({
    what: 'set',
    path,
    value: placed(moved(point, stepX, stepY), size),
  }));
}

/** A corner of a polygon more; `index` as in cornerIndex. */
export function addCorner(drawing: Drawing, shape: Shape, index: number, point: Point): YamlEdit {
  const path = shape.handles[0]?.path.slice(0, -1) ?? shape.path;
  return { what: 'insert', path, index, value: placed(point, sizeOf(drawing)) };
}

/** Undefined where nothing may go: a polygon keeps three corners, a calibration four points, a line both ends. */
export function removeHandle({ kind, handles }: Shape, at: number): YamlEdit | undefined {
  const path = handles[at]?.path;
  if (path === undefined) return undefined;
  if (isPolygon(kind)) return handles.length > 3 ? { what: 'remove', path } : undefined;
  const isPair = kind === 'calibration' && path.includes('points');
  return isPair && handles.length > 1 ? { what: 'remove', path: path.slice(0, -1) } : undefined;
}

/** The shape with all that hangs on it; a queue that began at a removed line begins anywhere. */
export function removeShape({ value }: Drawing, { kind, path, name }: Shape): YamlEdit[] {
  const queues = kind === 'line' ? queuesFrom(value, name) : [];
  return [...queues.map((at): YamlEdit => ({ what: 'remove', path: at })), { what: 'remove', path }];
}

/** The name of a line, zone or carriageway, and where others speak of it. */
export function rename({ value }: Drawing, { kind, path, name }: Shape, to: string): YamlEdit[] {
  const key = kind === 'lane-area' ? 'lane' : kind;
  const queues = kind === 'line' ? queuesFrom(value, name) : [];
  return [
    { what: 'set', path: [...path, key], value: to },
    ...queues.map((at): YamlEdit => ({ what: 'set', path: at, value: to })),
  ];
}

/** The name of one of a line's directions, and that of the lanes that are driven in it. */
export function renameDirection(
  { value }: Drawing,
  { path }: Shape,
  side: 'toLeft' | 'toRight',
  to: string,
): YamlEdit[] {
  const line = valueAt(value, path);
  const before = directionsOf(line)[side];
  const lanes = isObject(line) ? listed(line.lanes) : [];
  return [
    isObject(line) && isObject(line.directions)
      ? { what: 'set', path: [...path, 'directions', side], value: to }
      : { what: 'set', path: [...path, 'directions'], value: { ...directionsOf(line), [side]: to } },
    ...lanes.flatMap((lane, i): YamlEdit[] =>
      isObject(lane) && lane.direction === before
        ? [{ what: 'set', path: [...path, 'lanes', i, 'direction'], value: to }]
        : [],
    ),
  ];
}

/** As the box reads them: what is not given has its default. */
export function directionsOf(line: unknown): { readonly toLeft: string; readonly toRight: string } {
  const given = isObject(line) && isObject(line.directions) ? line.directions : {};
  return {
    toLeft: typeof given.toLeft === 'string' ? given.toLeft : 'to-left',
    toRight: typeof given.toRight === 'string' ? given.toRight : 'to-right',
  };
}

export type Drawn = {
  readonly kind: NewShape;
  readonly points: readonly Point[];
  /** Of a part: the path of its carriageway. */
  readonly parent?: Path | undefined;
  /** What the names of new things begin with, in the reader's language. */
  readonly nameStems: Readonly<Record<'line' | 'zone' | 'carriageway' | 'lane', string>>;
};

/** A new shape, and its id. */
export function addShape(
  drawing: Drawing,
  drawn: Drawn,
): { readonly edits: YamlEdit[]; readonly id: string } {
  const points = drawn.points.map((point) => placed(point, sizeOf(drawing)));
  const [from, to] = points as [Point, Point];
  const parent = drawn.parent ?? [];
  const append = (path: Path, value: YamlValue) => {
    const index = listed(valueAt(drawing.value, path)).length;
    return { edits: [{ what: 'insert', path, index, value } as const], id: [...path, index].join('/') };
  };
  const put = (key: string, value: YamlValue) => {
    const path = [...parent, key];
    return { edits: [{ what: 'set', path, value } as const], id: path.join('/') };
  };
  const free = (list: Path, key: string, stem: string) => freeName(stem, namesIn(drawing, list, key));
  const { line, zone, carriageway, lane } = drawn.nameStems;
  switch (drawn.kind) {
    case 'line':
      return append(['lines'], {
        line: free(['lines'], 'line', line),
        from,
        to,
        directions: { toLeft: 'away', toRight: 'towards' },
      });
    case 'zone':
      return append(['zones'], { zone: free(['zones'], 'zone', zone), polygon: points });
    case 'carriageway':
      return append(['carriageways'], {
        carriageway: free(['carriageways'], 'carriageway', carriageway),
        area: points,
      });
    case 'lane-area':
      return append([...parent, 'lanes'], { lane: free([...parent, 'lanes'], 'lane', lane), area: points });
    case 'exclude':
      return append([...parent, 'exclude'], points);
    case 'arrow':
      return put('direction', { from, to });
    case 'stop-line':
      return put('stopLine', { from, to });
    case 'calibration': {
      const ground: Point = [0, 0];
      const path = ['calibration', 'points'];
      return isObject(drawing.value.calibration)
        ? { edits: append(path, { picture: from, ground }).edits, id: 'calibration' }
        : {
            edits: [{ what: 'set', path: ['calibration'], value: { points: [{ picture: from, ground }] } }],
            id: 'calibration',
          };
    }
  }
}

function namesIn({ value }: Drawing, list: Path, key: string): string[] {
  return listed(valueAt(value, list)).map((entry) => String(isObject(entry) ? entry[key] : ''));
}

function queuesFrom(value: unknown, line: string): Path[] {
  return listed(valueAt(value, ['zones'])).flatMap((_, i): Path[] => {
    const path = ['zones', i, 'queue', 'from'];
    return valueAt(value, path) === line ? [path] : [];
  });
}
