// Which cars of a KITTI frame are asked for, and which tracks are judged: the benchmark forgives some of both.

import { insideShare, iou } from '../../models/box-overlap.ts';
import { bestPairs } from './best-pairs.ts';
import type { KittiObject } from './kitti.ts';
import { EPSILON, type FramePair, type IdentifiedBox } from './scored-sequence.ts';

/** Least similarity of a track and an object that is not asked for, to forgive the track. */
const MATCH = 0.5;
/** Unmatched tracks no higher than this are forgiven: KITTI labels nothing smaller. */
const MIN_HEIGHT_PX = 25;
/** Unmatched tracks with more than this share of their area in one DontCare region are forgiven. */
const MOST_INSIDE = 0.5;
const MAX_OCCLUSION = 2;
const MAX_TRUNCATION = 0;

/**
 * Prepares a frame for class car as TrackEval's datasets/kitti_2d_box.py does:
 *
 * 1. Cars and vans are matched with the tracks, for the highest total of intersection over union of at least 0.5.
 * 2. A track matched with a van, a car that the picture's edge cuts (truncation above 0) or one of unknown occlusion
 *    (above 2) is taken out: it is neither right nor wrong.
 * 3. An unmatched track is taken out where it is at most 25 px high or lies more than half in one DontCare region.
 * 4. What is left of the cars is asked for: occlusion 0 to 2 and not truncated.
 *
 * Objects of other classes count for nothing, so a track on a truck, a tram or a cyclist is a false one. Everything
 * that these rules need is in the labels.
 */
export function judgedCars(objects: readonly KittiObject[], tracks: readonly IdentifiedBox[]): FramePair {
  const candidates = objects.filter(({ type, id }) => (type === 'Car' || type === 'Van') && id >= 0);
  const regions = objects.filter(({ type }) => type === 'DontCare').map(({ box }) => box);
  const values = new Float64Array(candidates.length * tracks.length);
  for (const [row, object] of candidates.entries()) {
    for (const [column, track] of tracks.entries()) {
      const similarity = iou(object.box, track.box);
      values[row * tracks.length + column] = similarity < MATCH - EPSILON ? 0 : similarity;
    }
  }
  const objectOf = new Map(
    bestPairs(values, candidates.length, tracks.length).map(({ row, column }) => [column, candidates[row]]),
  );
  return {
    truths: candidates.filter(isAskedFor),
    tracks: tracks.filter(({ box }, column) => {
      const object = objectOf.get(column);
      if (object !== undefined) return isAskedFor(object);
      const tooLow = box[3] - box[1] <= MIN_HEIGHT_PX + EPSILON;
      return !tooLow && !regions.some((region) => insideShare(box, region) > MOST_INSIDE + EPSILON);
    }),
  };
}

function isAskedFor({ type, occlusion, truncation }: KittiObject): boolean {
  return type === 'Car' && occlusion <= MAX_OCCLUSION && truncation <= MAX_TRUNCATION;
}
