// How much the whole way takes beside its parts: broker alone, InfluxDB alone, and broker, collector and InfluxDB
// together, each with the same messages, in turn. Twice: with everything on all cores, and with InfluxDB on a core of
// its own.

import type { FloodNews, FloodPlan } from './flood-child.ts';
import { onCores, startChild, type Usage, usageOf } from './processes.ts';
import { createDatabase, DATABASE, metricsOf, openStack, type Placement } from './stack.ts';
import type { WorkloadPlan } from './workload.ts';
import type { WriterNews } from './writer-child.ts';

export type Kind = 'broker' | 'influxdb' | 'whole';

export type Result = {
  readonly kind: Kind;
  readonly seconds: number;
  readonly messages: number;
  readonly events: number;
  readonly bytes: number;
  /** Lines stored, one mark for each message among them; known where InfluxDB takes part. */
  readonly points: number;
  readonly requests: number;
  /** CPU time by process, ms. */
  readonly cpuMs: Readonly<Record<string, number>>;
};

export type ThroughputOptions = {
  readonly plan: WorkloadPlan;
  readonly window: number;
  readonly sessions: number;
  readonly linesInRequest: number;
  readonly nodeOptions: readonly string[];
};

/** Requests at once, as the collector has them. */
const CONCURRENCY = 3;

export function measure(kind: Kind, placement: Placement, options: ThroughputOptions): Promise<Result> {
  switch (kind) {
    case 'broker':
      return brokerAlone(placement, options);
    case 'influxdb':
      return influxdbAlone(placement, options);
    case 'whole':
      return wholeWay(placement, options);
  }
}

async function brokerAlone(placement: Placement, options: ThroughputOptions): Promise<Result> {
  const stack = await openStack(placement);
  try {
    const broker = await stack.broker();
    const subscriber = await onCores(placement.others, async () =>
      startChild<{ is: 'ready' } | { is: 'received'; count: number }>('subscriber-child.js', broker.url),
    );
    await subscriber.wait('ready');
    const flood = await startFlood(placement, options, broker.port, 'parent');
    const ready = await flood.wait('ready');
    subscriber.on((news) => {
      if (news.is === 'received') flood.tell({ confirmed: news.count });
    });
    const used = await usedBy(
      { broker: broker.pid, 'load generator': flood.pid, 'MQTT.js subscriber': subscriber.pid },
      flood,
    );
    await Promise.all([flood.stop(), subscriber.stop()]);
    return { kind: 'broker', ...ready, ...used, points: 0, requests: 0 };
  } finally {
    await stack.close();
  }
}

async function influxdbAlone(placement: Placement, options: ThroughputOptions): Promise<Result> {
  const stack = await openStack(placement);
  try {
    const influxdb = await stack.influxdb();
    await createDatabase(influxdb.url);
    const { plan, linesInRequest } = options;
    const work = { ...plan, url: influxdb.url, database: DATABASE, linesInRequest, concurrency: CONCURRENCY };
    const writer = await onCores(placement.others, async () =>
      startChild<WriterNews>('writer-child.js', work),
    );
    const { points, requests } = await writer.wait('ready');
    const used = await usedBy({ InfluxDB: influxdb.pid, 'raw writer': writer.pid }, writer);
    await writer.stop();
    return { kind: 'influxdb', ...used, messages: 0, events: 0, bytes: 0, points, requests };
  } finally {
    await stack.close();
  }
}

async function wholeWay(placement: Placement, options: ThroughputOptions): Promise<Result> {
  const stack = await openStack(placement, options.nodeOptions);
  try {
    const broker = await stack.broker();
    const influxdb = await stack.influxdb();
    const collector = await stack.collector(broker.url, influxdb.url);
    const flood = await startFlood(placement, options, broker.port, 'acks');
    const ready = await flood.wait('ready');
    let before: Readonly<Record<string, number>> = {};
    const begun = flood.wait('begun').then(async () => {
      before = await metricsOf(collector.httpUrl);
    });
    const pids = {
      broker: broker.pid,
      'load generator': flood.pid,
      collector: collector.pid,
      InfluxDB: influxdb.pid,
    };
    const used = await usedBy(pids, flood);
    await begun;
    const after = await metricsOf(collector.httpUrl);
    const grown = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
    await flood.stop();
    return {
      ...{ kind: 'whole', ...ready, ...used },
      points: grown('ngatu_collector_points_stored_total'),
      requests: grown('ngatu_collector_write_requests_total'),
    };
  } finally {
    await stack.close();
  }
}

async function startFlood(
  placement: Placement,
  { plan, sessions, window }: ThroughputOptions,
  port: number,
  confirmedBy: FloodPlan['confirmedBy'],
) {
  const work: FloodPlan = { ...plan, port, sessions, window, confirmedBy };
  return onCores(placement.others, async () => startChild<FloodNews>('flood-child.js', work));
}

/** Starts the measured process and gives what all of them used from `begun` to `done`. */
async function usedBy(
  pids: Readonly<Record<string, number>>,
  measured: {
    wait(is: 'begun' | 'done'): Promise<object>;
    tell(message: object): void;
  },
): Promise<{ seconds: number; cpuMs: Record<string, number> }> {
  const done = measured.wait('done') as Promise<{ seconds: number }>;
  measured.tell({ confirmed: 0 });
  await Promise.race([measured.wait('begun'), done]);
  const before = Object.entries(pids).map(([name, pid]): [string, number, Usage] => [
    name,
    pid,
    usageOf(pid),
  ]);
  const { seconds } = await done;
  const cpuMs = before.map(([name, pid, { cpuMs: was }]) => [name, usageOf(pid).cpuMs - was]);
  return { seconds, cpuMs: Object.fromEntries(cpuMs) };
}
