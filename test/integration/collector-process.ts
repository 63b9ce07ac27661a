// A collector as people run it: the built command with a configuration file, in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../scripts/services/ports.ts';
import { until } from './collector-rig.ts';

const BINARY = join(import.meta.dirname, '../../dist/cli/ngatu.js');

/** False before `npm run build`. */
export const IS_BUILT = existsSync(BINARY);

export type ProcessRig = {
  readonly name: string;
  readonly directory: string;
  readonly mqtt: string;
  readonly influx: string;
  /** Default: a group of its own. */
  readonly group?: string;
  readonly database?: string;
  /** Further sections of the file, a line each. */
  readonly more?: readonly string[];
};

export class CollectorProcess {
  readonly config: string;
  readonly quarantine: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(config: string, quarantine: string, port: number) {
    this.config = config;
    this.quarantine = quarantine;
    this.#port = port;
  }

  /** Writes its configuration; `start()` runs it, again and again if need be. */
  static async configure(rig: ProcessRig): Promise<CollectorProcess> {
    const { name, directory, mqtt, influx, group = name, database = 'ngatu', more = [] } = rig;
    const config = join(directory, `${name}.yaml`);
    const port = await freePort();
    const lines = [
      `mqtt: {url: "${mqtt}", sharedGroup: ${group}, clientId: ${name}}`,
      `influxdb: {url: "${influx}", database: ${database}}`,
      `quarantine: {directory: ./quarantine-${name}}`,
      `http: {host: 127.0.0.1, port: ${port}}`,
      ...(more.some((line) => line.startsWith('centre:')) ? [] : ['centre: {enabled: false}']),
      'log: {level: error}',
      ...more,
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    return new CollectorProcess(config, join(directory, `quarantine-${name}`), port);
  }

  start(): void {
    this.#child = spawn(process.execPath, [BINARY, 'collector', '--config', this.config], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  async ready(): Promise<void> {
    const healthy = async () => (await this.#page('healthz').catch(() => undefined))?.ok === true;
    await until(healthy, 60_000, 'collector process ready');
  }

  /** Of its pages. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal and waits for the end; resolves with the exit code, null after a kill. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  /** For afterEach. */
  async close(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Numbers of /metrics: names without `ngatu_collector_`, labels as Prometheus writes them. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await this.#page('metrics')).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line): [string, number] => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space).replace(/^ngatu_collector_/, ''), Number(line.slice(space + 1))];
      }),
    );
  }

  async metric(name: string): Promise<number> {
    return (await this.metrics()).get(name) ?? 0;
  }

  async rssMiB(): Promise<number> {
    return (await this.metric('process_resident_memory_bytes')) / 1024 / 1024;
  }

  async ledger(): Promise<Record<string, unknown>[]> {
    const { agents } = (await (await this.#page('ledger')).json()) as { agents: Record<string, unknown>[] };
    return agents;
  }

  #page(path: string): Promise<Response> {
    return fetch(`${this.url}/${path}`, { signal: AbortSignal.timeout(20_000) });
  }
}
