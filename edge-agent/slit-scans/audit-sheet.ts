// A minute of a slit scan as a sheet to count on: rows of a quarter of a minute with a ruler, and a mark for each passage. The
// same input gives the same bytes.

import sharp from 'sharp';
import type { RoadUser, SlitScanMark } from '../../contract/index.ts';
import { escaped } from '../evidence/svg-text.ts';
import type { ScanPiece } from './scan-record.ts';

export type Sheet = {
  /** Line at the upper edge. */
  readonly title: string;
  /** Start of the minute, UTC, ms. */
  readonly fromMs: number;
  /** What the ruler counts from, UTC, ms. */
  readonly zeroMs: number;
  readonly pieces: readonly { readonly piece: ScanPiece; readonly jpeg: Buffer }[];
  readonly marks: readonly SlitScanMark[];
  readonly directions: { readonly toLeft: string; readonly toRight: string };
};

const ROW_MS = 15_000;
const MOST_ROWS = 4;
/** Of a row, px: wide enough for ten frames of six columns a second, twice. */
const ROW_WIDTH = 1800;
const RULER = 22;
const LEFT = 60;
const TOP = 56;

const LETTERS: Readonly<Record<RoadUser, string>> = {
  person: 'P',
  bicycle: 'B',
  motorcycle: 'M',
  car: 'C',
  bus: 'U',
  truck: 'T',
  vehicle: 'V',
};

/** A PNG. */
export async function drawSheet(sheet: Sheet): Promise<Buffer> {
  const { pieces, marks, fromMs, zeroMs, directions, title } = sheet;
  const high = Math.max(96, Math.min(256, 2 * Math.max(...pieces.map(({ piece }) => piece.height))));
  const lastMs = Math.max(...pieces.map(({ piece }) => piece.toMs));
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.ceil((lastMs - fromMs + 1) / ROW_MS)));
  const rowTop = (row: number) => TOP + row * (high + RULER);
  const size = { width: LEFT + ROW_WIDTH + 20, height: rowTop(rows) };
  const place = (atMs: number) => {
    const row = Math.max(0, Math.min(rows - 1, Math.floor((atMs - fromMs) / ROW_MS)));
    return { row, x: LEFT + ((atMs - fromMs - row * ROW_MS) * ROW_WIDTH) / ROW_MS };
  };
  const images = await Promise.all(
    pieces.flatMap(({ piece, jpeg }) =>
      Array.from({ length: rows }, (_, row) => cut(piece, jpeg, fromMs + row * ROW_MS, high, rowTop(row))),
    ),
  );
  const shapes = [
    text(LEFT, 20, title, 16),
    text(LEFT, 42, legendOf(directions, marks), 14),
    ...Array.from({ length: rows }, (_, row) => ruler(row, rowTop(row) + high, fromMs, zeroMs)),
    ...marks.map((mark) => {
      const { row, x } = place(mark.atMs);
      return drawMark(mark, x, rowTop(row) + mark.along * high, directions.toLeft);
    }),
  ];
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${shapes.join('')}</svg>`;
  return sharp({ create: { ...size, channels: 3, background: '#202020' } })
    .composite([...images.filter((image) => image !== undefined), { input: Buffer.from(overlay) }])
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** The blocks of a piece that belong in the row that begins at `rowMs`. */
async function cut(piece: ScanPiece, jpeg: Buffer, rowMs: number, high: number, top: number) {
  const { fromMs, frames, width, height } = piece;
  const columns = width / frames.length;
  const first = frames.findIndex((ms) => fromMs + ms >= rowMs);
  const count = frames.filter((ms) => fromMs + ms >= rowMs && fromMs + ms < rowMs + ROW_MS).length;
  if (first < 0 || count === 0) return undefined;
  const startMs = fromMs + (frames[first] ?? 0);
  const lastMs = fromMs + (frames[first + count - 1] ?? 0);
  const frameMs = (piece.toMs - fromMs) / Math.max(1, frames.length - 1);
  const left = Math.min(ROW_WIDTH - 1, Math.round(((startMs - rowMs) * ROW_WIDTH) / ROW_MS));
  const wide = Math.round(((lastMs + frameMs - startMs) * ROW_WIDTH) / ROW_MS);
  const input = await sharp(jpeg)
    .extract({ left: first * columns, top: 0, width: count * columns, height })
    .resize(Math.max(1, Math.min(ROW_WIDTH - left, wide)), high, { fit: 'fill' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { input, left: LEFT + left, top };
}

function legendOf({ toLeft, toRight }: Sheet['directions'], marks: readonly SlitScanMark[]): string {
  const letters = [...new Set(marks.map(({ roadUser }) => roadUser))].sort();
  const classes = letters.map((roadUser) => `${LETTERS[roadUser]} ${roadUser}`).join(', ');
  const of = (direction: string) => marks.filter((mark) => mark.direction === direction).length;
  return `counted: \u25b6 ${toRight} ${of(toRight)}, \u25c0 ${toLeft} ${of(toLeft)} \u00b7 ${classes}`;
}

function ruler(row: number, y: number, fromMs: number, zeroMs: number): string {
  return Array.from({ length: ROW_MS / 1000 + 1 }, (_, second) => {
    const x = LEFT + (second * 1000 * ROW_WIDTH) / ROW_MS;
    const atS = Math.round((fromMs - zeroMs + row * ROW_MS) / 1000) + second;
    const label = `${Math.floor(atS / 60)}:${String(atS % 60).padStart(2, '0')}`;
    return `<line x1="${x}" y1="${y}" x2="${x}" y2="${y + 5}" stroke="#fff"/>${text(x + 2, y + 16, label, 11)}`;
  }).join('');
}

/** Triangles point right for who goes to the right of the line; light for one way, dark for the other. */
function drawMark({ roadUser, direction }: SlitScanMark, x: number, y: number, toLeft: string): string {
  const isLeft = direction === toLeft;
  const way = isLeft ? -1 : 1;
  const [at, up] = [Math.round(x), Math.round(y)];
  const points = `${at},${up - 7} ${at + way * 11},${up} ${at},${up + 7}`;
  const colour = isLeft ? '#00e5ff' : '#ffd400';
  return [
    `<line x1="${at}" y1="${up - 14}" x2="${at}" y2="${up + 14}" stroke="#000" stroke-width="3"/>`,
    `<line x1="${at}" y1="${up - 14}" x2="${at}" y2="${up + 14}" stroke="${colour}" stroke-width="1"/>`,
    `<polygon points="${points}" fill="${colour}" stroke="#000"/>`,
    `<text x="${at + (isLeft ? 3 : -15)}" y="${up + 5}" font-family="DejaVu Sans, sans-serif" font-size="14" font-weight="bold" fill="${colour}" stroke="#000" stroke-width="3" paint-order="stroke">${LETTERS[roadUser]}</text>`,
  ].join('');
}

function text(x: number, y: number, words: string, size: number): string {
  return `<text x="${x}" y="${y}" font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="#fff">${escaped(words)}</text>`;
}
