// Work that is done again and again, never twice at once, until it is stopped.

import type { Logger } from 'pino';

/** Begins at once. What stops it waits for work under way. Failures are told once until it works again. */
export function repeat(
  what: string,
  everyMs: number,
  work: () => Promise<void>,
  log: Logger,
): () => Promise<void> {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing && !stopped)
        log.warn({ problem: (error as Error).message }, `${what} failed; it is tried again`);
      failing = true;
    }
    if (!stopped) timer = setTimeout(start, everyMs);
  };
  const start = () => {
    running = run();
  };
  start();
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}
