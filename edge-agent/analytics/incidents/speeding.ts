// Faster than the limit: by a line through the last places on the ground, long enough for its speed to be believed.

import type { GroundPoint } from '../calibration-points.ts';
import type { Moment } from '../observation.ts';
import { evenMotionOf } from './even-motion.ts';
import type { Finding } from './finding.ts';
import type { PastPlace } from './motion-history.ts';
import { timingOf } from './rules.ts';
import { worse } from './severity.ts';
import type { Traffic } from './traffic.ts';

/** Places that a speed is made of: over this time and way at least, and so many. */
const LEAST_MS = 700;
const LEAST_M = 5;
const LEAST_PLACES = 5;
/** Root mean square of what the line leaves, as a share of its length: more is no even motion, or no one vehicle. */
const LARGEST_ERROR_SHARE = 0.05;
/** The lower edge of a box may drift from the wheels by this on the way, px: far away that is metres. */
const DRIFT_PX = 3;
/** Nothing on a road is faster: it is a track that jumped. */
const FASTEST_KMH = 300;
/**
 * Not seen for longer than this, ms, and than so many of the shortest steps: who comes out from behind another vehicle may
 * be somebody else farther on, and the way between them was driven by nobody.
 */
const LONGEST_HOLE_MS = 350;
const LONGEST_HOLE_STEPS = 2.5;
/** Above these shares of the limit beyond it, it is worse by a step each. */
const WORSE_SHARES = [0.3, 0.6];

export function findSpeeding({ carriageway, members }: Traffic): Finding[] {
  const { speedLimitKmh: limit, rules } = carriageway;
  if (limit === undefined) return [];
  return members.flatMap((member): Finding[] => {
    const { view } = member;
    if (!member.isVehicle || !view.seen) return [];
    const speed = speedOf(member.past, rules.speeding.afterS * 1000);
    if (speed === undefined || hasHole(member.past, speed.since)) return [];
    // The speed has to be above the limit with all that it can be off by.
    const driftKmh = ((DRIFT_PX * carriageway.metresPerPx(view.anchor)) / speed.lastedS) * 3.6;
    const surelyKmh = speed.speedKmh - speed.errorKmh - driftKmh;
    if (surelyKmh <= limit) return [];
    const over = (speed.speedKmh - limit) / limit;
    return [
      {
        kind: 'speeding',
        subject: `${view.id}`,
        holds: surelyKmh > limit + rules.speeding.toleranceKmh ? 'enter' : 'stay',
        onset: speed.since,
        severity: worse('low', WORSE_SHARES.filter((share) => over > share).length),
        confidence: view.confidence,
        timing: timingOf(rules.speeding, 2),
        region: carriageway.name,
        ...(member.lane === undefined ? {} : { lane: member.lane }),
        roadUser: view.roadUser,
        tracks: [view.track],
        box: view.box,
        measures: { speedKmh: speed.speedKmh, limitKmh: limit },
      },
    ];
  });
}

function hasHole(past: readonly PastPlace[], since: Moment): boolean {
  const times = past
    .map(({ moment }) => moment.cameraTimeMs)
    .filter((timeMs) => timeMs >= since.cameraTimeMs);
  const steps = times.slice(1).map((timeMs, i) => timeMs - (times[i] as number));
  return Math.max(...steps) > Math.max(LONGEST_HOLE_MS, LONGEST_HOLE_STEPS * Math.min(...steps));
}

export type LongSpeed = {
  readonly speedKmh: number;
  /** Two standard errors of the line's slope. */
  readonly errorKmh: number;
  /** Mean of its places, and the moment of the first. */
  readonly middle: GroundPoint;
  readonly since: Moment;
  readonly lastedS: number;
};

/** Least squares over the places of the last `lastedMs` and a little. Undefined when they make no speed. */
export function speedOf(past: readonly PastPlace[], lastedMs = LEAST_MS): LongSpeed | undefined {
  const last = past.at(-1);
  if (last === undefined) return undefined;
  const first = past.findLast(
    ({ moment }) => last.moment.cameraTimeMs - moment.cameraTimeMs >= Math.max(LEAST_MS, lastedMs),
  );
  if (first === undefined) return undefined;
  const places = past.slice(past.indexOf(first));
  if (places.length < LEAST_PLACES) return undefined;
  const motion = evenMotionOf(
    places.map(({ moment, ground }) => ({
      timeS: (moment.cameraTimeMs - first.moment.cameraTimeMs) / 1000,
      x: ground?.[0] ?? Number.NaN,
      y: ground?.[1] ?? Number.NaN,
    })),
  );
  if (motion === undefined) return undefined;
  const speedMs = Math.hypot(motion.x, motion.y);
  const lastedS = (last.moment.cameraTimeMs - first.moment.cameraTimeMs) / 1000;
  const lengthM = speedMs * lastedS;
  if (lengthM < LEAST_M || motion.error > LARGEST_ERROR_SHARE * lengthM) return undefined;
  if (speedMs * 3.6 > FASTEST_KMH) return undefined;
  return {
    speedKmh: speedMs * 3.6,
    errorKmh: 2 * motion.speedError * 3.6,
    middle: motion.middle,
    since: first.moment,
    lastedS,
  };
}
