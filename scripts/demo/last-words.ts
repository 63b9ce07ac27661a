// What a process said before it ended, for the one sentence that the demo shows.

import type { RunningProcess } from '../services/process.ts';

const ERROR_LEVELS = ['error', 'fatal'];
const SHOWN_LINES = 4;
const STACK_LINE = /^\s+at |^Node\.js v/;

/** The last error of a JSON log, or the last lines of plain output, with the log file's path. */
export function lastWords({ log, logFile }: Pick<RunningProcess, 'log' | 'logFile'>): string {
  const lines = log()
    .split('\n')
    .filter((line) => line.trim() !== '');
  const plain = lines.filter((line) => !line.startsWith('{') && !STACK_LINE.test(line)).slice(-SHOWN_LINES);
  const errors = lines.map(errorOf).filter((message) => message !== undefined);
  const words = plain.length > 0 ? plain.join('\n  ') : errors.at(-1);
  return words === undefined
    ? `Its log gives no reason: ${logFile}`
    : `It said:\n  ${words}\n  (log: ${logFile})`;
}

function errorOf(line: string): string | undefined {
  try {
    const { level, msg, err } = JSON.parse(line) as {
      level?: string;
      msg?: string;
      err?: { message?: string };
    };
    if (!ERROR_LEVELS.includes(level ?? '')) return undefined;
    return [msg, err?.message].filter((part) => part !== undefined).join(': ');
  } catch {
    return undefined;
  }
}
