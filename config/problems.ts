// What is wrong with a configuration, said so that the reader can put it right: where, what was expected,
// what came, what to do.

import { plainText } from '../contract/index.ts';

/** As many as somebody reads through; a file with more is not the file that it is taken for. */
export const MAX_PROBLEMS = 100;

export type Problem = {
  /** An error refuses the configuration; a warning does not. */
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** Position in the file, both from 1. */
  readonly line: number;
  readonly column: number;
  /** The key, as `cameras[1].lines[0].from`; empty for the whole file. */
  readonly path: string;
  /** What was expected and what came. Never holds a secret. */
  readonly message: string;
  /** What to do, or what the key is for. */
  readonly hint?: string | undefined;
};

/** The configuration was refused. Lists every problem of the file and of the files that it names. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Another try with the same files cannot help. */
  readonly retryable = false;
  /** What the command ends with: bad configuration. */
  readonly exitCode = 2;
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], options?: ErrorOptions) {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    super(`${file}: ${many(errors, 'problem')}\n${problems.map(formatProblem).join('\n')}`, options);
    this.file = file;
    this.problems = problems;
  }
}

const MAX_LINE = 1200;

/** `file:line:column  path: message`, and the hint on a line of its own. */
export function formatProblem({ severity, file, line, column, path, message, hint }: Problem): string {
  const subject = path === '' ? '' : `${path}: `;
  const first = `  ${file}:${line}:${column}  ${severity === 'warning' ? 'warning: ' : ''}${subject}${message}`;
  const told = hint === undefined ? [first] : [first, `      ${hint}`];
  // Of names and values only those characters that a terminal shows, and each part on its line.
  return told.map((line) => plainText(line, MAX_LINE)).join('\n');
}

/** Problems in the order in which a reader goes through the files. */
export function inReadingOrder(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  return [...problems].sort(
    (a, b) =>
      (rank.get(a.file) ?? files.length) - (rank.get(b.file) ?? files.length) ||
      a.line - b.line ||
      a.column - b.column,
  );
}

/** `['cameras', 1, 'lines', 0, 'from']` as `cameras[1].lines[0].from`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = plainText(String(key), 80);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** `1 line`, `2 lines`. */
export function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
