// How certificates and what to do with them are put into words.

import { type Entry, stateOf } from './register.ts';

/** A city's boxes are not visited in a week. */
export const WARN_DAYS = 60;

const DAY_MS = 86_400_000;

/** `valid`, or what is the matter with it. */
export function remark(entry: Entry, nowMs: number): string {
  const state = stateOf(entry, nowMs);
  if (state !== 'valid') return state;
  const days = Math.floor((entry.notAfterMs - nowMs) / DAY_MS);
  return days < WARN_DAYS ? `ends in ${days} days: renew it` : 'valid';
}

export function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
