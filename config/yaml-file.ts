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

/** What the YAML parser's words mean for the person who wrote the file. */
const SYNTAX_HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces; YAML does not allow tabs.',
  BAD_INDENT: 'Give keys of one level the same indentation, and close every bracket and brace.',
  DUPLICATE_KEY: 'A key may occur once; remove one of the two.',
  BLOCK_AS_IMPLICIT_KEY: 'Often a value that contains ": "; put the value in quotes.',
  MULTILINE_IMPLICIT_KEY: 'Often a key without its colon, or a missing quotation mark.',
  MISSING_CHAR: 'A bracket, brace, comma or quotation mark is missing here or before.',
  MULTIPLE_DOCS: 'Only one document is read; remove what follows "---".',
  BAD_SCALAR_START: 'Put a text that starts with @ or ` in quotes.',
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
  const problems = [...document.errors, ...document.warnings].map(
    (error): Problem => syntaxProblem(file, error, at(error.pos[0])),
  );
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

function syntaxProblem(file: string, error: YAMLError, position: { line: number; column: number }): Problem {
  return {
    severity: error.name === 'YAMLWarning' ? 'warning' : 'error',
    file,
    ...position,
    path: '',
    message: `YAML: ${error.message}`,
    hint: SYNTAX_HINTS[error.code],
  };
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
