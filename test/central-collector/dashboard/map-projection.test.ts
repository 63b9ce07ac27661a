import { describe, expect, it } from 'vitest';
import {
  fitView,
  MAX_LATITUDE,
  MAX_ZOOM,
  metresPerPx,
  panBy,
  project,
  scaleBar,
  tilesOf,
  toPixel,
  toWorld,
  unproject,
  zoomAt,
} from '../../../central-collector/dashboard/src/map/projection.ts';

const HAI_PHONG = { lat: 20.8561, lon: 106.6822 };
const SIZE = { width: 800, height: 600 };
const VIEW = { ...project(HAI_PHONG), zoom: 14 };

describe('Web Mercator', () => {
  it.each([
    ['the middle of the world', { lat: 0, lon: 0 }, { x: 0.5, y: 0.5 }],
    ['its north-western corner', { lat: MAX_LATITUDE, lon: -180 }, { x: 0, y: 0 }],
    ['its south-eastern corner', { lat: -MAX_LATITUDE, lon: 180 }, { x: 1, y: 1 }],
    // EPSG:3857 has it at 11 875 808 m, 2 374 728 m of 20 037 508.34 m from the middle to each edge.
    ['Hải Phòng', HAI_PHONG, { x: 0.796339, y: 0.440743 }],
  ])('puts %s where it belongs', (_, position, at) => {
    expect(project(position).x).toBeCloseTo(at.x, 5);
    expect(project(position).y).toBeCloseTo(at.y, 5);
  });

  it('keeps poles on the map instead of sending them to infinity', () => {
    expect(project({ lat: 90, lon: 0 }).y).toBeCloseTo(0, 9);
  });

  it('comes back to the same place', () => {
    const { lat, lon } = unproject(project(HAI_PHONG));
    expect(lat).toBeCloseTo(HAI_PHONG.lat, 9);
    expect(lon).toBeCloseTo(HAI_PHONG.lon, 9);
  });
});

describe('what is on the screen', () => {
  it('has its middle in the middle, and comes back from pixels', () => {
    expect(toPixel(VIEW, SIZE, VIEW)).toEqual({ x: 400, y: 300 });
    const world = toWorld(VIEW, SIZE, { x: 10, y: 590 });
    expect(toPixel(VIEW, SIZE, world).x).toBeCloseTo(10, 6);
    expect(toPixel(VIEW, SIZE, world).y).toBeCloseTo(590, 6);
  });

  it('follows the pointer that drags it', () => {
    const moved = panBy(VIEW, { x: 50, y: -20 });
    const at = toPixel(moved, SIZE, VIEW);
    expect(at.x).toBeCloseTo(450, 6);
    expect(at.y).toBeCloseTo(280, 6);
  });

  it('zooms around the pointer, and no further than tiles go', () => {
    const pointer = { x: 100, y: 500 };
    const before = toWorld(VIEW, SIZE, pointer);
    const zoomed = zoomAt(VIEW, SIZE, 2, pointer);
    expect(zoomed.zoom).toBe(16);
    expect(toPixel(zoomed, SIZE, before).x).toBeCloseTo(100, 6);
    expect(toPixel(zoomed, SIZE, before).y).toBeCloseTo(500, 6);
    expect(zoomAt(VIEW, SIZE, 99, pointer).zoom).toBe(MAX_ZOOM);
  });

  it('shows all cameras with room around them', () => {
    const points = [HAI_PHONG, { lat: 20.8, lon: 106.6 }, { lat: 20.9, lon: 106.75 }].map(project);
    const view = fitView(points, SIZE, 50);
    expect(view).not.toBeNull();
    for (const point of points) {
      const { x, y } = toPixel(view ?? VIEW, SIZE, point);
      expect(x).toBeGreaterThanOrEqual(49.9);
      expect(x).toBeLessThanOrEqual(750.1);
      expect(y).toBeGreaterThanOrEqual(49.9);
      expect(y).toBeLessThanOrEqual(550.1);
    }
  });

  it('shows the streets around a single camera, and nothing without one', () => {
    expect(fitView([project(HAI_PHONG)], SIZE)).toMatchObject({ zoom: 15 });
    expect(fitView([], SIZE)).toBeNull();
  });

  it('does not fail in a room smaller than its margins', () => {
    const view = fitView([HAI_PHONG, { lat: 21, lon: 107 }].map(project), { width: 20, height: 20 });
    expect(Number.isFinite(view?.zoom)).toBe(true);
  });
});

describe('the scale', () => {
  it('is the ground length of a pixel at this latitude', () => {
    // 156 543.034 m at zoom 0 on the equator (OpenStreetMap wiki, "Zoom levels").
    expect(metresPerPx({ ...project({ lat: 0, lon: 0 }), zoom: 0 })).toBeCloseTo(156_543.03, 1);
    expect(metresPerPx(VIEW)).toBeCloseTo((156_543.034 * Math.cos((20.8561 * Math.PI) / 180)) / 2 ** 14, 3);
  });

  it.each([5, 8, 10.3, 14, 17.9])('is a round number that fits at zoom %d', (zoom) => {
    const { metres, px } = scaleBar({ ...VIEW, zoom }, 100);
    expect(px).toBeLessThanOrEqual(100);
    expect(px).toBeGreaterThan(39);
    expect(String(metres)).toMatch(/^[125]0*$/);
  });
});

describe('tiles of a tile server', () => {
  it('cover the screen without a gap', () => {
    const tiles = tilesOf(VIEW, SIZE);
    expect(tiles.every(({ z }) => z === 14)).toBe(true);
    expect(Math.min(...tiles.map(({ left }) => left))).toBeLessThanOrEqual(0);
    expect(Math.max(...tiles.map(({ left, side }) => left + side))).toBeGreaterThanOrEqual(SIZE.width);
    expect(Math.max(...tiles.map(({ top, side }) => top + side))).toBeGreaterThanOrEqual(SIZE.height);
    // Slippy map name of the tile that this place is in at zoom 14.
    expect(tiles).toContainEqual(expect.objectContaining({ z: 14, x: 13047, y: 7221 }));
  });
});
