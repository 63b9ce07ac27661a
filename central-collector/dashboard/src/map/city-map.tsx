// The map of the city: cameras where they are, with their state and incidents.

import { signal } from '@preact/signals';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Position } from '../api/types.ts';
import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { formatNumber } from '../words/formats.ts';
import { Backdrop } from './backdrop.tsx';
import { clusterCameras, type MapCamera } from './clusters.ts';
import type { MapFeatures } from './features.ts';
import './map.css';
import { Markers, markerBoxes } from './markers.tsx';
import {
  fitView,
  project,
  type Size,
  scaleBar,
  unproject,
  type View,
  type World,
  worldPx,
  zoomAt,
} from './projection.ts';
import { useMapGestures } from './use-map-gestures.ts';
import { t } from './words.ts';

export type CityMapProps = {
  readonly cameras: readonly MapCamera[];
  /** Cameras that nobody has given a place. */
  readonly withoutPlace: number;
  /** Where somebody who may gives them one. */
  readonly toPlaces?: string | undefined;
  readonly features: MapFeatures | null;
  /** Template of a tile server. */
  readonly tiles: string | null;
  /**
   * Chooses a place: a cross in the middle, a click brings a place below it, and after each move it is told where it is.
   * Markers lead nowhere meanwhile. `at` null: the whole city.
   */
  readonly aim?: { readonly at: World | null; readonly onAim: (at: Position) => void };
};

const CLUSTER_PX = 34;
const SCALE_PX = 100;
const AIM_ZOOM = 15;
/** Degrees that are typed say more than a map of the country can show. */
const AIM_LEAST_ZOOM = 10;
/** Positions are told by 0.00001 degrees: the same, in units of the world. */
const ROUNDED = 1e-5 / 180;
/** Where people begin who have neither a map nor a camera in place: the country. */
const SOMEWHERE: View = { ...project({ lat: 16, lon: 107 }), zoom: 5 };

/** Kept while people go to other pages and come back; null: all cameras in sight. */
const chosenView = signal<View | null>(null);

export function CityMap({ cameras, withoutPlace, features, tiles, toPlaces, aim }: CityMapProps) {
  const element = useRef<HTMLElement>(null);
  const keys = useId();
  const { size, scale } = useSize(element);
  const fitted = useMemo(() => {
    const points = cameras.length > 0 ? cameras.map(({ at }) => at) : (features?.bounds ?? []);
    return fitView(points, size);
  }, [cameras, features, size]);
  const [aimView] = useState(() => signal<View | null>(aim?.at ? { ...aim.at, zoom: AIM_ZOOM } : null));
  const chosen = aim === undefined ? chosenView : aimView;
  const view = chosen.value ?? fitted ?? (aim === undefined ? null : SOMEWHERE);

  const latest = useRef(view);
  latest.current = view;
  const onAim = useRef(aim?.onAim);
  onAim.current = aim?.onAim;
  const change = useCallback(
    (next: (view: View) => View) => {
      if (latest.current === null) return;
      const moved = next(latest.current);
      latest.current = moved;
      chosen.value = moved;
      onAim.current?.(unproject(moved));
    },
    [chosen],
  );
  const fitAll = useCallback(() => {
    chosen.value = null;
  }, [chosen]);
  useMapGestures(element, size, change, { fitAll, click: aim === undefined ? 'nothing' : 'moves-there' });

  // Degrees that somebody types move the map; those that it has told itself are where it is already.
  const [aimX, aimY] = [aim?.at?.x, aim?.at?.y];
  useEffect(() => {
    if (aimX === undefined || aimY === undefined) return;
    const { x, y, zoom } = aimView.value ?? { x: Number.NaN, y: Number.NaN, zoom: AIM_ZOOM };
    if (Math.abs(x - aimX) < ROUNDED && Math.abs(y - aimY) < ROUNDED) return;
    aimView.value = { x: aimX, y: aimY, zoom: Math.max(zoom, AIM_LEAST_ZOOM) };
  }, [aimView, aimX, aimY]);

  const clusters = useMemo(
    () => (view === null ? [] : clusterCameras(cameras, (CLUSTER_PX * scale) / worldPx(view))),
    [cameras, view, scale],
  );
  const taken = useMemo(
    () => (view === null ? [] : markerBoxes(clusters, view, size, scale)),
    [clusters, view, size],
  );
  const middle = { x: size.width / 2, y: size.height / 2 };

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys, as the text below says
    <section class="map" ref={element} tabIndex={0} aria-label={t('map')} aria-describedby={keys}>
      <p id={keys} class="unseen">
        {t(aim === undefined ? 'keys' : 'aimKeys')}
      </p>
      {view === null ? (
        <Empty title={t('nowhere')}>
          {toPlaces !== undefined && withoutPlace > 0 && <Link href={toPlaces}>{t('toPlaces')}</Link>}
        </Empty>
      ) : (
        <>
          <Backdrop view={view} size={size} features={features} tiles={tiles} taken={taken} scale={scale} />
          <Markers clusters={clusters} view={view} size={size} scale={scale} inert={aim !== undefined} />
          <div class="map-tools">
            <Button
              icon="plus"
              label={t('zoomIn')}
              onClick={() => change((now) => zoomAt(now, size, 1, middle))}
            />
            <Button
              icon="minus"
              label={t('zoomOut')}
              onClick={() => change((now) => zoomAt(now, size, -1, middle))}
            />
            <Button icon="home" label={t('fit')} onClick={fitAll} disabled={chosen.value === null} />
          </div>
          {aim !== undefined && <span class="map-aim" aria-hidden="true" />}
          <ScaleBar view={view} scale={scale} />
        </>
      )}
      {tiles !== null && <p class="map-note map-source">{t('tilesBy', { host: hostOf(tiles) })}</p>}
      {withoutPlace > 0 && view !== null && (
        <p class="map-note">
          {toPlaces === undefined ? (
            t('noPlace', { n: withoutPlace })
          ) : (
            <Link href={toPlaces}>{t('noPlace', { n: withoutPlace })}</Link>
          )}
        </p>
      )}
    </section>
  );
}

function ScaleBar({ view, scale }: { readonly view: View; readonly scale: number }) {
  const { metres, px } = scaleBar(view, SCALE_PX * scale);
  return (
    <div class="map-scale" style={{ width: `${px}px` }}>
      {metres >= 1000
        ? t('kilometres', { n: formatNumber(metres / 1000) })
        : t('metres', { n: formatNumber(metres) })}
    </div>
  );
}

/** And how much larger than usual the page's text is. */
function useSize(element: { readonly current: HTMLElement | null }): { size: Size; scale: number } {
  const [size, setSize] = useState({ size: { width: 400, height: 300 }, scale: 1 });
  useEffect(() => {
    const map = element.current;
    if (map === null) return;
    const watcher = new ResizeObserver(() => {
      if (map.clientWidth > 0 && map.clientHeight > 0)
        setSize({
          size: { width: map.clientWidth, height: map.clientHeight },
          scale: Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
        });
    });
    watcher.observe(map);
    return () => watcher.disconnect();
  }, [element]);
  return size;
}

function hostOf(template: string): string {
  return URL.canParse(template) ? new URL(template).host : '';
}
