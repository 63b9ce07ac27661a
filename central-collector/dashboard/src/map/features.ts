// The city's own vector map: GeoJSON (RFC 7946) with `kind` and `name` among the properties, or with OpenStreetMap's
// tags. Made into one path for each kind, so that a city's streets are a dozen elements.

import { project, type World } from './projection.ts';

/** In the order in which they are drawn. */
export const KINDS = ['water', 'park', 'building', 'rail', 'other', 'minor', 'major', 'motorway'] as const;
export type Kind = (typeof KINDS)[number] | 'place';

export type MapLabel = {
  readonly text: string;
  readonly kind: Kind;
  readonly at: World;
  /** Of a line: its course there, radians, and how long it is around, in units of the world. */
  readonly along: { readonly angle: number; readonly length: number } | null;
};

export type MapFeatures = {
  /** Path data of each kind, in units of `UNIT` around `origin`. */
  readonly paths: readonly { readonly kind: Kind; readonly area: boolean; readonly d: string }[];
  readonly labels: readonly MapLabel[];
  readonly origin: World;
  readonly bounds: readonly World[];
  /** Features that are no GeoJSON as expected; they are left out. */
  readonly skipped: number;
};

/** Units of path data in the world: pixels at zoom 14. Around an origin, so that browsers' 32-bit numbers do. */
export const UNIT = 256 * 2 ** 14;

type Coordinates = readonly [number, number, ...number[]];
type Geometry = {
  readonly type?: unknown;
  readonly coordinates?: unknown;
  readonly geometries?: readonly Geometry[];
};
type Shape = { readonly points: World[][]; readonly form: 'point' | 'line' | 'area' };

export function readFeatures(geojson: unknown): MapFeatures {
  const features = listOf(geojson);
  const read: { kind: Kind; name: string | null; shape: Shape }[] = [];
  let skipped = 0;
  for (const { properties, geometry } of features) {
    const shapes = shapesOf(geometry);
    if (shapes.length === 0) skipped += 1;
    for (const shape of shapes) {
      read.push({ kind: kindOf(properties, shape.form), name: nameOf(properties), shape });
    }
  }
  const bounds = boundsOf(read.flatMap(({ shape }) => shape.points.flat()));
  const [a, b] = bounds;
  const origin = a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0.5, y: 0.5 };
  const paths = KINDS.flatMap((kind) =>
    (['area', 'line'] as const).flatMap((form) => {
      const d = read
        .filter((feature) => feature.kind === kind && feature.shape.form === form)
        .map(({ shape }) => pathOf(shape, origin))
        .join('');
      return d === '' ? [] : [{ kind, area: form === 'area', d }];
    }),
  );
  const labels = read.flatMap(({ kind, name, shape }) => (name === null ? [] : labelOf(kind, name, shape)));
  return { paths, labels, origin, bounds, skipped };
}

/** By `kind`, or by the tags that OpenStreetMap uses; a line of unknown kind is drawn thin. */
export function kindOf(properties: Readonly<Record<string, unknown>>, form: Shape['form']): Kind {
  const { kind, highway, natural, water, waterway, leisure, landuse, railway, building } = properties;
  if (KINDS.some((known) => known === kind)) return kind as Kind;
  if (form === 'point') return 'place';
  if (typeof highway === 'string') {
    if (/^(motorway|trunk)/.test(highway)) return 'motorway';
    return /^(primary|secondary|tertiary)/.test(highway) ? 'major' : 'minor';
  }
  if (natural === 'water' || water !== undefined || waterway !== undefined) return 'water';
  if (leisure === 'park' || landuse === 'grass' || landuse === 'forest' || natural === 'wood') return 'park';
  if (railway !== undefined) return 'rail';
  if (building !== undefined) return 'building';
  return 'other';
}

function listOf(geojson: unknown): { properties: Record<string, unknown>; geometry: Geometry }[] {
  const { type, features } = (geojson ?? {}) as { type?: unknown; features?: unknown };
  const list =
    type === 'FeatureCollection' && Array.isArray(features) ? features : type === 'Feature' ? [geojson] : [];
  return list.map((feature: { properties?: Record<string, unknown> | null; geometry?: Geometry | null }) => ({
    properties: feature?.properties ?? {},
    geometry: feature?.geometry ?? {},
  }));
}

function shapesOf({ type, coordinates, geometries }: Geometry): Shape[] {
  const one = (form: Shape['form'], lines: unknown): Shape[] => {
    const points = (Array.isArray(lines) ? lines : [])
      .map((line) => worldOf(line))
      .filter((line) => line.length > 0);
    return points.length === 0 ? [] : [{ form, points }];
  };
  const each = (list: unknown) => (Array.isArray(list) ? (list as unknown[]) : []);
  switch (type) {
    case 'Point':
      return one('point', [[coordinates]]);
    case 'LineString':
      return one('line', [coordinates]);
    case 'MultiLineString':
      return each(coordinates).flatMap((line) => one('line', [line]));
    case 'Polygon':
      return one('area', coordinates);
    case 'MultiPolygon':
      return each(coordinates).flatMap((rings) => one('area', rings));
    case 'GeometryCollection':
      return (geometries ?? []).flatMap((geometry) => shapesOf(geometry));
    default:
      return [];
  }
}

function worldOf(line: unknown): World[] {
  if (!Array.isArray(line)) return [];
  return (line as Coordinates[])
    .filter((at) => Array.isArray(at) && Number.isFinite(at[0]) && Number.isFinite(at[1]))
    .map(([lon, lat]) => project({ lat, lon }));
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string | null {
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}

function pathOf({ points, form }: Shape, origin: World): string {
  const at = ({ x, y }: World) =>
    `${((x - origin.x) * UNIT).toFixed(1)} ${((y - origin.y) * UNIT).toFixed(1)}`;
  return points.map((line) => `M${line.map(at).join('L')}${form === 'area' ? 'Z' : ''}`).join('');
}

/** A name stands at the longest straight part of a line, in the middle of an area, at a point. */
function labelOf(kind: Kind, text: string, { points, form }: Shape): MapLabel[] {
  const line = points[0] ?? [];
  if (form !== 'line') {
    const [a, b] = boundsOf(line);
    if (a === undefined || b === undefined) return [];
    return [{ text, kind, at: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, along: null }];
  }
  let best: MapLabel | null = null;
  for (const [i, to] of line.entries()) {
    const from = line[i - 1];
    if (from === undefined) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (best?.along && best.along.length >= length) continue;
    const angle = Math.atan2(to.y - from.y, to.x - from.x);
    best = { text, kind, at: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, along: { angle, length } };
  }
  return best === null ? [] : [best];
}

/** North-west and south-east corner; empty without points. */
function boundsOf(points: readonly World[]): World[] {
  if (points.length === 0) return [];
  let [left, right, top, bottom] = [1, 0, 1, 0];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [
    { x: left, y: top },
    { x: right, y: bottom },
  ];
}
