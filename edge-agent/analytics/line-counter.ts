// Watches every path at every line, and collects the crossings that are certain.

import type { CountingLine } from './counting-line.ts';
import { type Crossing, LineWatch } from './line-watch.ts';
import type { Path, PathSighting } from './path.ts';
import type { PathListener } from './road-users.ts';

/** A path crossed a line, once. */
export type PathCrossing = { readonly path: Path; readonly line: CountingLine; readonly crossing: Crossing };

/** See LineWatch for jitter and waiting; a path that continues another goes on with what its watches knew. */
export class LineCounter implements PathListener {
  readonly #lines: readonly CountingLine[];
  readonly #watches = new Map<Path, readonly LineWatch[]>();
  #crossings: PathCrossing[] = [];

  constructor(lines: readonly CountingLine[]) {
    this.#lines = lines;
  }

  began(path: Path, predecessor: Path | undefined, watchedSinceMs: number): void {
    const before = predecessor && this.#watches.get(predecessor);
    if (before !== undefined) {
      this.#watches.set(
        path,
        before.map((watch) => watch.fork()),
      );
      return;
    }
    const { first, firstVelocity } = path;
    const watches = this.#lines.map((line) => new LineWatch(line));
    for (const watch of watches) {
      watch.appear(first, firstVelocity, watchedSinceMs);
    }
    this.#watches.set(path, watches);
  }

  saw(path: Path, sighting: PathSighting): void {
    this.#ask(path, (watch) => watch.see(sighting));
  }

  over(path: Path): void {
    const { velocity } = path;
    this.#ask(path, (watch) => watch.end(velocity));
  }

  gone(path: Path): void {
    this.#watches.delete(path);
  }

  /** What became certain since the last call. */
  takeCrossings(): PathCrossing[] {
    const crossings = this.#crossings;
    this.#crossings = [];
    return crossings;
  }

  #ask(path: Path, question: (watch: LineWatch) => Crossing | undefined): void {
    const watches = this.#watches.get(path) ?? [];
    for (const [index, line] of this.#lines.entries()) {
      const watch = watches[index];
      const crossing = watch && question(watch);
      if (crossing !== undefined) this.#crossings.push({ path, line, crossing });
    }
  }
}
