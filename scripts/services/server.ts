// What the private servers of tests and the demo have in common: a folder, a port of 127.0.0.1, an end.

import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { onPort, PortTakenError } from './ports.ts';
import { ProcessError, type ProcessOptions, type RunningProcess, startProcess } from './process.ts';

export type ServerOptions = {
  /** Configuration, log and data; made if missing, kept after stop(). */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly signal?: AbortSignal;
};

export type Server = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: RunningProcess['exited'];
  stop(): Promise<void>;
};

/** How to start one on a port; writes its configuration first. */
export type Preparation = Omit<ProcessOptions, 'signal'> & { readonly url: string };

/** Resolves when the server is ready. Throws PortTakenError or ProcessError; nothing runs then. */
export async function startServer(
  options: ServerOptions,
  prepare: (port: number, directory: string) => Promise<Preparation>,
): Promise<Server> {
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  return onPort(options.port, async (port) => {
    const { url, ...program } = await prepare(port, directory);
    try {
      const { signal } = options;
      const running = await startProcess({ ...program, ...(signal && { signal }) });
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
        throw new PortTakenError(program.name, port, { cause: error });
      }
      throw error;
    }
  });
}
