// The servers of a measurement and the collector as people run it, each a process of its own, in a new folder.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Influxdb, startInfluxdb } from '../../services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../services/mosquitto.ts';
import { freePort } from '../../services/ports.ts';
import { type RunningProcess, startProcess } from '../../services/process.ts';
import { type Cores, onCores } from './processes.ts';

/** Undefined: anywhere. */
export type Placement = { readonly name: string; readonly influxdb?: Cores; readonly others?: Cores };

export type Stack = {
  readonly directory: string;
  broker(): Promise<Mosquitto>;
  influxdb(): Promise<Influxdb>;
  collector(mqttUrl: string, influxUrl: string, name?: string): Promise<RunningCollector>;
  /** Stops what runs and removes the folder. */
  close(): Promise<void>;
};

export type RunningCollector = RunningProcess & { readonly httpUrl: string };

export const DATABASE = 'ngatu';

export async function openStack(
  { influxdb, others }: Placement,
  nodeOptions: readonly string[] = [],
): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-bench-'));
  const running: { stop(): Promise<unknown> }[] = [];
  const kept = async <T extends { stop(): Promise<unknown> }>(
    cores: Cores | undefined,
    start: () => Promise<T>,
  ) => {
    const one = await onCores(cores, start);
    running.unshift(one);
    return one;
  };
  return {
    directory,
    broker: () => kept(others, () => startMosquitto({ directory: join(directory, 'broker') })),
    influxdb: () => kept(influxdb, () => startInfluxdb({ directory: join(directory, 'influxdb') })),
    collector: (mqttUrl, influxUrl, name = 'collector') =>
      kept(others, () => startCollector(join(directory, name), mqttUrl, influxUrl, name, nodeOptions)),
    close: async () => {
      for (const one of running) await one.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startCollector(
  directory: string,
  mqttUrl: string,
  influxUrl: string,
  name: string,
  nodeOptions: readonly string[],
): Promise<RunningCollector> {
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  const config = join(directory, 'collector.yaml');
  await writeFile(
    config,
    JSON.stringify({
      mqtt: { url: mqttUrl, clientId: name, sharedGroup: 'bench' },
      influxdb: { url: influxUrl, database: DATABASE },
      quarantine: { directory: join(directory, 'quarantine') },
      centre: { enabled: false },
      http: { port },
      log: { level: 'warn' },
    }),
  );
  const httpUrl = `http://127.0.0.1:${port}`;
  const program = resolve(import.meta.dirname, '../../../cli/ngatu.js');
  const running = await startProcess({
    name: 'the collector',
    command: process.execPath,
    args: [...nodeOptions, program, 'collector', '--config', config],
    logFile: join(directory, 'collector.log'),
    ready: async () => (await fetch(`${httpUrl}/healthz`).catch(() => undefined))?.status === 200,
  });
  return { ...running, httpUrl };
}

/** The numbers of a Prometheus page that have no labels. */
export async function metricsOf(httpUrl: string): Promise<Readonly<Record<string, number>>> {
  const page = await (await fetch(`${httpUrl}/metrics`)).text();
  return Object.fromEntries(
    [...page.matchAll(/^(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );
}

/** With the database and its policy, as a collector makes them. */
export async function createDatabase(influxUrl: string): Promise<void> {
  for (const q of [
    `CREATE DATABASE ${DATABASE}`,
    `CREATE RETENTION POLICY raw ON ${DATABASE} DURATION INF REPLICATION 1 DEFAULT`,
  ]) {
    const body = new URLSearchParams({ q });
    await fetch(`${influxUrl}/query`, { method: 'POST', body });
  }
}
