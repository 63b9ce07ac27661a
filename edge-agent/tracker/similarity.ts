// How well a detection fits a track: overlap of buffered boxes, class, and direction of travel.

import type { RoadUser } from '../../contract/index.ts';

/** Corners in pixels. */
export type Corners = {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
};

/**
 * Detectors take a person on a motorbike for a person now and then, and a motorbike for a bicycle; they take a
 * pedestrian for a car never. Same kind fits fully, near kinds with this factor, others not at all.
 */
const NEAR_KIND = 0.8;

type Kind = 'motor' | 'two-wheeler' | 'person';

const KINDS: Readonly<Record<RoadUser, Kind>> = {
  car: 'motor',
  bus: 'motor',
  truck: 'motor',
  vehicle: 'motor',
  motorcycle: 'two-wheeler',
  bicycle: 'two-wheeler',
  person: 'person',
};

/** Factor 0..1 by which two classes may be one road user. */
export function classFit(a: RoadUser, b: RoadUser): number {
  const kindA = KINDS[a];
  const kindB = KINDS[b];
  if (kindA === kindB) {
    return 1;
  }
  return kindA !== 'motor' && kindB !== 'motor' ? NEAR_KIND : 0;
}

/**
 * Intersection over union of both boxes after each is widened by `buffer` pixels on every side (C-BIoU, Yang
 * 2023, with a buffer in pixels that follows from the uncertainty of the prediction). 0..1; 0 when they do not touch.
 */
export function bufferedIou(a: Corners, b: Corners, buffer: number): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) + 2 * buffer;
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) + 2 * buffer;
  if (width <= 0 || height <= 0) {
    return 0;
  }
  const intersection = width * height;
  return intersection / (area(a, buffer) + area(b, buffer) - intersection);
}

/** How alike two boxes are in width and height, wherever they lie: 1 the same, geometric mean of the two ratios. */
export function shapeFit(a: Corners, b: Corners): number {
  const widthA = a.x2 - a.x1;
  const widthB = b.x2 - b.x1;
  const heightA = a.y2 - a.y1;
  const heightB = b.y2 - b.y1;
  return Math.sqrt(
    (Math.min(widthA, widthB) * Math.min(heightA, heightB)) /
      (Math.max(widthA, widthB) * Math.max(heightA, heightB)),
  );
}

/**
 * Angle between the way a track went and the way to a detection, as a share of a half turn: 0 the same way, 1
 * the opposite way (observation-centric momentum, OC-SORT, Cao 2023, section 4.2).
 *
 * @param travelX displacement between two earlier sightings, px
 * @param stepX displacement from the last sighting to the detection, px
 */
export function turnShare(travelX: number, travelY: number, stepX: number, stepY: number): number {
  const lengths = Math.hypot(travelX, travelY) * Math.hypot(stepX, stepY);
  if (lengths === 0) {
    return 0;
  }
  const cosine = (travelX * stepX + travelY * stepY) / lengths;
  return Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
}

/** Centre and size of a sighting. */
export function centred(sighting: Corners): { cx: number; cy: number; width: number; height: number } {
  return {
    cx: (sighting.x1 + sighting.x2) / 2,
    cy: (sighting.y1 + sighting.y2) / 2,
    width: sighting.x2 - sighting.x1,
    height: sighting.y2 - sighting.y1,
  };
}

function area(box: Corners, buffer: number): number {
  return (box.x2 - box.x1 + 2 * buffer) * (box.y2 - box.y1 + 2 * buffer);
}
