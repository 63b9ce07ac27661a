// A city's boxes for some minutes: what each process takes, what it remembers, how long events are on the way, and
// whether all of them are in the database at the end.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../services/process.ts';
import type { AgentsNews, AgentsPlan } from './agents-child.ts';
import { addTallies } from './latency-tally.ts';
import { startChild, type Usage, usageOf } from './processes.ts';
import { createDatabase, DATABASE, metricsOf, openStack, type RunningCollector } from './stack.ts';
import type { WorkloadPlan } from './workload.ts';
import type { WriterNews, WriterPlan } from './writer-child.ts';

export type CityOptions = {
  readonly agents: number;
  readonly cameras: number;
  readonly passagesPerS: number;
  readonly minutes: number;
  readonly warmUpMinutes: number;
  /** Processes that play the boxes. */
  readonly generators: number;
  readonly sampleMs: number;
  readonly nodeOptions: readonly string[];
  readonly onSample: (sample: Sample) => void;
};

/** The collector's memory and everybody's. */
export type Sample = {
  readonly atS: number;
  readonly heapMiB: number;
  readonly externalMiB: number;
  readonly rssMiB: Readonly<Record<string, number>>;
  readonly points: number;
  /** Batches of boxes that wait for their confirmation. */
  readonly open: number;
};

export type CityResult = {
  readonly seconds: number;
  readonly batches: number;
  readonly events: number;
  readonly bytes: number;
  readonly healths: number;
  readonly points: number;
  readonly lost: number;
  readonly resent: number;
  /** Events by type: made, and in InfluxDB at the end. */
  readonly stored: readonly { readonly type: string; readonly sent: number; readonly found: number }[];
  /** Share of one core in the measured time. */
  readonly cores: Readonly<Record<string, number>>;
  readonly rssMiB: Readonly<Record<string, number>>;
  readonly latency: Readonly<Record<string, readonly number[]>>;
  readonly duplicates: number;
  readonly healthsDropped: number;
  readonly samples: readonly Sample[];
};

export async function runCity(options: CityOptions): Promise<CityResult> {
  const stack = await openStack({ name: 'shared' }, options.nodeOptions);
  try {
    const broker = await stack.broker();
    const influxdb = await stack.influxdb();
    await knowSeries(influxdb.url, options);
    const knownBefore = await storedEvents(influxdb.url);
    const collector = await stack.collector(broker.url, influxdb.url);
    const share = Math.ceil(options.agents / options.generators);
    const { cameras, passagesPerS, minutes, warmUpMinutes } = options;
    const generators = Array.from({ length: options.generators }, (_, at) => {
      const agents = Math.min(share, options.agents - at * share);
      const plan: AgentsPlan = {
        ...{ port: broker.port, first: at * share, agents, cameras, passagesPerS, minutes, warmUpMinutes },
      };
      return startChild<AgentsNews>('agents-child.js', plan);
    });
    const pids = {
      broker: broker.pid,
      collector: collector.pid,
      InfluxDB: influxdb.pid,
      ...Object.fromEntries(generators.map(({ pid }, at) => [`boxes ${at + 1}`, pid])),
    };
    await Promise.all(generators.map((one) => one.wait('begun')));
    const before = usages(pids);
    const metricsBefore = await metricsOf(collector.httpUrl);
    const samples: Sample[] = [];
    const stopSampling = sampling(options, collector, pids, generators, samples);
    const done = await Promise.all(generators.map((one) => one.wait('done')));
    stopSampling();
    const after = usages(pids);
    const metrics = await metricsOf(collector.httpUrl);
    const grown = (name: string) => (metrics[name] ?? 0) - (metricsBefore[name] ?? 0);
    const total = (pick: (news: (typeof done)[number]) => number) =>
      done.reduce((sum, news) => sum + pick(news), 0);
    const seconds = done[0]?.seconds ?? 0;
    const latency: Record<string, number[]> = {};
    for (const { latency: one } of done) {
      for (const [name, counts] of Object.entries(one)) latency[name] = addTallies(latency[name], counts);
    }
    const ever = (type: string) => total(({ everSent }) => everSent[type] ?? 0);
    const now = await storedEvents(influxdb.url);
    const stored = Object.entries(now).map(([type, count]) => ({
      ...{ type, sent: ever(type), found: count - (knownBefore[type] ?? 0) },
    }));
    const result = {
      ...{ seconds, batches: total(({ sent }) => sent), events: total(({ events }) => events) },
      ...{ bytes: total(({ bytes }) => bytes), healths: total(({ healths }) => healths) },
      points: grown('ngatu_collector_points_stored_total'),
      ...{ lost: total(({ lost }) => lost), resent: total(({ resent }) => resent), stored, latency, samples },
      cores: mapped(pids, (name) => (usage(after, name).cpuMs - usage(before, name).cpuMs) / 1000 / seconds),
      rssMiB: mapped(pids, (name) => usage(after, name).rssMiB),
      duplicates: grown('ngatu_collector_batches_duplicate_total'),
      healthsDropped: grown('ngatu_collector_messages_dropped_total'),
    };
    for (const one of generators) await one.stop();
    return result;
  } finally {
    await stack.close();
  }
}

/** Six road users make six points of a flow. */
const COUNTED = [
  ['passage', 'track', 1],
  ['journey', 'track', 1],
  ['flow', 'n', 6],
  ['zone', 'appeared', 1],
  ['incident', 'version', 1],
] as const;

function sampling(
  { sampleMs, onSample }: CityOptions,
  collector: RunningCollector,
  pids: Readonly<Record<string, number>>,
  generators: readonly { on(listener: (news: AgentsNews) => void): void }[],
  samples: Sample[],
): () => void {
  const open = new Map<number, number>();
  for (const [at, generator] of generators.entries()) {
    generator.on((news) => {
      if (news.is === 'beat') open.set(at, news.open);
    });
  }
  const startedMs = performance.now();
  const take = async () => {
    const metrics = await metricsOf(collector.httpUrl);
    const sample = {
      atS: (performance.now() - startedMs) / 1000,
      heapMiB: (metrics.nodejs_heap_size_used_bytes ?? 0) / MIB,
      externalMiB: (metrics.nodejs_external_memory_bytes ?? 0) / MIB,
      rssMiB: mapped(pids, (name) => usageOf(pids[name] ?? 0).rssMiB),
      points: metrics.ngatu_collector_points_stored_total ?? 0,
      open: [...open.values()].reduce((sum, one) => sum + one, 0),
    };
    samples.push(sample);
    onSample(sample);
  };
  const timer = setInterval(() => void take().catch(() => undefined), sampleMs);
  return () => clearInterval(timer);
}

const MIB = 1_048_576;

function usages(pids: Readonly<Record<string, number>>): Readonly<Record<string, Usage>> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid)]));
}

function usage(all: Readonly<Record<string, Usage>>, name: string): Usage {
  return all[name] ?? { cpuMs: 0, rssMiB: 0 };
}

function mapped(names: object, value: (name: string) => number): Record<string, number> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, value(name)]));
}

/** Boxes that have been there for long: their series exist. */
async function knowSeries(url: string, { agents, cameras, passagesPerS }: CityOptions): Promise<void> {
  const fromMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
  await write(url, { agents, cameras, passagesPerS, minutes: 2, fromMs });
}

/** Makes the database and has it take a workload, as fast as it can. Resolves with the points. */
async function write(url: string, plan: WorkloadPlan): Promise<number> {
  await createDatabase(url);
  const work: WriterPlan = { ...plan, url, database: DATABASE, linesInRequest: 5000, concurrency: 2 };
  const writer = startChild<WriterNews>('writer-child.js', work);
  const { points } = await writer.wait('ready');
  writer.tell({});
  await writer.wait('done');
  await writer.stop();
  return points;
}

/** What InfluxDB keeps of a point of one box's day, in its files, before the last compaction; its index comes to that. */
export async function bytesPerPoint(cameras: number, passagesPerS: number): Promise<number> {
  const stack = await openStack({ name: 'shared' });
  try {
    const { url } = await stack.influxdb();
    const fromMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;
    const points = await write(url, { agents: 1, cameras, passagesPerS, minutes: 1440, fromMs });
    return (await writtenOut(join(stack.directory, 'influxdb'))) / points;
  } finally {
    await stack.close();
  }
}

async function storedEvents(influxUrl: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [type, field, pointsEach] of COUNTED) {
    counts[type] = (await countOf(influxUrl, type, field)) / pointsEach;
  }
  return counts;
}

async function countOf(influxUrl: string, measurement: string, field: string): Promise<number> {
  const query = new URLSearchParams({ db: DATABASE, q: `SELECT count(${field}) FROM raw.${measurement}` });
  const answer = (await (await fetch(`${influxUrl}/query?${query}`)).json()) as {
    results: { series?: { values: unknown[][] }[] }[];
  };
  return Number(answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0);
}

/** A backup has InfluxDB write its cache into files; their bytes. */
async function writtenOut(directory: string): Promise<number> {
  const rpc =
    /bind-address = "([^"]+)"/.exec(readFileSync(join(directory, 'influxdb.conf'), 'utf8'))?.[1] ?? '';
  const backup = await startProcess({
    name: 'the backup',
    command: 'influxd',
    args: ['backup', '-portable', '-database', DATABASE, '-host', rpc, join(directory, 'backup')],
    logFile: join(directory, 'backup.log'),
  });
  await backup.exited;
  return sizeOf(join(directory, 'data', DATABASE));
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.tsm'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
