// One MQTT session after the other, for ever. MQTT.js is used for single connections only: its own reconnecting
// has no back-off, and its stores forget on exit and overwrite beyond 65,535 messages. What is to be delivered
// lives in the outbox; each connection starts clean.

import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { brokerHungUp, brokerTrouble, isNotAllowed } from '../../contract/index.ts';
import { type RetryPolicy, retryDelayMs } from '../retry-policy.ts';
import { PublisherError } from './publisher-error.ts';

export type MqttOptions = {
  /** mqtt://host:port, mqtts://host:port, or ws:// and wss:// over WebSocket. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM texts. */
  readonly tls?: {
    readonly ca?: string | Buffer;
    readonly cert?: string | Buffer;
    readonly key?: string | Buffer;
  };
};

export type Message = {
  readonly topic: string;
  readonly payload: string;
  readonly retain?: boolean;
  /** The broker throws it away when nobody has fetched it by then. */
  readonly expiryS?: number;
};

export type ConnectionOptions = {
  readonly mqtt: MqttOptions;
  readonly clientId: string;
  /** What the broker says when we are lost; asked for at each connection. */
  readonly will: () => Message;
  readonly subscribeTo: readonly string[];
  readonly logger: Logger;
  readonly random: () => number;
  readonly monotonicMs: () => number;
  readonly reconnect?: RetryPolicy;
  /** Subscribed and ready. */
  readonly onConnected: () => void;
  readonly onDisconnected: () => void;
  readonly onMessage: (topic: string, payload: Buffer) => void;
};

const NAMED_BY = 'is there a second box with this site and agent?';

export const RECONNECT_POLICY: RetryPolicy = { firstMs: 1000, capMs: 60_000 };

const CONNECT_TIMEOUT_MS = 15_000;
/** A dead link is noticed after one and a half times this. */
const KEEPALIVE_S = 20;
/** A connection that held for so long was a good one: the next failure starts with the shortest wait again. */
const STABLE_MS = 30_000;
/** Nothing that we are sent is larger; more would only fill our memory. */
const MAX_PACKET_BYTES = 2 * 1024 * 1024;

const PROTOCOLS: readonly string[] = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

export class BrokerConnection {
  readonly #options: ConnectionOptions;
  readonly #policy: RetryPolicy;
  #client: MqttClient | undefined;
  #ready = false;
  #closed = false;
  /** Topics that the broker does not let this agent use; it may let us connect and refuse every message. */
  readonly #refused = new Set<string>();
  #attempt = 0;
  #connectedAtMs = 0;
  #lastProblem: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Throws PublisherError `options` when the address cannot be one of a broker. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#policy = options.reconnect ?? RECONNECT_POLICY;
    const protocol = URL.canParse(options.mqtt.url) ? new URL(options.mqtt.url).protocol : undefined;
    if (protocol === undefined || !PROTOCOLS.includes(protocol)) {
      throw new PublisherError(
        'options',
        `expected the broker's address as mqtt://host:port or mqtts://host:port, ws:// or wss://, got ${protocol ? `one that begins with "${protocol}"` : 'something that is no address'}`,
      );
    }
  }

  get connected(): boolean {
    return this.#ready;
  }

  /** Why there is no connection at present, in words without credentials. */
  get problem(): string | undefined {
    return this.#ready ? undefined : this.#lastProblem;
  }

  /** What the broker refuses though it let us in, in words; undefined while it refuses nothing. */
  get refusal(): string | undefined {
    if (!this.#ready || this.#refused.size === 0) return undefined;
    const channels = [...this.#refused].map((topic) => topic.split('/').at(-1)).sort();
    return `it refuses this agent's ${channels.join(', ')}: the name in the certificate, or mqtt.username, must be site/agent as in the configuration, and the broker's access rules must allow it`;
  }

  /** Throws PublisherError `options` when there is nothing to connect with: certificates that are none. */
  start(): void {
    if (this.#closed || this.#client) return;
    try {
      this.#open();
    } catch (cause) {
      const what = 'the connection to the broker cannot be prepared: check the certificates and the key';
      throw new PublisherError('options', what, { cause });
    }
  }

  /** QoS 1; resolves when the broker has it, rejects when it refuses or the connection ends first. */
  async publish(message: Message): Promise<void> {
    const client = this.#client;
    if (!client || !this.#ready) throw new Error('not connected to the broker');
    try {
      await client.publishAsync(message.topic, message.payload, {
        qos: 1,
        retain: message.retain ?? false,
        properties: { ...(message.expiryS !== undefined && { messageExpiryInterval: message.expiryS }) },
      });
    } catch (error) {
      if (isNotAllowed(error)) this.#notAllowed(message.topic);
      throw error;
    }
    this.#refused.delete(message.topic);
  }

  /** QoS 0: gone if there is no connection. Gives whether it was handed to one. */
  send(message: Message): boolean {
    const client = this.#client;
    // A line that is blocked already would only pile these up in memory.
    if (!client || !this.#ready || client.stream.writableNeedDrain) return false;
    client.publish(message.topic, message.payload, {
      qos: 0,
      properties: { ...(message.expiryS !== undefined && { messageExpiryInterval: message.expiryS }) },
    });
    return true;
  }

  /** Says goodbye if the broker listens, waits at most `withinMs`, and never connects again. */
  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) return;
    // A second end() would do nothing; only the socket itself can be cut.
    const cut = setTimeout(() => client.stream.destroy(), withinMs);
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.end(!this.#ready);
    await gone;
    clearTimeout(cut);
  }

  #open(): void {
    const { mqtt, clientId, will } = this.#options;
    const { topic, payload } = will();
    const options: IClientOptions = {
      protocolVersion: 5,
      clientId,
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S,
      ...(mqtt.username !== undefined && { username: mqtt.username }),
      ...(mqtt.password !== undefined && { password: mqtt.password }),
      ...mqtt.tls,
      will: { topic, payload: Buffer.from(payload), qos: 1, retain: true },
      properties: { sessionExpiryInterval: 0, maximumPacketSize: MAX_PACKET_BYTES },
      // Its debug log would hold topics and payloads; ours says what matters.
      log: () => undefined,
    };
    const client = connect(mqtt.url, options);
    this.#client = client;
    client.on('error', (error) => this.#problem(brokerTrouble(error)));
    client.on('disconnect', ({ reasonCode }) => this.#problem(brokerHungUp(reasonCode, NAMED_BY)));
    client.on('message', (topic, payload) => this.#options.onMessage(topic, payload));
    client.once('connect', (connack) => {
      this.#subscribe(client, connack).catch((error: unknown) => {
        this.#problem(error instanceof Error ? error.message : String(error));
        client.end(true);
      });
    });
    client.once('close', () => this.#gone(client));
  }

  async #subscribe(client: MqttClient, connack: IConnackPacket): Promise<void> {
    const { subscribeTo, logger } = this.#options;
    this.#refused.clear();
    for (const topic of subscribeTo) {
      try {
        await client.subscribeAsync(topic, { qos: 1 });
      } catch (error) {
        if (this.#client !== client || !client.connected) throw error;
        // Worth going on: the centre gets the data. But without acknowledgements the outbox will not empty.
        logger.debug({ err: error, topic }, 'subscribing was refused');
        this.#notAllowed(topic);
      }
    }
    if (this.#closed || this.#client !== client || !client.connected) return;
    this.#ready = true;
    this.#connectedAtMs = this.#options.monotonicMs();
    this.#lastProblem = undefined;
    logger.info({ maximumPacketSize: connack.properties?.maximumPacketSize }, 'connected to the broker');
    this.#options.onConnected();
  }

  #gone(client: MqttClient): void {
    if (this.#client !== client) return;
    // Publishes that wait for the broker's word would wait for ever: MQTT.js forgets them silently.
    client.end(true);
    this.#client = undefined;
    const { logger, random } = this.#options;
    if (this.#ready) {
      this.#ready = false;
      if (this.#options.monotonicMs() - this.#connectedAtMs >= STABLE_MS) this.#attempt = 0;
      this.#lastProblem ??= 'the connection was closed';
      if (!this.#closed) logger.warn({ problem: this.#lastProblem }, 'lost the broker');
      this.#options.onDisconnected();
    }
    if (this.#closed) return;
    const waitMs = retryDelayMs(this.#policy, this.#attempt, random);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#open(), waitMs);
  }

  /** One line for each topic and connection: a batch that is refused is refused again and again. */
  #notAllowed(topic: string): void {
    if (this.#refused.has(topic) || this.#closed) return;
    this.#refused.add(topic);
    this.#options.logger.error(
      { topic },
      'the broker does not let this agent use its topic: check the name in its certificate, or mqtt.username, and the access rules of the broker',
    );
  }

  #problem(problem: string): void {
    // A broker that stays away is worth one line, not one a minute for a week.
    if (problem !== this.#lastProblem && !this.#closed) {
      this.#options.logger.warn({ problem }, 'no connection to the broker; it is tried again and again');
    }
    this.#lastProblem = problem;
  }
}
