// Listens at the broker beside the collector: for what the screen shows, and to know, without asking agent or
// collector, which events the database has to hold in the end.

import { connectAsync, type MqttClient } from 'mqtt';
import {
  type CameraHealth,
  type CameraStatus,
  type Channel,
  eventBatchSchema,
  filterOf,
  healthSchema,
  type Passage,
  parseTopic,
  statusSchema,
  trafficEventSchema,
} from '../../contract/index.ts';
import { AGENT, SITE } from './configuration.ts';
import { identitiesOf, type PointIdentity } from './identities.ts';
import type { WatchSpan } from './truth-ledger.ts';

export type CameraView = {
  readonly status?: CameraStatus;
  /** Of the last report. */
  readonly health?: CameraHealth;
};

export type Traffic = {
  readonly agentOnline: boolean;
  /** Why the camera gives no picture, in a sentence; undefined while it gives one. */
  readonly fault: string | undefined;
  readonly cameras: ReadonlyMap<string, CameraView>;
  readonly passages: number;
  /** The same by camera. */
  readonly passagesOf: ReadonlyMap<string, number>;
  /** Interval counts. */
  readonly flows: number;
  /** Passages by direction, then by road user. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Oldest first. */
  readonly lastPassages: readonly Passage[];
  /** Points that the database must hold in the end. */
  readonly published: ReadonlySet<PointIdentity>;
  /** While the first camera gave pictures, in order; open to the future while it does. */
  readonly watched: readonly WatchSpan[];
};

export type Tap = {
  readonly traffic: Traffic;
  close(): Promise<void>;
};

/** With as many the table fits into the 24 rows of a classic terminal. */
const SHOWN_PASSAGES = 5;
const CHANNELS: readonly Channel[] = ['events', 'status', 'health'];

/** Resolves when it listens: whatever is published afterwards is seen. `onPassage` gets each passage once. */
export async function openTap(brokerUrl: string, onPassage?: (passage: Passage) => void): Promise<Tap> {
  const record = new TrafficRecord(onPassage);
  const client: MqttClient = await connectAsync(brokerUrl, { protocolVersion: 5, connectTimeout: 10_000 });
  client.on('message', (topic, payload) => record.take(topic, payload));
  // A broken connection is repaired by the client; the demo watches the broker's process itself.
  client.on('error', () => undefined);
  await client.subscribeAsync(
    CHANNELS.map((channel) => filterOf(channel)),
    { qos: 1 },
  );
  return {
    traffic: record,
    close: () => client.endAsync(true),
  };
}

/** Takes messages and keeps what became of them. Delivery may repeat a message: places make it count once. */
export class TrafficRecord implements Traffic {
  agentOnline = false;
  fault: string | undefined;
  readonly cameras = new Map<string, CameraView>();
  passages = 0;
  flows = 0;
  readonly passagesOf = new Map<string, number>();
  readonly counts = new Map<string, Map<string, number>>();
  readonly lastPassages: Passage[] = [];
  readonly published = new Set<PointIdentity>();
  readonly watched: WatchSpan[] = [];
  readonly #onPassage: (passage: Passage) => void;

  constructor(onPassage: (passage: Passage) => void = () => undefined) {
    this.#onPassage = onPassage;
  }

  take(topic: string, payload: Buffer): void {
    const address = parseTopic(topic);
    // Simulated districts are counted by nobody.
    if (address?.site !== SITE || address.agent !== AGENT) return;
    const message = parseJson(payload);
    if (address?.channel === 'status') this.#takeStatus(message);
    if (address?.channel === 'health') this.#takeHealth(message);
    if (address?.channel === 'events') this.#takeEvents(message);
  }

  #takeStatus(message: unknown): void {
    const { data } = statusSchema.safeParse(message);
    if (data === undefined) return;
    this.agentOnline = data.state === 'online';
    // What an agent that stops says of its cameras is not their fault.
    if (this.agentOnline) this.fault = data.cameras.find(({ state }) => state === 'fault')?.detail;
    for (const status of data.cameras) this.#updateCamera(status.camera, { status });
    const [camera] = data.cameras;
    if (camera !== undefined) this.#watch(this.agentOnline ? camera : { ...camera, sinceMs: data.atMs });
  }

  /** The first camera, whose truth is known. It is seen from the moment it becomes live to the moment it, or the agent, is not. */
  #watch({ state, sinceMs }: CameraStatus): void {
    const current = this.watched.at(-1);
    const isOpen = current?.toMs === Number.POSITIVE_INFINITY;
    const isSeen = this.agentOnline && state === 'live';
    if (isSeen && !isOpen) this.watched.push({ fromMs: sinceMs, toMs: Number.POSITIVE_INFINITY });
    if (!isSeen && current !== undefined && isOpen) {
      this.watched[this.watched.length - 1] = { fromMs: current.fromMs, toMs: sinceMs };
    }
  }

  #takeHealth(message: unknown): void {
    const { data } = healthSchema.safeParse(message);
    for (const health of data?.cameras ?? []) this.#updateCamera(health.camera, { health });
  }

  #takeEvents(message: unknown): void {
    const { data: batch } = eventBatchSchema.safeParse(message);
    for (const [position, unchecked] of (batch?.events ?? []).entries()) {
      const { data: event } = trafficEventSchema.safeParse(unchecked);
      if (batch === undefined || event === undefined) continue;
      const fresh = identitiesOf(event, { ...batch, position }).filter((id) => !this.published.has(id));
      if (fresh.length === 0) continue;
      for (const identity of fresh) this.published.add(identity);
      if (event.type === 'flow') this.flows += 1;
      if (event.type === 'passage') this.#countPassage(event);
    }
  }

  #countPassage(passage: Passage): void {
    this.passages += 1;
    this.passagesOf.set(passage.camera, (this.passagesOf.get(passage.camera) ?? 0) + 1);
    this.#onPassage(passage);
    const byRoadUser = this.counts.get(passage.direction) ?? new Map<string, number>();
    byRoadUser.set(passage.roadUser, (byRoadUser.get(passage.roadUser) ?? 0) + 1);
    this.counts.set(passage.direction, byRoadUser);
    this.lastPassages.push(passage);
    if (this.lastPassages.length > SHOWN_PASSAGES) this.lastPassages.shift();
  }

  #updateCamera(camera: string, change: CameraView): void {
    this.cameras.set(camera, { ...this.cameras.get(camera), ...change });
  }
}

/** What is no JSON is for the collector's quarantine; here it is like a message of an unknown kind. */
function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
