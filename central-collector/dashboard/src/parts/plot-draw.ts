// What a plot draws besides its lines: bands of levels, hatching where nothing was observed, the strip of coverage below
// and the present moment. Coordinates are pixels of the canvas.

import type uPlot from 'uplot';
import { intervalAt, type PlotProps } from './plot-types.ts';

/** Of the strip of coverage, CSS pixels. */
export const STRIP_HEIGHT = 9;
export const STRIP_GAP = 5;
const HATCH = 7;

export type Colour = (name: `--${string}`) => string;

type Given = Pick<PlotProps, 'times' | 'endMs' | 'coverage' | 'nowMs' | 'levels'>;

/** Behind the lines. */
export function drawGround(u: uPlot, given: Given, colour: Colour): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const level of given.levels ?? []) {
    const top = u.valToPos(level.value - 0.5, 'y', true);
    const bottom = u.valToPos(level.value + 0.5, 'y', true);
    ctx.fillStyle = withAlpha(colour(level.colour), 0.16);
    ctx.fillRect(bbox.left, Math.min(top, bottom), bbox.width, Math.abs(bottom - top));
  }
  const hatch = hatchOf(ctx, withAlpha(colour('--text-3'), 0.35));
  for (const [from, to] of unobserved(given)) {
    const left = u.valToPos(from, 'x', true);
    ctx.fillStyle = hatch;
    ctx.fillRect(left, bbox.top, u.valToPos(to, 'x', true) - left, bbox.height);
  }
  ctx.restore();
}

/** Above the lines and below the axis. */
export function drawCoverage(u: uPlot, given: Given, colour: Colour): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const top = bbox.top + bbox.height + STRIP_GAP * ratio;
  const height = STRIP_HEIGHT * ratio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + (STRIP_GAP + STRIP_HEIGHT) * ratio);
  ctx.clip();
  const full = colour('--ok');
  const part = colour('--warn');
  const empty = hatchOf(ctx, colour('--text-3'));
  given.coverage.forEach((share, place) => {
    const [from, to] = intervalAt(given, place);
    if (share === null || from >= given.nowMs) return;
    const left = Math.round(u.valToPos(from, 'x', true));
    const width = Math.max(1, Math.round(u.valToPos(Math.min(to, given.nowMs), 'x', true)) - left);
    if (left + width < bbox.left || left > bbox.left + bbox.width) return;
    if (share <= 0) {
      ctx.fillStyle = empty;
      ctx.fillRect(left, top, width, height);
      return;
    }
    const filled = Math.max(ratio, height * Math.min(1, share));
    ctx.fillStyle = share >= 0.95 ? full : part;
    ctx.fillRect(left, top + height - filled, width, filled);
  });
  const now = u.valToPos(given.nowMs, 'x', true);
  if (now > bbox.left && now < bbox.left + bbox.width) {
    ctx.strokeStyle = withAlpha(colour('--text-2'), 0.8);
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(now, bbox.top);
    ctx.lineTo(now, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Stretches of the past in which nothing was observed. */
export function unobserved(given: Omit<Given, 'levels'>): (readonly [number, number])[] {
  const stretches: [number, number][] = [];
  given.coverage.forEach((share, place) => {
    const [from, to] = intervalAt(given, place);
    if (share !== 0 || from >= given.nowMs) return;
    const last = stretches.at(-1);
    if (last !== undefined && last[1] === from) last[1] = Math.min(to, given.nowMs);
    else stretches.push([from, Math.min(to, given.nowMs)]);
  });
  return stretches;
}

/** `#rrggbb` with an alpha of 0 to 1. */
export function withAlpha(hex: string, alpha: number): string {
  const part = Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0');
  return /^#[0-9a-f]{6}$/i.test(hex) ? hex + part : hex;
}

function hatchOf(ctx: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const size = HATCH * Math.max(1, Math.round(devicePixelRatio));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(1, devicePixelRatio);
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, 'repeat') ?? colour;
}
