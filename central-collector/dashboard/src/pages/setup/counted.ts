// What of the last minutes' traffic a drawn thing would have seen.

import { countCrossings } from './model/crossings.ts';
import type { Drawing, Shape } from './model/drawing.ts';
import { isInside, type Point } from './model/geometry.ts';
import { isObject, valueAt } from './model/plain-edit.ts';
import { directionsOf } from './model/shape-edits.ts';
import type { Track } from './scene.ts';
import { t } from './words.ts';

export type Counted = { readonly long: string; readonly short: string; readonly isNone: boolean };

/** In words; undefined for what counts nothing, or without trajectories. */
export function countedBy(
  drawing: Drawing,
  shape: Shape,
  tracks: readonly Track[],
  minutes: number,
): Counted | undefined {
  if (tracks.length === 0) return undefined;
  const points = shape.handles.map(({ point }) => point);
  const [from, to] = points;
  if (shape.kind === 'line' && from && to) {
    const { toLeft, toRight } = countCrossings({ from, to }, tracks);
    const names = directionsOf(valueAt(drawing.value, shape.path));
    const values = { toRight, toLeft, right: names.toRight, left: names.toLeft, minutes };
    const isNone = toLeft + toRight === 0;
    return {
      long: isNone ? t('previewNone', values) : t('preview', values),
      short: t('previewShort', values),
      isNone,
    };
  }
  if (shape.kind === 'zone' && points.length > 2) {
    const n = tracks.filter((track) => track.points.some(([x, y]) => isInside(points, [x, y]))).length;
    return { long: t('previewZone', { n, minutes }), short: t('tracksSeen', { n }), isNone: n === 0 };
  }
  return shape.kind === 'carriageway' ? countedAlong(drawing, shape, tracks, minutes) : undefined;
}

/** Shorter ways tell no direction, px. */
const LEAST_WAY_PX = 20;

function countedAlong(
  { value }: Drawing,
  { path, handles }: Shape,
  tracks: readonly Track[],
  minutes: number,
): Counted | undefined {
  const area = handles.map(({ point }) => point);
  const from = valueAt(value, [...path, 'direction', 'from']) as Point | undefined;
  const to = valueAt(value, [...path, 'direction', 'to']) as Point | undefined;
  if (!isObject(valueAt(value, [...path, 'direction'])) || from === undefined || to === undefined)
    return undefined;
  let along = 0;
  let against = 0;
  for (const { points } of tracks) {
    const inside = points.filter(([x, y]) => isInside(area, [x, y]));
    const [first, last] = [inside[0], inside.at(-1)];
    if (first === undefined || last === undefined) continue;
    const [dx, dy] = [last[0] - first[0], last[1] - first[1]];
    if (Math.hypot(dx, dy) < LEAST_WAY_PX) continue;
    if (dx * (to[0] - from[0]) + dy * (to[1] - from[1]) > 0) along += 1;
    else against += 1;
  }
  const values = { along, against, minutes };
  return {
    long: t('previewArrow', values),
    short: `${along} ↑ · ${against} ↓`,
    isNone: along + against === 0,
  };
}
