// What the page of turning movements shows, as its address says it.

import type { RoadUser } from '../../api/types.ts';
import { ROAD_USERS } from '../../api/types.ts';
import { isDate } from '../../parts/plot-time.ts';

export const TURNING_EVERY = ['15m', '1h'] as const;

export type TurningView = {
  readonly camera: string | null;
  /** Local; null: today. */
  readonly date: string | null;
  readonly every: (typeof TURNING_EVERY)[number];
  /** Empty: all. */
  readonly roadUsers: readonly RoadUser[];
  /** Place of the interval in the day; null: the whole day. */
  readonly interval: number | null;
};

export function turningFromSearch(text: string): TurningView {
  const search = new URLSearchParams(text);
  const date = search.get('date');
  const interval = Number(search.get('at') ?? Number.NaN);
  const chosen = (search.get('class') ?? '').split(',');
  return {
    camera: search.get('camera'),
    date: date !== null && isDate(date) ? date : null,
    every: TURNING_EVERY.find((one) => one === search.get('every')) ?? '1h',
    roadUsers: ROAD_USERS.filter((one) => chosen.includes(one)),
    interval: Number.isInteger(interval) && interval >= 0 ? interval : null,
  };
}

export function turningToSearch({ camera, date, every, roadUsers, interval }: TurningView): string {
  const search = new URLSearchParams();
  if (camera !== null) search.set('camera', camera);
  if (date !== null) search.set('date', date);
  if (every !== '1h') search.set('every', every);
  if (roadUsers.length > 0) search.set('class', roadUsers.join(','));
  if (interval !== null) search.set('at', String(interval));
  return search.toString();
}
