// What the YAML parser lets through and no configuration needs: keys that occur twice, values that hold themselves, nesting
// and repetition without end. Found here once, so that everything behind may walk over values without a second thought.

import { type Document, isMap, isNode, isPair, isScalar, isSeq, Parser, YAMLParseError } from 'yaml';

/** Levels of lists and maps in one another; configurations have eight. */
const MAX_DEPTH = 40;
/** Values in all, what aliases stand for counted each time; a thousand cameras with all their keys are half of it. */
const MAX_VALUES = 500_000;

/** Lists and maps of the parser's own tokens, as far as nesting is concerned. */
type Token = { readonly value?: unknown; readonly key?: unknown; readonly items?: readonly unknown[] };

/**
 * Whether lists and maps in one another are too many. Looked for before anything else: the composer behind calls itself
 * for each level, and a regular expression that is compiled where the stack ends ends the whole process (Node 20).
 */
export function isTooDeep(text: string): boolean {
  for (const document of new Parser().parse(text)) {
    const left: { token: unknown; depth: number }[] = [{ token: document, depth: 0 }];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (typeof next.token !== 'object' || next.token === null) continue;
      const { key, value, items } = next.token as Token;
      const depth = next.depth + (items === undefined ? 0 : 1);
      if (depth > MAX_DEPTH) return true;
      for (const token of items ?? []) left.push({ token, depth });
      left.push({ token: key, depth }, { token: value, depth });
    }
  }
  return false;
}

export const TOO_DEEP = `it is nested deeper than ${MAX_DEPTH} levels`;

/** An error for every key that stands in its map already. */
export function repeatedKeys(document: Document): YAMLParseError[] {
  const errors: YAMLParseError[] = [];
  const left: unknown[] = [document.contents];
  while (left.length > 0) {
    const node = left.pop();
    if (isPair(node)) left.push(node.key, node.value);
    if (!isMap(node) && !isSeq(node)) continue;
    // One by one: a call takes no million arguments.
    for (const item of node.items) left.push(item);
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const { key } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      if (seen.has(name)) errors.push(repeated(key));
      seen.add(name);
    }
  }
  return errors;
}

/** Why `value`, as the parser made it, is of no use; undefined when it is. */
export function whyUnusable(value: unknown): string | undefined {
  let values = 0;
  const around = new Set<unknown>();
  const look = (inner: unknown): string | undefined => {
    values += 1;
    if (values > MAX_VALUES) return `it has more than ${MAX_VALUES} values, with what aliases stand for`;
    if (typeof inner !== 'object' || inner === null) return undefined;
    if (around.has(inner)) return 'an alias stands for something that it is a part of';
    if (around.size >= MAX_DEPTH) return TOO_DEEP;
    around.add(inner);
    for (const each of Object.values(inner)) {
      const reason = look(each);
      if (reason !== undefined) return reason;
    }
    around.delete(inner);
    return undefined;
  };
  return look(value);
}

function repeated(key: unknown): YAMLParseError {
  const [from = 0, to = from] = (isNode(key) ? key.range : undefined) ?? [];
  return new YAMLParseError([from, to], 'DUPLICATE_KEY', 'Map keys must be unique');
}
