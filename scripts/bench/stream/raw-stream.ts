// The least of a stream's client: reads server-sent events or WebSocket frames from a plain socket and hands over the text
// of each event. A client library, five hundred times, would take as much of the machine as what is measured.

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ClientPlan } from './stream-plan.ts';

export type RawStreamOptions = {
  readonly port: number;
  readonly plan: ClientPlan;
  readonly onEvent: (text: string) => void;
  readonly onEnd: (why: string) => void;
};

const NOTHING = Buffer.alloc(0);

export class RawStream {
  readonly #options: RawStreamOptions;
  #socket: Socket | undefined;
  #rest: Buffer = NOTHING;
  #text = '';
  #open = false;
  #left = false;
  /** Bytes of events. */
  bytes = 0;

  constructor(options: RawStreamOptions) {
    this.#options = options;
  }

  /** Resolves when the first event has come. */
  async ready(): Promise<void> {
    const { plan, port, onEnd } = this.#options;
    const socket = connect({ host: '127.0.0.1', port });
    this.#socket = socket;
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', () => socket.write(requestOf(plan)));
      socket.on('data', (chunk: Buffer) => {
        try {
          this.#read(chunk);
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
      socket.on('error', (error) => {
        reject(error);
        if (!this.#left) onEnd(error.message);
      });
      socket.on('close', () => {
        if (!this.#left) onEnd('the connection was closed');
        this.#left = true;
      });
    });
    if (plan.slow) socket.pause();
  }

  /** Reads what is left, after it had stopped. */
  resume(): void {
    this.#socket?.resume();
  }

  leave(): void {
    this.#left = true;
    this.#socket?.destroy();
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = bytes;
        return;
      }
      const status = bytes.toString('latin1', 9, 12);
      if (status !== '200' && status !== '101')
        throw new Error(`the centre answered ${bytes.toString('utf8', 0, 600)}`);
      this.#open = true;
      bytes = bytes.subarray(end + 4);
    }
    this.#rest = this.#options.plan.encoding === 'sse' ? this.#readChunks(bytes) : this.#readFrames(bytes);
  }

  /** HTTP/1.1 chunks; gives what is left. */
  #readChunks(bytes: Buffer): Buffer {
    let at = 0;
    for (;;) {
      const line = bytes.indexOf('\r\n', at);
      if (line < 0) break;
      const length = Number.parseInt(bytes.toString('latin1', at, line), 16);
      if (bytes.length < line + 4 + length) break;
      this.#text += bytes.toString('utf8', line + 2, line + 2 + length);
      this.bytes += length;
      at = line + 4 + length;
    }
    let from = 0;
    for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n', from)) {
      const data = this.#text.indexOf('data: ', from);
      if (data >= 0 && data < end) this.#options.onEvent(this.#text.slice(data + 6, end));
      from = end + 2;
    }
    this.#text = this.#text.slice(from);
    return bytes.subarray(at);
  }

  #readFrames(bytes: Buffer): Buffer {
    let at = 0;
    while (bytes.length >= at + 2) {
      const opcode = (bytes[at] as number) & 15;
      const short = (bytes[at + 1] as number) & 127;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (bytes.length < at + head) break;
      const length =
        short === 126
          ? bytes.readUInt16BE(at + 2)
          : short === 127
            ? Number(bytes.readBigUInt64BE(at + 2))
            : short;
      if (bytes.length < at + head + length) break;
      const body = bytes.subarray(at + head, at + head + length);
      if (opcode === 1) this.#options.onEvent(body.toString());
      else if (opcode === 9) this.#socket?.write(pong(body));
      this.bytes += length;
      at += head + length;
    }
    return bytes.subarray(at);
  }
}

function requestOf({ encoding, query, token }: ClientPlan): string {
  const path = `/api/v1/events${encoding === 'sse' ? '' : '/ws'}${query === '' ? '' : `?${query}`}`;
  const upgrade =
    encoding === 'sse'
      ? ['Accept: text/event-stream']
      : [
          ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ];
  return `${[`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`, ...upgrade].join('\r\n')}\r\n\r\n`;
}

/** Masked with zeros: masked all the same. */
function pong(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x8a, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
