// Hands events to everybody who reads the stream: each event is made into bytes once, clients that want the same get the
// same bytes, and who was away first reads from the log what it missed.

import type { Logger } from 'pino';
import type { StreamKind } from '../api/schemas/stream.ts';
import { type EventFilter, eventFilter, type WantedEvents } from './event-filter.ts';
import type { EventLog } from './event-log.ts';
import { CLIENT_LIMITS, type ClientLimits, StreamClient, type StreamSink } from './stream-client.ts';
import { cloudEvent, type DataOf, type Encoding, type EphemeralKind, StreamEntry } from './stream-entry.ts';

export type BroadcastOptions = {
  readonly log: EventLog;
  /** What is wrong at the centre, for heartbeats. */
  readonly problems: () => readonly string[];
  readonly logger: Logger;
  readonly limits?: Partial<ClientLimits>;
  /** Default 2 s. */
  readonly heartbeatMs?: number;
  readonly now?: () => number;
};

export type OpenStream = {
  readonly wanted: WantedEvents;
  readonly lastEventId?: string | undefined;
  readonly sink: StreamSink;
};

export type StreamConnection = {
  /** The sink takes more. */
  drained(): void;
  change(wanted: WantedEvents): void;
  close(): void;
};

type Group = {
  readonly filter: EventFilter;
  readonly clients: Readonly<Record<Encoding, Set<StreamClient>>>;
};

/** What happens within it leaves in one write to each client: at 500 of them writes are what costs. */
const PACE_MS = 20;
const SOURCE = '/ngatu/centre';
const NEVER = 'this id was not given by this centre';

export class Broadcast {
  readonly #options: BroadcastOptions;
  readonly #limits: ClientLimits;
  readonly #groups = new Map<string, Group>();
  readonly #clients = new Set<StreamClient>();
  #queue: StreamEntry[] = [];
  #pace: NodeJS.Timeout | undefined;
  #dispatchedMs = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  /** Events up to it were handed to live clients; the log holds them too. */
  #dispatchedId: number;
  readonly counts = { clients: 0, slow: 0, messages: 0, bytes: 0 };

  constructor(options: BroadcastOptions) {
    this.#options = options;
    this.#limits = { ...CLIENT_LIMITS, ...options.limits };
    this.#dispatchedId = 0;
  }

  /** After the log is open. */
  start(): void {
    this.#dispatchedId = this.#options.log.position;
    this.#heartbeat = setInterval(() => this.#beat(), this.heartbeatMs);
  }

  get heartbeatMs(): number {
    return this.#options.heartbeatMs ?? 2000;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** The id that stands for now: what is told after it has not been handed to anybody yet. */
  get position(): string | null {
    return this.#dispatchedId === 0 ? null : String(this.#dispatchedId);
  }

  /** Whether somebody wants events of a kind. */
  wants(kind: StreamKind): boolean {
    for (const { filter } of this.#groups.values()) if (filter.kinds.has(kind)) return true;
    return false;
  }

  /** Events with ids are in the log already. */
  tell(entries: readonly StreamEntry[]): void {
    this.#queue.push(...entries);
    this.#pace ??= setTimeout(
      () => this.#dispatch(),
      Math.max(0, this.#dispatchedMs + PACE_MS - performance.now()),
    );
  }

  /** Of the moment: whoever is away never hears of it. */
  tellNow<K extends EphemeralKind>(kind: K, data: DataOf<K>, camera?: string): void {
    this.tell([this.#moment(kind, data, camera)]);
  }

  open({ wanted, lastEventId, sink }: OpenStream): StreamConnection {
    const client = new StreamClient(sink, eventFilter(wanted), this.#limits, () => this.#now());
    this.#clients.add(client);
    this.counts.clients += 1;
    const heartbeatS = this.heartbeatMs / 1000;
    this.#sendTo(client, 'hello', { now: this.#iso(), newestId: this.position, heartbeatS });
    void this.#catchUp(client, lastEventId).catch((error: Error) => {
      this.#options.logger.error({ err: error }, 'a client of the stream could not be served from the log');
      this.#drop(client, 'the log of the stream could not be read');
    });
    return {
      drained: () => client.drained(),
      change: (next) => {
        if (client.isLive) this.#leave(client);
        client.filter = eventFilter(next);
        if (client.isLive) this.#join(client);
      },
      close: () => this.#remove(client),
    };
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pace);
    for (const client of [...this.#clients]) {
      this.#remove(client);
      client.sink.end();
    }
  }

  /** Until nothing is left between the log and now: then it joins in the same turn, so that nothing falls between. */
  async #catchUp(client: StreamClient, lastEventId: string | undefined): Promise<void> {
    const id = Number(lastEventId);
    if (lastEventId !== undefined && lastEventId !== '') {
      if (!Number.isSafeInteger(id) || id < 0 || id > this.#dispatchedId) {
        this.#sendTo(client, 'gap', { afterId: lastEventId, firstId: null, why: NEVER });
      } else {
        await this.#readOn(client, id);
      }
    }
    if (client.closed) return;
    client.isLive = true;
    this.#join(client);
  }

  async #readOn(client: StreamClient, afterId: number): Promise<void> {
    for (let at = afterId; !client.closed; ) {
      const before = at;
      for await (const part of this.#options.log.read(at, () => this.#dispatchedId)) {
        if (client.closed) return;
        if ('entries' in part) {
          const wanted = part.entries.filter((entry) => client.filter.matches(entry));
          if (wanted.length > 0) this.#sendEntries(client, wanted);
          at = part.entries.at(-1)?.id ?? at;
        } else {
          const { gapAfter, firstId, why } = part;
          this.#sendTo(client, 'gap', {
            afterId: String(gapAfter),
            firstId: firstId === undefined ? null : String(firstId),
            why,
          });
        }
        await client.keptUp();
      }
      if (at === before || at >= this.#dispatchedId) return;
    }
  }

  #dispatch(): void {
    this.#pace = undefined;
    this.#dispatchedMs = performance.now();
    const entries = this.#queue;
    this.#queue = [];
    for (const { filter, clients } of this.#groups.values()) {
      const wanted = entries.filter((entry) => filter.matches(entry));
      if (wanted.length === 0) continue;
      for (const encoding of ['sse', 'websocket'] as const) {
        if (clients[encoding].size === 0) continue;
        const bytes = joined(wanted, encoding);
        for (const client of clients[encoding]) this.#send(client, bytes, wanted.length);
      }
    }
    for (const { id } of entries) if (id !== undefined) this.#dispatchedId = id;
  }

  /** To all, also to those that still read what they missed. */
  #beat(): void {
    const beat = this.#moment('heartbeat', { now: this.#iso(), problems: [...this.#options.problems()] });
    for (const client of [...this.#clients]) this.#send(client, beat.encoded(client.sink.encoding), 1);
  }

  #send(client: StreamClient, bytes: Buffer, events: number): void {
    client.send(bytes, events);
    this.counts.messages += events;
    this.counts.bytes += bytes.length;
    const why = client.slowBecause;
    if (why !== undefined) this.#drop(client, why);
  }

  #sendEntries(client: StreamClient, entries: readonly StreamEntry[]): void {
    this.#send(client, joined(entries, client.sink.encoding), entries.length);
  }

  #sendTo<K extends EphemeralKind>(client: StreamClient, kind: K, data: DataOf<K>): void {
    this.#sendEntries(client, [this.#moment(kind, data)]);
  }

  #drop(client: StreamClient, why: string): void {
    if (client.closed) return;
    this.counts.slow += 1;
    this.#remove(client);
    client.sink.end(this.#moment('slow', { why }).encoded(client.sink.encoding));
  }

  #remove(client: StreamClient): void {
    client.close();
    this.#clients.delete(client);
    this.#leave(client);
  }

  #join(client: StreamClient): void {
    const { filter, sink } = client;
    const group = this.#groups.get(filter.key) ?? {
      filter,
      clients: { sse: new Set(), websocket: new Set() },
    };
    group.clients[sink.encoding].add(client);
    this.#groups.set(filter.key, group);
  }

  #leave(client: StreamClient): void {
    const { filter, sink } = client;
    const group = this.#groups.get(filter.key);
    group?.clients[sink.encoding].delete(client);
    if (group && group.clients.sse.size + group.clients.websocket.size === 0) this.#groups.delete(filter.key);
  }

  #moment<K extends EphemeralKind>(kind: K, data: DataOf<K>, camera?: string): StreamEntry {
    const box = camera?.slice(0, camera.lastIndexOf('/'));
    const source = box === undefined ? SOURCE : `/ngatu/${box}`;
    const parts = { id: undefined, kind, source, camera, atMs: this.#now(), data: JSON.stringify(data) };
    return new StreamEntry(undefined, { kind, box, camera }, cloudEvent(parts));
  }

  #iso(): string {
    return new Date(this.#now()).toISOString();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function joined(entries: readonly StreamEntry[], encoding: Encoding): Buffer {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return only.encoded(encoding);
  return Buffer.concat(entries.map((entry) => entry.encoded(encoding)));
}
