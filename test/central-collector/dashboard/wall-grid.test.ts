import { describe, expect, it } from 'vitest';
import { onPage, wallGrid } from '../../../central-collector/dashboard/src/pages/overview/wall-grid.ts';

/** What the tiles of a wall of 1920 by 1080 have. */
const ROOM = { width: 1390, height: 910, leastWidth: 280, leastHeight: 206 };

describe('the wall display', () => {
  it.each([
    [1, 1, 1, 1],
    [2, 2, 1, 1],
    [4, 2, 2, 1],
    [12, 4, 3, 1],
    [16, 4, 4, 1],
    [17, 3, 3, 2],
    [40, 4, 4, 3],
  ])('shows %d cameras in %d columns and %d rows on %d pages', (tiles, columns, rows, pages) => {
    expect(wallGrid(tiles, ROOM)).toEqual({ columns, rows, pages });
  });

  it('shows every camera on one of its pages, as many on each as can be', () => {
    const tiles = Array.from({ length: 17 }, (_, i) => i);
    const { pages } = wallGrid(tiles.length, ROOM);
    const shown = Array.from({ length: pages }, (_, page) => onPage(tiles, page, pages));
    expect(shown.map(({ length }) => length)).toEqual([9, 8]);
    expect(shown.flat()).toEqual(tiles);
    expect(onPage(tiles, pages, pages)).toEqual(shown[0]);
  });

  it('never has more tiles on a page than places', () => {
    for (let tiles = 0; tiles < 200; tiles++) {
      const { columns, rows, pages } = wallGrid(tiles, ROOM);
      expect(Math.ceil(tiles / pages)).toBeLessThanOrEqual(columns * rows);
    }
  });

  it('shows one camera at a time where there is room for none', () => {
    expect(wallGrid(3, { ...ROOM, width: 100, height: 50 })).toEqual({ columns: 1, rows: 1, pages: 3 });
  });
});
