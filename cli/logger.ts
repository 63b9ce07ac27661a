// The log of a running command: a JSON line each, with the time in UTC and the level by its name, so that
// people can read it without a tool.

import { type Logger, pino, stdTimeFunctions } from 'pino';

/** Writes to standard output. `who` stands in every line. */
export function createLogger(level: string, who: Readonly<Record<string, string>>): Logger {
  return pino({
    level,
    base: who,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
