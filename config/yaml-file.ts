// A YAML file read into plain values, with the line and column of every key kept for messages.

import { readFile } from 'node:fs/promises';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Problem } from './problems.ts';
import { hintForSyntax } from './yaml-hints.ts';

export type YamlFile = {
  readonly file: string;
  /** Undefined when the file could not be read or is no YAML. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value at a path starts, or its key; for what is missing, where it would belong. */
  locate(path: readonly PropertyKey[], part?: 'key' | 'value'): { line: number; column: number };
};

const START = { line: 1, column: 1 };

/** Why a file cannot be read, in words. */
const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'reading it is not permitted to this user',
};

/** Reads and parses; problems are returned, not thrown. */
export async function readYamlFile(file: string): Promise<YamlFile> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    return unreadable(file, `cannot be read: ${whyUnreadable(error)}`);
  }
  return parseYaml(file, text);
}

/** Why reading failed, without the path that every message has anyway. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  return READ_FAILURES[code ?? ''] ?? message;
}

export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings]
    .map((error): Problem => {
      return syntaxProblem(file, error, at(error.pos[0]), hintForSyntax(error, text));
    })
    // What follows the first mistake of a line follows from it.
    .filter(({ line }, index, all) => all.findIndex((earlier) => earlier.line === line) === index);
  if (document.errors.length > 0) return { file, value: undefined, problems, locate: () => START };
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return unreadable(file, `is no usable YAML: ${(error as Error).message}`);
  }
  if (value === null || value === undefined) return unreadable(file, 'the file is empty');
  return { file, value, problems, locate: (path, part = 'value') => at(offsetOf(document, path, part)) };
}

function unreadable(file: string, message: string): YamlFile {
  const problem: Problem = { severity: 'error', file, ...START, path: '', message };
  return { file, value: undefined, problems: [problem], locate: () => START };
}

function syntaxProblem(
  file: string,
  error: YAMLError,
  position: { line: number; column: number },
  hint: string | undefined,
): Problem {
  const severity = error.name === 'YAMLWarning' ? 'warning' : 'error';
  return { severity, file, ...position, path: '', message: `YAML: ${error.message}`, hint };
}

function offsetOf(document: Document, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const last = depth === path.length - 1;
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      const keyOffset = rangeStart(pair.key) ?? offset;
      if (last && part === 'key') return keyOffset;
      node = pair.value;
      offset = rangeStart(node) ?? keyOffset;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (node === undefined) return offset;
      offset = rangeStart(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0];
}
