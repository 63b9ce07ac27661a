// Where something stands in the text of a file.

import { isNode } from 'yaml';
import { parsed } from './parsed.ts';
import type { Path } from './plain-edit.ts';

/** Line of a path, from 1; 1 where there is none. */
export function lineOfPath(text: string, path: Path): number {
  const { document, lineCounter } = parsed(text);
  const node = document.getIn(path, true);
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? 1 : lineCounter.linePos(start).line;
}
