// One measurement of the stream: broker, InfluxDB and a collector with its centre, boxes that publish, and clients that
// read, each a process of its own.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Accounts } from '../../../central-collector/api/accounts/accounts.ts';
import { startInfluxdb } from '../../services/influxdb.ts';
import { startMosquitto } from '../../services/mosquitto.ts';
import { freePort } from '../../services/ports.ts';
import { type RunningProcess, startProcess } from '../../services/process.ts';
import { startChild, usageOf } from '../collector/processes.ts';
import type { ClientsNews } from './clients-child.ts';
import type { PublisherNews } from './publisher-child.ts';
import { type City, type ClientPlan, slowClients, tokensFor } from './stream-plan.ts';

export type StreamRunOptions = {
  readonly city: City;
  readonly eventsPerS: number;
  readonly clients: number;
  readonly slow: number;
  readonly minutes: number;
  readonly mix: (tokens: readonly string[]) => readonly ClientPlan[];
  readonly nodeOptions?: readonly string[];
  /** Now and then, while it runs. */
  readonly onSample?: (sample: Sample) => void;
};

export type Sample = { readonly atS: number; readonly rssMiB: number; readonly cores: number };

export type StreamRun = {
  readonly seconds: number;
  readonly published: number;
  readonly clients: Extract<ClientsNews, { is: 'done' }>;
  readonly samples: readonly Sample[];
  /** CPU seconds a second, by process. */
  readonly cores: Readonly<Record<string, number>>;
};

const WARM_UP_MS = 15_000;
const SAMPLE_MS = 5000;
/** For what is on its way when publishing stops: what is late is late, and not lost. */
const PATIENCE_MS = 180_000;

export async function runStream(options: StreamRunOptions): Promise<StreamRun> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-stream-'));
  const running: { stop(): Promise<unknown> }[] = [];
  const kept = <T extends { stop(): Promise<unknown> }>(one: T): T => {
    running.unshift(one);
    return one;
  };
  try {
    const broker = kept(await startMosquitto({ directory: join(directory, 'broker') }));
    const influxdb = kept(await startInfluxdb({ directory: join(directory, 'influxdb') }));
    const centre = join(directory, 'centre');
    const tokens = await tokensIn(centre, tokensFor(options.clients));
    const { collector, port } = await startCollector(
      directory,
      centre,
      broker.url,
      influxdb.url,
      options.nodeOptions,
    );
    kept(collector);
    const { agents, cameras } = options.city;
    const publisher = kept(
      startChild<PublisherNews>('../stream/publisher-child.js', {
        ...{ port: broker.port, agents, cameras, eventsPerS: options.eventsPerS },
      }),
    );
    const readers = kept(startChild<ClientsNews>('../stream/clients-child.js', { port }));
    await publisher.wait('ready');
    await readers.wait('loaded');
    const last = tokens.at(-1) as string;
    readers.tell({ do: 'open', clients: [...options.mix(tokens), ...slowClients(options.slow, last)] });
    await readers.wait('ready');
    publisher.tell({ do: 'start' });
    await sleep(WARM_UP_MS);
    readers.tell({ do: 'measure' });
    const pids = {
      collector: collector.pid,
      influxdb: influxdb.pid,
      clients: readers.pid,
      boxes: publisher.pid,
    };
    const before = usages(pids);
    const startedMs = performance.now();
    const samples = await sampling(collector, options, startedMs);
    const seconds = (performance.now() - startedMs) / 1000;
    const after = usages(pids);
    publisher.tell({ do: 'stop' });
    const { events, published } = await publisher.wait('done');
    readers.tell({ do: 'finish', published, withinMs: PATIENCE_MS });
    const clients = await readers.wait('done');
    const cores = Object.fromEntries(
      Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / 1000 / seconds]),
    );
    return { seconds, published: events, clients, samples, cores };
  } finally {
    for (const one of running) await one.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function sampling(
  { pid }: RunningProcess,
  { minutes, onSample }: StreamRunOptions,
  startedMs: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let before = usageOf(pid);
  let beforeMs = performance.now();
  while (performance.now() - startedMs < minutes * 60_000) {
    await sleep(SAMPLE_MS);
    const usage = usageOf(pid);
    const nowMs = performance.now();
    const cores = (usage.cpuMs - before.cpuMs) / (nowMs - beforeMs);
    const sample = { atS: (nowMs - startedMs) / 1000, rssMiB: usage.rssMiB, cores };
    samples.push(sample);
    onSample?.(sample);
    before = usage;
    beforeMs = nowMs;
  }
  return samples;
}

function usages(pids: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid).cpuMs]));
}

/** Makes the first administrator's tokens before the collector opens the folder. */
async function tokensIn(directory: string, count: number): Promise<string[]> {
  const accounts = new Accounts({ directory, log: pino({ level: 'silent' }) });
  const first = await accounts.open();
  const tokens: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const owner = first?.name ?? 'admin';
    const wish = { name: `bench ${at}`, owner, scopes: ['read', 'stream'] as const, lifetimeDays: 1 };
    tokens.push((await accounts.tokens.add({ by: 'system' }, wish)).secret);
  }
  await accounts.close();
  return tokens;
}

async function startCollector(
  directory: string,
  centre: string,
  mqttUrl: string,
  influxUrl: string,
  nodeOptions: readonly string[] = [],
): Promise<{ collector: RunningProcess; port: number }> {
  const port = await freePort();
  const config = join(directory, 'collector.yaml');
  await mkdir(directory, { recursive: true });
  await writeFile(
    config,
    JSON.stringify({
      mqtt: { url: mqttUrl, clientId: 'collector', sharedGroup: 'bench' },
      influxdb: { url: influxUrl, database: 'ngatu' },
      quarantine: { directory: join(directory, 'quarantine') },
      centre: { directory: centre },
      http: { port },
      log: { level: 'warn' },
    }),
  );
  const program = resolve(import.meta.dirname, '../../../cli/ngatu.js');
  const collector = await startProcess({
    name: 'the collector',
    command: process.execPath,
    args: [...nodeOptions, program, 'collector', '--config', config],
    logFile: join(directory, 'collector.log'),
    ready: () => works(`http://127.0.0.1:${port}/healthz`),
    readyTimeoutMs: 90_000,
  });
  return { collector, port };
}

/** Broker and database are there; what else the centre still looks up does not matter here. */
async function works(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  if (response === undefined) return false;
  const { problems = [] } = (await response.json()) as { problems?: readonly string[] };
  return !problems.some((problem) => /^The (?:broker|database):/.test(problem));
}
