// The ledger in the database: a mark for every batch, stored in the request that stores its points, and from time to
// time a row that sums the marks up. Marks are how collectors on one shared subscription know of each other's batches,
// and how a collector that was killed knows its own.

import type { AgentAddress } from '../../contract/index.ts';
import type { Row } from './database.ts';
import { float, int, type Point, tagText, text } from './line-protocol.ts';
import { text as quotedText } from './queries/influxql.ts';

export type BatchMark = AgentAddress & {
  readonly epoch: number;
  readonly seq: number;
  readonly collector: string;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly events: number;
  readonly rejectedEvents: number;
  /** Quarter hours that it has counts in, see quarter-hours.ts: what the roll-ups have to do again. */
  readonly quarters?: string | undefined;
  /** What it says the agent gave up. */
  readonly dropped?: readonly { readonly fromSeq: number; readonly toSeq: number }[];
};

/** At the time of receipt, so that those who read on find it; a batch that comes twice has two marks, which is true. */
export function markPoint(mark: BatchMark): Point {
  const { site, agent, collector, epoch, seq, receivedAtMs } = mark;
  return {
    measurement: 'batch',
    tags: { agent, collector, site },
    fields: {
      epoch: int(epoch),
      seq: int(seq),
      events: int(mark.events),
      rejected_events: int(mark.rejectedEvents),
      delay_ms: int(receivedAtMs - mark.sentAtMs),
      quarters: text(mark.quarters),
      // A collector that is killed before its next summary would take this knowledge with it.
      dropped_ranges: mark.dropped?.length
        ? text(rangesText(mark.dropped.map(({ fromSeq, toSeq }) => [fromSeq, toSeq] as const)))
        : undefined,
    },
    atMs: receivedAtMs,
    // With the epoch, for an agent may have two lives at once: one on its disk and one in memory.
    ns: (epoch + seq) % 1_000_000,
  };
}

export type LedgerRow = AgentAddress & {
  readonly epoch: number;
  readonly ranges: readonly (readonly [number, number])[];
  readonly droppedRanges: readonly (readonly [number, number])[];
  readonly stored: number;
  readonly missing: number;
  readonly droppedByAgent: number;
  readonly duplicates: number;
  readonly late: number;
  readonly rejectedEvents: number;
  readonly lastSeq?: number;
  readonly clockOffsetMs?: number;
};

export function ledgerPoint(row: LedgerRow, collector: string, atMs: number, ns: number): Point {
  const { site, agent } = row;
  return {
    measurement: 'ledger',
    tags: { agent, collector, site },
    fields: {
      epoch: int(row.epoch),
      ranges: text(rangesText(row.ranges)),
      dropped_ranges: text(rangesText(row.droppedRanges)),
      stored: int(row.stored),
      missing: int(row.missing),
      dropped_by_agent: int(row.droppedByAgent),
      duplicates: int(row.duplicates),
      late: int(row.late),
      rejected_events: int(row.rejectedEvents),
      last_seq: int(row.lastSeq),
      clock_offset_ms: float(row.clockOffsetMs),
    },
    atMs,
    ns,
  };
}

export type KnownStream = AgentAddress & {
  readonly epoch: number;
  readonly ranges: [number, number][];
  readonly dropped: [number, number][];
  /** When this was true, ms since 1970. */
  readonly atMs: number;
};

/**
 * The newest summaries of each agent by each collector, made since a moment; four, because an agent whose outbox was
 * lost has more than one life.
 */
export function summariesSince(sinceMs: number): string {
  return `SELECT epoch, ranges, dropped_ranges FROM ledger WHERE time >= ${Math.floor(sinceMs)}ms GROUP BY site, agent, collector ORDER BY time DESC LIMIT 4`;
}

/** A few MB of an answer. */
const MARKS_IN_A_PAGE = 50_000;

/** Marks that others than `collector` made since `sinceMs`, a page of them; with an empty name, everybody's. */
export function marksSince(sinceMs: number, collector: string): string {
  return `SELECT site, agent, epoch, seq, dropped_ranges FROM batch WHERE time >= ${Math.floor(sinceMs)}ms AND collector != ${quotedText(tagText(collector))} LIMIT ${MARKS_IN_A_PAGE}`;
}

/** What an answer to `marksSince` tells, and where to go on: in the last millisecond, which may have more. */
export function pageOfMarks(rows: readonly Row[], full = MARKS_IN_A_PAGE) {
  const lastMs = rows.at(-1)?.time;
  const nextMs = rows.length >= full && typeof lastMs === 'number' ? lastMs : undefined;
  return { streams: streamsOfMarks(rows), nextMs };
}

export function streamsOfLedgerRows(rows: readonly Row[]): KnownStream[] {
  return rows.flatMap((row) => {
    const life = lifeOf(row);
    if (!life) return [];
    return [{ ...life, ranges: rangesOf(row.ranges), dropped: rangesOf(row.dropped_ranges) }];
  });
}

export function streamsOfMarks(rows: readonly Row[]): KnownStream[] {
  const streams = new Map<string, KnownStream>();
  for (const row of rows) {
    const life = lifeOf(row);
    const { seq } = row;
    if (!life || !isSequence(seq)) continue;
    const key = `${life.site}/${life.agent}/${life.epoch}`;
    const stream = streams.get(key) ?? { ...life, ranges: [], dropped: [] };
    const last = stream.ranges.at(-1);
    if (last && last[1] + 1 === seq) last[1] = seq;
    else stream.ranges.push([seq, seq]);
    stream.dropped.push(...rangesOf(row.dropped_ranges));
    streams.set(key, stream);
  }
  return [...streams.values()];
}

/**
 * Undefined for a row that is none of ours: another program or a person may have written it, and it must not keep a
 * collector from reading the others.
 */
function lifeOf({
  site,
  agent,
  epoch,
  time,
}: Row): (AgentAddress & { epoch: number; atMs: number }) | undefined {
  if (typeof site !== 'string' || typeof agent !== 'string') return undefined;
  if (!Number.isSafeInteger(epoch) || !Number.isFinite(time)) return undefined;
  return { site, agent, epoch: epoch as number, atMs: time as number };
}

function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function rangesText(ranges: readonly (readonly [number, number])[]): string | undefined {
  return ranges.length === 0 ? undefined : ranges.map(([first, last]) => `${first}-${last}`).join(' ');
}

function rangesOf(text: unknown): [number, number][] {
  if (typeof text !== 'string') return [];
  return text.split(' ').flatMap((range): [number, number][] => {
    const [, first, last] = /^(\d{1,16})-(\d{1,16})$/.exec(range)?.map(Number) ?? [];
    const valid = first !== undefined && last !== undefined && isSequence(first) && isSequence(last);
    return valid && first <= last ? [[first, last]] : [];
  });
}
