// A private Mosquitto for tests and the demo, on 127.0.0.1 with its data in a folder of its own.

import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { onPort, PortTakenError } from './ports.ts';
import { ProcessError, type RunningProcess, startProcess } from './process.ts';

export type MosquittoOptions = {
  /** Configuration, log and persisted messages; made if missing, kept after stop(). */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly signal?: AbortSignal;
};

export type Mosquitto = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: RunningProcess['exited'];
  stop(): Promise<void>;
};

/** Resolves when the broker accepts connections. Throws PortTakenError or ProcessError; nothing runs then. */
export async function startMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  return onPort(options.port, (port) => startOn(port, directory, options.signal));
}

async function startOn(port: number, directory: string, signal?: AbortSignal): Promise<Mosquitto> {
  const configFile = join(directory, 'mosquitto.conf');
  await writeFile(configFile, configuration(port, directory));
  try {
    const running = await startProcess({
      name: 'Mosquitto',
      command: 'mosquitto',
      args: ['-c', configFile],
      logFile: join(directory, 'mosquitto.log'),
      // Written after the listener is open: no other broker on the port can be mistaken for ours.
      ready: (log) => /mosquitto version \S+ running/.test(log),
      ...(signal && { signal }),
    });
    return {
      url: `mqtt://127.0.0.1:${port}`,
      port,
      pid: running.pid,
      logFile: running.logFile,
      exited: running.exited,
      stop: async () => {
        await running.stop();
      },
    };
  } catch (error) {
    if (error instanceof ProcessError && /Address already in use/i.test(error.log)) {
      throw new PortTakenError('Mosquitto', port, { cause: error });
    }
    throw error;
  }
}

/**
 * Mosquitto's defaults lose data: 1000 queued messages a client, and memory written out every 30 minutes only.
 * Here a client may have 100,000 messages waiting and the state is saved after every 1000 changes and at the end.
 */
function configuration(port: number, directory: string): string {
  return [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    // Started by root, it would become the user "mosquitto", who may not write here, and would outlive us.
    `user ${userInfo().username}`,
    'persistence true',
    `persistence_location ${directory}/`,
    'autosave_on_changes true',
    'autosave_interval 1000',
    'max_queued_messages 100000',
    'max_inflight_messages 100',
    'max_packet_size 2000000',
    // Not stdout: the C library would hold lines back there.
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    'log_type notice',
    'log_type information',
    'connection_messages false',
    '',
  ].join('\n');
}
