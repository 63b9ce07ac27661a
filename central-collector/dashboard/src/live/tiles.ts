// What the overview shows of each camera, kept current by the stream. One signal a camera: with a hundred cameras, one
// that counts redraws one tile.

import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Tile, TilesAnswer } from '../../../api/schemas/places.ts';
import { type Got, useGet } from '../api/use-get.ts';
import { on } from './stream.ts';

const byCamera = new Map<string, Signal<Tile | null>>();

/** Cameras that have a tile, in the order of the centre. */
export const tileCameras = signal<readonly string[]>([]);

export function tileOf(camera: string): Signal<Tile | null> {
  const found = byCamera.get(camera) ?? signal<Tile | null>(null);
  byCamera.set(camera, found);
  return found;
}

on('tile', ({ data }) => {
  take(data);
  if (!tileCameras.peek().includes(data.camera)) tileCameras.value = [...tileCameras.peek(), data.camera];
});

/** Asks for all tiles once the component is there; from then on the stream brings what changes. */
export function useTiles(): Got<TilesAnswer> {
  const got = useGet<TilesAnswer>('/tiles');
  const answer = got.data;
  useEffect(() => {
    if (answer === undefined) return;
    answer.tiles.forEach(take);
    tileCameras.value = answer.tiles.map(({ camera }) => camera);
  }, [answer]);
  return got;
}

/** What the stream brought while the answer was on its way is newer than the answer. */
function take(tile: Tile): void {
  const kept = tileOf(tile.camera);
  const before = kept.peek();
  if (before === null || Date.parse(before.at) <= Date.parse(tile.at)) kept.value = tile;
}
