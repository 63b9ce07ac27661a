// Validated messages into the database. Confirms a message only when every point of it is stored or refused for good.

import type { AgentAddress, DroppedRange, Health, Status, TrafficEvent } from '../../contract/index.ts';
import { healthPoints, statusPoints } from './agent-points.ts';
import type { BatchWriter, Lines } from './batch-writer.ts';
import { writeEventLines } from './event-lines.ts';
import { type BatchMark, type LedgerRow, ledgerPoint, markPoint } from './ledger-points.ts';
import { lineOf, type Point } from './line-protocol.ts';
import { droppedPoints } from './points.ts';
import { quartersText } from './quarter-hours.ts';
import { type VerdictRow, verdictPoint } from './verdict-points.ts';

export type StorableBatch = AgentAddress & {
  readonly epoch: number;
  readonly seq: number;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly events: readonly { readonly position: number; readonly event: TrafficEvent }[];
  readonly dropped: readonly DroppedRange[];
};

type BatchOutcome = { readonly refused: readonly { readonly position: number; readonly detail: string }[] };

/** Lines that belong to no event of the batch. */
const NO_EVENT = -1;

/** A mark that is older when InfluxDB has it is made again: see `PointStore.batch`. */
const FRESH_MS = 60_000;

export class PointStore {
  readonly #writer: BatchWriter;
  readonly #collector: string;
  readonly #now: () => number;
  #statuses = 0;

  /** `collector` names this process in the marks it makes; `now` is InfluxDB's clock as well as it is known. */
  constructor(writer: BatchWriter, collector: string, now: () => number = Date.now) {
    this.#writer = writer;
    this.#collector = collector;
    this.#now = now;
  }

  /**
   * Throws StoreError `closed` when the writer was closed before the database confirmed.
   *
   * Resolves when a mark is there that is not older than a minute: those who read marks from where they had come to (the
   * roll-ups, other collectors) would not find one that an outage held back for hours, and what is acknowledged comes
   * never again.
   *
   * Not async on purpose: while InfluxDB is away, hundreds wait here, and each would hold its events and their text
   * beside the bytes that the writer keeps, which is twice the memory.
   */
  batch(batch: StorableBatch, rejectedEvents: number): Promise<BatchOutcome> {
    const mark = this.#markOf(batch, rejectedEvents);
    return this.#writer.write(linesOf(batch, mark)).then(({ refused }) => {
      const outcome = refused.length === 0 ? NOTHING_REFUSED : outcomeOf(refused);
      return this.#isFresh(mark) ? outcome : this.#markAgain(mark).then(() => outcome);
    });
  }

  async status(status: Status, receivedAtMs: number): Promise<void> {
    this.#statuses += 1;
    await this.#writer.write(unowned(statusPoints(status, receivedAtMs, this.#statuses % 1_000_000)));
  }

  async health(health: Health): Promise<void> {
    await this.#writer.write(unowned(healthPoints(health)));
  }

  async ledger(rows: readonly LedgerRow[], atMs: number): Promise<void> {
    await this.#writer.write(unowned(rows.map((row, ns) => ledgerPoint(row, this.#collector, atMs, ns))));
  }

  /** Tells those that InfluxDB refuses for good, by their numbers. Throws StoreError `closed` when it did not answer before the end. */
  async verdicts(rows: readonly VerdictRow[]): Promise<{ number: number; detail: string }[]> {
    const text = rows.map((row) => lineOf(verdictPoint(row))).join('\n');
    const { refused } = await this.#writer.write({ text, owners: rows.map(({ number }) => number) });
    return refused.map(({ owner, detail }) => ({ number: owner, detail }));
  }

  #markOf(batch: StorableBatch, rejectedEvents: number): BatchMark {
    const { site, agent, epoch, seq, sentAtMs, receivedAtMs, events, dropped } = batch;
    return {
      site,
      agent,
      epoch,
      seq,
      sentAtMs,
      receivedAtMs,
      rejectedEvents,
      dropped,
      collector: this.#collector,
      events: events.length,
      quarters: quartersText(events),
    };
  }

  #isFresh({ receivedAtMs }: BatchMark): boolean {
    return this.#now() - receivedAtMs <= FRESH_MS;
  }

  async #markAgain(stale: BatchMark): Promise<void> {
    for (let mark = stale; !this.#isFresh(mark); ) {
      mark = { ...mark, receivedAtMs: Math.round(this.#now()) };
      await this.#writer.write(unowned([markPoint(mark)]));
    }
  }
}

const NOTHING_REFUSED: BatchOutcome = { refused: [] };

function outcomeOf(refused: readonly { readonly owner: number; readonly detail: string }[]): BatchOutcome {
  return {
    refused: refused
      .filter(({ owner }) => owner !== NO_EVENT)
      .map(({ owner, detail }) => ({ position: owner, detail })),
  };
}

function linesOf(batch: StorableBatch, mark: BatchMark): Lines {
  let text = lineOf(markPoint(mark));
  const owners = [NO_EVENT];
  writeEventLines(batch.events, batch, (lines, count, position) => {
    text += `\n${lines}`;
    for (let at = 0; at < count; at += 1) owners.push(position);
  });
  for (const point of droppedPoints(batch.dropped, batch.sentAtMs, batch)) {
    text += `\n${lineOf(point)}`;
    owners.push(NO_EVENT);
  }
  return { text, owners };
}

function unowned(points: readonly Point[]): Lines {
  return { text: points.map(lineOf).join('\n'), owners: points.map(() => NO_EVENT) };
}
