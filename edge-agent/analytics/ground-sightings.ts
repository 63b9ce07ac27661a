// A road user's boxes as places on the road, each with what it is worth: a pixel is centimetres near the camera
// and metres far away.

import { type GroundMapping, toGround } from './calibration.ts';
import type { PicturePoint } from './calibration-points.ts';
import type { BoxCorners } from './counting-line.ts';
import { groundSlopes } from './ground-scale.ts';

/** A box in pixels of the calibration's picture size; PathSighting is one. */
export type BoxSighting = { readonly cameraTimeMs: number; readonly box: BoxCorners };

export type GroundSighting = {
  /** Seconds from the moment that was asked for. */
  readonly timeS: number;
  readonly box: BoxCorners;
  /** The anchor in the picture, px, and on the ground, m. */
  readonly anchor: PicturePoint;
  readonly x: number;
  readonly y: number;
  /** Inverse of the place's covariance, 1/m². */
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
};

/** Boxes that come this near to the picture's border are taken as cut by it: share of the picture's width. */
const BORDER_SHARE = 0.008;
/**
 * Standard deviation of a detector's box edge, as a share of the box's height and in px, whatever the size: half of
 * what UCMCTrack (Yi et al. 2024, 3.3) allows a tracker to be off.
 */
const EDGE_NOISE = { share: 0.025, leastPx: 1, mostPx: 6.5 } as const;
/** Where a pixel covers more than this, a place is a guess. */
const MAX_METRES_PER_PX = 1;

/**
 * The sightings whose anchor, the middle of the box's lower edge, is seen on the road near enough to be worth
 * something; oldest first as given. Left out: boxes cut by the left, right or lower border of the picture, anchors
 * at or near the horizon.
 */
export function groundSightings(
  mapping: GroundMapping,
  sightings: readonly BoxSighting[],
  atMs: number,
): GroundSighting[] {
  const { width, height } = mapping.picture;
  const border = BORDER_SHARE * width;
  return sightings.flatMap(({ cameraTimeMs, box }) => {
    const [x1, y1, x2, y2] = box;
    if (x1 < border || x2 > width - border || y2 > height - border) return [];
    const anchor = [(x1 + x2) / 2, y2] as const;
    const place = toGround(mapping, anchor);
    const slopes = groundSlopes(mapping, anchor);
    if (place === undefined || slopes === undefined) return [];
    const [a, b, c, d] = slopes;
    if (Math.hypot(a, b, c, d) > MAX_METRES_PER_PX) return [];
    const noisePx = Math.min(EDGE_NOISE.mostPx, Math.max(EDGE_NOISE.leastPx, EDGE_NOISE.share * (y2 - y1)));
    // Covariance S Sᵀ σ² of the slopes S, inverted.
    const determinant = (a * d - b * c) ** 2 * noisePx ** 2;
    return [
      {
        timeS: (cameraTimeMs - atMs) / 1000,
        box,
        anchor,
        x: place[0],
        y: place[1],
        xx: (c * c + d * d) / determinant,
        xy: -(a * c + b * d) / determinant,
        yy: (a * a + b * b) / determinant,
      },
    ];
  });
}
