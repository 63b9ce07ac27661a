// What a request about the past asks for, checked and cut into a page of intervals that can be answered at once.

import type { RoadUser } from '../../../contract/index.ts';
import type { Group as GroupBy, HistoryQuery } from '../../api/schemas/history.ts';
import { localIso, momentMs } from '../../local-time.ts';
import { dayOf, type Resolution, type Slot, slotsOf } from './calendar-slot.ts';
import type { KnownCamera } from './catalogue.ts';
import { HistoryError } from './history-error.ts';
import { intervalsOf, type Span, stepMsOf } from './intervals.ts';
import { type Piece, type Plan, planOf, pointsOf, type Reach } from './plan.ts';
import type { CameraAddress, Scope } from './reader.ts';

export type Page = {
  readonly query: HistoryQuery;
  readonly timeZone: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly by: readonly GroupBy[];
  readonly intervals: readonly Span[];
  readonly next: string | null;
  /** That the request names. */
  readonly asked: readonly CameraAddress[] | undefined;
  /** That have anything to tell. */
  readonly cameras: readonly CameraAddress[];
  readonly tags: NonNullable<Scope['tags']>;
  /** Read at once from InfluxDB: all but finished days. Intervals are those of the page. */
  readonly direct: Plan;
  /** Of finished days. */
  readonly slots: readonly Slot[];
  readonly resolution: Resolution;
  /** Of `direct`, then of `slots`. */
  readonly pieces: readonly Piece[];
  readonly reach: Reach;
};

export type PageOptions = {
  readonly query: HistoryQuery;
  readonly timeZone: string;
  readonly by: readonly GroupBy[];
  readonly cameras: readonly KnownCamera[];
  readonly reach: Reach;
  readonly nowMs: number;
  /** Values that are read for a point. */
  readonly columns: number;
};

/** Those that were summed up before cost nothing. */
type SummedPiece = Piece & { readonly isSummed?: true };

/** Numbers of each column in one answer: with five columns about 6 MB of JSON. */
const MAX_CELLS = 200_000;
/** Values that InfluxDB reads for one page, about three million a second. */
const MAX_VALUES = 12_000_000;
/** What a single interval may cost. */
const MAX_VALUES_OF_ONE = 60_000_000;
const MAX_INTERVALS = 50_000;
const ROAD_USERS_OF_A_STREAM = 7;
/** Hours and quarter hours of more cameras than these are not worth their room in memory. */
const CAMERAS_BY_HOUR = 8;
const CAMERAS_BY_QUARTER = 2;
/** 1970 to 2200. */
const LATEST_MS = 7_258_118_400_000;

/** Throws HistoryError for what cannot be answered. */
export function pageOf({ query, timeZone, by, cameras: known, reach, nowMs, columns }: PageOptions): Page {
  const [fromMs, toMs] = boundsOf(query, timeZone);
  const asked = query.camera?.map(addressOf);
  const askedIds = asked && new Set(query.camera);
  const streams = (camera: KnownCamera) => camera.streams.filter((stream) => fits(stream, query));
  const cameras = known.filter(
    (camera) =>
      (query.site === undefined || camera.site === query.site) &&
      (askedIds === undefined || askedIds.has(`${camera.site}/${camera.agent}/${camera.camera}`)),
  );
  const tags = {
    line: query.line,
    direction: query.direction,
    lane: query.lane,
    zone_id: query.zone,
    road_user: query.roadUser,
  };
  const streamCount = Math.max(
    1,
    sumOf(cameras, (camera) => Math.max(camera.zones.length, streams(camera).length)),
  );
  const series = Math.max(asked?.length ?? 1, seriesOf(cameras, streams, by, query.roadUser));
  const mostCells = Math.floor(MAX_CELLS / series);
  if (mostCells < 1) {
    throw new HistoryError(
      'invalid-request',
      `this asks for ${series} series at once, at most ${MAX_CELLS} can be given: ask for fewer cameras, or leave out some of "by"`,
    );
  }
  const most = Math.min(query.limit ?? MAX_INTERVALS, MAX_INTERVALS, mostCells);
  const resolution = resolutionOf(query, asked ?? cameras);
  const wanted: Span[] = [];
  for (const span of intervalsOf({
    ...{ toMs, timeZone, every: query.every },
    fromMs: startOf(query, fromMs, toMs),
  })) {
    if (wanted.length >= most) break;
    wanted.push(span);
  }
  let parts = partsOf(wanted, resolution, timeZone, reach, nowMs);
  const affordable = affordableOf(
    parts.pieces,
    wanted.length,
    streamCount * ROAD_USERS_OF_A_STREAM * columns,
  );
  if (affordable < 1) {
    throw new HistoryError(
      'invalid-request',
      `an interval of ${query.every} takes too long to sum up for ${streamCount} lines and directions where there are no sums by hour: ask for fewer cameras or a shorter "every"`,
    );
  }
  const intervals = wanted.slice(0, affordable);
  if (affordable < wanted.length) parts = partsOf(intervals, resolution, timeZone, reach, nowMs);
  const endMs = intervals.at(-1)?.toMs ?? toMs;
  const { direct, slots, pieces } = parts;
  return {
    ...{ query, timeZone, fromMs, toMs, nowMs, by, intervals, asked, tags, direct, slots, pieces, reach },
    resolution: resolution ?? 'day',
    cameras: asked === undefined ? cameras : asked,
    next: endMs < toMs ? endMs.toString(36) : null,
  };
}

/** How many of the first intervals InfluxDB can read at once: more than one only as long as that is quick. */
function affordableOf(pieces: readonly SummedPiece[], intervals: number, valuesOfPoint: number): number {
  const values = new Float64Array(intervals);
  for (const piece of pieces) {
    if (!piece.isSummed)
      values[piece.interval] = (values[piece.interval] ?? 0) + pointsOf(piece) * valuesOfPoint;
  }
  let sum = 0;
  for (const [at, own] of values.entries()) {
    sum += own;
    if (own > MAX_VALUES_OF_ONE || (at > 0 && sum > MAX_VALUES)) return at;
  }
  return intervals;
}

/** Whether whole days are taken or parts of days, as they were summed up before; undefined when neither will do. */
function resolutionOf({ every }: HistoryQuery, cameras: readonly unknown[]): Resolution | undefined {
  if (stepMsOf(every) === undefined) return 'day';
  if (every === '1h' && cameras.length <= CAMERAS_BY_HOUR) return 'hour';
  return every === '15m' && cameras.length <= CAMERAS_BY_QUARTER ? 'quarter' : undefined;
}

/** What is of finished days goes to one side, everything else to the other. What is to come is not read. */
function partsOf(
  intervals: readonly Span[],
  resolution: Resolution | undefined,
  timeZone: string,
  reach: Reach,
  nowMs: number,
): { direct: Plan; slots: Slot[]; pieces: SummedPiece[] } {
  const spans: Span[] = [];
  const intervalOf: number[] = [];
  const slots: Slot[] = [];
  const intervalOfSlot: number[] = [];
  const slotAt = slotFinder(resolution, timeZone, reach);
  for (const [interval, span] of intervals.entries()) {
    for (let atMs = span.fromMs; atMs < Math.min(span.toMs, nowMs); ) {
      const slot = slotAt(atMs);
      const endMs = Math.min(span.toMs, slot?.toMs ?? span.toMs);
      if (slot?.fromMs === atMs && slot.toMs === endMs && slot.isFinished) {
        slots.push(slot);
        intervalOfSlot.push(interval);
      } else {
        spans.push({ fromMs: atMs, toMs: endMs });
        intervalOf.push(interval);
      }
      atMs = endMs;
    }
  }
  const direct = planOf(spans, reach);
  const own = direct.pieces.map((piece) => ({ ...piece, interval: intervalOf[piece.interval] ?? 0 }));
  const summed = slots.map(({ fromMs, toMs }, at) => ({
    level: 'h1' as const,
    fromMs,
    toMs,
    interval: intervalOfSlot[at] ?? 0,
    isSummed: true as const,
  }));
  return { direct, slots, pieces: [...own, ...summed] };
}

/** The slot that a moment lies in, for moments in order. */
function slotFinder(
  resolution: Resolution | undefined,
  timeZone: string,
  reach: Reach,
): (atMs: number) => (Slot & { readonly isFinished: boolean }) | undefined {
  let day: Slot | undefined;
  let slots: readonly Slot[] = [];
  let isFinished = false;
  return (atMs) => {
    if (resolution === undefined) return undefined;
    if (day === undefined || atMs < day.fromMs || atMs >= day.toMs) {
      day = dayOf(atMs, timeZone);
      slots = slotsOf(day, resolution, timeZone);
      isFinished = day.fromMs >= reach.fromMs && day.toMs <= reach.untilMs;
    }
    const [first] = slots;
    const slot = first && slots[Math.floor((atMs - day.fromMs) / (first.toMs - first.fromMs))];
    return slot === undefined ? undefined : { ...slot, isFinished };
  };
}

function boundsOf({ from, to }: HistoryQuery, timeZone: string): [fromMs: number, toMs: number] {
  const fromMs = momentMs(from, timeZone);
  const toMs = momentMs(to, timeZone);
  for (const [place, ms] of [
    ['from', fromMs],
    ['to', toMs],
  ] as const) {
    if (!(ms >= 0 && ms <= LATEST_MS)) {
      throw new HistoryError('invalid-request', `${place}: expected a moment from 1970 to 2199`);
    }
  }
  if (fromMs >= toMs) {
    throw new HistoryError(
      'invalid-request',
      `expected "to" after "from", got ${localIso(fromMs, timeZone)} and ${localIso(toMs, timeZone)}`,
    );
  }
  return [fromMs, toMs];
}

/** Where the page begins: at the beginning, or where the one before ended. */
function startOf({ cursor }: HistoryQuery, fromMs: number, toMs: number): number {
  if (cursor === undefined) return fromMs;
  const atMs = /^[0-9a-z]{1,9}$/.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN;
  if (atMs > fromMs && atMs < toMs) return atMs;
  throw new HistoryError('invalid-request', 'cursor: expected "next" of an answer to the same request');
}

function addressOf(id: string): CameraAddress {
  const [site = '', agent = '', camera = ''] = id.split('/');
  return { site, agent, camera };
}

function fits(
  stream: { readonly line: string; readonly direction: string; readonly lane: string | undefined },
  { line, direction, lane }: HistoryQuery,
): boolean {
  return (
    (line ?? stream.line) === stream.line &&
    (direction ?? stream.direction) === stream.direction &&
    (lane === undefined || lane === stream.lane)
  );
}

/** How many series an answer may have. */
function seriesOf(
  cameras: readonly KnownCamera[],
  streamsOf: (camera: KnownCamera) => KnownCamera['streams'],
  by: readonly GroupBy[],
  roadUsers: readonly RoadUser[] | undefined,
): number {
  const keys = new Set<string>();
  for (const camera of cameras) {
    for (const stream of streamsOf(camera)) {
      const names = { ...stream, camera: `${camera.site}/${camera.agent}/${camera.camera}`, roadUser: '' };
      keys.add(by.map((one) => names[one] ?? '').join(' '));
    }
  }
  return keys.size * (by.includes('roadUser') ? (roadUsers?.length ?? ROAD_USERS_OF_A_STREAM) : 1);
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
