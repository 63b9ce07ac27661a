// Batches hold events of one class only, so that the outbox can give up whole batches in order of their worth:
// an event never changes its place in its batch, and its place is part of its identity in the database.

import type { TrafficEvent } from '../../contract/index.ts';

export type EventType = TrafficEvent['type'];

/** How many events of each type; types without any are left out. */
export type EventCounts = Partial<Record<EventType, number>>;

/** In the order in which they are given up when the outbox is full: the first goes first. */
export const BATCH_CLASSES = ['counts', 'passages', 'incidents'] as const;

export type BatchClass = (typeof BATCH_CLASSES)[number];

/** In the order in which a backlog is sent: what operators act on comes first. */
export const SENDING_ORDER: readonly BatchClass[] = ['incidents', 'counts', 'passages'];

const CLASS_OF: Readonly<Record<EventType, BatchClass>> = {
  flow: 'counts',
  zone: 'counts',
  passage: 'passages',
  journey: 'passages',
  incident: 'incidents',
};

export function batchClassOf(type: EventType): BatchClass {
  return CLASS_OF[type];
}

/** `a + sign * b`; types that come to 0 are left out. */
export function addCounts(a: EventCounts, b: EventCounts, sign: 1 | -1 = 1): EventCounts {
  const sum: EventCounts = { ...a };
  for (const [type, n] of Object.entries(b) as [EventType, number][]) {
    const total = (sum[type] ?? 0) + sign * n;
    if (total === 0) delete sum[type];
    else sum[type] = total;
  }
  return sum;
}

export function totalOf(counts: EventCounts): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}
