// Texts as documents of YAML, the last few kept: a drag asks for the same text from several sides, many times a second,
// and reading takes most of the time. Nobody may change such a document.

import { type Document, LineCounter, parseDocument } from 'yaml';

export type Parsed = { readonly document: Document.Parsed; readonly lineCounter: LineCounter };

const MOST_KEPT = 4;

const kept = new Map<string, Parsed>();

export function parsed(text: string): Parsed {
  const found = kept.get(text);
  if (found !== undefined) return found;
  const lineCounter = new LineCounter();
  const made = { document: parseDocument(text, { lineCounter }), lineCounter };
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(text, made);
  return made;
}
