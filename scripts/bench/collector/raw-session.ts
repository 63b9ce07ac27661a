// The least of MQTT 5 that a load generator needs, over a plain socket: a client library would take as much of the
// machine as what is measured. One session: CONNECT, SUBSCRIBE, PUBLISH at QoS 0 and 1, PUBACK both ways, PINGREQ.

import { connect, type Socket } from 'node:net';

export type RawSessionOptions = {
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly onPuback?: (count: number) => void;
  readonly onMessage?: (topic: string, payload: Buffer) => void;
  readonly onClosed: (problem: string) => void;
};

const KEEPALIVE_S = 60;

export class RawSession {
  readonly #socket: Socket;
  readonly #options: RawSessionOptions;
  #rest: Buffer = Buffer.alloc(0);
  #packetId = 0;
  #waiting: ((error?: Error) => void) | undefined;
  readonly #ping: NodeJS.Timeout;
  #closed = false;
  /** QoS 1 messages that the broker wants unacknowledged at most, from its CONNACK. */
  receiveMaximum = 65_535;
  /** Sent at QoS 1 and not acknowledged by the broker. */
  inFlight = 0;

  private constructor(socket: Socket, options: RawSessionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#ended('the broker closed the connection'));
    this.#ping = setInterval(() => socket.write(Buffer.from([0xc0, 0])), (KEEPALIVE_S * 1000) / 2);
  }

  /** Resolves when the broker has accepted it. */
  static async open(options: RawSessionOptions): Promise<RawSession> {
    const socket = connect({ host: '127.0.0.1', port: options.port });
    const session = new RawSession(socket, options);
    await session.#answerTo(connectPacket(options));
    return session;
  }

  /** Resolves when the broker has granted it, at QoS 1. */
  async subscribe(filter: string): Promise<void> {
    const name = text(filter);
    await this.#answerTo(packet(0x82, Buffer.concat([Buffer.from([0, 1, 0]), name, Buffer.from([1])])));
  }

  /** Fills the packet number in; `written` is a packet of `publishPacket`. */
  send({ bytes, idAt }: PublishPacket): void {
    if (idAt >= 0) {
      this.#packetId = (this.#packetId % 60_000) + 2;
      bytes.writeUInt16BE(this.#packetId, idAt);
      this.inFlight += 1;
    }
    this.#socket.write(bytes);
  }

  /** What is sent until `uncork()` leaves in one write. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#ping);
    this.#socket.end(Buffer.from([0xe0, 0]));
    this.#socket.unref();
  }

  #answerTo(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = (error) => (error ? reject(error) : resolve());
      this.#socket.write(bytes);
    });
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let pubacks = 0;
    const acks: number[] = [];
    for (;;) {
      const length = remainingLength(bytes);
      if (length === undefined || bytes.length < length.at + length.value) break;
      const kind = bytes[0] as number;
      const body = bytes.subarray(length.at, length.at + length.value);
      bytes = bytes.subarray(length.at + length.value);
      if (kind >> 4 === 4) pubacks += 1;
      else if (kind >> 4 === 3) {
        const id = this.#message(kind, body);
        if (id !== undefined) acks.push(id);
      } else this.#control(kind >> 4, body);
    }
    this.#rest = bytes;
    if (acks.length > 0) this.#socket.write(Buffer.from(acks.flatMap((id) => [0x40, 2, id >> 8, id & 255])));
    if (pubacks > 0) {
      this.inFlight -= pubacks;
      this.#options.onPuback?.(pubacks);
    }
  }

  /** Gives the number to acknowledge, at QoS 1. */
  #message(kind: number, body: Buffer): number | undefined {
    const topicEnd = 2 + body.readUInt16BE(0);
    const confirmed = (kind & 6) !== 0;
    const id = confirmed ? body.readUInt16BE(topicEnd) : undefined;
    const properties = topicEnd + (confirmed ? 2 : 0);
    // Their length fits into a byte: nobody sends us any.
    const payload = body.subarray(properties + 1 + (body[properties] as number));
    this.#options.onMessage?.(body.toString('latin1', 2, topicEnd), payload);
    return id;
  }

  #control(type: number, body: Buffer): void {
    if (type === 14) this.#ended(`the broker hung up, reason ${body[0] ?? 0}`);
    if (type !== 2 && type !== 9) return;
    const reason = (type === 2 ? body[1] : body.at(-1)) as number;
    if (type === 2) this.#readLimits(body.subarray(3));
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(reason >= 128 ? new Error(`the broker refused, reason ${reason}`) : undefined);
  }

  /** Receive Maximum is the only property of use; Mosquitto sends it with few others, of known lengths. */
  #readLimits(properties: Buffer): void {
    const at = properties.indexOf(0x21);
    if (at >= 0 && at + 2 < properties.length) this.receiveMaximum = properties.readUInt16BE(at + 1);
  }

  #ended(problem: string): void {
    clearInterval(this.#ping);
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting?.(new Error(problem));
    this.#options.onClosed(problem);
  }
}

export type PublishPacket = {
  readonly bytes: Buffer;
  /** Where the packet number goes, or -1 at QoS 0. */
  readonly idAt: number;
};

export function publishPacket(topic: string, payload: string, qos: 0 | 1): PublishPacket {
  const name = text(topic);
  const parts = [name, Buffer.alloc(qos === 1 ? 3 : 1), Buffer.from(payload)];
  const bytes = packet(0x30 | (qos << 1), Buffer.concat(parts));
  const { at } = remainingLength(bytes) as { at: number };
  return { bytes, idAt: qos === 1 ? at + name.length : -1 };
}

function connectPacket({ clientId, username, password }: RawSessionOptions): Buffer {
  const flags = 0x02 | (username === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40);
  const head = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 5, flags, 0, KEEPALIVE_S, 0]);
  const rest = [clientId, username, password].filter((part) => part !== undefined).map(text);
  return packet(0x10, Buffer.concat([head, ...rest]));
}

function packet(first: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let left = body.length; ; ) {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 128 : digit);
    if (left === 0) return Buffer.concat([Buffer.from([first, ...length]), body]);
  }
}

/** The body's length and where it begins; undefined while bytes are missing. */
function remainingLength(bytes: Buffer): { value: number; at: number } | undefined {
  let value = 0;
  for (let at = 1; at < 5 && at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    value += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return { value, at: at + 1 };
  }
  return undefined;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
