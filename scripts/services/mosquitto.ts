// A private Mosquitto for tests and the demo, on 127.0.0.1 with its data in a folder of its own.

import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Server, type ServerOptions, startServer } from './server.ts';

export type Mosquitto = Server;

export type MosquittoOptions = ServerOptions & {
  /**
   * Gives the text of another configuration file: TLS, passwords, access rules. It must listen on 127.0.0.1 and the
   * port, keep its data in the directory and take SERVICE_SETTINGS over. Default: everybody may everything.
   */
  readonly configuration?: (port: number, directory: string) => string;
  /** How the broker is spoken to. Default mqtt. */
  readonly scheme?: 'mqtt' | 'mqtts';
};

/** Resolves when the broker accepts connections. Throws PortTakenError or ProcessError; nothing runs then. */
export function startMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const { configuration = openConfiguration, scheme = 'mqtt' } = options;
  return startServer(options, async (port, directory) => {
    const configFile = join(directory, 'mosquitto.conf');
    await writeFile(configFile, configuration(port, directory));
    return {
      url: `${scheme}://127.0.0.1:${port}`,
      name: 'Mosquitto',
      command: 'mosquitto',
      args: ['-c', configFile],
      logFile: join(directory, 'mosquitto.log'),
      // Written after the listener is open: no other broker on the port can be mistaken for ours.
      ready: (log) => /mosquitto version \S+ running/.test(log),
    };
  });
}

/** What a private broker needs wherever it runs: our own user, and a log that tells when it is ready. */
export const SERVICE_SETTINGS: readonly string[] = [
  // Started by root, it would become the user "mosquitto", who may not write here, and would outlive us.
  `user ${userInfo().username}`,
  // Not stdout: the C library would hold lines back there.
  'log_dest stderr',
  'log_type error',
  'log_type warning',
  'log_type notice',
  'log_type information',
  'connection_messages false',
];

/**
 * Mosquitto's defaults lose data: 1000 queued messages a client, and memory written out every 30 minutes only.
 * Here a client may have 100,000 messages waiting and the state is saved after every 1000 changes and at the end.
 */
function openConfiguration(port: number, directory: string): string {
  return [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    ...SERVICE_SETTINGS,
    'persistence true',
    `persistence_location ${directory}/`,
    'autosave_on_changes true',
    'autosave_interval 1000',
    'max_queued_messages 100000',
    'max_inflight_messages 100',
    'max_packet_size 2000000',
    '',
  ].join('\n');
}
