// A rider and the two-wheeler underneath are one road user, but most detectors report two boxes.

import { ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import type { Detections } from '../detector/detections.ts';

/** One object of one frame as the tracker sees it: corners in source pixels. */
export type Sighting = {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** 0..1. */
  readonly score: number;
  readonly roadUser: RoadUser;
};

/** A rider sits in the two-wheeler: this share of the person's width at least lies within its width. */
const RIDER_WIDTH_SHARE = 0.5;
/** The two boxes cover each other by this share of the smaller one: legs beside the frame. */
const RIDER_OVERLAP_SHARE = 0.3;
/** Feet are not further below the wheels than this share of the two-wheeler's height. */
const RIDER_FEET_SHARE = 0.2;
/** And the person is not taller than this many two-wheelers: a pedestrian walking in front of a distant one. */
const RIDER_HEIGHT_RATIO = 3;

/**
 * Lists a frame's objects with riders joined to their two-wheelers: the box of both together, the class and score of the
 * two-wheeler (the higher score of the two). A two-wheeler may carry several people. What is left of class
 * person walks.
 *
 * ```
 *    ┌───┐ person        ┌───────┐
 *    │   │               │       │  one motorcycle
 *  ┌─┼───┼─┐ motorcycle  │       │
 *  │ └───┘ │             │       │
 *  └───────┘             └───────┘
 * ```
 */
export function joinRiders(detections: Detections): Sighting[] {
  const sightings: Sighting[] = [];
  const persons: Sighting[] = [];
  for (let index = 0; index < detections.count; index++) {
    const sighting = readSighting(detections, index);
    (sighting.roadUser === 'person' ? persons : sightings).push(sighting);
  }
  const others = sightings.length;
  for (const person of persons) {
    let best = -1;
    let bestOverlap = 0;
    for (let index = 0; index < others; index++) {
      const overlap = riderOverlap(person, sightings[index] as Sighting);
      if (overlap > bestOverlap) {
        best = index;
        bestOverlap = overlap;
      }
    }
    if (best < 0) {
      sightings.push(person);
    } else {
      sightings[best] = join(sightings[best] as Sighting, person);
    }
  }
  return sightings;
}

/** How surely `person` rides `other`, as the covered share of the smaller box; 0 when it does not. */
function riderOverlap(person: Sighting, other: Sighting): number {
  if (other.roadUser !== 'motorcycle' && other.roadUser !== 'bicycle') {
    return 0;
  }
  const width = Math.min(person.x2, other.x2) - Math.max(person.x1, other.x1);
  const height = Math.min(person.y2, other.y2) - Math.max(person.y1, other.y1);
  const personWidth = person.x2 - person.x1;
  const personHeight = person.y2 - person.y1;
  const otherHeight = other.y2 - other.y1;
  if (width < RIDER_WIDTH_SHARE * personWidth || height <= 0) {
    return 0;
  }
  if (
    person.y2 > other.y2 + RIDER_FEET_SHARE * otherHeight ||
    personHeight > RIDER_HEIGHT_RATIO * otherHeight
  ) {
    return 0;
  }
  const smaller = Math.min(personWidth * personHeight, (other.x2 - other.x1) * otherHeight);
  const share = (width * height) / smaller;
  return share >= RIDER_OVERLAP_SHARE ? share : 0;
}

function join(twoWheeler: Sighting, rider: Sighting): Sighting {
  return {
    x1: Math.min(twoWheeler.x1, rider.x1),
    y1: Math.min(twoWheeler.y1, rider.y1),
    x2: Math.max(twoWheeler.x2, rider.x2),
    y2: Math.max(twoWheeler.y2, rider.y2),
    score: Math.max(twoWheeler.score, rider.score),
    roadUser: twoWheeler.roadUser,
  };
}

function readSighting(detections: Detections, index: number): Sighting {
  const { boxes } = detections;
  return {
    x1: boxes[index * 4] as number,
    y1: boxes[index * 4 + 1] as number,
    x2: boxes[index * 4 + 2] as number,
    y2: boxes[index * 4 + 3] as number,
    score: detections.scores[index] as number,
    roadUser: ROAD_USERS[detections.roadUsers[index] as number] as RoadUser,
  };
}
