// A crossing, and whose it is.

import type { CountingLine } from './counting-line.ts';
import type { Crossing } from './line-watch.ts';
import type { Path } from './path.ts';

/** A path crossed a line, once. */
export type PathCrossing = { readonly path: Path; readonly line: CountingLine; readonly crossing: Crossing };
