// A live part on a folder of its own, fed by hand, with clients that read what they are sent.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readMessage } from '../../../central-collector/ingest/read-message.ts';
import type { OpenStream, StreamConnection } from '../../../central-collector/live/broadcast.ts';
import { type Live, type LiveOptions, openLive } from '../../../central-collector/live/live.ts';
import { type EventBatch, type Flow, type Passage, type Status, topicOf } from '../../../contract/index.ts';

export const T0 = Date.UTC(2026, 2, 2, 1, 0, 0);
export const BOX = { site: 'hai-phong', agent: 'box-1' } as const;
export const CAMERA = 'hai-phong/box-1/nga-tu-1';

const folders = new Set<string>();
const running = new Set<Live>();

export async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-live-'));
  folders.add(directory);
  return directory;
}

/** For afterEach. */
export async function cleanUp(): Promise<void> {
  for (const live of running) await live.close();
  running.clear();
  for (const directory of folders) await rm(directory, { recursive: true, force: true });
  folders.clear();
}

export async function live(options: Partial<LiveOptions> = {}): Promise<Live> {
  const opened = await openLive({
    directory: options.directory ?? (await folder()),
    maxBytes: 8 * 1024 * 1024,
    read: (topic, payload, receivedAtMs) => readMessage(topic, payload, receivedAtMs),
    logger: pino({ level: 'silent' }),
    heartbeatMs: 3_600_000,
    ...options,
  });
  running.add(opened);
  return opened;
}

/** What the broker knows of a message. */
export type Sent = { acknowledged: boolean };

export function send(
  to: Live,
  message: object,
  channel: 'events' | 'status' | 'health',
  nowMs = Date.now(),
): Sent {
  const sent = { acknowledged: false };
  to.take({
    topic: topicOf({ ...BOX, ...(message as { site?: string; agent?: string }) }, channel),
    payload: Buffer.from(JSON.stringify(message)),
    receivedAtMs: nowMs,
    acknowledge: () => {
      sent.acknowledged = true;
    },
  });
  return sent;
}

export function batch(
  seq: number,
  events: EventBatch['events'],
  about: Partial<EventBatch> = {},
): EventBatch {
  return { v: 1, ...BOX, epoch: T0, seq, sentAtMs: T0, events, ...about };
}

export function passage(track: number, more: Partial<Passage> = {}): Passage {
  return {
    ...{ type: 'passage', camera: 'nga-tu-1', line: 'north', direction: 'away', roadUser: 'motorcycle' },
    ...{ roadUserShare: 0.9, confidence: 0.8, atMs: Date.now(), track },
    ...more,
  } as Passage;
}

export function flow(fromMs: number, n: number, more: Partial<Flow> = {}): Flow {
  return {
    ...{ type: 'flow', camera: 'nga-tu-1', line: 'north', direction: 'away', fromMs, toMs: fromMs + 60_000 },
    ...{ observedMs: 60_000, framesAnalysed: 600, framesDropped: 0, counts: { motorcycle: { n } } },
    ...more,
  } as Flow;
}

export function status(atMs: number, more: Partial<Status> = {}): Status {
  return {
    ...{ v: 1, ...BOX, state: 'online', atMs, startedAtMs: atMs, version: '0.1.0' },
    cameras: [
      {
        camera: 'nga-tu-1',
        name: 'Ngã tư Lạch Tray',
        state: 'live',
        sinceMs: atMs,
        width: 1280,
        height: 720,
      },
    ],
    ...more,
  } as Status;
}

type Told = { readonly id: string; readonly kind: string; readonly data: unknown; readonly late?: boolean };

/** Reads server-sent events as they come, or stops reading when told so. */
export class Client {
  readonly told: Told[] = [];
  readonly connection: StreamConnection;
  ended = false;
  reads = true;

  constructor(from: Live, options: Partial<Omit<OpenStream, 'sink'>> = {}, reads = true) {
    this.reads = reads;
    this.connection = from.open({
      wanted: { type: ['passage', 'flow', 'incident', 'verdict', 'box', 'camera', 'journey', 'zone'] },
      ...options,
      sink: {
        encoding: 'sse',
        write: (bytes) => {
          this.#read(bytes.toString());
          return this.reads;
        },
        end: (last) => {
          if (last) this.#read(last.toString());
          this.ended = true;
        },
      },
    });
  }

  get ids(): string[] {
    return this.told.map(({ id }) => id).filter((id) => id !== '-');
  }

  of(kind: string): Told[] {
    return this.told.filter((each) => each.kind === kind);
  }

  tracks(): number[] {
    return this.of('passage').map(({ data }) => (data as Passage).track);
  }

  #read(text: string): void {
    for (const part of text.split('\n\n')) {
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (data === undefined) continue;
      const event = JSON.parse(data);
      this.told.push({ ...event, kind: String(event.type).split('.')[1] });
    }
  }
}
