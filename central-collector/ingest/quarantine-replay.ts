// Puts one message from quarantine through reading and storing again. Of a batch that was stored but for some events only
// these are stored, under their own places in it, so that their points are those that they would have been.

import type { Health, Status } from '../../contract/index.ts';
import { datedCredibly } from './intake.ts';
import { type QuarantinedEvent, type QuarantinedMessage, refusedEvents } from './quarantine-file.ts';
import { type Batch, READ_LIMITS, type ReadLimits, type RejectedEvent, readMessage } from './read-message.ts';
import { type SeriesGuard, withinSeries } from './series-guard.ts';

export type ReplayStore = {
  batch(
    batch: Batch,
    rejectedEvents: number,
  ): Promise<{ readonly refused: readonly { readonly position: number; readonly detail: string }[] }>;
  status(status: Status, receivedAtMs: number): Promise<void>;
  health(health: Health): Promise<void>;
  /** Points so far that the database left out because they are older than it keeps. */
  expired(): number;
};

export type ReplayOptions = {
  /** Undefined: nothing is stored, the outcome is what reading alone tells. */
  readonly store: ReplayStore | undefined;
  readonly series: SeriesGuard;
  readonly now: () => number;
};

export type Replayed =
  | { readonly kind: 'stored'; readonly what: string }
  /** Something of it is still bad; `left` is what should lie in quarantine now. */
  | {
      readonly kind: 'stays';
      readonly reason: string;
      readonly detail: string;
      /** Events that were stored now. */
      readonly events: number;
      readonly left: QuarantinedMessage;
    };

/**
 * A batch above the collector's usual bound is read here: that bound protects a collector that has hundreds in hand, and
 * this is one at a time. More than this never comes from the broker.
 */
const LIMITS: ReadLimits = { ...READ_LIMITS, maxBytes: 4 * 1024 * 1024 };

/** Throws what the store throws. Doing it again changes nothing. */
export async function replayMessage(
  message: QuarantinedMessage,
  { store, series, now }: ReplayOptions,
): Promise<Replayed> {
  const { topic, payload, receivedAtMs } = message;
  const nowMs = now();
  const read = readMessage(topic, payload, nowMs, LIMITS);
  if (read.kind === 'batch') {
    return replayBatch(message, read.batch, read.rejected, { store, series, now });
  }
  const bounded = withinSeries(read, series);
  switch (bounded.kind) {
    case 'status':
      // Dated by its arrival, as always.
      await store?.status(bounded.status, receivedAtMs);
      return { kind: 'stored', what: 'a status' };
    case 'health':
      await store?.health(datedCredibly(bounded.health, receivedAtMs));
      return { kind: 'stored', what: 'a health report' };
    case 'rejected': {
      const { reason, detail } = bounded;
      // What was said of single events is worth more than what is said of the whole.
      const left = message.events ? message : { ...message, reason, detail };
      return { kind: 'stays', reason, detail, events: 0, left };
    }
    case 'batch':
      throw new TypeError('a message that was no batch became one');
  }
}

async function replayBatch(
  message: QuarantinedMessage,
  batch: Batch,
  rejected: readonly RejectedEvent[],
  { store, series }: ReplayOptions,
): Promise<Replayed> {
  const wanted = message.events && new Set(message.events.map(({ position }) => position));
  const isWanted = ({ position }: { readonly position: number }) => wanted?.has(position) ?? true;
  // What the agent had to give up was stored with the batch.
  const part = { ...batch, events: batch.events.filter(isWanted), dropped: wanted ? [] : batch.dropped };
  const bounded = withinSeries({ kind: 'batch', batch: part, rejected: rejected.filter(isWanted) }, series);
  if (bounded.kind !== 'batch') throw new TypeError('a batch remains one');
  const { batch: good, rejected: bad } = bounded;
  const expiredBefore = store?.expired() ?? 0;
  const isWorthStoring = good.events.length > 0 || !wanted;
  const refused = store && isWorthStoring ? (await store.batch(good, bad.length)).refused : [];
  const stillBad: QuarantinedEvent[] = [
    ...bad,
    ...refused.map((event) => ({ ...event, reason: 'store-refused' })),
  ].sort((a, b) => a.position - b.position);
  const events = good.events.length - refused.length;
  const expired = (store?.expired() ?? 0) - expiredBefore;
  const [first] = stillBad;
  if (first) {
    const { reason, detail } = first;
    return { kind: 'stays', reason, detail, events, left: refusedEvents(message, stillBad) };
  }
  if (expired > 0) {
    const detail = `${expired} points are older than influxdb.retention keeps`;
    return { kind: 'stays', reason: 'beyond-retention', detail, events: 0, left: message };
  }
  return { kind: 'stored', what: `${events} ${events === 1 ? 'event' : 'events'} of batch ${batch.seq}` };
}
