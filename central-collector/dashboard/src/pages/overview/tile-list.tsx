// The tiles of all cameras, to be searched and put in order. They keep their places unless people ask for the worst
// first: who looks at a camera every day knows where it is.

import { signal, useComputed } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import type { Tile } from '../../../../api/schemas/places.ts';
import { nowMs } from '../../live/stream.ts';
import { tileCameras, tileOf } from '../../live/tiles.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Panel } from '../../parts/panel.tsx';
import { CameraTile } from '../../tile/tile.tsx';
import { troubleOf } from '../../tile/tile-numbers.ts';
import { language } from '../../words/words.ts';
import { t } from './words.ts';

const KEY = 'ngatu.overview.worst-first';
const SEARCH_FROM = 7;

export type ListedTile = Pick<Tile, 'camera' | 'name' | 'state'>;

const worstFirst = signal(localStorage.getItem(KEY) === 'true');

export function TileList() {
  const [search, setSearch] = useState('');
  const cameras = useTileOrder(() => worstFirst.value);
  const found = cameras.filter(({ name, camera }) => matches(`${name ?? ''} ${camera}`, search));
  const live = cameras.filter(({ state }) => state === 'live').length;
  return (
    <Panel
      class="overview-cameras"
      title={t('cameras')}
      actions={
        <>
          <span class="overview-summary live">{t('summary', { live, total: cameras.length })}</span>
          {cameras.length >= SEARCH_FROM && (
            <input
              class="input overview-search"
              type="search"
              placeholder={t('search')}
              aria-label={t('search')}
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          )}
          {cameras.length > 1 && (
            <Button
              pressed={worstFirst.value}
              onClick={() => {
                worstFirst.value = !worstFirst.value;
                localStorage.setItem(KEY, String(worstFirst.value));
              }}
            >
              {t('worstFirst')}
            </Button>
          )}
        </>
      }
    >
      {cameras.length === 0 ? (
        <Empty title={t('none')}>{t('noneHint')}</Empty>
      ) : found.length === 0 ? (
        <Empty title={t('noMatch')} />
      ) : (
        <ul class="tiles">
          {found.map(({ camera }) => (
            <li key={camera}>
              <CameraTile camera={camera} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/**
 * By name, or what needs a look first. A component that uses it is drawn again when the order, a name or a state changes,
 * not with each vehicle that passes.
 */
export function useTileOrder(worst: () => boolean): readonly ListedTile[] {
  const key = useComputed(() =>
    JSON.stringify(orderedTiles(worst()).map(({ camera, name, state }) => ({ camera, name, state }))),
  ).value;
  return useMemo(() => JSON.parse(key) as ListedTile[], [key]);
}

function orderedTiles(worst: boolean): Tile[] {
  const tiles = tileCameras.value.map((camera) => tileOf(camera).value).filter((tile) => tile !== null);
  const collator = new Intl.Collator(language.value, { numeric: true });
  const byName = (a: Tile, b: Tile) => collator.compare(a.name ?? a.camera, b.name ?? b.camera);
  if (!worst) return tiles.sort(byName);
  const now = nowMs.value;
  return tiles.sort((a, b) => troubleOf(b, now) - troubleOf(a, now) || byName(a, b));
}

/** "lach tray" finds "Lạch Tray". */
export function matches(text: string, search: string): boolean {
  return plain(text).includes(plain(search.trim()));
}

function plain(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
}
