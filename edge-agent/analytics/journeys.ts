// Joins the passages of each road user into its journey, from the line it came in by to the one it went out by: what
// a turning-movement count counts.

import type { Journey, Passage, TrafficEvent } from '../../contract/index.ts';
import type { Observation, Observer, RoadUserPassage } from './observation.ts';

export type JourneysOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  /** Reported so long after its last passage at the latest, ms of camera time. Default 10 min. */
  readonly longestPauseMs?: number | undefined;
  /** Road users with passages that are remembered; beyond it the oldest are reported early. Default 5000. */
  readonly most?: number | undefined;
};

type Under = { readonly passages: Passage[]; lastAtMs: number };

/** Of one road user: more lines than this are not crossed on one journey; the ones between are let go. */
const KEPT = 16;

/**
 * One journey for each road user, first line to last: with a line on each arm of a crossroads that is its turning
 * movement, whatever lines lie between (OpenTrafficCam: ordered pairs of sections; it takes the longest of a road
 * user's pairs, which is this one). The same line twice, in opposite directions, is a U-turn. The same line twice in the same
 * direction is none: nobody comes in twice without going out; the last passage that differs from the first counts.
 * Who crosses one line only has no journey.
 *
 * Reported when the road user is gone, or has crossed nothing for long: who parks and goes on later begins a new journey.
 */
export class Journeys implements Observer {
  readonly #options: JourneysOptions;
  /** By identity; the one that crossed a line last is last. */
  readonly #under = new Map<number, Under>();
  #cameraTimeMs = 0;

  constructor(options: JourneysOptions) {
    this.#options = options;
  }

  /** Road users on a journey. */
  get size(): number {
    return this.#under.size;
  }

  passed({ id, passage }: Pick<RoadUserPassage, 'id' | 'passage'>): void {
    const under = this.#under.get(id) ?? { passages: [], lastAtMs: 0 };
    this.#under.delete(id);
    this.#under.set(id, under);
    under.lastAtMs = this.#cameraTimeMs;
    under.passages.push(passage);
    // Passages of two lines become certain in any order.
    under.passages.sort((a, b) => a.atMs - b.atMs);
    if (under.passages.length > KEPT) under.passages.splice(1, 1);
  }

  observe({ gone, cameraTimeMs }: Observation): TrafficEvent[] {
    this.#cameraTimeMs = cameraTimeMs;
    const { longestPauseMs = 600_000, most = 5000 } = this.#options;
    const journeys = gone.flatMap((id) => this.#take(id));
    for (const [id, { lastAtMs }] of this.#under) {
      if (this.#under.size <= most && cameraTimeMs - lastAtMs <= longestPauseMs) break;
      journeys.push(...this.#take(id));
    }
    return inOrder(journeys);
  }

  /** Only frames tell that somebody is gone. */
  advanceTo(): TrafficEvent[] {
    return [];
  }

  /** The tracks are forgotten, so nobody's journey goes on: nobody's is reported as if it had ended. */
  reset(): void {
    this.#under.clear();
  }

  flush(): TrafficEvent[] {
    return inOrder([...this.#under.keys()].flatMap((id) => this.#take(id)));
  }

  #take(id: number): Journey[] {
    const { passages = [] } = this.#under.get(id) ?? {};
    this.#under.delete(id);
    const [entry] = passages;
    const exit =
      entry &&
      passages.findLast(({ line, direction }) => line !== entry.line || direction !== entry.direction);
    if (entry === undefined || exit === undefined) return [];
    return [
      {
        type: 'journey',
        camera: this.#options.camera,
        track: id,
        // The newest passage has the most votes on what it is.
        roadUser: exit.roadUser,
        roadUserShare: exit.roadUserShare,
        entryLine: entry.line,
        entryDirection: entry.direction,
        exitLine: exit.line,
        exitDirection: exit.direction,
        enteredAtMs: entry.atMs,
        exitedAtMs: exit.atMs,
      },
    ];
  }
}

function inOrder(journeys: Journey[]): Journey[] {
  return journeys.sort((a, b) => a.exitedAtMs - b.exitedAtMs || a.track - b.track);
}
