// A private InfluxDB 1.x for tests and the demo, on 127.0.0.1 with its data in a folder of its own.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mendWal } from '../../cli/influxdb-wal.ts';
import { freePort } from './ports.ts';
import { type Server, type ServerOptions, startServer } from './server.ts';

export type Influxdb = Server;

/** Resolves when the HTTP API, on `port`, answers. Throws PortTakenError or ProcessError; nothing runs then. */
export function startInfluxdb(options: ServerOptions): Promise<Influxdb> {
  return startServer(options, async (port, directory) => {
    const url = `http://127.0.0.1:${port}`;
    const configFile = join(directory, 'influxdb.conf');
    // The last one that ran here may have been killed in the middle of a write.
    await mendWal(join(directory, 'wal'));
    await writeFile(configFile, configuration(port, await freePort(), directory));
    return {
      url,
      name: 'InfluxDB',
      command: 'influxd',
      args: ['run', '-config', configFile],
      logFile: join(directory, 'influxdb.log'),
      // A data folder with months in it takes a while to open.
      readyTimeoutMs: 60_000,
      // The log line says that the port is ours and not another InfluxDB's, the ping that it answers.
      ready: async (log) => /Listening on HTTP/.test(log) && (await answers(url)),
    };
  });
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
