// The broker and the lines to it: whatever may happen to a message on its way happens here. Messages of events go to any
// of the collectors; acknowledgements go to the agent, if it listens.

import type { Delivery } from '../../central-collector/ingest/broker.ts';

type Sent = {
  readonly payload: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

export type Receiver = { readonly name: string; take(delivery: Delivery): void };

export class ModelNetwork {
  readonly #topic: string;
  readonly #nowMs: () => number;
  /** On the line to the broker. */
  #uplink: Sent[] = [];
  /** At the broker, for a collector. */
  #queued: string[] = [];
  /** With a collector and not acknowledged by it. */
  #open: { readonly payload: string; readonly receiver: string }[] = [];
  /** At the broker, for the agent. */
  #acks: string[] = [];
  connected = false;

  constructor(topic: string, nowMs: () => number) {
    this.#topic = topic;
    this.#nowMs = nowMs;
  }

  get busy(): boolean {
    return this.#uplink.length + this.#queued.length + this.#open.length + this.#acks.length > 0;
  }

  publish(payload: string): Promise<void> {
    if (!this.connected) return Promise.reject(new Error('not connected'));
    return new Promise((resolve, reject) => {
      this.#uplink.push({ payload, resolve, reject });
    });
  }

  /** One message reaches the broker, and the broker's word the agent. */
  arrive(): void {
    const sent = this.#uplink.shift();
    if (!sent) return;
    this.#queued.push(sent.payload);
    sent.resolve();
  }

  /** The agent's connection breaks: of what is on the line some has reached the broker, none is known to have. */
  cut(reached: number): void {
    this.connected = false;
    for (const [index, { payload, reject }] of this.#uplink.splice(0).entries()) {
      if (index < reached) this.#queued.push(payload);
      reject(new Error('connection lost'));
    }
    // A clean session: what was for the agent is gone.
    this.#acks = [];
  }

  /** One message of the queue, not the first necessarily, reaches a collector; perhaps it stays and comes again. */
  deliver(which: number, receiver: Receiver, isDoubled = false): void {
    const at = which % Math.max(1, this.#queued.length);
    const payload = this.#queued[at];
    if (payload === undefined) return;
    if (!isDoubled) this.#queued.splice(at, 1);
    const open = { payload, receiver: receiver.name };
    this.#open.push(open);
    receiver.take({
      topic: this.#topic,
      payload: Buffer.from(payload),
      qos: 1,
      receivedAtMs: this.#nowMs(),
      acknowledge: () => {
        this.#open = this.#open.filter((each) => each !== open);
      },
    });
  }

  /** A collector is gone: what it had not acknowledged goes to another. */
  requeue(receiver: string): void {
    for (const { payload } of this.#open.filter((each) => each.receiver === receiver))
      this.#queued.push(payload);
    this.#open = this.#open.filter((each) => each.receiver !== receiver);
  }

  /** The broker forgets everything. */
  forget(): void {
    this.#queued = [];
    this.#acks = [];
  }

  /** A collector's answer, on its way to the agent. */
  answer(payload: string): void {
    if (this.connected) this.#acks.push(payload);
  }

  /** One of the answers, not the first necessarily; perhaps it stays and comes again. */
  takeAnswer(which: number, fate: 'once' | 'doubled' | 'lost'): string | undefined {
    const at = which % Math.max(1, this.#acks.length);
    const payload = this.#acks[at];
    if (payload === undefined) return undefined;
    if (fate !== 'doubled') this.#acks.splice(at, 1);
    return fate === 'lost' ? undefined : payload;
  }
}
