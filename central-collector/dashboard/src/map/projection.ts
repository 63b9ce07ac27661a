// Web Mercator (EPSG:3857) in units of the whole world: x from 0 at 180° W to 1 at 180° E, y from 0 in the north to 1 in
// the south. What is on the screen is a view: a middle and a zoom, with tiles of 256 px at whole zooms.

import type { Position } from '../api/types.ts';

export type World = { readonly x: number; readonly y: number };
export type Size = { readonly width: number; readonly height: number };
export type Pixel = { readonly x: number; readonly y: number };
export type View = World & { readonly zoom: number };

/** Where the world of Web Mercator ends, degrees. */
export const MAX_LATITUDE = 85.0511287798066;
export const MIN_ZOOM = 2;
export const MAX_ZOOM = 19;
/** Closer than this, a single place fills the map and says nothing of where it is. */
const FIT_ZOOM = 15;
const TILE_PX = 256;
const EARTH_M = 40_075_016.686;

export function project({ lat, lon }: Position): World {
  const radians = (Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat)) * Math.PI) / 180;
  return {
    x: (lon + 180) / 360,
    y: (1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2,
  };
}

export function unproject({ x, y }: World): Position {
  return { lon: x * 360 - 180, lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI };
}

/** Pixels that the whole world is wide. */
export function worldPx({ zoom }: Pick<View, 'zoom'>): number {
  return TILE_PX * 2 ** zoom;
}

export function toPixel(view: View, size: Size, { x, y }: World): Pixel {
  const scale = worldPx(view);
  return { x: (x - view.x) * scale + size.width / 2, y: (y - view.y) * scale + size.height / 2 };
}

export function toWorld(view: View, size: Size, { x, y }: Pixel): World {
  const scale = worldPx(view);
  return { x: view.x + (x - size.width / 2) / scale, y: view.y + (y - size.height / 2) / scale };
}

/** The closest view that shows all points with `margin` px around them; null without points. */
export function fitView(points: readonly World[], size: Size, margin = 48): View | null {
  if (points.length === 0) return null;
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = (px: number, span: number) =>
    span === 0 ? FIT_ZOOM : Math.log2(Math.max(1, px - 2 * margin) / span / TILE_PX);
  const zoom = Math.min(FIT_ZOOM, room(size.width, right - left), room(size.height, bottom - top));
  return clamp({ x: (left + right) / 2, y: (top + bottom) / 2, zoom });
}

/** Moves what is shown by so many pixels: positive `x` moves it to the right. */
export function panBy(view: View, { x, y }: Pixel): View {
  const scale = worldPx(view);
  return clamp({ ...view, x: view.x - x / scale, y: view.y - y / scale });
}

/** Zooms in by `steps` (out, when negative) so that what is at `at` stays there. */
export function zoomAt(view: View, size: Size, steps: number, at: Pixel): View {
  const zoom = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, view.zoom + steps));
  const fixed = toWorld(view, size, at);
  const scale = worldPx({ zoom });
  return clamp({
    x: fixed.x - (at.x - size.width / 2) / scale,
    y: fixed.y - (at.y - size.height / 2) / scale,
    zoom,
  });
}

/** Metres that one pixel is in the middle of the view. */
export function metresPerPx(view: View): number {
  const { lat } = unproject(view);
  return (EARTH_M * Math.cos((lat * Math.PI) / 180)) / worldPx(view);
}

/** The largest of 1, 2, 5, 10, … m that is at most `px` long, for a scale bar. */
export function scaleBar(view: View, px: number): { readonly metres: number; readonly px: number } {
  const perPx = metresPerPx(view);
  const most = perPx * px;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
  return { metres, px: metres / perPx };
}

/** Addresses of the tiles of a tile server that cover the view, with the place of each on the screen, px. */
export function tilesOf(view: View, size: Size) {
  const zoom = Math.max(0, Math.min(MAX_ZOOM, Math.round(view.zoom)));
  const count = 2 ** zoom;
  const side = worldPx(view) / count;
  const first = toWorld(view, size, { x: 0, y: 0 });
  const last = toWorld(view, size, { x: size.width, y: size.height });
  const tiles: { z: number; x: number; y: number; left: number; top: number; side: number }[] = [];
  for (
    let y = Math.max(0, Math.floor(first.y * count));
    y <= Math.min(count - 1, Math.floor(last.y * count));
    y++
  ) {
    for (let x = Math.floor(first.x * count); x <= Math.floor(last.x * count); x++) {
      const at = toPixel(view, size, { x: x / count, y: y / count });
      tiles.push({ z: zoom, x: ((x % count) + count) % count, y, left: at.x, top: at.y, side });
    }
  }
  return tiles;
}

function clamp({ x, y, zoom }: View): View {
  const between = (value: number) => Math.max(0, Math.min(1, value));
  return { x: between(x), y: between(y), zoom: Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom)) };
}
