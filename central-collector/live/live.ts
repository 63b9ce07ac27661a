// The live part put together: broker → hub → log → screens and webhooks, with the registry and the tiles that the hub
// fills. centre.ts opens it and hands in what it must not import.

import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AgentAddress, Incident } from '../../contract/index.ts';
import type { IncidentAnswer } from '../api/schemas/incidents.ts';
import type { Tile, TilesAnswer } from '../api/schemas/places.ts';
import { Broadcast, type OpenStream, type StreamConnection } from './broadcast.ts';
import type { RecentFlow } from './camera-traffic.ts';
import { EventLog } from './event-log.ts';
import { fillFromDatabase, fillFromLog } from './fill-tiles.ts';
import { Hub, type Published } from './hub.ts';
import { incidentOfCamera } from './incident-view.ts';
import type { Delivery, LiveSource, ReadLiveMessage, SourceHandlers } from './live-message.ts';
import { type PlaceFacts, Registry } from './registry.ts';
import { SeenBatches } from './seen-batches.ts';
import type { ClientLimits } from './stream-client.ts';
import type { DataOf, LastingKind, LiveEvent } from './stream-entry.ts';
import { Tiles } from './tiles.ts';
import { Webhooks } from './webhooks/webhooks.ts';

export type LiveOptions = {
  /** `centre.directory`; the log lies in `stream` in it. */
  readonly directory: string;
  /** Of events that are kept for who resumes. */
  readonly maxBytes: number;
  readonly read: ReadLiveMessage;
  /** Makes the connection to the broker; without one, `take` is called by somebody else. */
  readonly connect?: (handlers: SourceHandlers) => LiveSource;
  readonly logger: Logger;
  /** What is wrong elsewhere at the centre, for heartbeats. */
  readonly problems?: () => readonly string[];
  /** See HubOptions. Default: as the camera tells it. */
  readonly describeIncident?: (
    address: AgentAddress,
    incident: Incident,
    receivedAtMs: number,
  ) => IncidentAnswer;
  /** Flows since a moment, from the database: asked once at the start. */
  readonly recentFlows?: (sinceMs: number) => Promise<readonly RecentFlow[]>;
  readonly activeIncidents?: (camera: string) => number;
  /** Hosts of the own networks that webhooks may go to. */
  readonly webhookHosts?: readonly string[];
  readonly places?: Omit<PlaceFacts, 'coverage'>;
  readonly limits?: Partial<ClientLimits>;
  readonly heartbeatMs?: number;
  readonly tileEveryMs?: number;
  readonly now?: () => number;
};

export type Live = {
  readonly registry: Registry;
  readonly tiles: Tiles;
  readonly webhooks: Webhooks;
  readonly log: EventLog;
  readonly counts: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
  problems(): string[];
  /** A message from elsewhere than the own connection. */
  take(delivery: Delivery): void;
  /** An event of the centre's own: into the log, then to all. */
  publish<K extends LastingKind>(kind: K, data: DataOf<K>, about?: Published): void;
  /** Every event with an id, once it is stored, in order. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  /** A stream of events to one client. */
  open(stream: OpenStream): StreamConnection;
  tilesAnswer(): TilesAnswer;
  /** Something that the tile of a camera shows has changed elsewhere: incidents, its place. */
  touch(camera: string): void;
  settled(): Promise<void>;
  close(): Promise<void>;
};

const BOX_PREFIX = 's!';

/** Throws EventLogError when the folder cannot be used. */
export async function openLive(options: LiveOptions): Promise<Live> {
  const { directory, maxBytes, logger, connect, now = Date.now } = options;
  const log = new EventLog({ directory: join(directory, 'stream'), maxBytes, logger });
  await log.open();
  const seen = new SeenBatches();
  seen.load(await log.state(SeenBatches.prefix));
  let source: LiveSource | undefined;
  const problems = () =>
    [
      ...(options.problems?.() ?? []),
      source?.problem === undefined ? undefined : `The stream hears nothing: ${source.problem}.`,
      hub.problem === undefined ? undefined : `The log of the stream cannot be written: ${hub.problem}.`,
    ].filter((problem) => problem !== undefined);
  const broadcast = new Broadcast({
    log,
    problems,
    logger,
    now,
    ...(options.limits && { limits: options.limits }),
    ...(options.heartbeatMs !== undefined && { heartbeatMs: options.heartbeatMs }),
  });
  const registry: Registry = new Registry({
    ...options.places,
    coverage: (camera) => tiles.coverage(camera),
    onBox: (box) => hub.publish('box', box, { box: `${box.site}/${box.agent}` }),
    onCamera: (camera) => {
      hub.publish('camera', camera, { camera: camera.id });
      tiles.touch(camera.id);
    },
    onStored: (box, text) => {
      log.change([{ key: BOX_PREFIX + box, value: text }]).catch((error: Error) => {
        logger.warn({ err: error, box }, 'what is known of a box was not stored');
      });
    },
  });
  registry.load(await log.state(BOX_PREFIX));
  const tiles: Tiles = new Tiles({
    condition: (camera) => registry.condition(camera),
    cameraIds: () => registry.cameraIds,
    onTile: (tile: Tile) => broadcast.tellNow('tile', tile, tile.camera),
    isWanted: () => broadcast.wants('tile'),
    now,
    ...(options.activeIncidents && { activeIncidents: options.activeIncidents }),
    ...(options.tileEveryMs !== undefined && { everyMs: options.tileEveryMs }),
  });
  const webhooks = new Webhooks({ log, logger, guard: { allow: options.webhookHosts ?? [] }, now });
  await webhooks.open();
  const hub: Hub = new Hub({
    log,
    seen,
    read: options.read,
    describeIncident: options.describeIncident ?? incidentOfCamera,
    onStatus: (status, receivedAtMs) => registry.status(status, receivedAtMs),
    onHealth: (health, receivedAtMs) => registry.health(health, receivedAtMs),
    onEvent: (batch, event) => {
      registry.saw(batch, event, batch.receivedAtMs);
      const camera = `${batch.site}/${batch.agent}/${event.camera}`;
      if (event.type === 'flow') tiles.flow(camera, batch, event);
      else if (event.type === 'passage') tiles.passage(camera, event);
      else if (event.type === 'incident') tiles.touch(camera);
    },
    onStored: (entries) => {
      broadcast.tell(entries);
      webhooks.tell(entries);
    },
    logger,
    now,
  });
  const startedMs = now();
  const closing = new AbortController();
  tiles.start(await fillFromLog(log, tiles, startedMs));
  broadcast.start();
  const filling = fillFromDatabase(options, tiles, startedMs, closing.signal);
  source = connect?.({
    onDelivery: (delivery) => hub.take(delivery),
    onListening: (resumed) => {
      // Before the first event nobody can have missed one.
      if (resumed || log.newestId === undefined) return;
      tiles.start(now());
      void tellBreak(log, broadcast, now(), logger);
    },
  });
  source?.open();

  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort(new Error('closing'));
    await filling;
    await source?.close();
    await hub.close();
    await webhooks.close();
    tiles.close();
    broadcast.close();
    await log.close();
  };
  return {
    registry,
    tiles,
    webhooks,
    log,
    get counts() {
      return { ...hub.counts, ...webhooks.counts, ...prefixed('stream_', broadcast.counts) };
    },
    get gauges() {
      return { stream_clients: broadcast.size, stream_log_bytes: log.bytes };
    },
    problems,
    take: (delivery) => hub.take(delivery),
    publish: (kind, data, about) => hub.publish(kind, data, about),
    subscribe: (listener) => hub.subscribe(listener),
    open: (stream) => broadcast.open(stream),
    tilesAnswer: () => ({
      now: new Date(now()).toISOString(),
      lastEventId: broadcast.position,
      tiles: tiles.all(),
    }),
    touch: (camera) => tiles.touch(camera),
    settled: () => hub.settled(),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** The broker had forgotten us: what happened meanwhile is in the database, and in no stream. */
async function tellBreak(log: EventLog, broadcast: Broadcast, nowMs: number, logger: Logger): Promise<void> {
  const afterId = broadcast.position ?? '0';
  try {
    await log.markBreak(nowMs);
  } catch (error) {
    logger.warn({ err: error }, 'that the stream has a gap was not stored');
  }
  const why = 'the centre was cut off from the broker for long; it did not hear everything';
  logger.warn('the broker had not kept the session of the stream; whoever resumes is told of a gap');
  broadcast.tellNow('gap', { afterId, firstId: null, why });
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [prefix + name, count]));
}
