// Faster than the limit: by a line through the last places on the ground, long enough for its speed to be believed.

import type { GroundPoint } from '../calibration-points.ts';
import type { Moment } from '../observation.ts';
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
/** Nothing on a road is faster: it is a track that jumped. */
const FASTEST_KMH = 300;
/** Above these shares of the limit beyond it, it is worse by a step each. */
const WORSE_SHARES = [0.3, 0.6];

export function findSpeeding({ carriageway, members }: Traffic): Finding[] {
  const { speedLimitKmh: limit, rules } = carriageway;
  if (limit === undefined) return [];
  return members.flatMap((member): Finding[] => {
    const { view } = member;
    if (!member.isVehicle || !view.seen) return [];
    const speed = speedOf(member.past, rules.speeding.afterS * 1000);
    // The speed has to be above the limit with all that it can be off by.
    if (speed === undefined || speed.speedKmh - speed.errorKmh <= limit) return [];
    const over = (speed.speedKmh - limit) / limit;
    return [
      {
        kind: 'speeding',
        subject: `${view.id}`,
        holds: speed.speedKmh - speed.errorKmh > limit + rules.speeding.toleranceKmh ? 'enter' : 'stay',
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

export type LongSpeed = {
  readonly speedKmh: number;
  /** Two standard errors of the line's slope. */
  readonly errorKmh: number;
  /** Mean of its places, and the moment of the first. */
  readonly middle: GroundPoint;
  readonly since: Moment;
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
  const [time, x, y] = [
    ({ moment }: PastPlace) => (moment.cameraTimeMs - first.moment.cameraTimeMs) / 1000,
    ({ ground }: PastPlace) => ground?.[0] ?? Number.NaN,
    ({ ground }: PastPlace) => ground?.[1] ?? Number.NaN,
  ].map((of) => places.map(of)) as [number[], number[], number[]];
  const [meanTime, meanX, meanY] = [mean(time), mean(x), mean(y)];
  const times = mean(time.map((one) => (one - meanTime) ** 2));
  const slope = (values: number[], middle: number) =>
    mean(values.map((value, i) => (value - middle) * ((time[i] ?? 0) - meanTime))) / times;
  const [byX, byY] = [slope(x, meanX), slope(y, meanY)];
  const squares = mean(
    time.map((one, i) => {
      const after = one - meanTime;
      return ((x[i] ?? 0) - meanX - byX * after) ** 2 + ((y[i] ?? 0) - meanY - byY * after) ** 2;
    }),
  );
  const speedMs = Math.hypot(byX, byY);
  const lengthM = speedMs * (time.at(-1) ?? 0);
  // Not a number where the ground is not known all the way.
  if (!(lengthM >= LEAST_M) || Math.sqrt(squares) > LARGEST_ERROR_SHARE * lengthM) return undefined;
  if (speedMs * 3.6 > FASTEST_KMH) return undefined;
  const errorMs = Math.sqrt(squares / (times * (places.length - 2)));
  return {
    speedKmh: speedMs * 3.6,
    errorKmh: 2 * errorMs * 3.6,
    middle: [meanX, meanY],
    since: first.moment,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
