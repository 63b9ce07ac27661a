// The wall display: all cameras on one screen, or on pages that change by themselves.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { toggleWall } from '../../shell/wall.ts';
import { CameraTile } from '../../tile/tile.tsx';
import { useTileOrder } from './tile-list.tsx';
import { onPage, wallGrid } from './wall-grid.ts';
import { t } from './words.ts';

const PAGE_MS = 15_000;
/** In units of the wall's own font size. */
const LEAST_REM = { width: 15.5, height: 11.4 };
/** Of a tile, what is not a row of a direction: head, head of the table, foot, and what lies between. */
const HEAD_REM = 6.35;
/** The line of classes below the directions, which a tile narrower than this has instead of columns. */
const CLASSES_REM = 1.5;
const COLUMNS_FROM_REM = 24.2;
const ROW_REM = 1.64;
const GAP_REM = 0.5;

export function WallTiles() {
  const room = useRef<HTMLUListElement>(null);
  const [{ width, height, rem }, setSize] = useState({ width: 1200, height: 900, rem: 16 });
  const [page, setPage] = useState(0);
  const [paused, setPaused] = useState(false);
  const tiles = useTileOrder(() => false);
  const grid = wallGrid(tiles.length, {
    width,
    height,
    leastWidth: LEAST_REM.width * rem,
    leastHeight: LEAST_REM.height * rem,
  });
  const tileRem = {
    width: (width / rem + GAP_REM) / grid.columns - GAP_REM,
    height: (height / rem + GAP_REM) / grid.rows - GAP_REM,
  };
  const headRem = HEAD_REM + (tileRem.width < COLUMNS_FROM_REM ? CLASSES_REM : 0);
  const rows = Math.max(1, Math.floor((tileRem.height - headRem) / ROW_REM));

  useEffect(() => {
    const list = room.current;
    if (list === null) return;
    const watcher = new ResizeObserver(() =>
      setSize({
        width: list.clientWidth,
        height: list.clientHeight,
        rem: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
      }),
    );
    watcher.observe(list);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    if (grid.pages === 1 || paused) return;
    const timer = setInterval(() => setPage((now) => now + 1), PAGE_MS);
    return () => clearInterval(timer);
  }, [grid.pages, paused]);

  return (
    <section class="wall-cameras" aria-label={t('cameras')}>
      <ul
        class="wall-tiles"
        ref={room}
        style={{
          gridTemplateColumns: `repeat(${grid.columns}, minmax(0, 1fr))`,
          gridTemplateRows: `repeat(${grid.rows}, minmax(0, 1fr))`,
        }}
      >
        {onPage(tiles, page, grid.pages).map(({ camera, state }) => (
          <li key={camera}>
            <CameraTile camera={camera} rows={Math.max(1, state === 'live' ? rows : rows - 1)} />
          </li>
        ))}
      </ul>
      <footer class="wall-foot">
        {grid.pages > 1 && (
          <>
            <span>{t('page', { page: (page % grid.pages) + 1, pages: grid.pages })}</span>
            <Button look="quiet" onClick={() => setPaused(!paused)}>
              {paused ? t('resume') : t('pause')}
            </Button>
          </>
        )}
        <Button look="quiet" onClick={toggleWall}>
          {t('leaveWall')}
        </Button>
      </footer>
    </section>
  );
}
