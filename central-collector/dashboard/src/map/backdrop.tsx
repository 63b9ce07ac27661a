// What lies under the markers: tiles of a tile server where there is one, the city's own vector map, or a graticule.

import { useMemo } from 'preact/hooks';
import { type MapFeatures, UNIT } from './features.ts';
import type { Box } from './labels.ts';
import { placeLabels } from './labels.ts';
import {
  project,
  type Size,
  tilesOf,
  toPixel,
  toWorld,
  unproject,
  type View,
  worldPx,
} from './projection.ts';

export type BackdropProps = {
  readonly view: View;
  readonly size: Size;
  readonly features: MapFeatures | null;
  /** Template of a tile server. */
  readonly tiles: string | null;
  /** Places of markers: names of streets keep off. */
  readonly taken: readonly Box[];
  /** Of text and streets: a wall's are larger. */
  readonly scale: number;
};

/** Streets are a tenth as wide at zoom 10 as at zoom 18. */
const WIDTH_AT_ZOOM_14 = 1;

export function Backdrop({ view, size, features, tiles, taken, scale }: BackdropProps) {
  const labels = useMemo(
    () => (features === null ? [] : placeLabels(features.labels, view, size, taken, scale)),
    [features, view, size, taken, scale],
  );
  return (
    <svg class="map-backdrop" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {tiles !== null &&
        tilesOf(view, size).map(({ z, x, y, left, top, side }) => (
          <image
            key={`${z}/${x}/${y}/${left > 0}`}
            href={tiles.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y))}
            x={left}
            y={top}
            width={side + 0.5}
            height={side + 0.5}
          />
        ))}
      {features === null ? (
        tiles === null && <Graticule view={view} size={size} />
      ) : (
        <>
          <Streets view={view} size={size} features={features} />
          {labels.map(({ text, kind, x, y, turn }) => (
            <text
              key={text}
              class={`map-label map-label-${kind}`}
              transform={`translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)})`}
            >
              {text}
            </text>
          ))}
        </>
      )}
    </svg>
  );
}

function Streets({ view, size, features }: { view: View; size: Size; features: MapFeatures }) {
  const scale = worldPx(view) / UNIT;
  const { x, y } = toPixel(view, size, features.origin);
  const width = WIDTH_AT_ZOOM_14 * 2 ** ((view.zoom - 14) / 1.7);
  return (
    <g
      transform={`translate(${x} ${y}) scale(${scale})`}
      style={{ '--street': `${Math.max(0.5, Math.min(6, width))}px` }}
    >
      {features.paths.map(({ kind, area, d }) => (
        <path
          key={`${kind}${area}`}
          class={area ? `map-area map-area-${kind}` : `map-line map-line-${kind}`}
          d={d}
        />
      ))}
    </g>
  );
}

const STEPS_DEGREES = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LEAST_PX = 90;

/** Lines of latitude and longitude, with their degrees at the edges. */
function Graticule({ view, size }: { view: View; size: Size }) {
  const degreesPerPx = 360 / worldPx(view);
  const step = STEPS_DEGREES.findLast((degrees) => degrees / degreesPerPx >= LEAST_PX) ?? 30;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const northWest = unproject(toWorld(view, size, { x: 0, y: 0 }));
  const southEast = unproject(toWorld(view, size, { x: size.width, y: size.height }));
  const lons = multiples(northWest.lon, southEast.lon, step);
  const lats = multiples(southEast.lat, northWest.lat, step);
  return (
    <g class="map-graticule">
      {lons.map((lon) => {
        const { x } = toPixel(view, size, project({ lat: 0, lon }));
        return (
          <g key={`lon${lon}`}>
            <line x1={x} x2={x} y1={0} y2={size.height} />
            <text x={x + 4} y={size.height - 6}>
              {lon.toFixed(digits)}°
            </text>
          </g>
        );
      })}
      {lats.map((lat) => {
        const { y } = toPixel(view, size, project({ lat, lon: 0 }));
        return (
          <g key={`lat${lat}`}>
            <line x1={0} x2={size.width} y1={y} y2={y} />
            <text x={4} y={y - 4}>
              {lat.toFixed(digits)}°
            </text>
          </g>
        );
      })}
    </g>
  );
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
}
