// The collector's MQTT 5 connection. A message is acknowledged to the broker by whoever handled it, when it is
// safe, in any order; until then it counts against `receiveMaximum`, which bounds what is in memory here.
//
// MQTT.js acknowledges one message after the other and reads nothing meanwhile. Its public `handleMessage` hook
// may end with an error: then MQTT.js sends no PUBACK and reads on. The PUBACK is sent from here later, as the four
// bytes that MQTT 5 (section 3.4) defines for reason code 0, on the connection that the message came on: after a
// reconnect the broker sends what is open again, and an old packet number may stand for another message.

import type { IClientOptions, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { brokerHungUp, brokerTrouble, filterOf, isNotAllowed, topicOf } from '../../contract/index.ts';
import { OutageLog } from '../outage-log.ts';
import { retryDelayMs, within } from '../retry.ts';
import { endOnlyInSilence } from './patient-keepalive.ts';
import { wideClient } from './wide-client.ts';

export type Delivery = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly receivedAtMs: number;
  /** Tells the broker to forget the message; harmless when its connection is gone or at QoS 0. */
  acknowledge(): void;
};

export type BrokerOptions = {
  /** mqtt:// or mqtts:// */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Stable over restarts and unique among collectors: the broker keeps the session under it. */
  readonly clientId: string;
  /** Collectors with one group share the agents' messages. */
  readonly sharedGroup: string;
  /** What to listen to, with the QoS asked for, in place of the group's share. */
  readonly filters?: Readonly<Record<string, { readonly qos: 0 | 1 }>>;
  /** Called when it listens; `resumed` when the broker had kept the session, so that nothing was missed meanwhile. */
  readonly onListening?: (resumed: boolean) => void;
  /**
   * Unacknowledged messages the broker may send, 1 to 65535. Default 2000: two requests to InfluxDB under way and one
   * being gathered; with fewer, InfluxDB waits for the broker.
   */
  readonly receiveMaximum?: number;
  /**
   * How long the broker keeps the session of a collector that is away, and with it its share of the messages. Long
   * enough for a restart; longer, and the share of one that is gone for good waits until agents send again. Default 60 s.
   */
  readonly sessionExpiryS?: number;
  /** A broker that says nothing for half as long again is gone. Default 30 s. */
  readonly keepaliveS?: number;
  /** Larger packets never leave the broker. Default 4 MiB: above what is quarantined as too large. */
  readonly maxPacketBytes?: number;
  /**
   * Give way to another connection with the same name at the broker, for 15 minutes at a time, and say this meanwhile.
   * Default: fight for it, as a restarted collector must with what is left of itself.
   */
  readonly yieldsAs?: string;
  readonly log: Logger;
  readonly onDelivery: (delivery: Delivery) => void;
  readonly now?: () => number;
};

const PUBACK = 0x40;

/**
 * Handled in one turn of the event loop. Node goes on as long as the socket holds something, up to 2 MiB: of two connections
 * the one with less in its socket got nearly nothing, and pages and signs of life waited for seconds on a busy machine.
 */
const TURN_BYTES = 64 * 1024;

/** MQTT 5, 3.4.2.1: no matching subscribers. */
const NOBODY_LISTENS = 16;

/** Made once: with its stack, an error for each message would cost as much as reading it. */
const ACKNOWLEDGED_LATER = new Error('acknowledged later, when the message is stored');

const NAMED_BY = 'give each collector its own mqtt.clientId, or certificate';

/** Nobody's acknowledgements: where a collector tries whether it may answer agents. */
const TRIAL_TOPIC = topicOf({ site: 'ngatu', agent: 'trial' }, 'ack');

/** MQTT 5, 4.13: somebody else has connected under our client id. */
const TAKEN_OVER = 142;
const YIELD_MS = 15 * 60_000;
/**
 * Mosquitto 2.0.11 (Debian 12) does not say so, it hangs up: on one who is to yield, so often in a row and so soon after
 * connecting, as nothing else does. It is tried again sooner, for a broker may be ill as well.
 */
const HANG_UPS = { most: 3, withinMs: 3000, yieldMs: 2 * 60_000 };

/** A connection that lasts this long is a good one: after it the first try to connect again comes soon. */
const STEADY_MS = 10_000;

export class BrokerConnection {
  readonly #options: BrokerOptions;
  readonly #outage: OutageLog;
  #client: MqttClient | undefined;
  #subscribed = false;
  #attempts = 0;
  #steady: NodeJS.Timeout | undefined;
  #connectedMs: number | undefined;
  /** In a row, soon after connecting. */
  #hangUps = 0;
  #acks: number[] = [];
  #bytesOfTurn = 0;
  #closed = false;
  /** Where answers of the broker are looked at, and numbers of messages that nobody listened to. */
  #listenedTo: MqttClient | undefined;
  readonly #unheard = new Set<number | undefined>();
  /** Last reason for being without a connection, for /healthz. */
  problem: string | undefined = 'not connected yet';
  readonly counts = { received: 0, acknowledged: 0, reconnects: 0 };

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#outage = new OutageLog({
      log: options.log,
      who: 'the broker',
      begins: 'no connection to the broker; it is tried again and again',
    });
  }

  get ready(): boolean {
    return this.#subscribed;
  }

  /** Starts connecting and returns; the connection is kept up until `close()`. */
  open(): void {
    if (this.#client || this.#closed) return;
    const { url } = this.#options;
    const client = wideClient(url, clientOptions(this.#options));
    this.#client = client;
    client.handleMessage = ({ topic, payload, qos, messageId }, done) => {
      // The parser gives bytes always; the type is that of messages to be sent.
      this.#deliver(client, topic, payload as Buffer, qos, messageId);
      const next = () => done(qos === 1 ? ACKNOWLEDGED_LATER : undefined);
      if (this.#isTurnOver(payload?.length ?? 0)) setImmediate(next);
      else next();
    };
    endOnlyInSilence(client);
    client.on('connect', ({ sessionPresent }) => {
      this.#connectedMs = performance.now();
      this.#subscribe(client, sessionPresent).catch((error: Error) => {
        // Its end has been told, and why is known better there.
        if (!client.connected) return;
        this.#down(`subscribing failed: ${error.message}`);
        // Without its subscriptions the connection is worth nothing; a new one tries again.
        client.stream.destroy();
      });
    });
    client.on('reconnect', () => {
      this.#attempts += 1;
      this.counts.reconnects += 1;
      client.options.reconnectPeriod = retryDelayMs(this.#attempts);
    });
    // Before MQTT.js looks when to connect again.
    client.prependListener('close', () => this.#noteHangUp(client));
    client.on('close', () => this.#down(this.problem ?? 'connection to the broker lost'));
    client.on('error', (error) => this.#down(brokerTrouble(error)));
    client.on('disconnect', ({ reasonCode }) => {
      const { yieldsAs } = this.#options;
      if (reasonCode !== TAKEN_OVER || yieldsAs === undefined) {
        this.#down(brokerHungUp(reasonCode, NAMED_BY));
        return;
      }
      client.options.reconnectPeriod = YIELD_MS;
      this.#down(yieldsAs);
    });
  }

  /**
   * Publishes at QoS 1 when connected; otherwise skips, told by `false`: what the collector says is said again when the
   * agent sends again, and nothing may pile up here.
   */
  async publish(topic: string, payload: string): Promise<boolean> {
    const client = this.#client;
    if (!client?.connected || this.#closed) return false;
    await client.publishAsync(topic, payload, { qos: 1 });
    return true;
  }

  /**
   * Publishes at QoS 1 something that is of use for a while only. `nobody`: the broker has it and knows that nobody listens
   * (MQTT 5, reason code 16).
   */
  async tell(topic: string, payload: string, expiryS: number): Promise<'taken' | 'nobody' | 'away'> {
    const client = this.#client;
    if (!client?.connected || this.#closed) return 'away';
    if (this.#listenedTo !== client) {
      this.#listenedTo = client;
      // MQTT.js gives no answer of the broker to whoever publishes.
      client.on('packetreceive', (packet) => {
        if (packet.cmd !== 'puback' || packet.reasonCode !== NOBODY_LISTENS) return;
        this.#unheard.add(packet.messageId);
      });
    }
    const properties = { messageExpiryInterval: expiryS };
    const sent = await client.publishAsync(topic, payload, { qos: 1, properties });
    return this.#unheard.delete(sent?.messageId) ? 'nobody' : 'taken';
  }

  /** Sends the acknowledgements given so far and disconnects; the session stays at the broker. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#outage.close();
    clearTimeout(this.#steady);
    this.#subscribed = false;
    const client = this.#client;
    if (!client) return;
    this.#flushAcks(client);
    const ended = within(500, client.endAsync(!client.connected));
    // A broker that does not answer any more is left.
    if ((await ended) === 'late') client.stream.destroy();
  }

  async #subscribe(client: MqttClient, resumed: boolean): Promise<void> {
    const { sharedGroup, log, filters = sharedFilters(sharedGroup), onListening } = this.#options;
    await this.#tryToAnswer(client);
    const granted = await client.subscribeAsync({ ...filters });
    const refused = granted.filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
    if (refused.length > 0)
      throw new Error(`the broker refused ${refused.join(', ')}; check its access rules`);
    this.#hears();
    // Not at once: two collectors of one name, which end each other's connections, must not do so ever faster.
    this.#steady = setTimeout(() => {
      this.#attempts = 0;
      client.options.reconnectPeriod = retryDelayMs(1);
    }, STEADY_MS);
    this.#steady.unref();
    log.info({ filters: Object.keys(filters) }, 'listening to the broker');
    onListening?.(resumed);
  }

  /** Whether others have their turn of the event loop before the next message; all bytes of one turn count. */
  #isTurnOver(bytes: number): boolean {
    if (this.#bytesOfTurn === 0) {
      setImmediate(() => {
        this.#bytesOfTurn = 0;
      });
    }
    this.#bytesOfTurn += bytes;
    return this.#bytesOfTurn >= TURN_BYTES;
  }

  #hears(): void {
    this.#subscribed = true;
    this.problem = undefined;
    this.#outage.recovered(this);
  }

  /**
   * Mosquitto grants every subscription and then hands over nothing that its rules do not allow: a collector that it
   * does not know would take its share of the messages into nowhere, and look well. A refused answer tells.
   */
  async #tryToAnswer(client: MqttClient): Promise<void> {
    try {
      await client.publishAsync(TRIAL_TOPIC, '', { qos: 1 });
    } catch (cause) {
      if (!isNotAllowed(cause)) throw cause;
      const what = `the broker does not let this collector answer agents (${TRIAL_TOPIC})`;
      throw new Error(`${what}: is its name in the access rules?`, { cause });
    }
  }

  #deliver(client: MqttClient, topic: string, payload: Buffer, qos: 0 | 1 | 2, messageId?: number): void {
    if (this.#closed) return;
    const { stream } = client;
    // In a session that the broker has kept, what it says to a subscription may be behind much that was kept.
    if (!this.#subscribed && client.connected) this.#hears();
    this.counts.received += 1;
    const acknowledge = () => {
      if (qos !== 1 || messageId === undefined || client.stream !== stream || !client.connected) return;
      this.counts.acknowledged += 1;
      this.#acks.push(messageId);
      if (this.#acks.length === 1) setImmediate(() => this.#flushAcks(client));
    };
    this.#options.onDelivery({ topic, payload, qos, receivedAtMs: this.#now(), acknowledge });
  }

  /** One write for all acknowledgements of this turn of the event loop. */
  #flushAcks(client: MqttClient): void {
    const acks = this.#acks;
    this.#acks = [];
    if (acks.length === 0 || !client.connected || client.stream.destroyed) return;
    const packets = Buffer.alloc(acks.length * 4);
    for (const [index, messageId] of acks.entries()) {
      packets.writeUInt16BE((PUBACK << 8) | 2, index * 4);
      packets.writeUInt16BE(messageId, index * 4 + 2);
    }
    client.stream.write(packets);
  }

  #noteHangUp(client: MqttClient): void {
    const { yieldsAs } = this.#options;
    const sinceMs = performance.now() - (this.#connectedMs ?? Number.NEGATIVE_INFINITY);
    this.#connectedMs = undefined;
    if (yieldsAs === undefined || this.#closed) return;
    this.#hangUps = sinceMs < HANG_UPS.withinMs ? this.#hangUps + 1 : 0;
    if (this.#hangUps < HANG_UPS.most) return;
    this.#hangUps = 0;
    client.options.reconnectPeriod = HANG_UPS.yieldMs;
    this.#down(yieldsAs);
  }

  #down(problem: string): void {
    const wasReady = this.#subscribed;
    clearTimeout(this.#steady);
    this.#subscribed = false;
    this.#acks = [];
    this.problem = problem;
    if (wasReady) this.#outage.failed(this, problem, 'lost the broker; it is tried again and again');
    else this.#outage.failed(this, problem);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function sharedFilters(sharedGroup: string) {
  return {
    [`$share/${sharedGroup}/${filterOf('events')}`]: { qos: 1 as const },
    [`$share/${sharedGroup}/${filterOf('health')}`]: { qos: 0 as const },
    // Not shared: only so do the retained ones come, and each collector knows who is there.
    [filterOf('status')]: { qos: 1 as const },
  };
}

function clientOptions(options: BrokerOptions): IClientOptions {
  const { username, password, tls, clientId } = options;
  return {
    clientId,
    protocolVersion: 5,
    clean: false,
    keepalive: options.keepaliveS ?? 30,
    connectTimeout: 10_000,
    reconnectPeriod: retryDelayMs(1),
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    properties: {
      sessionExpiryInterval: options.sessionExpiryS ?? 60,
      receiveMaximum: options.receiveMaximum ?? 2000,
      maximumPacketSize: options.maxPacketBytes ?? 4 * 1024 * 1024,
    },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...tls,
  };
}
