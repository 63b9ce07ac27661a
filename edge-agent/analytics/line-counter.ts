// Watches every path at every line, and collects the crossings that are certain.

import { type Calibration, toGround, toPicture } from './calibration.ts';
import { anchorPoint, type CountingLine, type Point, positionAt } from './counting-line.ts';
import { groundAnchor } from './ground-anchor.ts';
import { isHidden } from './hiders.ts';
import { type Crossing, LineWatch } from './line-watch.ts';
import type { Path, PathSighting } from './path.ts';
import type { PathCrossing } from './path-crossing.ts';
import type { PathListener } from './road-users.ts';
import { areTwins } from './twin-crossings.ts';

/** Crossings that a twin's is looked for among: as many as become certain within seconds at the busiest line. */
const REMEMBERED = 32;

/** A way goes across a line when this share of it does: 20 degrees. */
const LEAST_ACROSS = 0.35;

/** A road user's middle on the road and a place ahead of it, px of the picture. */
type OnRoad = { readonly middle: Point; readonly ahead: Point | undefined };

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
    const onRoad = this.#onRoad(path, first);
    const watches = this.#lines.map((line) => {
      const watch = new LineWatch(line);
      watch.appear(first, anchorOf(first, line, onRoad), firstVelocity, watchedSinceMs);
      return watch;
    });
    this.#watches.set(path, watches);
  }

  saw(path: Path, sighting: PathSighting): void {
    const onRoad = this.#onRoad(path, sighting);
    this.#ask(path, (watch, line) => watch.see(sighting, anchorOf(sighting, line, onRoad)));
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

  /** The same for all lines of the camera. */
  #onRoad({ headingRad, roadUser }: Path, { box }: PathSighting): OnRoad | undefined {
    if (this.#calibration === undefined || headingRad === undefined || this.#lines.length === 0)
      return undefined;
    const middle = groundAnchor(this.#calibration, box, roadUser, headingRad);
    return middle && { middle, ahead: aheadOf(this.#calibration, middle, headingRad) };
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

/** What has to cross a line, px. */
function anchorOf(sighting: PathSighting, line: CountingLine, onRoad: OnRoad | undefined): Point {
  const { anchor = 'bottom-centre' } = line;
  if (anchor === 'ground' && onRoad !== undefined) return onRoad.middle;
  const onBox = anchorPoint(sighting.box, anchor === 'ground' ? 'bottom-centre' : anchor);
  const along = onRoad?.ahead && crossingOnTheWay(line, onRoad.middle, onRoad.ahead);
  return along === undefined ? onBox : abreast(line, onBox, along);
}

/** A place in the picture that is a metre ahead on the road. */
function aheadOf(calibration: Calibration, { x, y }: Point, headingRad: number): Point | undefined {
  const from = toGround(calibration, [x, y]);
  if (from === undefined) return undefined;
  const seen = toPicture(calibration, [from[0] + Math.cos(headingRad), from[1] + Math.sin(headingRad)]);
  return seen && { x: seen[0], y: seen[1] };
}

/** Where on a line the way through two places meets it; undefined for a way that hardly goes across. */
function crossingOnTheWay(line: CountingLine, from: Point, to: Point): number | undefined {
  const [before, after] = [positionAt(line, from), positionAt(line, to)];
  const step = after.distance - before.distance;
  if (Math.abs(step) < LEAST_ACROSS * Math.hypot(to.x - from.x, to.y - from.y)) return undefined;
  return before.along - (before.distance / step) * (after.along - before.along);
}

/**
 * As far from the line as `anchor`, and where its way meets it: the middle of the lower edge of a bus that is seen from a
 * corner is metres beside its lane.
 */
function abreast(line: CountingLine, anchor: Point, along: number): Point {
  const share = along - positionAt(line, anchor).along;
  return {
    x: anchor.x + share * (line.to[0] - line.from[0]),
    y: anchor.y + share * (line.to[1] - line.from[1]),
  };
}
