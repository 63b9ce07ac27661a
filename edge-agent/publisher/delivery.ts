// Everything between an event and the centre's word that it is stored, but for the connection: the intake, the outbox
// on disk, and the one in memory that stands in for it.

import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { AgentAddress, TrafficEvent } from '../../contract/index.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { readAck } from './ack-inbox.ts';
import { addCounts, type EventCounts } from './batch-class.ts';
import { ClockOffset } from './clock-offset.ts';
import { Dispatch } from './dispatch.ts';
import { Intake } from './intake.ts';
import { Outbox } from './outbox.ts';
import { type MakeDatabase, makeMemory } from './outbox-database.ts';
import type { DeliveryStats } from './publisher-options.ts';

export type DeliveryOptions = {
  readonly address: AgentAddress;
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Publishes a message of events; resolves when the broker has it. */
  readonly publish: (payload: string) => Promise<void>;
  /** Whether batches can be sent at once. */
  readonly isConnected: () => boolean;
  /** `problem` came, changed or went. */
  readonly onStorageChange: () => void;
  readonly logger: Logger;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** By which batches grow old and are sent again. Default: the process's monotonic clock. */
  readonly monotonicMs?: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly batchMs: number;
  readonly spareAfterMs: number;
  readonly resend?: RetryPolicy;
  readonly makeDatabase?: MakeDatabase;
  /** Default: memory. For tests that look into it. */
  readonly makeSpare?: MakeDatabase;
};

/** Events sent from memory while the disk refuses; hours of a box, should the link be away as well. */
const SPARE_BYTES = 16 * 1024 * 1024;
/** A box that wakes up in 1970 every time must not give two of its lives one name: they differ by chance. */
const SPARE_EPOCH_SPREAD_MS = 60_000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #disk: Dispatch;
  readonly #spare: Dispatch;
  readonly #intake: Intake;
  readonly #clockOffset = new ClockOffset();
  #ignoredAcks = 0;

  constructor(options: DeliveryOptions) {
    const { directory, maxBytes, maxAgeMs, logger, now, random, monotonicMs, makeDatabase } = options;
    this.#options = options;
    const outbox = { directory, maxBytes, maxAgeMs, logger, now, ...(monotonicMs && { monotonicMs }) };
    this.#disk = this.#dispatch(
      new Outbox({
        ...outbox,
        ...(makeDatabase && { makeDatabase }),
        newEpoch: (wallMs) => (wallMs === this.#spare.outbox.epoch ? wallMs + 1 : wallMs),
      }),
      () => this.#intake.storageFailed(),
    );
    this.#spare = this.#dispatch(
      new Outbox({
        ...outbox,
        maxBytes: Math.min(maxBytes, SPARE_BYTES),
        makeDatabase: options.makeSpare ?? makeMemory,
        newEpoch: (wallMs) =>
          Math.max(wallMs + Math.floor(random() * SPARE_EPOCH_SPREAD_MS), (this.#disk.outbox.epoch ?? 0) + 1),
      }),
      () => undefined,
    );
    this.#intake = new Intake({
      disk: this.#disk,
      spare: this.#spare,
      logger,
      random,
      batchMs: options.batchMs,
      spareAfterMs: options.spareAfterMs,
      connected: options.isConnected,
      onStorageChange: options.onStorageChange,
    });
  }

  /** Opens the outbox. Throws PublisherError `locked`. */
  async open(): Promise<void> {
    await this.#intake.open();
  }

  add(events: readonly TrafficEvent[]): void {
    this.#intake.add(events);
  }

  connected(): void {
    for (const dispatch of this.#dispatches) dispatch.connected();
  }

  disconnected(): void {
    for (const dispatch of this.#dispatches) dispatch.disconnected();
  }

  /** A message on the ack topic. */
  receive(payload: Buffer): void {
    const ack = readAck(payload, this.#options.address.agent);
    if (!ack || !this.#dispatches.some((dispatch) => dispatch.acknowledged(ack))) this.#ignoredAcks += 1;
  }

  /** Sends what is due; to be called every second. */
  kick(): void {
    for (const dispatch of this.#dispatches) dispatch.kick();
  }

  /** Gives up what is too old or too much, and reports it; to be called every few seconds. */
  async upkeep(): Promise<void> {
    await this.#intake.upkeep();
  }

  /** Whether everything has been sent and confirmed, as far as is known. */
  get idle(): boolean {
    return this.#dispatches.every(({ idle }) => idle);
  }

  /** Why the disk cannot be used, and what becomes of the events; for people. */
  get problem(): string | undefined {
    return this.#intake.problem;
  }

  /** Events that end with the process. */
  get volatile(): EventCounts {
    return addCounts(this.#intake.waiting, this.#spare.outbox.totals.events);
  }

  /** This clock minus the centre's, in milliseconds. */
  get clockOffsetMs(): number | undefined {
    return this.#clockOffset.offsetMs;
  }

  stats(): DeliveryStats {
    const sum = (of: (dispatch: Dispatch) => number) => of(this.#disk) + of(this.#spare);
    const counts = (of: (outbox: Outbox) => EventCounts) =>
      addCounts(of(this.#disk.outbox), of(this.#spare.outbox));
    const ages = this.#dispatches.map(({ outbox }) => outbox.oldestAgeMs).filter((age) => age !== undefined);
    const { problem, waiting, accepted, lost, storedBatches } = this.#intake;
    return {
      ...(problem !== undefined && { storageProblem: problem }),
      batches: sum(({ outbox }) => outbox.totals.batches),
      bytes: sum(({ outbox }) => outbox.totals.bytes),
      events: counts(({ totals }) => totals.events),
      ...(ages.length > 0 && { oldestAgeMs: Math.max(...ages) }),
      waiting,
      accepted,
      dropped: addCounts(
        counts(({ givenUp }) => givenUp),
        lost,
      ),
      storedBatches,
      publishedBatches: sum((dispatch) => dispatch.counts.published),
      ackedBatches: sum(({ confirmed }) => confirmed),
      resentBatches: sum((dispatch) => dispatch.counts.resent),
      failedBatches: sum((dispatch) => dispatch.counts.failed),
      unconfirmed: sum(({ unconfirmed }) => unconfirmed),
      ignoredAcks: this.#ignoredAcks,
    };
  }

  /** Writes what waits, as far as the disk allows, and takes nothing more. */
  async flush(): Promise<void> {
    await this.#intake.close();
  }

  /** Closes the outboxes, after `flush` and a last chance to send. */
  async close(): Promise<void> {
    for (const dispatch of this.#dispatches) await dispatch.settled();
    for (const { outbox } of this.#dispatches) await outbox.close();
  }

  get #dispatches(): readonly Dispatch[] {
    return [this.#disk, this.#spare];
  }

  #dispatch(outbox: Outbox, onOutboxFailure: () => void): Dispatch {
    const { address, publish, logger, now, random, resend } = this.#options;
    const monotonicMs = this.#options.monotonicMs ?? (() => performance.now());
    return new Dispatch({
      ...{ outbox, address, publish, logger, now, monotonicMs, random, onOutboxFailure },
      ...(resend && { resend }),
      onRoundTrip: (centreMs, roundTripMs) =>
        this.#clockOffset.measure(now(), centreMs, roundTripMs, monotonicMs()),
    });
  }
}
