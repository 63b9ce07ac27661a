// What the history page shows, as its address says it: everything that somebody needs to see the same view.

import { addDays, dateOf, isDate, offsetMs, startOfDate } from '../../parts/plot-time.ts';
import type { Every, Group, RoadUser } from './answers.ts';
import { MEASURES, type Measure } from './measures.ts';

export const QUICK_PERIODS = ['today', 'yesterday', 'week', 'month', 'year'] as const;
export type QuickPeriod = (typeof QUICK_PERIODS)[number];
export const COMPARISONS = ['none', 'yesterday', 'week', 'year', 'typical'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export const EVERY_CHOICES = ['1m', '5m', '15m', '1h', '1d', '1w', '1M'] as const satisfies readonly Every[];
export const ROAD_USERS = [
  'motorcycle',
  'car',
  'bus',
  'truck',
  'bicycle',
  'person',
  'vehicle',
] as const satisfies readonly RoadUser[];
const GROUPS = ['camera', 'line', 'direction', 'lane', 'roadUser'] as const satisfies readonly Group[];

/** Both dates belong to it. */
export type Dates = { readonly from: string; readonly to: string };

export type View = {
  readonly measure: Measure;
  readonly cameras: readonly string[];
  readonly line: string | null;
  readonly direction: string | null;
  readonly zone: string | null;
  /** Empty: all. */
  readonly roadUsers: readonly RoadUser[];
  readonly by: readonly Group[];
  readonly period: QuickPeriod | Dates;
  /** What people have zoomed to, ms; null: the whole period. */
  readonly zoom: readonly [number, number] | null;
  readonly every: Every | 'auto';
  readonly compare: Comparison;
  readonly shown: 'plot' | 'table';
};

export const FIRST_VIEW: View = {
  measure: 'flow',
  cameras: [],
  line: null,
  direction: null,
  zone: null,
  roadUsers: [],
  by: ['direction'],
  period: 'today',
  zoom: null,
  every: 'auto',
  compare: 'none',
  shown: 'plot',
};

const EVERY_MS: Readonly<Record<Every, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
  '1w': 7 * 86_400_000,
  '1M': 30 * 86_400_000,
};

/** What a screen can show apart: a point for each two pixels of a laptop. */
const MOST_POINTS = 750;
/** The API refuses more intervals than that in one answer. */
const MOST_INTERVALS = 50_000;

/** Length in ms, of months about. */
export function lengthMs(every: Every): number {
  return EVERY_MS[every];
}

/** The finest interval that is still to be told apart over a length of time. */
export function everyFor(spanMs: number, most = MOST_POINTS): Every {
  return EVERY_CHOICES.find((every) => spanMs / EVERY_MS[every] <= most) ?? '1M';
}

/** What is asked for: what people chose, unless that is more than anybody answers. */
export function everyOf({ every }: View, spanMs: number): Every {
  return every === 'auto' || spanMs / EVERY_MS[every] > MOST_INTERVALS ? everyFor(spanMs) : every;
}

/** First and last date of the period. A week and so on end today. */
export function datesOf(period: View['period'], nowMs: number, timeZone: string): Dates {
  if (typeof period === 'object') return period;
  const today = dateOf(nowMs, timeZone);
  switch (period) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case 'week':
      return { from: addDays(today, -6), to: today };
    case 'month':
      return { from: addDays(today, -29), to: today };
    case 'year':
      return { from: addDays(today, -364), to: today };
  }
}

/** `[from, to)` in ms of the whole period. */
export function rangeOf(period: View['period'], nowMs: number, timeZone: string): [number, number] {
  const { from, to } = datesOf(period, nowMs, timeZone);
  return [startOfDate(from, timeZone), startOfDate(addDays(to, 1), timeZone)];
}

export function toSearch(view: View): string {
  const search = new URLSearchParams();
  const say = (name: string, value: string, usual: string) => {
    if (value !== usual) search.set(name, value);
  };
  say('measure', view.measure, FIRST_VIEW.measure);
  for (const camera of view.cameras) search.append('camera', camera);
  if (view.line !== null) search.set('line', view.line);
  if (view.direction !== null) search.set('direction', view.direction);
  if (view.zone !== null) search.set('zone', view.zone);
  say('class', view.roadUsers.join(','), '');
  say('by', view.by.join(',') || 'none', FIRST_VIEW.by.join(','));
  if (typeof view.period === 'string') say('period', view.period, 'today');
  else {
    search.set('from', view.period.from);
    search.set('to', view.period.to);
  }
  if (view.zoom !== null) search.set('zoom', view.zoom.map((ms) => new Date(ms).toISOString()).join(','));
  say('every', view.every, 'auto');
  say('compare', view.compare, 'none');
  say('show', view.shown, 'plot');
  return search.toString();
}

/** What cannot be understood is as if it were not there. */
export function fromSearch(text: string): View {
  const search = new URLSearchParams(text);
  const chosen = <T extends string>(name: string, all: readonly T[], usual: T): T =>
    all.find((one) => one === search.get(name)) ?? usual;
  const list = <T extends string>(name: string, all: readonly T[]): T[] =>
    all.filter((one) => (search.get(name) ?? '').split(',').includes(one));
  const from = search.get('from') ?? '';
  const to = search.get('to') ?? from;
  return {
    measure: chosen('measure', Object.keys(MEASURES) as Measure[], FIRST_VIEW.measure),
    cameras: [...new Set(search.getAll('camera').filter((id) => /^[a-z0-9_-]+(\/[a-z0-9_-]+){2}$/.test(id)))],
    line: search.get('line'),
    direction: search.get('direction'),
    zone: search.get('zone'),
    roadUsers: list('class', ROAD_USERS),
    by: search.has('by') ? list('by', GROUPS) : FIRST_VIEW.by,
    period:
      isDate(from) && isDate(to)
        ? from <= to
          ? { from, to }
          : { from: to, to: from }
        : chosen('period', QUICK_PERIODS, 'today'),
    zoom: zoomOf(search.get('zoom')),
    every: chosen('every', ['auto', ...EVERY_CHOICES], 'auto'),
    compare: chosen('compare', COMPARISONS, 'none'),
    shown: chosen('show', ['plot', 'table'], 'plot'),
  };
}

function zoomOf(text: string | null): View['zoom'] {
  const [from, to] = (text ?? '').split(',').map((part) => Date.parse(part));
  return from !== undefined && to !== undefined && to > from ? [from, to] : null;
}

/** Makes a stretch end and begin with whole intervals of the time zone. */
export function alignedRange(
  [fromMs, toMs]: readonly [number, number],
  every: Every,
  timeZone: string,
): [number, number] {
  const from = startOfInterval(fromMs, every, timeZone);
  let to = startOfInterval(toMs, every, timeZone);
  // The interval in which it ends is shown, too; half an interval more always lies in the one that follows or in it.
  if (to < toMs) to = startOfInterval(to + EVERY_MS[every] * 1.5, every, timeZone);
  return [from, Math.max(to, from + EVERY_MS['1m'])];
}

/** Beginning of the interval that a moment lies in; weeks begin on Mondays. */
export function startOfInterval(atMs: number, every: Every, timeZone: string): number {
  if (EVERY_MS[every] <= EVERY_MS['1h']) {
    const offset = offsetMs(atMs, timeZone);
    return Math.floor((atMs + offset) / EVERY_MS[every]) * EVERY_MS[every] - offset;
  }
  const date = dateOf(atMs, timeZone);
  if (every === '1M') return startOfDate(`${date.slice(0, 8)}01`, timeZone);
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return startOfDate(every === '1w' ? addDays(date, -weekday) : date, timeZone);
}

const MOST_SPAN_MS = 10 * 366 * 86_400_000;

/** A stretch that people zoomed to, kept out of the future beyond `latestMs` and within ten years. */
export function zoomWithin([from, to]: readonly [number, number], latestMs: number): [number, number] {
  const span = Math.min(to - from, MOST_SPAN_MS);
  const end = Math.min(to, latestMs);
  return [Math.round(end - span), Math.round(end)];
}
