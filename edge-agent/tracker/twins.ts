// Two tracks on one road user: detectors see a double now and then, and what started on it lives on beside the first,
// takes its boxes in turn and would be counted a second time.

import { bufferedIou, type Corners, classFit } from './similarity.ts';
import type { TrackedObject } from './tracked-object.ts';

/** Tracks that cover each other by this IoU may be one road user. */
const SAME_PLACE_IOU = 0.5;
/** A track is on its own at less than this IoU with every elder ... */
const APART_IOU = 0.1;
/** ... and after so many sightings on its own it is somebody else for good: a lorry that stops before a parked car. */
const APART_SIGHTINGS = 3;
/** Frames in a row in which one of the two was seen and not the other, until they are one. */
const IN_TURN_FRAMES = 5;

export type Twins = { readonly elder: TrackedObject; readonly younger: TrackedObject };

/**
 * Pairs of tracks that proved to be one road user: the younger was never seen apart from its elders, and the two are seen in
 * turn at one place, never both. Keeps count in the younger ones; call it once a frame, after all sightings are given out.
 *
 * @param objects by age, the eldest first
 */
export function findTwins(objects: readonly TrackedObject[]): Twins[] {
  const twins: Twins[] = [];
  const gone = new Set<TrackedObject>();
  const places = objects.map((object) => object.place());
  for (const [index, younger] of objects.entries()) {
    if (younger.apart >= APART_SIGHTINGS) continue;
    const box = places[index] as Corners;
    let most = 0;
    let elder: TrackedObject | undefined;
    for (let other = 0; other < index; other++) {
      const candidate = objects[other] as TrackedObject;
      const overlap = bufferedIou(places[other] as Corners, box, 0);
      if (
        overlap > most &&
        !gone.has(candidate) &&
        classFit(candidate.last.roadUser, younger.last.roadUser) > 0
      ) {
        most = overlap;
        elder = candidate;
      }
    }
    if (younger.seen && most <= APART_IOU) younger.apart++;
    if (elder === undefined || most <= SAME_PLACE_IOU) {
      if (younger.seen) younger.inTurn = undefined;
      continue;
    }
    const frames = younger.inTurn?.elderId === elder.id ? younger.inTurn.frames : 0;
    younger.inTurn = { elderId: elder.id, frames: frames + (younger.seen === elder.seen ? 0 : 1) };
    if (younger.inTurn.frames >= IN_TURN_FRAMES) {
      twins.push({ elder, younger });
      gone.add(younger);
    }
  }
  return twins;
}
