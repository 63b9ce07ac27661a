// A YAML file read into plain values, with the line and column of every key kept for messages.

import { open } from 'node:fs/promises';
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { plainText } from '../contract/index.ts';
import { MAX_PROBLEMS, type Problem } from './problems.ts';
import { hintForSyntax } from './yaml-hints.ts';
import { isTooDeep, repeatedKeys, TOO_DEEP, whyUnusable } from './yaml-shape.ts';

export type YamlFile = {
  readonly file: string;
  /** Undefined when the file could not be read or is no YAML. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value at a path starts, or its key; for what is missing, where it would belong. */
  locate(path: readonly PropertyKey[], part?: 'key' | 'value'): { line: number; column: number };
};

/** A thousand cameras written inline, each with all its keys, are half of it. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

const START = { line: 1, column: 1 };

/** Why a file cannot be read, in words. */
const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'reading it is not permitted to this user',
};

/** The text alone; undefined when it cannot be read. */
export async function readYamlText(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch {
    return undefined;
  }
}

async function readText(file: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readBounded(file));
}

/** Reads and parses; problems are returned, not thrown. */
export async function readYamlFile(file: string): Promise<YamlFile> {
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    return unreadable(file, `cannot be read: ${whyUnreadable(error)}`);
  }
  return parseYaml(file, text);
}

class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
}

/** A device or a pipe given by mistake has no end. */
async function readBounded(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of handle.createReadStream({ autoClose: false })) {
      size += (part as Buffer).length;
      parts.push(part as Buffer);
      if (size > MAX_FILE_BYTES) {
        throw new FileTooLarge(
          `it is larger than ${MAX_FILE_BYTES / 2 ** 20} MiB; expected a file written by hand`,
        );
      }
    }
    return Buffer.concat(parts);
  } finally {
    await handle.close();
  }
}

/** Why reading failed, without the path that every message has anyway. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof FileTooLarge) return error.message;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  return READ_FAILURES[code ?? ''] ?? message;
}

export function parseYaml(file: string, text: string): YamlFile {
  if (isTooDeep(text)) return unreadable(file, `is no usable YAML: ${TOO_DEEP}`);
  const lines = new LineCounter();
  // Repeated keys are looked for below: the parser compares each key with each. What it warns of goes to nobody's screen.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = [...document.errors, ...repeatedKeys(document)].sort((a, b) => a.pos[0] - b.pos[0]);
  const told = new Set<number>();
  const problems: Problem[] = [];
  for (const error of [...errors, ...document.warnings]) {
    const position = at(error.pos[0]);
    // What follows the first mistake of a line follows from it.
    if (told.has(position.line) || problems.length >= MAX_PROBLEMS) continue;
    told.add(position.line);
    problems.push(syntaxProblem(file, error, position, hintForSyntax(error, text)));
  }
  if (errors.length > 0) return { file, value: undefined, problems, locate: () => START };
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return unreadable(file, `is no usable YAML: ${plainText((error as Error).message)}`);
  }
  const reason = whyUnusable(value);
  if (reason !== undefined) return unreadable(file, `is no usable YAML: ${reason}`);
  if (value === null || value === undefined) return unreadable(file, 'the file is empty');
  // The parser walks the whole document for each alias that it follows.
  const targets = new Map<Alias, unknown>();
  const aliased = (alias: Alias) => {
    if (!targets.has(alias)) targets.set(alias, alias.resolve(document));
    return targets.get(alias);
  };
  return {
    file,
    value,
    problems,
    locate: (path, part = 'value') => at(offsetOf(document, aliased, path, part)),
  };
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
  return { severity, file, ...position, path: '', message: plainText(`YAML: ${error.message}`), hint };
}

function offsetOf(
  document: Document,
  aliased: (alias: Alias) => unknown,
  path: readonly PropertyKey[],
  part: 'key' | 'value',
): number {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const last = depth === path.length - 1;
    if (isAlias(node)) node = aliased(node);
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
