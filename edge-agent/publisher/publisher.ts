// Takes traffic events and sees to it that the centre gets each of them: to disk first, then over MQTT, again
// and again until the centre confirms. Also says whether agent and cameras are there, and how they fare.

import { performance } from 'node:perf_hooks';
import { type CameraStatus, type TrafficEvent, topicOf } from '../../contract/index.ts';
import { within } from '../abortable-wait.ts';
import { totalOf } from './batch-class.ts';
import { BrokerConnection } from './broker-connection.ts';
import { Delivery } from './delivery.ts';
import { healthMessage, type StatusFacts, statusMessage, type Vitals } from './messages.ts';
import { PublisherError } from './publisher-error.ts';
import type { PublisherOptions, PublisherStats } from './publisher-options.ts';

const MIN_OUTBOX_BYTES = 1024 * 1024;
const TICK_MS = 1000;
/** A health report older than this interests nobody. */
const HEALTH_EXPIRY_S = 60;
/** Together less than the 5 s that a clean shutdown may take. */
const CLOSING_MS = { flush: 1500, lastWord: 1500, status: 600, disconnect: 600 };

const DEFAULT_TIMING = { batchMs: 250, statusMs: 300, upkeepMs: 10_000, spareAfterMs: 10_000 };

/**
 * Opens the outbox and starts connecting; does not wait for the broker. Throws PublisherError `options` (addresses, sizes, certificates), or
 * `locked` when another process has the outbox. A disk that refuses is no reason to stop counting: events then
 * wait in memory, after 10 s they are sent from there, and the disk is tried again.
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
  readonly #delivery: Delivery;
  readonly #connection: BrokerConnection;
  readonly #startedAtMs: number;
  readonly #statusTopic: string;
  #cameras: readonly CameraStatus[] = [];
  #toldCameras = '';
  #statusTimer: NodeJS.Timeout | undefined;
  #tickTimer: NodeJS.Timeout | undefined;
  #upkeepAtMs = 0;
  #upkeep: Promise<void> | undefined;
  #closing = false;
  #closed: Promise<void> | undefined;

  /** For openPublisher. Does nothing yet but check the addresses. */
  constructor(options: PublisherOptions) {
    const { address, mqtt, logger, timing = {}, makeDatabase, commands } = options;
    const random = options.random ?? Math.random;
    const now = options.now ?? Date.now;
    const monotonicMs = this.#monotonicMs;
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...timing };
    this.#now = now;
    this.#startedAtMs = Math.round(now());
    this.#statusTopic = topicOf(address, 'status');
    const topic = topicOf(address, 'events');
    const commandTopic = topicOf(address, 'command');
    this.#delivery = new Delivery({
      ...options.outbox,
      batchMs: this.#timing.batchMs,
      spareAfterMs: this.#timing.spareAfterMs,
      ...(timing.resend && { resend: timing.resend }),
      address,
      publish: (payload) => this.#connection.publish({ topic, payload }),
      isConnected: () => this.#connection.connected,
      onStorageChange: () => this.#statusSoon(),
      logger,
      now,
      ...(options.monotonicMs && { monotonicMs: options.monotonicMs }),
      random,
      ...(makeDatabase && { makeDatabase }),
    });
    this.#connection = new BrokerConnection({
      mqtt,
      clientId: `ngatu-${address.site}-${address.agent}`,
      will: () => ({ topic: this.#statusTopic, payload: this.#status({ state: 'offline', reason: 'lost' }) }),
      subscribeTo: [topicOf(address, 'ack'), ...(commands === undefined ? [] : [commandTopic])],
      logger,
      random,
      monotonicMs,
      ...(timing.reconnect && { reconnect: timing.reconnect }),
      onConnected: () => {
        this.#toldCameras = '';
        this.#publishStatus();
        this.#delivery.connected();
        commands?.connected();
      },
      onDisconnected: () => this.#delivery.disconnected(),
      onMessage: (from, payload) => {
        if (from === commandTopic) commands?.receive(payload);
        else this.#delivery.receive(payload);
      },
    });
  }

  /** Called once, by openPublisher. */
  async start(): Promise<void> {
    await this.#delivery.open();
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
    this.#delivery.add(events);
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

  /** Answers the centre; rejects when there is no connection or the broker refuses. It waits for nobody after `expiryS`. */
  reply(payload: string, expiryS: number): Promise<void> {
    return this.#connection.publish({ topic: topicOf(this.#options.address, 'reply'), payload, expiryS });
  }

  stats(): PublisherStats {
    const { connected, problem, refusal } = this.#connection;
    const { clockOffsetMs } = this.#delivery;
    return {
      connected,
      ...(problem !== undefined && { connectionProblem: problem }),
      ...(refusal !== undefined && { refusal }),
      ...this.#delivery.stats(),
      ...(clockOffsetMs !== undefined && { clockOffsetMs }),
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
    await within(CLOSING_MS.flush, this.#delivery.flush());
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
    await this.#upkeep;
    const lost = this.#delivery.volatile;
    if (totalOf(lost) > 0) {
      this.#options.logger.error(
        { events: lost },
        'events are lost: they could not be stored before the end',
      );
    }
    await this.#delivery.close();
  }

  async #untilConfirmed(): Promise<void> {
    const until = this.#monotonicMs() + CLOSING_MS.lastWord;
    while (this.#connection.connected && !this.#delivery.idle && this.#monotonicMs() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #tick(): void {
    this.#delivery.kick();
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#upkeepAtMs < this.#timing.upkeepMs) return;
    this.#upkeepAtMs = nowMs;
    this.#upkeep ??= this.#delivery.upkeep().finally(() => {
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
      problem: this.#delivery.problem,
    });
  }
}
