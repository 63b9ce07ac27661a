// Texts as documents of YAML, the last few kept: a drag asks for the same text from several sides, many times a second,
// and reading takes most of the time. Nobody may change such a document.

import { type Document, LineCounter, parseDocument, visit, YAMLParseError } from 'yaml';

export type Parsed = { readonly document: Document.Parsed; readonly lineCounter: LineCounter };

const MOST_KEPT = 4;

const kept = new Map<string, Parsed>();

export function parsed(text: string): Parsed {
  const found = kept.get(text);
  if (found !== undefined) return found;
  const lineCounter = new LineCounter();
  const made = { document: parseDocument(text, { lineCounter }), lineCounter };
  refuseAliases(made);
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(text, made);
  return made;
}

/**
 * The parser says nothing of an alias without its anchor, as everybody writes one who begins to write it, nor of aliases that
 * stand for millions of values: whoever asks for the values finds out.
 */
function refuseAliases({ document, lineCounter }: Parsed): void {
  if (document.errors.length > 0) return;
  try {
    document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    let at = 0;
    visit(document, {
      Alias: (_key, alias) => {
        if (alias.resolve(document) !== undefined) return undefined;
        at = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    const problem = new YAMLParseError([at, at + 1], 'BAD_ALIAS', (error as Error).message);
    problem.linePos = [lineCounter.linePos(at)];
    document.errors.push(problem);
  }
}
