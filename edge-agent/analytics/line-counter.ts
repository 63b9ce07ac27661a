// Watches every path at every line, and collects the crossings that are certain.

import type { Calibration } from './calibration.ts';
import { anchorPoint, type CountingLine, type Point } from './counting-line.ts';
import { groundAnchor } from './ground-anchor.ts';
import { isHidden } from './hiders.ts';
import { type Crossing, LineWatch } from './line-watch.ts';
import type { Path, PathSighting } from './path.ts';
import type { PathCrossing } from './path-crossing.ts';
import type { PathListener } from './road-users.ts';
import { areTwins } from './twin-crossings.ts';

/** Crossings that a twin's is looked for among: as many as become certain within seconds at the busiest line. */
const REMEMBERED = 32;

/** See LineWatch for jitter and waiting; a path that continues another goes on with what its watches knew. */
export class LineCounter implements PathListener {
  readonly #lines: readonly CountingLine[];
  readonly #calibration: Calibration | undefined;
  readonly #watches = new Map<Path, readonly LineWatch[]>();
  #crossings: PathCrossing[] = [];
  /** The newest crossings of all: a twin's may follow. */
  #recent: PathCrossing[] = [];

  constructor(lines: readonly CountingLine[], calibration?: Calibration) {
    this.#lines = lines;
    this.#calibration = calibration;
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
    const watches = this.#lines.map((line) => {
      const watch = new LineWatch(line);
      watch.appear(first, this.#anchorOf(path, first, line), firstVelocity, watchedSinceMs);
      return watch;
    });
    this.#watches.set(path, watches);
  }

  saw(path: Path, sighting: PathSighting): void {
    this.#ask(path, (watch, line) => watch.see(sighting, this.#anchorOf(path, sighting, line)));
  }

  over(path: Path): void {
    const { velocity } = path;
    const others = () => [...this.#watches.keys()].filter((other) => other !== path);
    this.#ask(path, (watch) =>
      watch.end(velocity, (box, at) => isHidden(others(), box, velocity, at.cameraTimeMs)),
    );
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

  #anchorOf(path: Path, sighting: PathSighting, { anchor = 'bottom-centre' }: CountingLine): Point {
    const { headingRad, roadUser } = path;
    const onGround =
      anchor === 'ground' && this.#calibration !== undefined && headingRad !== undefined
        ? groundAnchor(this.#calibration, sighting.box, roadUser, headingRad)
        : undefined;
    return onGround ?? anchorPoint(sighting.box, anchor === 'ground' ? 'bottom-centre' : anchor);
  }

  #ask(path: Path, question: (watch: LineWatch, line: CountingLine) => Crossing | undefined): void {
    const watches = this.#watches.get(path) ?? [];
    for (const [index, line] of this.#lines.entries()) {
      const watch = watches[index];
      const crossing = watch && question(watch, line);
      if (crossing !== undefined) this.#note({ path, line, crossing });
    }
  }

  #note(crossing: PathCrossing): void {
    if (this.#recent.some((other) => areTwins(other, crossing))) return;
    this.#crossings.push(crossing);
    this.#recent.push(crossing);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }
}
