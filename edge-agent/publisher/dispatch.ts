// One outbox and its way to the centre: what of it is on the line, what was confirmed, what comes next. An agent has
// one for its disk, and another one for its memory while the disk refuses.

import type { Logger } from 'pino';
import type { Ack, AgentAddress } from '../../contract/index.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { AckInbox } from './ack-inbox.ts';
import { DeliveryWindow } from './delivery-window.ts';
import { eventsMessage } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { BatchWithBody } from './outbox-records.ts';
import { Sender, type SenderCounts } from './sender.ts';

export type DispatchOptions = {
  readonly outbox: Outbox;
  readonly address: AgentAddress;
  /** Publishes a message of events; resolves when the broker has it. */
  readonly publish: (payload: string) => Promise<void>;
  readonly logger: Logger;
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly resend?: RetryPolicy;
  /** The outbox could not be read or changed. */
  readonly onOutboxFailure: () => void;
  /** A batch sent once, `roundTripMs` ago, was confirmed by the centre, whose clock then said `centreMs`. */
  readonly onRoundTrip?: (centreMs: number, roundTripMs: number) => void;
};

export class Dispatch {
  readonly #options: DispatchOptions;
  readonly outbox: Outbox;
  readonly #window: DeliveryWindow;
  readonly #sender: Sender;
  readonly #acks: AckInbox;
  #confirmed = 0;

  constructor(options: DispatchOptions) {
    const { outbox, address, publish, logger, now, monotonicMs, random, resend } = options;
    this.#options = options;
    this.outbox = outbox;
    this.#window = new DeliveryWindow({ random, ...(resend && { resend }) });
    this.#sender = new Sender({
      outbox,
      window: this.#window,
      transmit: (batch) => publish(eventsMessage(address, batch, Math.round(now()))),
      monotonicMs,
      logger,
      onOutboxFailure: options.onOutboxFailure,
    });
    this.#acks = new AckInbox((epoch, ranges, centreMs) => this.#confirm(epoch, ranges, centreMs));
  }

  get counts(): SenderCounts {
    return this.#sender.counts;
  }

  /** Batches deleted because they were confirmed. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** Batches sent and not confirmed. */
  get unconfirmed(): number {
    return this.#window.unconfirmed;
  }

  /** Whether everything in the outbox has been sent and confirmed, as far as is known here. */
  get idle(): boolean {
    return this.outbox.epoch === undefined || this.#sender.idle;
  }

  /** Batches were stored: `leaving` ones are sent as they are given, others are read back. */
  stored(batches: readonly BatchWithBody[], leaving: boolean): void {
    if (leaving) this.#sender.sendFresh(batches);
    else this.#sender.sendBacklog();
  }

  connected(): void {
    this.#sender.connected();
  }

  disconnected(): void {
    this.#sender.disconnected();
  }

  /** The outbox has begun a new life. */
  reset(): void {
    this.#acks.clear();
    this.#sender.reset();
  }

  /** Sends whatever may be sent now; to be called when something changed, and every second. */
  kick(): void {
    this.#sender.kick();
  }

  /** Takes an acknowledgement; gives whether it was for this outbox. */
  acknowledged(ack: Ack): boolean {
    return ack.epoch === this.outbox.epoch && this.#acks.receive(ack);
  }

  /** Resolves when nothing is being read from the outbox or deleted from it any more. */
  async settled(): Promise<void> {
    await this.#acks.settled();
    await this.#sender.settled();
  }

  async #confirm(epoch: number, ranges: [number, number][], centreMs: number): Promise<void> {
    const { logger, monotonicMs, onOutboxFailure, onRoundTrip } = this.#options;
    const nowMs = monotonicMs();
    try {
      this.#confirmed += await this.outbox.acknowledge(epoch, ranges);
    } catch (error) {
      // The batches are sent again, and confirmed again, once the outbox works.
      logger.debug({ err: error }, 'could not note a confirmation');
      onOutboxFailure();
      return;
    }
    if (epoch !== this.outbox.epoch) return;
    const sentAtMs = this.#window.confirmed(ranges, nowMs);
    if (sentAtMs !== undefined) onRoundTrip?.(centreMs, nowMs - sentAtMs);
    this.#sender.kick();
  }
}
