// The whole line on this machine: broker, database, camera, collector and edge agent, each a process of its own;
// started in the order in which they need each other, stopped so that nothing is left on the way.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { readVersion } from '../../cli/version.ts';
import { type Influxdb, startInfluxdb } from '../services/influxdb.ts';
import { startMosquitto } from '../services/mosquitto.ts';
import { freePort } from '../services/ports.ts';
import { type RunningProcess, startProcess } from '../services/process.ts';
import { startRtspServer } from '../services/rtsp-server.ts';
import { type Centre, openCentre } from './centre.ts';
import { type City, startCity } from './city/city.ts';
import { CITY_AGENT, CITY_CAMERAS, CITY_SITES } from './city/plan.ts';
import { type ConfigurationFiles, withoutLogin, writeConfiguration } from './configuration.ts';
import { DemoError } from './demo-error.ts';
import { lastWords } from './last-words.ts';
import { fromCheckout, type Scene } from './scene.ts';
import { countFrames, readIdentities } from './stored.ts';
import { openTap, type Tap, type Traffic } from './tap.ts';
import { type Totals, totalsOf } from './totals.ts';
import { type TruthComparison, TruthLedger } from './truth-ledger.ts';

export type Line = {
  readonly traffic: Traffic;
  readonly mqttUrl: string;
  readonly influxUrl: string;
  /** The agent's HTTP pages. */
  readonly agentUrl: string;
  /** The control centre's page, and how to sign in there. */
  readonly centre: Centre;
  /** Counts against the scene's truth up to now; undefined where the truth is not known. */
  compare(): TruthComparison | undefined;
  /** For who wants to see what happens when one of them is not there. */
  readonly processes: { readonly edge: RunningProcess; readonly collector: RunningProcess };
  /** Rejects with a DemoError when a part ends by itself; never resolves. */
  readonly broken: Promise<never>;
  /** Stops agent, collector, then the servers; tells what has come of it. */
  finish(): Promise<Totals>;
  /** Stops everything, in the same order, without looking at the result. Idempotent, never throws. */
  stop(): Promise<void>;
};

/** Throws DemoError, ProcessError or PortTakenError, or the signal's reason; nothing runs then. */
export async function startLine(
  scene: Scene,
  folder: string,
  { city = false }: { readonly city?: boolean },
  signal: AbortSignal,
): Promise<Line> {
  const parts = new Parts();
  try {
    const broker = await startMosquitto({ directory: join(folder, 'mosquitto'), signal });
    parts.add('Mosquitto', broker);
    const influxdb = await startInfluxdb({ directory: join(folder, 'influxdb'), signal });
    parts.add('InfluxDB', influxdb);
    const [first] = scene.cameras;
    const ledger = first.truth && new TruthLedger(first.truth);
    const cameras = await startCameras(scene, parts, ledger);
    const tap = await openTap(broker.url, (passage) => {
      if (passage.camera === first.camera) ledger?.takePassage(passage);
    });
    parts.add('the tap', { stop: () => tap.close() });
    const [agentPort, centrePort] = [await freePort(), await freePort()];
    const files = await writeConfiguration(folder, scene, {
      mqtt: broker.url,
      influxdb: influxdb.url,
      cameras,
      agentPort,
      centrePort,
    });
    signal.throwIfAborted();
    const collector = await startSide('collector', files, folder, signal);
    parts.add('The collector', collector, collector);
    const centre = await Promise.race([openCentre(collector, centrePort, signal), parts.broken]);
    const districts = city ? await startDistricts(broker.url, folder, centre, parts) : undefined;
    const edge = await startSide('edge', files, folder, signal);
    parts.add('The edge agent', edge, edge);
    const agentUrl = `http://127.0.0.1:${agentPort}`;
    await Promise.race([districts?.past(signal), parts.broken]);
    const mqttUrl = broker.url;
    return assemble({ mqttUrl, parts, tap, ledger, influxdb, agentUrl, centre, collector, edge });
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
  mqttUrl: string;
  parts: Parts;
  tap: Tap;
  ledger: TruthLedger | undefined;
  influxdb: Influxdb;
  agentUrl: string;
  centre: Centre;
  collector: RunningProcess;
  edge: RunningProcess;
};

function assemble({ parts, tap, ledger, influxdb, collector, edge, ...addresses }: Pieces): Line {
  const { url: influxUrl } = influxdb;
  return {
    traffic: tap.traffic,
    influxUrl,
    ...addresses,
    processes: { edge, collector },
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

/** Addresses of their streams, in the scene's order. */
async function startCameras(scene: Scene, parts: Parts, ledger?: TruthLedger): Promise<string[]> {
  const mounts = scene.cameras.flatMap(({ camera, source }) =>
    'clip' in source ? [[`/${camera}`, { clip: source.clip }] as const] : [],
  );
  const first = `/${scene.cameras[0].camera}`;
  const onPass = (mount: string, atMs: number) => {
    if (mount === first) ledger?.beginPass(atMs);
  };
  const server =
    mounts.length > 0 ? await startRtspServer({ mounts: Object.fromEntries(mounts), onPass }) : undefined;
  if (server) parts.add('The simulated cameras', server);
  return scene.cameras.map(({ camera, source }) =>
    'stream' in source ? withoutLogin(source.stream) : (server?.url(`/${camera}`) ?? ''),
  );
}

async function startDistricts(mqttUrl: string, folder: string, centre: Centre, parts: Parts): Promise<City> {
  const logger = pino({ level: 'silent' });
  const city = await startCity({ mqttUrl, directory: join(folder, 'city'), version: readVersion(), logger });
  parts.add('The simulated districts', city);
  for (const { site, name, position } of CITY_SITES)
    await centre.ask('PUT', `/sites/${site}`, { name, position });
  for (const { site, camera, position } of CITY_CAMERAS) {
    await centre.ask('PUT', `/cameras/${site}/${CITY_AGENT}/${camera}/place`, { position });
  }
  return city;
}

function startSide(
  side: 'edge' | 'collector',
  files: ConfigurationFiles,
  folder: string,
  signal: AbortSignal,
): Promise<RunningProcess> {
  return startProcess({
    name: side === 'edge' ? 'The edge agent' : 'The collector',
    // As it is installed.
    command: fromCheckout('cli/ngatu'),
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
