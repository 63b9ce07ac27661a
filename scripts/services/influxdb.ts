// A private InfluxDB 1.x for tests and the demo, on 127.0.0.1 with its data in a folder of its own.

import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort, onPort, PortTakenError } from './ports.ts';
import { ProcessError, type RunningProcess, startProcess } from './process.ts';

export type InfluxdbOptions = {
  /** Configuration, log and data; made if missing, kept after stop(). */
  readonly directory: string;
  /** Port of the HTTP API, default a free one. */
  readonly port?: number;
  readonly signal?: AbortSignal;
};

export type Influxdb = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: RunningProcess['exited'];
  stop(): Promise<void>;
};

/** Resolves when the HTTP API answers. Throws PortTakenError or ProcessError; nothing runs then. */
export async function startInfluxdb(options: InfluxdbOptions): Promise<Influxdb> {
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  return onPort(options.port, (port) => startOn(port, directory, options.signal));
}

async function startOn(port: number, directory: string, signal?: AbortSignal): Promise<Influxdb> {
  const url = `http://127.0.0.1:${port}`;
  const configFile = join(directory, 'influxdb.conf');
  await writeFile(configFile, configuration(port, await freePort(), directory));
  try {
    const running = await startProcess({
      name: 'InfluxDB',
      command: 'influxd',
      args: ['run', '-config', configFile],
      logFile: join(directory, 'influxdb.log'),
      // A data folder with months in it takes a while to open.
      readyTimeoutMs: 60_000,
      // The log line says that the port is ours and not another InfluxDB's, the ping that it answers.
      ready: async (log) => /Listening on HTTP/.test(log) && (await answers(url)),
      ...(signal && { signal }),
    });
    return {
      url,
      port,
      pid: running.pid,
      logFile: running.logFile,
      exited: running.exited,
      stop: async () => {
        await running.stop();
      },
    };
  } catch (error) {
    if (error instanceof ProcessError && /address already in use/i.test(error.log)) {
      throw new PortTakenError('InfluxDB', port, { cause: error });
    }
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(2000) });
    return response.status === 204;
  } catch {
    return false;
  }
}

/** The log keeps what opens and fails; every request, write and query would drown it. */
function configuration(port: number, rpcPort: number, directory: string): string {
  return `reporting-enabled = false
bind-address = "127.0.0.1:${rpcPort}"

[meta]
  dir = ${JSON.stringify(join(directory, 'meta'))}
  logging-enabled = false

[data]
  dir = ${JSON.stringify(join(directory, 'data'))}
  wal-dir = ${JSON.stringify(join(directory, 'wal'))}
  index-version = "tsi1"
  query-log-enabled = false

[monitor]
  store-enabled = false

[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false

[continuous_queries]
  log-enabled = false

[logging]
  level = "info"
  suppress-logo = true
`;
}
