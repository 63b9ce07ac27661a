// The ledger in the database: a mark for every batch, stored in the request that stores its points, and from time to
// time a row that sums the marks up. Marks are how collectors on one shared subscription know of each other's batches,
// and how a collector that was killed knows its own.

import type { AgentAddress } from '../../contract/index.ts';
import type { Row } from './database.ts';
import { float, int, type Point, tagText, text } from './line-protocol.ts';

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
    },
    atMs: receivedAtMs,
    ns: seq % 1_000_000,
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
  const name = tagText(collector).replace(/[\\']/g, '\\$&');
  return `SELECT site, agent, epoch, seq FROM batch WHERE time >= ${Math.floor(sinceMs)}ms AND collector != '${name}' LIMIT ${MARKS_IN_A_PAGE}`;
}

/** What an answer to `marksSince` tells, and where to go on: in the last millisecond, which may have more. */
export function pageOfMarks(rows: readonly Row[], full = MARKS_IN_A_PAGE) {
  const nextMs = rows.length < full ? undefined : Number(rows.at(-1)?.time);
  return { streams: streamsOfMarks(rows), nextMs };
}

export function streamsOfLedgerRows(rows: readonly Row[]): KnownStream[] {
  return rows.map((row) => ({
    ...addressOf(row),
    epoch: Number(row.epoch),
    ranges: rangesOf(row.ranges),
    dropped: rangesOf(row.dropped_ranges),
    atMs: Number(row.time),
  }));
}

export function streamsOfMarks(rows: readonly Row[]): KnownStream[] {
  const streams = new Map<string, KnownStream>();
  for (const row of rows) {
    const address = addressOf(row);
    const epoch = Number(row.epoch);
    const seq = Number(row.seq);
    const key = `${address.site}/${address.agent}/${epoch}`;
    const stream = streams.get(key) ?? {
      ...address,
      epoch,
      ranges: [],
      dropped: [],
      atMs: Number(row.time),
    };
    const last = stream.ranges.at(-1);
    if (last && last[1] + 1 === seq) last[1] = seq;
    else stream.ranges.push([seq, seq]);
    streams.set(key, stream);
  }
  return [...streams.values()];
}

function addressOf(row: Row): AgentAddress {
  return { site: String(row.site), agent: String(row.agent) };
}

function rangesText(ranges: readonly (readonly [number, number])[]): string | undefined {
  return ranges.length === 0 ? undefined : ranges.map(([first, last]) => `${first}-${last}`).join(' ');
}

function rangesOf(text: unknown): [number, number][] {
  if (typeof text !== 'string') return [];
  return [...text.matchAll(/(\d+)-(\d+)/g)].map(([, first, last]) => [Number(first), Number(last)]);
}
