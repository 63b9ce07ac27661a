// A TCP connection's way through the run: everything that agents, collectors and the database say to each other goes
// through one of these, and each can be cut, dead, slow or torn at any moment.

import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../scenes/random.ts';

export type LinkMode =
  | { readonly kind: 'pass' }
  /** Connections end, new ones are refused. */
  | { readonly kind: 'cut' }
  /** Nothing arrives any more, and nobody is told: not what is asked, not what is answered, or neither. */
  | { readonly kind: 'dead'; readonly lost: 'questions' | 'answers' | 'both' }
  /** Each piece comes late, and no faster than this. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly bytesPerS: number }
  /** Connections are reset in the middle of a packet, after so many bytes on average. */
  | { readonly kind: 'resets'; readonly afterBytes: number }
  /** HTTP only: each request is answered with 503. */
  | { readonly kind: 'refuses' }
  /** HTTP only: requests arrive and are carried out, their answers are lost. */
  | { readonly kind: 'loses answers' };

type Way = 'up' | 'down';

/** Bytes of one connection that wait here, at most. */
const MOST_WAITING = 256 * 1024;

export class Link {
  /** Where the real server listens at present: it may come back on another port. */
  upstreamPort: number;
  readonly #random: Random;
  readonly #server: Server;
  readonly #refusing: HttpServer;
  readonly #pipes = new Set<Pipe>();
  #mode: LinkMode = { kind: 'pass' };
  readonly counts = { connections: 0, reset: 0, bytes: 0 };

  constructor({ upstreamPort, random }: { upstreamPort: number; random: Random }) {
    this.upstreamPort = upstreamPort;
    this.#random = random;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#refusing = createHttpServer((request, response) => {
      request.resume().on('end', () => response.writeHead(503).end('{"error":"overloaded"}'));
    });
  }

  get mode(): LinkMode {
    return this.#mode;
  }

  get random(): Random {
    return this.#random;
  }

  /** Listens on a free port of 127.0.0.1 and gives it. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => resolve());
    });
    return (this.#server.address() as AddressInfo).port;
  }

  set(mode: LinkMode): void {
    this.#mode = mode;
    // What is connected already would go on to be served.
    if (mode.kind === 'cut' || mode.kind === 'refuses') this.#resetAll();
    for (const pipe of this.#pipes) pipe.flush();
  }

  /** Works again. `broken`: what was connected during the fault is gone, as after a router's restart. */
  heal(broken: boolean): void {
    if (broken) this.#resetAll();
    this.set({ kind: 'pass' });
  }

  async close(): Promise<void> {
    this.#resetAll();
    this.#refusing.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  forget(pipe: Pipe): void {
    this.#pipes.delete(pipe);
  }

  #resetAll(): void {
    for (const pipe of this.#pipes) pipe.reset();
  }

  #accept(socket: Socket): void {
    this.counts.connections += 1;
    if (this.#mode.kind === 'cut') {
      tear(socket);
      return;
    }
    if (this.#mode.kind === 'refuses') {
      this.#refusing.emit('connection', socket);
      return;
    }
    this.#pipes.add(new Pipe(this, socket, connect(this.upstreamPort, '127.0.0.1')));
  }
}

/** One connection through a link. */
class Pipe {
  readonly #link: Link;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #waiting: Record<Way, { bytes: Buffer; dueAtMs: number }[]> = { up: [], down: [] };
  readonly #waitingBytes: Record<Way, number> = { up: 0, down: 0 };
  readonly #ended: Record<Way, boolean> = { up: false, down: false };
  readonly #freeAtMs: Record<Way, number> = { up: 0, down: 0 };
  #timer: NodeJS.Timeout | undefined;
  #untilReset: number | undefined;
  #gone = false;

  constructor(link: Link, client: Socket, server: Socket) {
    this.#link = link;
    this.#client = client;
    this.#server = server;
    for (const [socket, way] of [
      [client, 'up'],
      [server, 'down'],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('data', (bytes: Buffer) => this.#take(way, bytes));
      socket.on('end', () => this.#end(way));
      // A side that failed has nothing more to say and hears nothing: so does the other.
      socket.on('error', () => this.reset());
      socket.on('close', () => this.#end(way));
      socket.on('drain', () => this.flush());
    }
  }

  reset(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#link.counts.reset += 1;
    this.#link.forget(this);
    for (const socket of [this.#client, this.#server]) {
      tear(socket);
    }
  }

  /** Passes on whatever may pass now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const way of ['up', 'down'] as const) this.#flushWay(way);
  }

  #take(way: Way, bytes: Buffer): void {
    const { mode, random } = this.#link;
    if (mode.kind === 'loses answers' && way === 'down') {
      this.reset();
      return;
    }
    if (mode.kind === 'resets') {
      this.#untilReset ??= Math.ceil(2 * random() * mode.afterBytes);
      this.#untilReset -= bytes.length;
      if (this.#untilReset < 0) {
        // The other side gets a part of it, and then no more.
        this.#sinkOf(way).write(bytes.subarray(0, Math.floor(random() * bytes.length)), () => this.reset());
        this.#source(way).pause();
        return;
      }
    }
    this.#waiting[way].push({ bytes, dueAtMs: this.#dueAtMs(way, bytes.length) });
    this.#waitingBytes[way] += bytes.length;
    if (this.#waitingBytes[way] > MOST_WAITING) this.#source(way).pause();
    this.#flushWay(way);
  }

  #dueAtMs(way: Way, bytes: number): number {
    const { mode } = this.#link;
    const nowMs = performance.now();
    if (mode.kind !== 'slow') return nowMs;
    this.#freeAtMs[way] = Math.max(this.#freeAtMs[way], nowMs) + (bytes / mode.bytesPerS) * 1000;
    return this.#freeAtMs[way] + mode.delayMs;
  }

  #flushWay(way: Way): void {
    if (this.#gone || this.#isDead(way)) return;
    const waiting = this.#waiting[way];
    const sink = this.#sinkOf(way);
    const slow = this.#link.mode.kind === 'slow';
    while (waiting.length > 0 && !sink.writableNeedDrain) {
      const [first] = waiting;
      const inMs = (first?.dueAtMs ?? 0) - performance.now();
      if (slow && inMs > 0) {
        this.#timer ??= setTimeout(() => this.flush(), Math.ceil(inMs));
        return;
      }
      waiting.shift();
      const { length = 0 } = first?.bytes ?? {};
      this.#waitingBytes[way] -= length;
      this.#link.counts.bytes += length;
      if (first) sink.write(first.bytes);
    }
    if (this.#waitingBytes[way] <= MOST_WAITING) this.#source(way).resume();
    if (waiting.length === 0 && this.#ended[way]) {
      sink.end();
      if (this.#ended.up && this.#ended.down) this.#close();
    }
  }

  #isDead(way: Way): boolean {
    const { mode } = this.#link;
    if (mode.kind !== 'dead') return false;
    return mode.lost === 'both' || (mode.lost === 'questions') === (way === 'up');
  }

  #end(way: Way): void {
    this.#ended[way] = true;
    this.#flushWay(way);
  }

  #close(): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#link.forget(this);
    this.#client.destroySoon();
    this.#server.destroySoon();
  }

  #source(way: Way): Socket {
    return way === 'up' ? this.#client : this.#server;
  }

  #sinkOf(way: Way): Socket {
    return way === 'up' ? this.#server : this.#client;
  }
}

function tear(socket: Socket): void {
  socket.on('error', ignored);
  // Node never closes one that is reset while it says goodbye.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function ignored(): void {
  // A connection that is torn on purpose fails on both sides.
}
