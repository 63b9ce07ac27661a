// Takes traffic events and sees to it that the centre gets each of them: to disk first, then over MQTT, again
// and again until the centre confirms. Also says whether agent and cameras are there, and how they fare.

import { performance } from 'node:perf_hooks';
import { type CameraStatus, type TrafficEvent, topicOf } from '../../contract/index.ts';
import { within } from '../abortable-wait.ts';
import { AckInbox } from './ack-inbox.ts';
import { addCounts, totalOf } from './batch-class.ts';
import { BrokerConnection } from './broker-connection.ts';
import { ClockOffset } from './clock-offset.ts';
import { DeliveryWindow } from './delivery-window.ts';
import { Intake } from './intake.ts';
import { eventsMessage, healthMessage, type StatusFacts, statusMessage, type Vitals } from './messages.ts';
import { Outbox } from './outbox.ts';
import { PublisherError } from './publisher-error.ts';
import type { PublisherOptions, PublisherStats } from './publisher-options.ts';
import { Sender } from './sender.ts';

const MIN_OUTBOX_BYTES = 1024 * 1024;
const TICK_MS = 1000;
/** A health report older than this interests nobody. */
const HEALTH_EXPIRY_S = 60;
/** Together less than the 5 s that a clean shutdown may take. */
const CLOSING_MS = { flush: 1500, lastWord: 1500, status: 600, disconnect: 600 };

const DEFAULT_TIMING = { batchMs: 250, statusMs: 300, upkeepMs: 10_000 };

/**
 * Opens the outbox and starts connecting; does not wait for the broker. Throws PublisherError `options` (addresses, sizes, certificates), or
 * `locked` when another process has the outbox. A disk that refuses is no reason to stop counting: events then
 * wait in memory and the disk is tried again.
 */
export async function openPublisher(options: PublisherOptions): Promise<Publisher> {
  const { maxBytes, maxAgeMs } = options.outbox;
  if (!(maxBytes >= MIN_OUTBOX_BYTES)) {
    throw new PublisherError('options', `expected an outbox of at least 1 MiB, got ${maxBytes} bytes`);
  }
  if (!(maxAgeMs > 0)) throw new PublisherError('options', `expected a positive age, got ${maxAgeMs} ms`);
  const publisher = new Publisher(options);
  await publisher.start();
  return publisher;
}

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #timing: typeof DEFAULT_TIMING;
  readonly #now: () => number;
  readonly #monotonicMs = () => performance.now();
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  readonly #window: DeliveryWindow;
  readonly #sender: Sender;
  readonly #acks: AckInbox;
  readonly #connection: BrokerConnection;
  readonly #clockOffset = new ClockOffset();
  readonly #startedAtMs: number;
  readonly #statusTopic: string;
  #cameras: readonly CameraStatus[] = [];
  #toldCameras = '';
  #confirmed = 0;
  #statusTimer: NodeJS.Timeout | undefined;
  #tickTimer: NodeJS.Timeout | undefined;
  #upkeepAtMs = 0;
  #upkeep: Promise<void> | undefined;
  #closing = false;
  #closed: Promise<void> | undefined;

  /** For openPublisher. Does nothing yet but check the addresses. */
  constructor(options: PublisherOptions) {
    const { address, mqtt, logger, timing = {}, makeDatabase } = options;
    const random = options.random ?? Math.random;
    const now = options.now ?? Date.now;
    const monotonicMs = this.#monotonicMs;
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...timing };
    this.#now = now;
    this.#startedAtMs = Math.round(now());
    this.#statusTopic = topicOf(address, 'status');
    const eventsTopic = topicOf(address, 'events');
    this.#outbox = new Outbox({ ...options.outbox, logger, now, ...(makeDatabase && { makeDatabase }) });
    this.#window = new DeliveryWindow({ random, ...(timing.resend && { resend: timing.resend }) });
    this.#sender = new Sender({
      outbox: this.#outbox,
      window: this.#window,
      transmit: (batch) => {
        const payload = eventsMessage(address, this.#outbox.epoch ?? 0, batch, Math.round(now()));
        return this.#connection.publish({ topic: eventsTopic, payload });
      },
      monotonicMs,
      logger,
      onOutboxFailure: () => this.#intake.storageFailed(),
    });
    this.#intake = new Intake({
      outbox: this.#outbox,
      logger,
      random,
      batchMs: this.#timing.batchMs,
      connected: () => this.#connection.connected,
      onFresh: (batches) => this.#sender.sendFresh(batches),
      onBacklog: () => this.#sender.sendBacklog(),
      onNewEpoch: () => {
        this.#acks.clear();
        this.#sender.reset();
      },
      onStorageChange: () => this.#statusSoon(),
    });
    this.#acks = new AckInbox({
      agent: address.agent,
      epoch: () => this.#outbox.epoch,
      apply: (ranges, centreMs) => this.#confirm(ranges, centreMs),
    });
    this.#connection = new BrokerConnection({
      mqtt,
      clientId: `ngatu-${address.site}-${address.agent}`,
      will: () => ({ topic: this.#statusTopic, payload: this.#status({ state: 'offline', reason: 'lost' }) }),
      subscribeTo: topicOf(address, 'ack'),
      logger,
      random,
      monotonicMs,
      ...(timing.reconnect && { reconnect: timing.reconnect }),
      onConnected: () => {
        this.#toldCameras = '';
        this.#publishStatus();
        this.#sender.connected();
      },
      onDisconnected: () => this.#sender.disconnected(),
      onMessage: (payload) => this.#acks.receive(payload),
    });
  }

  /** Called once, by openPublisher. */
  async start(): Promise<void> {
    await this.#intake.open();
    try {
      this.#connection.start();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#tickTimer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Takes events over. Never throws for delivery trouble; throws PublisherError `closed` after close(). */
  publish(events: readonly TrafficEvent[]): void {
    if (this.#closing)
      throw new PublisherError('closed', 'publish() after close(): these events would be lost');
    this.#intake.add(events);
  }

  /** The whole list of cameras, each time; the centre is told when it changed. */
  setStatus(cameras: readonly CameraStatus[]): void {
    this.#cameras = [...cameras];
    if (JSON.stringify(this.#cameras) !== this.#toldCameras) this.#statusSoon();
  }

  /** Sends a report at once or not at all; gives whether it was handed to a connection. */
  sendHealth(vitals: Vitals): boolean {
    const { address } = this.#options;
    const { bytes, batches, oldestAgeMs, dropped, clockOffsetMs } = this.stats();
    const oldestMs = oldestAgeMs === undefined ? undefined : Math.round(this.#now() - oldestAgeMs);
    const outbox = { bytes, batches, dropped: totalOf(dropped), ...(oldestMs !== undefined && { oldestMs }) };
    const payload = healthMessage(address, vitals, outbox, clockOffsetMs);
    return this.#connection.send({ topic: topicOf(address, 'health'), payload, expiryS: HEALTH_EXPIRY_S });
  }

  stats(): PublisherStats {
    const { totals, oldestAgeMs, failure, givenUp } = this.#outbox;
    const { connected, problem } = this.#connection;
    const { offsetMs } = this.#clockOffset;
    const { published, resent, failed } = this.#sender.counts;
    return {
      connected,
      ...(problem !== undefined && { connectionProblem: problem }),
      ...(failure && { storageProblem: failure.message }),
      ...totals,
      ...(oldestAgeMs !== undefined && { oldestAgeMs }),
      waiting: this.#intake.waiting,
      accepted: this.#intake.accepted,
      dropped: addCounts(givenUp, this.#intake.lost),
      storedBatches: this.#intake.storedBatches,
      publishedBatches: published,
      ackedBatches: this.#confirmed,
      resentBatches: resent,
      failedBatches: failed,
      unconfirmed: this.#window.unconfirmed,
      ignoredAcks: this.#acks.ignored,
      ...(offsetMs !== undefined && { clockOffsetMs: offsetMs }),
    };
  }

  /**
   * Writes what waits, gives the centre a moment to confirm it, says `stopped` and hangs up: within 5 s. What is
   * not confirmed stays in the outbox for the next start.
   */
  close(): Promise<void> {
    this.#closing = true;
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    clearInterval(this.#tickTimer);
    clearTimeout(this.#statusTimer);
    await within(CLOSING_MS.flush, this.#intake.close());
    if (this.#connection.connected) {
      await within(CLOSING_MS.lastWord, this.#untilConfirmed());
      const payload = this.#status({ state: 'offline', reason: 'stopped' });
      const told = this.#connection.publish({ topic: this.#statusTopic, payload, retain: true });
      await within(
        CLOSING_MS.status,
        told.catch((error: unknown) => this.#options.logger.debug({ err: error }, 'could not say goodbye')),
      );
    }
    await this.#connection.close(CLOSING_MS.disconnect);
    await this.#acks.settled();
    await this.#sender.settled();
    await this.#upkeep;
    await this.#outbox.close();
  }

  async #untilConfirmed(): Promise<void> {
    const until = this.#monotonicMs() + CLOSING_MS.lastWord;
    while (this.#connection.connected && !this.#sender.idle && this.#monotonicMs() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #confirm(ranges: [number, number][], centreMs: number): Promise<void> {
    const nowMs = this.#monotonicMs();
    const { epoch } = this.#outbox;
    if (epoch === undefined) return;
    try {
      this.#confirmed += await this.#outbox.acknowledge(epoch, ranges);
    } catch (error) {
      // The batches are sent again, and confirmed again, once the outbox works.
      this.#options.logger.debug({ err: error }, 'could not note a confirmation');
      this.#intake.storageFailed();
      return;
    }
    const sentAtMs = this.#window.confirmed(ranges, nowMs);
    if (sentAtMs !== undefined) this.#clockOffset.measure(this.#now(), centreMs, nowMs - sentAtMs, nowMs);
    this.#sender.kick();
  }

  #tick(): void {
    this.#sender.kick();
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#upkeepAtMs < this.#timing.upkeepMs) return;
    this.#upkeepAtMs = nowMs;
    this.#upkeep ??= this.#intake.upkeep().finally(() => {
      this.#upkeep = undefined;
    });
  }

  #statusSoon(): void {
    if (this.#closing) return;
    this.#statusTimer ??= setTimeout(() => this.#publishStatus(), this.#timing.statusMs);
  }

  #publishStatus(): void {
    clearTimeout(this.#statusTimer);
    this.#statusTimer = undefined;
    // Told at the next connection.
    if (!this.#connection.connected) return;
    this.#toldCameras = JSON.stringify(this.#cameras);
    const payload = this.#status({ state: 'online' });
    this.#connection
      .publish({ topic: this.#statusTopic, payload, retain: true })
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'could not publish the status'));
  }

  #status(what: Pick<StatusFacts, 'state' | 'reason'>): string {
    const { address, version } = this.#options;
    return statusMessage(address, {
      ...what,
      atMs: Math.round(this.#now()),
      startedAtMs: this.#startedAtMs,
      version,
      cameras: this.#cameras,
      problem: this.#outbox.failure?.message,
    });
  }
}
