// How wrong speeds are: those of passages against the crossings of a scene's truth, and those that the estimator
// makes of the truth's own boxes, exact or blurred as a detector would.

import type { Passage } from '../../contract/index.ts';
import { type Calibration, calibrate } from '../../edge-agent/analytics/calibration.ts';
import type { BoxSighting } from '../../edge-agent/analytics/ground-sightings.ts';
import { estimateSpeed, type Speed } from '../../edge-agent/analytics/speed.ts';
import type { Truth, TruthCrossing, TruthObject } from '../scenes/truth-file.ts';

/** One true crossing that was seen, and what was said of its speed. */
export type SpeedCase = {
  readonly line: string;
  readonly class: TruthCrossing['class'];
  readonly trueKmh: number;
  /** Undefined when no speed was given. */
  readonly speedKmh: number | undefined;
  /** `good` for passages, which do not tell. */
  readonly quality: 'good' | 'fair' | 'none';
};

export type SpeedErrors = {
  readonly crossings: number;
  /** Shares of the crossings. */
  readonly good: number;
  readonly fair: number;
  readonly none: number;
  /** Of those with a speed; undefined when there are none. */
  readonly medianKmh: number | undefined;
  readonly p95Kmh: number | undefined;
  readonly largestKmh: number | undefined;
  readonly biasKmh: number | undefined;
};

export type BoxOptions = {
  /** Standard deviation of an edge as a share of the box's height, at least 0.7 px; 0 for exact boxes. */
  readonly blurShare: number;
  /** Camera time until which sightings after the crossing are waited for, as passages do. Default 1500 ms. */
  readonly waitMs?: number;
  /** Least of it, ms. Default 0: a speed that is good leaves at once. */
  readonly leastWaitMs?: number;
};

/** A crossing and a passage of one road user are at most this long apart: the anchor is not the middle, s. */
const APART_S = 1.5;
/** Crossings nearer in time than this could be taken for one another, s. */
export const ALONE_S = 0.7;
/** Frames a second that are looked at, about. */
const FPS = 12.5;
/** Road users with more of them hidden are not seen. */
const MOST_HIDDEN = 0.6;
/** Who is not seen this near to its crossing does not count, ms. */
const SEEN_WITHIN_MS = 500;
const WAIT_MS = 1500;

/** The errors of cases; percentiles are values that occurred. */
export function speedErrors(cases: readonly SpeedCase[]): SpeedErrors {
  const errors = cases.flatMap(({ speedKmh, trueKmh }) => (speedKmh === undefined ? [] : speedKmh - trueKmh));
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const share = (quality: SpeedCase['quality']) =>
    cases.filter((each) => each.quality === quality).length / Math.max(1, cases.length);
  return {
    crossings: cases.length,
    good: share('good'),
    fair: share('fair'),
    none: share('none'),
    medianKmh: sizes[Math.max(0, Math.ceil(sizes.length * 0.5) - 1)],
    p95Kmh: sizes[Math.max(0, Math.ceil(sizes.length * 0.95) - 1)],
    largestKmh: sizes.at(-1),
    biasKmh: errors.length === 0 ? undefined : errors.reduce((sum, each) => sum + each, 0) / errors.length,
  };
}

/**
 * Passages beside the crossings that they are of: same line and direction, nearest in time, each used once. Crossings
 * without a passage are no matter of speed and are left out; so are those with another one within 0.7 s on the same
 * line and in the same direction, because a passage does not say where on the line it was.
 *
 * @param startAtMs UTC of the clip's first frame, as the replay was told
 */
export function casesOfPassages(truth: Truth, passages: readonly Passage[], startAtMs = 0): SpeedCase[] {
  const pairs = truth.crossings.flatMap((crossing) =>
    passages
      .filter(({ line, direction }) => line === crossing.line && direction === directionOf(crossing))
      .map((passage) => ({
        crossing,
        passage,
        apartS: Math.abs((passage.atMs - startAtMs) / 1000 - crossing.t),
      })),
  );
  const used = new Set<TruthCrossing | Passage>();
  return pairs
    .sort((a, b) => a.apartS - b.apartS)
    .flatMap(({ crossing, passage, apartS }): SpeedCase[] => {
      if (apartS > APART_S || used.has(crossing) || used.has(passage)) return [];
      used.add(crossing).add(passage);
      if (!isAlone(crossing, truth.crossings, ({ t }) => t)) return [];
      return [caseOf(crossing, passage.speedKmh, passage.speedKmh === undefined ? 'none' : 'good')];
    });
}

/** What the estimator makes of the truth's boxes at the moments of the truth's crossings. */
export function casesOfBoxes(
  truth: Truth,
  { blurShare, waitMs = WAIT_MS, leastWaitMs = 0 }: BoxOptions,
): SpeedCase[] {
  const { picture, calibration: known } = truth.header;
  const calibration = calibrate({ picture, points: known.points, distortion: known.distortion });
  const tracks = sightingsOf(truth, blurShare);
  return truth.crossings.flatMap((crossing): SpeedCase[] => {
    const atMs = crossing.t * 1000;
    const track = tracks.get(crossing.id) ?? [];
    if (!track.some(({ cameraTimeMs }) => Math.abs(cameraTimeMs - atMs) < SEEN_WITHIN_MS)) return [];
    const speed = speedAsPassage(calibration, track, crossing, leastWaitMs, waitMs);
    return [caseOf(crossing, speed.quality === 'none' ? undefined : speed.speedKmh, speed.quality)];
  });
}

/** As passages do: as soon as it is good, at last when the wait is over. */
function speedAsPassage(
  calibration: Calibration,
  track: readonly BoxSighting[],
  crossing: TruthCrossing,
  leastWaitMs: number,
  waitMs: number,
): Speed {
  const atMs = crossing.t * 1000;
  const roadUser = crossing.class === 'debris' ? ('vehicle' as const) : crossing.class;
  const later = track
    .map(({ cameraTimeMs }) => cameraTimeMs - atMs)
    .filter((wait) => wait > leastWaitMs && wait < waitMs);
  let speed: Speed = { quality: 'none', reason: 'too-few-sightings' };
  for (const wait of [leastWaitMs, ...later, waitMs]) {
    const known = track.filter(({ cameraTimeMs }) => cameraTimeMs <= atMs + wait);
    speed = estimateSpeed(calibration, known, { atMs, roadUser });
    if (speed.quality === 'good') break;
  }
  return speed;
}

/** Whether nobody else crossed the same line the same way at nearly the same time. */
export function isAlone<Crossing extends { readonly line: string; readonly direction: string }>(
  crossing: Crossing,
  crossings: readonly Crossing[],
  secondsOf: (crossing: Crossing) => number,
): boolean {
  return crossings.every(
    (other) =>
      other === crossing ||
      other.line !== crossing.line ||
      other.direction !== crossing.direction ||
      Math.abs(secondsOf(other) - secondsOf(crossing)) > ALONE_S,
  );
}

function caseOf(
  crossing: TruthCrossing,
  speedKmh: number | undefined,
  quality: SpeedCase['quality'],
): SpeedCase {
  return { line: crossing.line, class: crossing.class, trueKmh: crossing.speedMs * 3.6, speedKmh, quality };
}

function directionOf({ name, direction }: TruthCrossing): string {
  return name ?? (direction === 'toLeft' ? 'to-left' : 'to-right');
}

/** Exact boxes are whole; blurred ones are of what can be seen. */
function sightingsOf(truth: Truth, blurShare: number): ReadonlyMap<number, readonly BoxSighting[]> {
  const noise = gaussian(truth.header.seed);
  const every = Math.max(1, Math.round(truth.header.picture.fps / FPS));
  const tracks = new Map<number, BoxSighting[]>();
  for (const { t, frame, objects } of truth.frames) {
    if (frame % every !== 0) continue;
    for (const object of objects) {
      const box = boxOf(object, truth, blurShare, noise);
      if (box === undefined) continue;
      const track = tracks.get(object.id) ?? [];
      tracks.set(object.id, track);
      track.push({ cameraTimeMs: t * 1000, box });
    }
  }
  return tracks;
}

function boxOf(
  object: TruthObject,
  { header: { picture } }: Truth,
  blurShare: number,
  noise: () => number,
): BoxSighting['box'] | undefined {
  const box = blurShare === 0 ? object.box : object.visibleBox;
  if (box === undefined || object.class === 'debris' || object.occlusion > MOST_HIDDEN) return undefined;
  const blurPx = blurShare === 0 ? 0 : Math.max(0.7, blurShare * (box[3] - box[1]));
  const [x1, y1, x2, y2] = box.map((edge, i) => {
    // Edges that the picture cuts stay where they are.
    const isCut = edge < 1.5 || edge > (i % 2 === 0 ? picture.width : picture.height) - 1.5;
    return isCut ? edge : edge + blurPx * noise();
  }) as [number, number, number, number];
  return [x1, y1, x2, y2];
}

/** Numbers of a normal distribution, the same every time for a seed. */
function gaussian(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
