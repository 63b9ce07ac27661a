// Free ports for private servers. A port is only free until someone else takes it, so a server that finds
// its port taken is started again on another one.

import { createServer } from 'node:net';

/** A server could not listen because another program has the port. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;
  /** Another port may well be free. */
  readonly retryable = true;

  constructor(server: string, port: number, options?: ErrorOptions) {
    super(
      `${server} cannot listen on 127.0.0.1:${port}: another program uses that port. Stop it or choose another port.`,
      options,
    );
    this.port = port;
  }
}

/** A TCP port of 127.0.0.1 on which nobody listens right now, 1024..65535. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no TCP port was given'));
        else resolve(address.port);
      });
    });
  });
}

/** Ports tried before giving up; each try loses only when another program takes the port within milliseconds. */
const MAX_TRIES = 5;

/**
 * Runs `start` with `port`, or with free ports until one is not snatched away in between.
 * Throws PortTakenError when the given port, or each of five free ones, was taken.
 */
export async function onPort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === MAX_TRIES) throw error;
    }
  }
}
