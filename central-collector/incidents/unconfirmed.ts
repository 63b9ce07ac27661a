// Whether a box still stands by an incident that it told. One that lost its power has forgotten what was going on: nobody
// would ever end it, and on a screen it must not look as if somebody watched it.

import type { UNCONFIRMED_REASONS } from '../api/schemas/incidents.ts';
import type { IncidentRecord } from './incident-record.ts';

/** What is known of the box of a camera. */
export type BoxStanding = {
  readonly state: 'online' | 'offline' | 'unknown';
  /** Of that state. */
  readonly sinceMs: number | undefined;
  /** Of its present run, or the last one. */
  readonly startedAtMs: number | undefined;
  readonly hasCamera: boolean;
};

export type Unconfirmed = {
  /** Until then it stood by it. */
  readonly sinceMs: number;
  readonly why: (typeof UNCONFIRMED_REASONS)[number];
};

/**
 * Null while the box stands by it, where nothing is known of the box, and when it is over. A new run continues no incident, and
 * one that ends in order ends its incidents: what was told before the run began is nobody's.
 */
export function unconfirmedOf(
  { view, event }: Pick<IncidentRecord, 'view' | 'event'>,
  standing: BoxStanding | undefined,
): Unconfirmed | null {
  if (view.state !== 'active' || standing === undefined) return null;
  const { state, sinceMs, startedAtMs, hasCamera } = standing;
  const toldMs = event.updatedAtMs;
  if (startedAtMs !== undefined && toldMs < startedAtMs) return { sinceMs: toldMs, why: 'box-restarted' };
  if (state === 'offline') return { sinceMs: Math.max(sinceMs ?? toldMs, toldMs), why: 'box-offline' };
  return state === 'online' && !hasCamera ? { sinceMs: toldMs, why: 'camera-gone' } : null;
}
