// Which points the database must hold. Every event has a place of its own in the agent's stream (outbox epoch,
// batch, position in the batch); with it, what the broker carried and what the database holds are compared as sets.

import type { AgentAddress, ReceivedBatch, TrafficEvent } from '../../contract/index.ts';

export type EventOrigin = AgentAddress & Pick<ReceivedBatch, 'epoch' | 'seq'> & { readonly position: number };

/** One point: the event's place, and for interval counts, which give a point for each road user, whose. */
export type PointIdentity = string;

export function pointIdentity(
  measurement: 'passage' | 'flow',
  { site, agent, epoch, seq, position }: EventOrigin,
  roadUser: string,
): PointIdentity {
  return [measurement, site, agent, epoch, seq, position, roadUser].join('/');
}

/** The points that an event becomes; those that are no passages or interval counts are not followed. */
export function identitiesOf(event: TrafficEvent, origin: EventOrigin): PointIdentity[] {
  if (event.type === 'passage') return [pointIdentity('passage', origin, event.roadUser)];
  if (event.type !== 'flow') return [];
  return Object.keys(event.counts).map((roadUser) => pointIdentity('flow', origin, roadUser));
}

export type Comparison = {
  /** Published, but not in the database. */
  readonly lost: number;
  /** Points in the database beyond the first with the same identity. */
  readonly duplicated: number;
};

/** @param stored one entry for every point of the database, in any order */
export function compare(published: ReadonlySet<PointIdentity>, stored: readonly PointIdentity[]): Comparison {
  const distinct = new Set(stored);
  return {
    lost: [...published].filter((identity) => !distinct.has(identity)).length,
    duplicated: stored.length - distinct.size,
  };
}
