// Cameras on the map: shape and colour for the state, a number for incidents, a name where there is room.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { StateShape } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { STATE_TONES } from '../tile/tile-numbers.ts';
import { cameraStateWord } from '../words/common.ts';
import type { Cluster, MapCamera } from './clusters.ts';
import { type Box, overlap, textWidth } from './labels.ts';
import { type Pixel, type Size, toPixel, type View } from './projection.ts';
import { t } from './words.ts';

const RADIUS_PX = 15;
const NAME_CHARACTER_PX = 8;
const NAME_LEFT_PX = 20;
const NAME_HEIGHT_PX = 18;
const SIDES = ['right', 'left'] as const;
type Side = (typeof SIDES)[number];
const TOOLS_PX = { width: 56, height: 150 };

export type MarkersProps = {
  readonly clusters: readonly Cluster[];
  readonly view: View;
  readonly size: Size;
  readonly scale: number;
  /** To be seen only: nothing happens when they are pressed. */
  readonly inert?: boolean;
};

export function Markers({ clusters, view, size, scale, inert = false }: MarkersProps) {
  const [open, setOpen] = useState<string | null>(null);
  const opened = clusters.find(({ key }) => key === open);
  const boxes = clusters.map((cluster) => around(toPixel(view, size, cluster.at), scale));
  const named: Box[] = [toolBox(size, scale)];
  return (
    <>
      <ul class="map-markers" inert={inert}>
        {clusters.map((cluster, i) => {
          const at = toPixel(view, size, cluster.at);
          if (at.x < 0 || at.y < 0 || at.x > size.width || at.y > size.height) return null;
          const name = nameOf(cluster);
          const others = [...boxes.filter((_, other) => other !== i), ...named];
          const side = SIDES.find((one) => {
            const box = nameBox(at, name, scale, one);
            return box.left >= 0 && box.right <= size.width && !others.some((other) => overlap(box, other));
          });
          if (side !== undefined) named.push(nameBox(at, name, scale, side));
          return (
            <li key={cluster.key} style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
              <Marker
                cluster={cluster}
                name={side ?? null}
                isOpen={open === cluster.key}
                onOpen={() => setOpen(open === cluster.key ? null : cluster.key)}
              />
            </li>
          );
        })}
      </ul>
      {opened !== undefined && opened.cameras.length > 1 && (
        <ClusterCard cluster={opened} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

/** Room that markers and buttons take, for the names of streets to keep off. */
export function markerBoxes(clusters: readonly Cluster[], view: View, size: Size, scale: number): Box[] {
  const boxes = clusters.flatMap((cluster) => {
    const at = toPixel(view, size, cluster.at);
    return [around(at, scale), nameBox(at, nameOf(cluster), scale, 'right')];
  });
  return [...boxes, toolBox(size, scale)];
}

type MarkerProps = {
  readonly cluster: Cluster;
  /** The side of its name; null where there is no room for it. */
  readonly name: Side | null;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
};

/** One camera leads to its page; several open a list of them. */
function Marker({ cluster, name, isOpen, onOpen }: MarkerProps) {
  const { cameras, incidents, state } = cluster;
  const [first] = cameras;
  const tone = STATE_TONES[state];
  const label = [
    cameras.length === 1 ? first.name : t('cameras', { n: cameras.length }),
    cameraStateWord(state),
    ...(incidents > 0 ? [t('incidents', { n: incidents })] : []),
  ].join(', ');
  const look = `marker marker-${tone} ${incidents > 0 ? 'marker-incident' : ''}`;
  const inside = (
    <>
      <span class="marker-dot">
        <StateShape tone={tone} />
        {cameras.length > 1 && <span class="marker-count">{cameras.length}</span>}
      </span>
      {incidents > 0 && <span class="marker-incidents">{incidents}</span>}
      {name !== null && <span class={`marker-name marker-name-${name}`}>{nameOf(cluster)}</span>}
    </>
  );
  if (cameras.length === 1) {
    return (
      <Link class={look} href={`/cameras/${first.id}`} aria-label={label} title={label}>
        {inside}
      </Link>
    );
  }
  return (
    <button
      type="button"
      class={look}
      aria-label={label}
      title={label}
      aria-expanded={isOpen}
      onClick={onOpen}
    >
      {inside}
    </button>
  );
}

function ClusterCard({ cluster, onClose }: { readonly cluster: Cluster; readonly onClose: () => void }) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.querySelector('a')?.focus(), []);
  return (
    <section
      class="map-card"
      ref={card}
      aria-label={t('here')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="panel-head">
        <h3>{t('here')}</h3>
        <Button look="quiet" icon="close" label={t('here')} onClick={onClose} />
      </header>
      <ul>
        {cluster.cameras.map((camera) => (
          <CardRow key={camera.id} camera={camera} />
        ))}
      </ul>
    </section>
  );
}

function CardRow({ camera }: { readonly camera: MapCamera }) {
  return (
    <li>
      <StateShape tone={STATE_TONES[camera.state]} />
      <Link href={`/cameras/${camera.id}`}>{camera.name}</Link>
      <span>{cameraStateWord(camera.state)}</span>
      {camera.incidents > 0 && <strong>{t('incidents', { n: camera.incidents })}</strong>}
    </li>
  );
}

function nameOf({ cameras }: Cluster): string {
  const [first, ...others] = cameras;
  return others.length === 0 ? first.name : `${first.name} +${others.length}`;
}

function around({ x, y }: Pixel, scale: number): Box {
  const radius = RADIUS_PX * scale;
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function nameBox({ x, y }: Pixel, name: string, scale: number, side: Side): Box {
  const width = textWidth(name, NAME_CHARACTER_PX * scale);
  const left = side === 'right' ? x + NAME_LEFT_PX * scale : x - NAME_LEFT_PX * scale - width;
  return {
    left,
    right: left + width,
    top: y - (NAME_HEIGHT_PX * scale) / 2,
    bottom: y + (NAME_HEIGHT_PX * scale) / 2,
  };
}

/** Where the buttons of the map are. */
function toolBox({ width }: Size, scale: number): Box {
  return { left: width - TOOLS_PX.width * scale, right: width, top: 0, bottom: TOOLS_PX.height * scale };
}
