// Draws what a calibration says over a still: the grid of the ground in metres, the points with what they are off by,
// the horizon and the counting lines. A wrong calibration is seen at once: its grid does not lie on the road.

import sharp from 'sharp';
import type { LineConfig } from '../config/camera.ts';
import { type Calibration, toPicture } from '../edge-agent/analytics/calibration.ts';
import type { GroundPoint, PicturePoint, PointPair } from '../edge-agent/analytics/calibration-points.ts';
import type { CalibrationReport } from '../edge-agent/analytics/calibration-report.ts';

export type GroundDrawing = {
  readonly calibration: Calibration;
  readonly report: CalibrationReport;
  readonly lines: readonly Pick<LineConfig, 'line' | 'from' | 'to'>[];
};

/** Grids are this wide, m, and have at most so many lines each way. */
const GRIDS_M = [1, 5, 10, 50, 100];
const MOST_LINES = 30;
/** The grid reaches this share of the points' extent beyond them. */
const BEYOND = 0.35;
/** Ways on the ground are drawn in pieces of this share of the grid: the lens bends them. */
const PIECE = 0.1;
/** Small pictures are enlarged to about this width, so that labels can be read. */
const WIDTH_PX = 1280;
/** What points are off by is drawn this many times as long. */
const ENLARGED = 10;

/** Room that a label takes, px of the drawing. */
const LABEL = { width: 58, height: 15 };

const COLOURS = { grid: '#00e5ff', point: '#ffffff', error: '#ff3d00', line: '#ffea00', horizon: '#ff80ab' };

/** PNG of the still with the drawing, in the still's size or a multiple of it. */
export async function drawGround(still: Buffer, drawing: GroundDrawing): Promise<Buffer> {
  const { width = 0, height = 0 } = await sharp(still).metadata();
  const zoom = Math.max(1, Math.round(WIDTH_PX / width));
  const { picture } = drawing.calibration;
  const shapes = groundShapes(drawing, (width * zoom) / picture.width, (height * zoom) / picture.height);
  const size = `width="${width * zoom}" height="${height * zoom}"`;
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="DejaVu Sans, sans-serif" font-size="13">${shapes.join('')}</svg>`;
  return sharp(still)
    .resize(width * zoom, height * zoom)
    .composite([{ input: Buffer.from(overlay) }])
    .png()
    .toBuffer();
}

/** SVG elements; the scales are pixels of the drawing for one of the calibration's picture. */
export function groundShapes(
  { calibration, report, lines }: GroundDrawing,
  scaleX: number,
  scaleY: number,
): string[] {
  const at = ([x, y]: PicturePoint): PicturePoint => [round(x * scaleX), round(y * scaleY)];
  const step = gridOf(report.points);
  const { width, height } = calibration.picture;
  const inside = ([x, y]: PicturePoint) => x >= 0 && y >= 0 && x <= width && y <= height;
  const labelled: PicturePoint[] = [];
  const isFree = ([x, y]: PicturePoint) =>
    labelled.every(
      ([otherX, otherY]) => Math.abs(x - otherX) > LABEL.width || Math.abs(y - otherY) > LABEL.height,
    );
  const shapes = gridWays(report.points, step).flatMap(({ label, places }) => {
    const seen = places.map((place) => toPicture(calibration, place));
    const pieces = seen.slice(1).flatMap((to, i) => {
      const from = seen[i];
      return from && to && (inside(from) || inside(to)) ? [`M${at(from).join()}L${at(to).join()}`] : [];
    });
    const end = seen.find(
      (each) => each !== undefined && insideBy(each, calibration.picture, 14) && isFree(at(each)),
    );
    if (end !== undefined) labelled.push(at(end));
    return [
      `<path d="${pieces.join('')}" stroke="${COLOURS.grid}" stroke-width="1.2" stroke-opacity="0.8" fill="none"/>`,
      ...(end === undefined ? [] : [text(at(end), label, COLOURS.grid)]),
    ];
  });
  const horizon = report.horizon.flatMap((y, i): PicturePoint[] =>
    y === undefined ? [] : [at([(i * width) / 2, y])],
  );
  if (horizon.length >= 2) {
    shapes.push(
      `<polyline points="${horizon.map((each) => each.join()).join(' ')}" stroke="${COLOURS.horizon}" stroke-width="1.5" stroke-dasharray="8 6" fill="none"/>`,
      text([(horizon[0]?.[0] ?? 0) + 6, (horizon[0]?.[1] ?? 0) - 5], 'horizon', COLOURS.horizon),
    );
  }
  for (const { line, from, to } of lines) {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    shapes.push(
      `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${COLOURS.line}" stroke-width="3"/>`,
      text([(x1 + x2) / 2, (y1 + y2) / 2 - 6], line, COLOURS.line),
    );
  }
  for (const [i, { picture, ground, error }] of report.points.entries()) {
    const fitted = toPicture(calibration, ground) ?? picture;
    const [x, y] = at(picture);
    const [toX, toY] = at([
      picture[0] + ENLARGED * (fitted[0] - picture[0]),
      picture[1] + ENLARGED * (fitted[1] - picture[1]),
    ]);
    shapes.push(
      `<line x1="${x}" y1="${y}" x2="${toX}" y2="${toY}" stroke="${COLOURS.error}" stroke-width="2"/>`,
      `<circle cx="${x}" cy="${y}" r="4" fill="none" stroke="${COLOURS.point}" stroke-width="2"/>`,
      text([x + 6, y - 4], `${i + 1}${error.px >= 0.5 ? ` (${error.px.toFixed(1)} px)` : ''}`, COLOURS.point),
    );
  }
  const caption = `grid ${step} m · ${report.points.length} points, off by ${report.rms.px.toFixed(1)} px = ${report.rms.m.toFixed(2)} m (red: ${ENLARGED} times as long)`;
  shapes.push(text([10, height * scaleY - 10], caption, COLOURS.point, 16));
  return shapes;
}

/** The finest grid that does not fill the picture. */
function gridOf(points: readonly PointPair[]): number {
  const { x, y } = extentOf(points);
  const widest = Math.max(x.most - x.least, y.most - y.least);
  return GRIDS_M.find((each) => widest / each <= MOST_LINES) ?? (GRIDS_M.at(-1) as number);
}

/** Lines of even x and of even y with their labels, a little beyond the points. */
function gridWays(
  points: readonly PointPair[],
  step: number,
): readonly { readonly label: string; readonly places: readonly GroundPoint[] }[] {
  const { x, y } = extentOf(points);
  const along = { x: ticks(x, step), y: ticks(y, step) };
  return [
    ...along.x.map((each) => ({
      label: `x ${each} m`,
      places: pieces(along.y, step).map((other): GroundPoint => [each, other]),
    })),
    ...along.y.map((each) => ({
      label: `y ${each} m`,
      places: pieces(along.x, step).map((other): GroundPoint => [other, each]),
    })),
  ];
}

type Extent = { readonly least: number; readonly most: number };

function extentOf(points: readonly PointPair[]): { readonly x: Extent; readonly y: Extent } {
  const extent = (values: readonly number[]): Extent => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return { least: least - BEYOND * (most - least), most: most + BEYOND * (most - least) };
  };
  return {
    x: extent(points.map(({ ground }) => ground[0])),
    y: extent(points.map(({ ground }) => ground[1])),
  };
}

function ticks({ least, most }: Extent, step: number): readonly number[] {
  const first = Math.floor(least / step);
  return Array.from({ length: Math.ceil(most / step) - first + 1 }, (_, i) => (first + i) * step);
}

function pieces(alongTicks: readonly number[], step: number): readonly number[] {
  const from = alongTicks[0] as number;
  const to = alongTicks.at(-1) as number;
  const count = Math.round((to - from) / (step * PIECE));
  return Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count);
}

function insideBy(
  [x, y]: PicturePoint,
  { width, height }: { readonly width: number; readonly height: number },
  px: number,
): boolean {
  return x >= px && y >= px && x <= width - 3 * px && y <= height - 2 * px;
}

function text([x, y]: PicturePoint, words: string, colour: string, size = 13): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${colour}" stroke="black" stroke-width="3" paint-order="stroke">${safe}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
