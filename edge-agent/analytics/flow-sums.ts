// What is summed for one line, direction and lane in one interval; all of it merges by adding.

import {
  type Accuracy,
  type ClassFlow,
  countInterval,
  type Flow,
  MAX_SPEED_BINS,
  type Passage,
  ROAD_USERS,
  type RoadUser,
  SPEED_BIN_KMH,
  type SpanSums,
  type SpeedSums,
} from '../../contract/index.ts';

/** How well the camera counts a road user, or everybody who is not named. */
export type MeasuredAccuracy = Accuracy & { readonly roadUser?: RoadUser | undefined };

/** Slower than this is left out of the sums of speeds: one car that creeps would decide the harmonic mean. */
const SLOWEST_KMH = 1;

type ClassSums = { n: number; speed: SpeedSums | undefined };

export class FlowSums {
  readonly direction: string;
  readonly lane: string | undefined;
  readonly #classes = new Map<RoadUser, ClassSums>();
  readonly #headway: SpanSums = { n: 0, sumS: 0, sumSqS2: 0 };
  readonly #gap: SpanSums = { n: 0, sumS: 0, sumSqS2: 0 };
  #occupiedMs = 0;

  constructor(direction: string, lane: string | undefined) {
    this.direction = direction;
    this.lane = lane;
  }

  count({ roadUser, speedKmh, headwayS, gapS }: Passage): void {
    const sums = this.#classes.get(roadUser) ?? { n: 0, speed: undefined };
    this.#classes.set(roadUser, sums);
    sums.n++;
    if (speedKmh !== undefined && speedKmh >= SLOWEST_KMH) {
      sums.speed ??= { n: 0, sumKmh: 0, sumPerKmh: 0, histogram: [] };
      addSpeed(sums.speed, speedKmh);
    }
    if (headwayS !== undefined) addSpan(this.#headway, headwayS);
    if (gapS !== undefined) addSpan(this.#gap, gapS);
  }

  /** Time for which somebody was on the line and nobody was counted for it before. */
  occupy(ms: number): void {
    this.#occupiedMs += ms;
  }

  /** One entry for each of the road users, zeros included, and for everybody else who came. */
  countsOf(roadUsers: readonly RoadUser[], measured: readonly MeasuredAccuracy[]): Flow['counts'] {
    const counts: Flow['counts'] = {};
    for (const roadUser of ROAD_USERS) {
      const { n, speed } = this.#classes.get(roadUser) ?? { n: 0, speed: undefined };
      if (n > 0 || roadUsers.includes(roadUser)) {
        counts[roadUser] = {
          n,
          ...boundsOf(n, accuracyOf(roadUser, measured)),
          ...(speed && { speed: roundedSpeed(speed) }),
        };
      }
    }
    return counts;
  }

  /** Headways and gaps where there are some, and the time of occupation, which is not more than was observed. */
  spans(observedMs: number): Pick<Flow, 'occupiedMs' | 'headway' | 'gap'> {
    return {
      occupiedMs: Math.min(Math.round(this.#occupiedMs), observedMs),
      ...(this.#headway.n > 0 && { headway: roundedSpan(this.#headway) }),
      ...(this.#gap.n > 0 && { gap: roundedSpan(this.#gap) }),
    };
  }
}

function accuracyOf(roadUser: RoadUser, measured: readonly MeasuredAccuracy[]): Accuracy | undefined {
  const entry =
    measured.find((each) => each.roadUser === roadUser) ??
    measured.find((each) => each.roadUser === undefined);
  if (entry === undefined) return undefined;
  const { of, found, counted } = entry;
  return { of, found, ...(counted === undefined ? {} : { counted }) };
}

function boundsOf(n: number, accuracy: Accuracy | undefined): Partial<ClassFlow> {
  return accuracy === undefined ? {} : { ...countInterval(n, accuracy), accuracy };
}

function addSpeed(sums: SpeedSums, kmh: number): void {
  const bin = Math.min(Math.floor(kmh / SPEED_BIN_KMH), MAX_SPEED_BINS - 1);
  sums.n++;
  sums.sumKmh += kmh;
  sums.sumPerKmh += 1 / kmh;
  while (sums.histogram.length <= bin) sums.histogram.push(0);
  sums.histogram[bin] = (sums.histogram[bin] as number) + 1;
}

function addSpan(sums: SpanSums, s: number): void {
  sums.n++;
  sums.sumS += s;
  sums.sumSqS2 += s * s;
}

/** Rounded once, when reported: digits beyond these are those of floating point. */
function roundedSpeed({ n, sumKmh, sumPerKmh, histogram }: SpeedSums): SpeedSums {
  return { n, sumKmh: round(sumKmh, 1e3), sumPerKmh: round(sumPerKmh, 1e9), histogram: [...histogram] };
}

function roundedSpan({ n, sumS, sumSqS2 }: SpanSums): SpanSums {
  return { n, sumS: round(sumS, 1e3), sumSqS2: round(sumSqS2, 1e6) };
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
