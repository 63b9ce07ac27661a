// Where arms and ribbons of the diagram lie. Arms stand around a circle, the first on top, on as the clock goes; traffic
// keeps to the right, as in Viet Nam. Picture coordinates, y down.
//
//          │ out │ in │           in: towards the crossroads, on the right of those who drive;
//          ▼     │    ▼           out: away from it. From the kerb inwards: right turns, ahead,
//     ───────┐   ┆   ┌───────     left turns, and U-turns along the axis.
//            └       ┘

import { compassOf, type Matrix } from './movements.ts';

export type Point = readonly [number, number];

export type Ribbon = {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly width: number;
  /** SVG path of its middle. */
  readonly path: string;
  /** Its head, corners of a triangle. */
  readonly head: readonly [Point, Point, Point];
  /** Where its number stands. */
  readonly label: Point;
};

export type Arm = {
  readonly name: string;
  /** Clockwise from the top, radians. */
  readonly angle: number;
  /** Outer end of its axis. */
  readonly end: Point;
  readonly inner: Point;
  /** Where the sums of those who come and go stand. */
  readonly inLabel: Point;
  readonly outLabel: Point;
  /** Half of its width. */
  readonly half: number;
};

export type Diagram = { readonly arms: readonly Arm[]; readonly ribbons: readonly Ribbon[] };

/** The picture is a square of so much, its middle is 0, 0. */
export const SIZE = 640;
/** Where ribbons begin and end. */
const INNER = 150;
const OUTER = 268;
/** The middle of the crossroads, which is always shown. */
const CENTRE = 140;
/** Numbers of neighbouring ribbons stand one behind the other. */
const LABEL_STEP = 21;
/** All ribbons of the busiest side of an arm together. */
const WIDEST = 62;
/** Between the two sides of an arm. */
const AXIS = 7;
const BETWEEN = 2.5;
/** Names of arms begin here: the fourth number of a movement ends before, also where roads lie across. */
const LABELS_FROM = INNER + 8 + 3 * LABEL_STEP + 27;
/** How far ribbons go along the arms. */
const TAIL = OUTER - INNER - 44;
const THINNEST = 1.5;

export function layoutOf({ arms, cells, entering, leaving }: Matrix): Diagram {
  const count = arms.length;
  const angles = anglesOf(arms);
  const busiest = Math.max(1, ...entering, ...leaving);
  const widthOf = (n: number) => (n === 0 ? 0 : Math.max(THINNEST, (n / busiest) * WIDEST));
  const delta = (from: number, to: number) => {
    const turn = Math.PI * 2;
    // How far around the circle against the clock the way goes: a right turn is short, a U-turn is the whole.
    const way = ((((angles[from] ?? 0) - (angles[to] ?? 0)) % turn) + turn) % turn;
    return way === 0 ? turn : way;
  };
  const sides = new Map<string, number>();
  for (let arm = 0; arm < count; arm++) {
    stack(
      sides,
      'in',
      arm,
      count,
      (other) => delta(arm, other),
      (other) => widthOf(cells[arm]?.[other]?.n ?? 0),
    );
    stack(
      sides,
      'out',
      arm,
      count,
      (other) => delta(other, arm),
      (other) => widthOf(cells[other]?.[arm]?.n ?? 0),
    );
  }
  const ribbons: Ribbon[] = [];
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) {
      const n = cells[from]?.[to]?.n ?? 0;
      if (n === 0) continue;
      const begin = place(angles[from] ?? 0, INNER, sides.get(`in ${from} ${to}`) ?? 0, 1);
      const end = place(angles[to] ?? 0, INNER, sides.get(`out ${to} ${from}`) ?? 0, -1);
      const behind = (cells[from] ?? []).filter(
        (cell, other) => cell.n > 0 && delta(from, other) > delta(from, to),
      ).length;
      ribbons.push({
        from,
        to,
        n,
        width: widthOf(n),
        head: headOf(end, angles[to] ?? 0, widthOf(n)),
        path: curve(begin, angles[from] ?? 0, end, angles[to] ?? 0),
        label: place(
          angles[from] ?? 0,
          INNER + 8 + (behind % 4) * LABEL_STEP,
          sides.get(`in ${from} ${to}`) ?? 0,
          1,
        ),
      });
    }
  }
  const half = AXIS + WIDEST + BETWEEN * Math.max(0, count - 1);
  return {
    arms: arms.map((name, i) => {
      const angle = angles[i] ?? 0;
      return {
        name,
        angle,
        half,
        end: place(angle, OUTER, 0, 1),
        inner: place(angle, INNER, 0, 1),
        inLabel: place(angle, OUTER - 26, half / 2 + 4, 1),
        outLabel: place(angle, OUTER - 26, half / 2 + 4, -1),
      };
    }),
    // Thin ones on top, so that none is hidden.
    ribbons: ribbons.sort((a, b) => b.n - a.n),
  };
}

/** What of the square is needed: left, top, right, bottom. A T has no road on one side. */
export function frameOf(arms: readonly Arm[]): readonly [number, number, number, number] {
  const reach = SIZE / 2;
  const xs = arms.map(
    ({ angle, half }) => [Math.sin(angle) * reach, half * Math.abs(Math.cos(angle))] as const,
  );
  const ys = arms.map(
    ({ angle, half }) => [-Math.cos(angle) * reach, half * Math.abs(Math.sin(angle))] as const,
  );
  const span = (all: readonly (readonly [number, number])[]): readonly [number, number] => [
    Math.max(-reach, Math.min(-CENTRE, ...all.map(([at, half]) => at - half))),
    Math.min(reach, Math.max(CENTRE, ...all.map(([at, half]) => at + half))),
  ];
  const [left, right] = span(xs);
  const [top, bottom] = span(ys);
  return [left, top, right, bottom];
}

/**
 * Where the box with an arm's name stands: on its road, outside of all numbers of movements. `wide` and `high` are its
 * own; a frame that is to show it must reach as far.
 */
export function labelPlace(angle: number, wide: number, high: number): Point {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const radius = LABELS_FROM + (Math.abs(sin) * wide + Math.abs(cos) * high) / 2;
  return [sin * radius, -cos * radius];
}

/** Even steps around the circle; four arms or fewer whose names say where they are stand there. */
export function anglesOf(arms: readonly string[]): number[] {
  const quarters = arms.map(compassOf);
  const isKnown = quarters.every((quarter) => quarter !== null);
  const rising = quarters.every((quarter, i) => i === 0 || (quarter ?? 0) > (quarters[i - 1] ?? 0));
  if (isKnown && rising && arms.length > 1) return quarters.map((quarter) => ((quarter ?? 0) * Math.PI) / 2);
  if (arms.length === 3) return [-Math.PI / 2, Math.PI / 2, Math.PI];
  return arms.map((_, i) => (i / arms.length) * Math.PI * 2);
}

/** Offsets from the axis of the ribbons of one side of an arm, the longest way around nearest to the axis. */
function stack(
  sides: Map<string, number>,
  side: 'in' | 'out',
  arm: number,
  count: number,
  way: (other: number) => number,
  width: (other: number) => number,
): void {
  const others = Array.from({ length: count }, (_, other) => other).sort((a, b) => way(b) - way(a));
  let offset = AXIS;
  for (const other of others) {
    const wide = width(other);
    if (wide === 0) continue;
    sides.set(`${side} ${arm} ${other}`, offset + wide / 2);
    offset += wide + BETWEEN;
  }
}

/** A point of an arm: so far out, so far to the right (`side` 1) or left of those who drive inwards. */
function place(angle: number, radius: number, offset: number, side: 1 | -1): Point {
  const out: Point = [Math.sin(angle), -Math.cos(angle)];
  // Driving inwards is -out; its right-hand side in a picture with y down is (-dy, dx) of the way it goes.
  const right: Point = [out[1], -out[0]];
  return [out[0] * radius + right[0] * offset * side, out[1] * radius + right[1] * offset * side];
}

function headOf([x, y]: Point, angle: number, width: number): Ribbon['head'] {
  const out: Point = [Math.sin(angle), -Math.cos(angle)];
  const across = Math.max(4, width / 2 + 1);
  const tip = TAIL + Math.min(16, across + 4);
  return [
    [x + out[0] * TAIL - out[1] * across, y + out[1] * TAIL + out[0] * across],
    [x + out[0] * TAIL + out[1] * across, y + out[1] * TAIL - out[0] * across],
    [x + out[0] * tip, y + out[1] * tip],
  ];
}

function curve(begin: Point, fromAngle: number, end: Point, toAngle: number): string {
  const far = Math.hypot(begin[0] - end[0], begin[1] - end[1]);
  const pull = Math.min(INNER * 0.95, Math.max(INNER * 0.45, far * 0.5));
  const one: Point = [begin[0] - Math.sin(fromAngle) * pull, begin[1] + Math.cos(fromAngle) * pull];
  const two: Point = [end[0] - Math.sin(toAngle) * pull, end[1] + Math.cos(toAngle) * pull];
  const out: Point = [Math.sin(fromAngle), -Math.cos(fromAngle)];
  const away: Point = [Math.sin(toAngle), -Math.cos(toAngle)];
  // Straight pieces on both arms, so that ribbons grow out of the road.
  const first: Point = [begin[0] + out[0] * TAIL, begin[1] + out[1] * TAIL];
  const last: Point = [end[0] + away[0] * TAIL, end[1] + away[1] * TAIL];
  const t = (p: Point) => `${p[0].toFixed(1)} ${p[1].toFixed(1)}`;
  return `M${t(first)}L${t(begin)}C${t(one)} ${t(two)} ${t(end)}L${t(last)}`;
}
