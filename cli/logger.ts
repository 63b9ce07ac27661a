// The logs of the commands: JSON lines for those that run for years, sentences for those that a person waits for.

import { type Logger, pino, stdTimeFunctions } from 'pino';

/** JSON to standard output, with the time in UTC and the level by its name, readable without a tool. `who` stands in every line. */
export function createLogger(level: string, who: Readonly<Record<string, string>>): Logger {
  return pino({
    level,
    base: who,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/** Warnings and errors as sentences to standard error. */
export function createPlainLogger(): Logger {
  const write = (line: string) => {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    process.stderr.write(`${[msg, err?.message].filter(Boolean).join(': ')}\n`);
  };
  return pino({ level: 'warn', base: null }, { write });
}
