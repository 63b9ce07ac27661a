// Tells when two tracks that cross a line together are on one road user: a detector that gives it two boxes makes two
// tracks of it, and each would be counted.

import { boxAt } from './box-at.ts';
import { iouOf } from './boxes.ts';
import type { Path, PathSighting } from './path.ts';
import type { PathCrossing } from './path-crossing.ts';

/** Twins cross at nearly the same moment: their boxes are of one thing, ms. */
const LONGEST_APART_MS = 500;
/** Company is looked at over this time before and after the crossing, ms. */
const AROUND_MS = 1500;
/**
 * Boxes that cover each other by this IoU in the mean of that time are of one road user: of two, the detector itself
 * would have dropped one.
 */
const ONE_BOX_IOU = 0.5;
/** From this one on they are if more speaks for it; two motorcycles side by side reach 0.37. */
const TWIN_IOU = 0.38;
/** One detection feeds one track: twins are seen in turn, in less than this share of frames together ... */
const SEEN_TOGETHER = 0.6;
/** ... or the detector goes on giving two boxes, of which the second is this weak. */
const WEAK_SCORE = 0.41;

/** Whether two crossings of one line are of one road user. */
export function areTwins(a: PathCrossing, b: PathCrossing): boolean {
  if (a.line !== b.line || a.crossing.to !== b.crossing.to || a.path === b.path) return false;
  const apartMs = Math.abs(a.crossing.at.cameraTimeMs - b.crossing.at.cameraTimeMs);
  if (apartMs > LONGEST_APART_MS) return false;
  const { iou, together } = companyOf(a.path, b.path, a.crossing.at.cameraTimeMs);
  if (iou >= ONE_BOX_IOU) return true;
  if (iou < TWIN_IOU) return false;
  return together < SEEN_TOGETHER || Math.min(a.path.confidence, b.path.confidence) < WEAK_SCORE;
}

/** How much two paths cover each other while both are there, and in which share of the frames both are seen. */
function companyOf(a: Path, b: Path, aroundMs: number): { readonly iou: number; readonly together: number } {
  const isNear = ({ cameraTimeMs }: PathSighting) => Math.abs(cameraTimeMs - aroundMs) <= AROUND_MS;
  const times = new Set([...a.sightings, ...b.sightings].filter(isNear).map((each) => each.cameraTimeMs));
  let frames = 0;
  let together = 0;
  let sum = 0;
  for (const timeMs of times) {
    const first = boxAt(a.sightings, timeMs);
    const second = boxAt(b.sightings, timeMs);
    if (first === undefined || second === undefined) continue;
    frames++;
    sum += iouOf(first.box, second.box);
    if (first.seen && second.seen) together++;
  }
  return frames === 0 ? { iou: 0, together: 0 } : { iou: sum / frames, together: together / frames };
}
