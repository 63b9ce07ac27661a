// A polyline on the ground with arc length: what vehicles and pedestrians move along.

export type Point = readonly [xM: number, yM: number];

/** Place on the ground; heading in radians, counter-clockwise from +x (east). */
export type Pose = { readonly x: number; readonly y: number; readonly heading: number };

/** Where a ground point lies relative to a path: along it, and to its right (positive). */
export type PathPosition = { readonly alongM: number; readonly rightM: number };

/*
 *            rightM > 0 on this side
 *   start ──────────────────────────▶ end      alongM grows this way
 */
export class Path {
  readonly points: readonly Point[];
  readonly lengthM: number;
  readonly #starts: number[] = [];

  constructor(points: readonly Point[]) {
    if (points.length < 2) throw new Error(`A path needs at least 2 points, got ${points.length}`);
    this.points = points;
    let total = 0;
    for (let i = 0; i < points.length - 1; i++) {
      this.#starts.push(total);
      total += distance(at(points, i), at(points, i + 1));
    }
    this.lengthM = total;
  }

  /** Pose at a length along the path, moved `rightM` to its right. Extends straight beyond both ends. */
  pose(alongM: number, rightM = 0): Pose {
    const i = this.#segmentAt(alongM);
    const a = at(this.points, i);
    const b = at(this.points, i + 1);
    const heading = Math.atan2(b[1] - a[1], b[0] - a[0]);
    const rest = alongM - (this.#starts[i] ?? 0);
    const cos = Math.cos(heading);
    const sin = Math.sin(heading);
    return { x: a[0] + cos * rest + sin * rightM, y: a[1] + sin * rest - cos * rightM, heading };
  }

  /** Heading smoothed over `spanM`, so that vehicles do not snap round the corners of a polyline. */
  smoothHeading(alongM: number, spanM: number): number {
    const rear = this.pose(alongM - spanM / 2);
    const front = this.pose(alongM + spanM / 2);
    return Math.atan2(front.y - rear.y, front.x - rear.x);
  }

  /** The nearest position on the stretch from `fromM` to `toM`; undefined when the point lies before or behind it. */
  locate(x: number, y: number, fromM: number, toM: number): PathPosition | undefined {
    let best: PathPosition | undefined;
    let bestSquared = Number.POSITIVE_INFINITY;
    const last = this.#segmentAt(toM);
    for (let i = this.#segmentAt(fromM); i <= last; i++) {
      const a = at(this.points, i);
      const b = at(this.points, i + 1);
      const length = distance(a, b);
      const ux = (b[0] - a[0]) / length;
      const uy = (b[1] - a[1]) / length;
      const along = (x - a[0]) * ux + (y - a[1]) * uy;
      const alongM = (this.#starts[i] ?? 0) + along;
      // A vertex's wedge belongs to the nearer segment: clamp with a little slack rather than lose points there.
      if (along < -0.8 || along > length + 0.8 || alongM < fromM || alongM > toM) continue;
      const rightM = (x - a[0]) * uy - (y - a[1]) * ux;
      const squared = rightM * rightM;
      if (squared < bestSquared) {
        bestSquared = squared;
        best = { alongM, rightM };
      }
    }
    return best;
  }

  #segmentAt(alongM: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= alongM) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Points of a circular arc; angles in radians, counter-clockwise positive. */
export function arc(centre: Point, radiusM: number, fromRad: number, toRad: number, stepM = 1.2): Point[] {
  const steps = Math.max(2, Math.ceil((Math.abs(toRad - fromRad) * radiusM) / stepM));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = fromRad + ((toRad - fromRad) * i) / steps;
    return [centre[0] + radiusM * Math.cos(angle), centre[1] + radiusM * Math.sin(angle)];
  });
}

/** Quadratic Bézier curve: turns from one lane into another. */
export function curve(from: Point, control: Point, to: Point, steps = 14): Point[] {
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = i / steps;
    const u = 1 - t;
    return [
      u * u * from[0] + 2 * u * t * control[0] + t * t * to[0],
      u * u * from[1] + 2 * u * t * control[1] + t * t * to[1],
    ];
  });
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

function at(points: readonly Point[], index: number): Point {
  const point = points[index];
  if (!point) throw new Error(`Path index ${index} is outside 0..${points.length - 1}`);
  return point;
}
