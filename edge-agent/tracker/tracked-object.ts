// All that is remembered of one road user while it is tracked.

import { ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import { BoxFilter } from './box-filter.ts';
import { Rest } from './rest.ts';
import type { Sighting } from './riders.ts';
import { type Corners, centred } from './similarity.ts';
import type { Track } from './track.ts';

/** Sightings kept for the direction of travel. */
const PLACES = 8;
/** The direction of travel is taken over about this time: long enough to rise above jitter. */
const TRAVEL_MS = 300;
/**
 * A detection as a person weighs less than one as a two-wheeler on the same track: a rider is often taken for a
 * person, a pedestrian hardly ever for a motorbike.
 */
const PERSON_VOTE_ON_TWO_WHEELER = 0.5;

type Place = { readonly timeMs: number; readonly cx: number; readonly cy: number };

export class TrackedObject {
  readonly id: number;
  readonly filter: BoxFilter;
  readonly bornMs: number;
  /** Detections taken in, and those of them with a high score. */
  hits = 1;
  highHits = 1;
  confirmed = false;
  /** How much speaks for a road user being there, see tracker.ts. */
  evidence = 0;
  /** Sightings apart from all older tracks, and frames seen in turn with one of them: see twins.ts. */
  apart = 0;
  inTurn: { readonly elderId: number; readonly frames: number } | undefined;
  seen = true;
  /** Frames since the last detection. */
  missed = 0;
  lastSeenMs: number;
  /** Last seen with a high score. */
  lastHighMs: number;
  last: Sighting;
  readonly #votes = new Float64Array(ROAD_USERS.length);
  readonly #places: Place[] = [];
  readonly rest: Rest;

  constructor(id: number, sighting: Sighting, timeMs: number) {
    const box = centred(sighting);
    this.id = id;
    this.filter = new BoxFilter(box);
    this.bornMs = timeMs;
    this.lastSeenMs = timeMs;
    this.lastHighMs = timeMs;
    this.last = sighting;
    this.rest = new Rest(sighting, timeMs);
    this.#places.push({ timeMs, cx: box.cx, cy: box.cy });
    this.#vote(sighting);
  }

  /** The box hardly moved for some seconds, up to its last sighting. */
  get resting(): boolean {
    return this.rest.rests;
  }

  /** Displacement of the centre over the last few sightings, px. */
  get travel(): { readonly x: number; readonly y: number } {
    const newest = this.#places.at(-1) as Place;
    let from = newest;
    for (let index = this.#places.length - 2; index >= 0; index--) {
      from = this.#places[index] as Place;
      if (newest.timeMs - from.timeMs >= TRAVEL_MS) {
        break;
      }
    }
    return { x: newest.cx - from.cx, y: newest.cy - from.cy };
  }

  /** Moves the prediction on by `dtS` seconds. A resting road user that is hidden stays where it was. */
  predict(dtS: number): void {
    if (this.resting && !this.seen) {
      this.filter.restAt(centred(this.rest.box));
      return;
    }
    this.filter.predict(dtS, this.seen);
  }

  /** Takes a detection in; `noise` >= 1 widens its assumed jitter. */
  take(sighting: Sighting, timeMs: number, high: boolean, noise: number): void {
    const box = centred(sighting);
    this.filter.correct(box, noise);
    this.hits++;
    if (high) {
      this.highHits++;
      this.lastHighMs = timeMs;
    }
    this.seen = true;
    this.missed = 0;
    this.lastSeenMs = timeMs;
    this.last = sighting;
    this.#places.push({ timeMs, cx: box.cx, cy: box.cy });
    if (this.#places.length > PLACES) {
      this.#places.shift();
    }
    this.rest.see(sighting, timeMs);
    this.#vote(sighting);
  }

  /** Not found in this frame. */
  miss(): void {
    this.seen = false;
    this.missed++;
  }

  /** Corners of the predicted box, px. */
  predicted(): Corners {
    const { cx, cy, width, height } = this.filter;
    return { x1: cx - width / 2, y1: cy - height / 2, x2: cx + width / 2, y2: cy + height / 2 };
  }

  /** Where it is: the box it was seen in by this frame, else the predicted one, px. */
  place(): Corners {
    return this.seen ? this.last : this.predicted();
  }

  /** Class with the most votes and its share of them. */
  classVote(): { readonly roadUser: RoadUser; readonly share: number } {
    const person = ROAD_USERS.indexOf('person');
    const twoWheeler =
      this.#read(ROAD_USERS.indexOf('motorcycle')) + this.#read(ROAD_USERS.indexOf('bicycle')) > 0;
    let best = 0;
    let bestVotes = -1;
    let total = 0;
    for (let index = 0; index < ROAD_USERS.length; index++) {
      const weight = index === person && twoWheeler ? PERSON_VOTE_ON_TWO_WHEELER : 1;
      const votes = this.#read(index) * weight;
      total += votes;
      if (votes > bestVotes) {
        best = index;
        bestVotes = votes;
      }
    }
    return { roadUser: ROAD_USERS[best] as RoadUser, share: total > 0 ? bestVotes / total : 0 };
  }

  /** What the next stage is told. */
  toTrack(): Track {
    const { roadUser, share } = this.classVote();
    const box = this.place();
    return {
      id: this.id,
      box: [box.x1, box.y1, box.x2, box.y2],
      roadUser,
      roadUserShare: share,
      score: this.last.score,
      seen: this.seen,
      confirmed: this.confirmed,
    };
  }

  #vote(sighting: Sighting): void {
    const index = ROAD_USERS.indexOf(sighting.roadUser);
    this.#votes[index] = this.#read(index) + sighting.score;
  }

  #read(index: number): number {
    return this.#votes[index] as number;
  }
}
