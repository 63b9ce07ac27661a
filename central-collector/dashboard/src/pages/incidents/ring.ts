// When the alarm rings: for active incidents that nobody has acknowledged and that are severe enough, again and again
// until somebody does, or mutes it for a while.

import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import type { Severity } from '../../api/types.ts';
import { SEVERITIES } from '../../api/types.ts';

/** Least severity that rings; `never` for a screen that is only to be looked at. */
export type RingLevel = Severity | 'never';

export type RingSettings = {
  /** Whether people have turned the sound on: browsers play none before. */
  readonly sound: boolean;
  /** 0 to 1. */
  readonly volume: number;
  readonly level: RingLevel;
  readonly mutedUntilMs: number;
};

export const FIRST_SETTINGS: RingSettings = { sound: false, volume: 0.6, level: 'medium', mutedUntilMs: 0 };
export const MUTE_MS = 5 * 60_000;

/** From one ring to the next, ms: often enough to be missed by nobody, seldom enough to talk on the phone meanwhile. */
const PAUSE_MS: Readonly<Record<Severity, number>> = {
  critical: 4000,
  high: 6000,
  medium: 10_000,
  low: 20_000,
  informational: 20_000,
};
/** A new alarm rings at once, yet a burst of ten is no machine gun. */
const LEAST_PAUSE_MS = 1500;

/** Those that want to be heard, the worst first, then the newest. */
export function ringing(incidents: Iterable<IncidentAnswer>, level: RingLevel): IncidentAnswer[] {
  if (level === 'never') return [];
  const least = SEVERITIES.indexOf(level);
  return [...incidents]
    .filter(
      ({ state, acknowledged, verdict, severity }) =>
        state === 'active' &&
        acknowledged === null &&
        verdict === null &&
        SEVERITIES.indexOf(severity) >= least,
    )
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        Date.parse(b.detectedAt) - Date.parse(a.detectedAt),
    );
}

export type Rung = { readonly atMs: number; readonly ids: ReadonlySet<string> };

/** Never rung yet. */
export const SILENCE: Rung = { atMs: Number.NEGATIVE_INFINITY, ids: new Set() };

/**
 * When to ring next for what rings now; null: not at all. An incident that has not been rung for brings the next ring
 * forward, a mute puts it off to its end.
 */
export function nextRingMs(
  loud: readonly IncidentAnswer[],
  last: Rung,
  { sound, volume, mutedUntilMs }: RingSettings,
): number | null {
  const worst = loud[0];
  if (worst === undefined || !sound || volume <= 0) return null;
  const isNew = loud.some(({ id }) => !last.ids.has(id));
  return Math.max(mutedUntilMs, last.atMs + (isNew ? LEAST_PAUSE_MS : PAUSE_MS[worst.severity]));
}

/** `(3) Incidents – ngatu`: the tab says how many wait. */
export function titleWith(title: string, waiting: number): string {
  const plain = title.replace(/^\(\d+\+?\) /, '');
  return waiting === 0 ? plain : `(${waiting > 99 ? '99+' : waiting}) ${plain}`;
}
