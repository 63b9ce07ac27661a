// Which names fit on the map without lying on one another: the more important first, each name once.

import type { Kind, MapLabel } from './features.ts';
import { type Size, toPixel, type View, worldPx } from './projection.ts';

export type PlacedLabel = {
  readonly text: string;
  readonly kind: Kind;
  readonly x: number;
  readonly y: number;
  /** Degrees; never upside down. */
  readonly turn: number;
};

export type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

const ORDER: Readonly<Record<Kind, number>> = {
  place: 0,
  motorway: 1,
  water: 2,
  major: 3,
  park: 4,
  rail: 5,
  minor: 6,
  other: 7,
  building: 8,
};
/** Smaller things get their names when one is close enough to read the map for them. */
const FROM_ZOOM: Partial<Record<Kind, number>> = {
  minor: 14.5,
  other: 14.5,
  building: 16,
  rail: 13,
  park: 12.5,
  major: 12,
};
const CHARACTER_PX = 6.8;
const LINE_PX = 14;
const GAP_PX = 3;

/** Width that a text of this size will take, roughly: what is wanted is room, not type-setting. */
export function textWidth(text: string, characterPx = CHARACTER_PX): number {
  return [...text].length * characterPx;
}

/** @param taken what must stay free, such as markers, px. @param scale of text: a wall's is larger. */
export function placeLabels(
  labels: readonly MapLabel[],
  view: View,
  size: Size,
  taken: readonly Box[] = [],
  scale = 1,
): PlacedLabel[] {
  const boxes = [...taken];
  const names = new Set<string>();
  const placed: PlacedLabel[] = [];
  const sorted = [...labels].sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || lengthOf(b) - lengthOf(a));
  for (const { text, kind, at, along } of sorted) {
    if (names.has(text) || view.zoom < (FROM_ZOOM[kind] ?? 0)) continue;
    const { x, y } = toPixel(view, size, at);
    const width = textWidth(text, CHARACTER_PX * scale);
    // A line that is shorter than its name would carry it beyond its ends.
    if (along !== null && along.length * worldPx(view) < width * 0.7) continue;
    const angle = along === null ? 0 : upright(along.angle);
    const box = around(x, y, width, LINE_PX * scale, angle);
    if (box.left < 0 || box.top < 0 || box.right > size.width || box.bottom > size.height) continue;
    if (boxes.some((other) => overlap(box, other))) continue;
    boxes.push(box);
    names.add(text);
    placed.push({ text, kind, x, y, turn: (angle * 180) / Math.PI });
  }
  return placed;
}

export function overlap(a: Box, b: Box): boolean {
  return (
    a.left < b.right + GAP_PX &&
    b.left < a.right + GAP_PX &&
    a.top < b.bottom + GAP_PX &&
    b.top < a.bottom + GAP_PX
  );
}

function lengthOf({ along }: MapLabel): number {
  return along?.length ?? 0;
}

function upright(angle: number): number {
  if (angle > Math.PI / 2) return angle - Math.PI;
  return angle < -Math.PI / 2 ? angle + Math.PI : angle;
}

function around(x: number, y: number, width: number, height: number, angle: number): Box {
  const w = (Math.abs(Math.cos(angle)) * width + Math.abs(Math.sin(angle)) * height) / 2;
  const h = (Math.abs(Math.sin(angle)) * width + Math.abs(Math.cos(angle)) * height) / 2;
  return { left: x - w, right: x + w, top: y - h, bottom: y + h };
}
