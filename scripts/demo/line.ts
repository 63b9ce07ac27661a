// The whole line on this machine: broker, database, camera, collector and edge agent, each a process of its own;
// started in the order in which they need each other, stopped so that nothing is left on the way.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Influxdb, startInfluxdb } from '../services/influxdb.ts';
import { startMosquitto } from '../services/mosquitto.ts';
import { freePort } from '../services/ports.ts';
import { type RunningProcess, startProcess } from '../services/process.ts';
import { startRtspServer } from '../services/rtsp-server.ts';
import { type ConfigurationFiles, withoutLogin, writeConfiguration } from './configuration.ts';
import { DemoError } from './demo-error.ts';
import { lastWords } from './last-words.ts';
import type { Scene } from './scene.ts';
import { countFrames, readIdentities } from './stored.ts';
import { openTap, type Tap, type Traffic } from './tap.ts';
import { type Totals, totalsOf } from './totals.ts';
import { type TruthComparison, TruthLedger } from './truth-ledger.ts';

export type Line = {
  readonly traffic: Traffic;
  readonly influxUrl: string;
  readonly cameraUrl: string;
  /** The agent's HTTP pages. */
  readonly agentUrl: string;
  /** Counts against the scene's truth up to now; undefined where the truth is not known. */
  compare(): TruthComparison | undefined;
  /** Rejects with a DemoError when a part ends by itself; never resolves. */
  readonly broken: Promise<never>;
  /** Stops agent, collector, then the servers; tells what has come of it. */
  finish(): Promise<Totals>;
  /** Stops everything, in the same order, without looking at the result. Idempotent, never throws. */
  stop(): Promise<void>;
};

/** Throws DemoError, ProcessError or PortTakenError, or the signal's reason; nothing runs then. */
export async function startLine(scene: Scene, folder: string, signal: AbortSignal): Promise<Line> {
  const parts = new Parts();
  try {
    const broker = await startMosquitto({ directory: join(folder, 'mosquitto'), signal });
    parts.add('Mosquitto', broker);
    const influxdb = await startInfluxdb({ directory: join(folder, 'influxdb'), signal });
    parts.add('InfluxDB', influxdb);
    const ledger = scene.truth && new TruthLedger(scene.truth);
    const cameraUrl = await startCamera(scene, parts, ledger);
    const tap = await openTap(broker.url, (passage) => ledger?.takePassage(passage));
    parts.add('the tap', { stop: () => tap.close() });
    const agentPort = await freePort();
    const files = await writeConfiguration(folder, scene, {
      mqtt: broker.url,
      influxdb: influxdb.url,
      camera: cameraUrl,
      agentPort,
    });
    signal.throwIfAborted();
    const collector = await startSide('collector', files, folder, signal);
    parts.add('The collector', collector, collector);
    const edge = await startSide('edge', files, folder, signal);
    parts.add('The edge agent', edge, edge);
    const agentUrl = `http://127.0.0.1:${agentPort}`;
    return assemble({ parts, tap, ledger, influxdb, cameraUrl, agentUrl, collector, edge });
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** How long the last events may take from the agent into the database. */
const DRAIN_TIMEOUT_MS = 15_000;
const DRAIN_POLL_MS = 200;
/** Agent and collector promise to end within 5 s; the rest is for a busy machine. */
const SIDE_STOP_TIMEOUT_MS = 15_000;

type Pieces = {
  parts: Parts;
  tap: Tap;
  ledger: TruthLedger | undefined;
  influxdb: Influxdb;
  cameraUrl: string;
  agentUrl: string;
  collector: RunningProcess;
  edge: RunningProcess;
};

function assemble({ parts, tap, ledger, influxdb, cameraUrl, agentUrl, collector, edge }: Pieces): Line {
  const { url: influxUrl } = influxdb;
  return {
    traffic: tap.traffic,
    influxUrl,
    cameraUrl,
    agentUrl,
    broken: parts.broken,
    compare: () => ledger?.compare(tap.traffic.watched, Date.now()),
    finish: async () => {
      parts.expectEnd();
      await edge.stop();
      await untilStored(influxUrl, tap.traffic);
      await collector.stop();
      const stored = await readIdentities(influxUrl);
      const totals = totalsOf(tap.traffic.published, stored, await countFrames(influxUrl));
      await parts.stop();
      return totals;
    },
    stop: () => parts.stop(),
  };
}

/** Gives up silently: what is missing then is counted as lost. */
async function untilStored(influxUrl: string, traffic: Traffic): Promise<void> {
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const stored = new Set(await readIdentities(influxUrl));
    if ([...traffic.published].every((identity) => stored.has(identity))) return;
    await delay(DRAIN_POLL_MS);
  }
}

async function startCamera(scene: Scene, parts: Parts, ledger?: TruthLedger): Promise<string> {
  if ('stream' in scene.source) return withoutLogin(scene.source.stream);
  const server = await startRtspServer({
    mounts: { '/camera': { clip: scene.source.clip } },
    onPass: (_, atMs) => ledger?.beginPass(atMs),
  });
  parts.add('The simulated camera', server);
  return server.url('/camera');
}

function startSide(
  side: 'edge' | 'collector',
  files: ConfigurationFiles,
  folder: string,
  signal: AbortSignal,
): Promise<RunningProcess> {
  return startProcess({
    name: side === 'edge' ? 'The edge agent' : 'The collector',
    // As it is installed: from dist/scripts/demo three levels up, where the checkout begins.
    command: join(import.meta.dirname, '../../../cli/ngatu'),
    args: [side, '--config', files[side]],
    logFile: join(folder, `${side}.log`),
    env: side === 'edge' ? files.edgeEnvironment : {},
    stopTimeoutMs: SIDE_STOP_TIMEOUT_MS,
    signal,
  });
}

type Part = { readonly exited?: Promise<unknown>; stop(): Promise<unknown> };

/** What runs, in the order of starting; stopped in reverse. */
class Parts {
  readonly broken: Promise<never>;
  readonly #stops: (() => Promise<unknown>)[] = [];
  #break: (error: DemoError) => void = () => undefined;
  #ending = false;
  #stopping: Promise<void> | undefined;

  constructor() {
    this.broken = new Promise((_, reject) => {
      this.#break = reject;
    });
    // Nobody may be listening yet, or any more.
    this.broken.catch(() => undefined);
  }

  add(name: string, part: Part, process?: RunningProcess): void {
    this.#stops.push(() => part.stop());
    part.exited
      ?.then(() => {
        if (this.#ending) return;
        this.#break(new DemoError(`${name} ended by itself. ${process ? lastWords(process) : ''}`.trim()));
      })
      .catch(() => undefined);
  }

  /** From now on, parts that end are no failure. */
  expectEnd(): void {
    this.#ending = true;
  }

  stop(): Promise<void> {
    this.expectEnd();
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    // One that cannot be stopped must not keep the others alive.
    for (const stop of this.#stops.toReversed()) await stop().catch(() => undefined);
  }
}
