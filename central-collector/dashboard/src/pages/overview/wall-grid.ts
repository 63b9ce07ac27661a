// How many tiles a wall shows at once, and in how many rows and columns: as large as they can be, never so small that
// they cannot be read, the rest on further pages.

export type WallGrid = {
  readonly columns: number;
  readonly rows: number;
  readonly pages: number;
};

export type WallRoom = {
  readonly width: number;
  readonly height: number;
  /** Below this a tile cannot be read from the room, px. */
  readonly leastWidth: number;
  readonly leastHeight: number;
};

/** Tiles are about so much wider than high. */
const SHAPE = 1.45;

export function wallGrid(tiles: number, { width, height, leastWidth, leastHeight }: WallRoom): WallGrid {
  const mostColumns = Math.max(1, Math.floor(width / leastWidth));
  const mostRows = Math.max(1, Math.floor(height / leastHeight));
  const pages = Math.max(1, Math.ceil(tiles / (mostColumns * mostRows)));
  // Pages are filled evenly: 13 tiles of 12 places are 7 and 6, not 12 and 1.
  const shown = Math.max(1, Math.ceil(tiles / pages));
  let best = { columns: mostColumns, rows: mostRows, size: 0 };
  for (let columns = 1; columns <= mostColumns; columns++) {
    const rows = Math.ceil(shown / columns);
    if (rows > mostRows) continue;
    const size = Math.min(width / columns, (height / rows) * SHAPE);
    if (size > best.size) best = { columns, rows, size };
  }
  return { columns: best.columns, rows: best.rows, pages };
}

/** The tiles of a page; pages repeat. */
export function onPage<T>(tiles: readonly T[], page: number, pages: number): readonly T[] {
  const most = Math.ceil(tiles.length / pages);
  const at = page % pages;
  return tiles.slice(at * most, (at + 1) * most);
}
