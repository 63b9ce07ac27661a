// Makes passages of crossings: adds the speed, for which a crossing waits a little where that makes it better.

import type { Passage } from '../../contract/index.ts';
import type { Calibration } from './calibration.ts';
import type { Following } from './line-traffic.ts';
import type { Moment, RoadUserPassage } from './observation.ts';
import type { PathCrossing } from './path-crossing.ts';
import { estimateSpeed, type Speed } from './speed.ts';

/** A crossing waits for a good speed until this long after it at most. */
export const SPEED_WAIT_MS = 1500;

/** A speed that is not good yet is measured again after so much more of the way, ms: each takes a millisecond or so. */
const AGAIN_MS = 250;

type Waiting = PathCrossing & { readonly following: Following; measuredAtMs: number };

/**
 * Without a calibration a crossing becomes a passage at once. With one it waits until its speed stands for itself, or
 * it is due.
 */
export class Passages {
  readonly #camera: string;
  readonly #calibration: Calibration | undefined;
  #waiting: Waiting[] = [];
  /** No speeds while the camera is not where it was calibrated. */
  withholdSpeeds = false;

  constructor(camera: string, calibration: Calibration | undefined) {
    this.#camera = camera;
    this.#calibration = calibration;
  }

  take(crossing: PathCrossing, following: Following): void {
    this.#waiting.push({ ...crossing, following, measuredAtMs: Number.NEGATIVE_INFINITY });
  }

  /**
   * Passages that need not wait any longer, sorted by their moment.
   *
   * @param isDue whether the wait is over for a crossing at that moment
   */
  ready(isDue: (at: Moment) => boolean): RoadUserPassage[] {
    const released: RoadUserPassage[] = [];
    this.#waiting = this.#waiting.filter((each) => {
      const isLast = isDue(each.crossing.at);
      const seenMs = each.path.last.cameraTimeMs;
      if (!isLast && seenMs - each.measuredAtMs < AGAIN_MS) return true;
      each.measuredAtMs = seenMs;
      const speed = this.#speedOf(each);
      const waits = speed !== undefined && speed.quality !== 'good' && !isLast;
      if (!waits) {
        const { path, crossing } = each;
        released.push({ id: path.id, passage: this.#passageOf(each, speed), along: crossing.along });
      }
      return waits;
    });
    return released.sort((a, b) => a.passage.atMs - b.passage.atMs);
  }

  /** Forgets what waits: those passages are lost. */
  reset(): void {
    this.#waiting = [];
  }

  #speedOf({ path, crossing }: PathCrossing): Speed | undefined {
    if (this.#calibration === undefined || this.withholdSpeeds) return undefined;
    const { sightings, roadUser } = path;
    return estimateSpeed(this.#calibration, sightings, { atMs: crossing.at.cameraTimeMs, roadUser });
  }

  #passageOf({ path, line, crossing, following }: Waiting, speed: Speed | undefined): Passage {
    return {
      type: 'passage',
      camera: this.#camera,
      line: line.line,
      direction: crossing.to === 'left' ? line.directions.toLeft : line.directions.toRight,
      roadUser: path.roadUser,
      roadUserShare: roundShare(path.roadUserShare),
      confidence: roundShare(path.confidence),
      atMs: Math.round(crossing.at.capturedAtMs),
      track: path.track,
      ...(speed === undefined || speed.quality === 'none'
        ? {}
        : { speedKmh: Math.round(speed.speedKmh * 10) / 10 }),
      ...following,
    };
  }
}

/** Three decimals: more would be noise in every message. */
function roundShare(value: number): number {
  return Math.round(value * 1000) / 1000;
}
