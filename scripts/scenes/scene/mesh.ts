// Builds meshes from simple solids, without any graphics library: the renderer draws them, the truth
// rasterises the very same triangles.

import {
  add,
  cross,
  dot,
  normalise,
  perpendicular,
  rotate,
  scale,
  subtract,
  type Vector,
} from './vectors.ts';

export type Colour = readonly [number, number, number];
/** Surfaces that the vehicle material tells apart; see render/vehicle-material.ts. */
export type Finish =
  | 'paint'
  | 'paint2'
  | 'glass'
  | 'trim'
  | 'cloth'
  | 'gloss'
  | 'chrome'
  | 'plate'
  | 'head'
  | 'tail'
  | 'sign';

type Bucket = {
  readonly positions: number[];
  readonly colours: number[];
  readonly rider: number[];
  readonly wheel: number[];
};

export type Mesh = {
  /** `[triangles * 9]` metres; models: x forward, y up, z right, origin on the ground in the middle. */
  readonly positions: Float32Array;
  /** Computed when first asked for: the truth never does. */
  readonly normals: Float32Array;
  /** `[triangles * 9]` linear RGB. */
  readonly colours: Float32Array;
  /** One finish a vertex, index into FINISHES. */
  readonly finishes: Uint8Array;
  /** `[triangles * 9]` axle x, axle y, wheel radius (0: does not turn). */
  readonly wheels: Float32Array;
  /** One a triangle: 1 for rider and passenger, 0 for the machine. */
  readonly rider: Uint8Array;
  /** The same triangles with shared corners, for the truth: `[corners * 3]` metres and `[triangles * 3]` indices. */
  readonly corners: Float32Array;
  readonly triangles: Uint32Array;
};

export const FINISHES: readonly Finish[] = [
  'paint',
  'paint2',
  'glass',
  'trim',
  'cloth',
  'gloss',
  'chrome',
  'plate',
  'head',
  'tail',
  'sign',
];
const WHITE: Colour = [1, 1, 1];

export class MeshBuilder {
  readonly #buckets = new Map<Finish, Bucket>();
  /** Parts added from now on belong to the rider. */
  rider = false;
  /** Parts added from now on turn round this axle (x, y, radius). */
  wheel: Vector = [0, 0, 0];

  triangle(finish: Finish, a: Vector, b: Vector, c: Vector, colour: Colour = WHITE): void {
    let bucket = this.#buckets.get(finish);
    if (!bucket) {
      bucket = { positions: [], colours: [], rider: [], wheel: [] };
      this.#buckets.set(finish, bucket);
    }
    bucket.positions.push(...a, ...b, ...c);
    bucket.colours.push(...colour, ...colour, ...colour);
    bucket.wheel.push(...this.wheel, ...this.wheel, ...this.wheel);
    bucket.rider.push(this.rider ? 1 : 0);
  }

  quad(finish: Finish, a: Vector, b: Vector, c: Vector, d: Vector, colour?: Colour): void {
    this.triangle(finish, a, b, c, colour);
    this.triangle(finish, a, c, d, colour);
  }

  /** A triangle of a convex solid: turned so that it faces away from the solid's middle. */
  outward(finish: Finish, middle: Vector, a: Vector, b: Vector, c: Vector, colour?: Colour): void {
    const n = cross(subtract(b, a), subtract(c, a));
    const away = dot(n, subtract(a, middle)) + dot(n, subtract(b, middle)) + dot(n, subtract(c, middle));
    if (away >= 0) this.triangle(finish, a, b, c, colour);
    else this.triangle(finish, a, c, b, colour);
  }

  /** A box; `turn` rotates it about z, then y, then x, radians. */
  box(finish: Finish, middle: Vector, size: Vector, colour?: Colour, turn: Vector = [0, 0, 0]): void {
    const corner = (x: number, y: number, z: number): Vector =>
      add(rotate([(x * size[0]) / 2, (y * size[1]) / 2, (z * size[2]) / 2], turn), middle);
    for (const axis of [0, 1, 2]) {
      for (const side of [-1, 1]) {
        const at = (u: number, v: number): Vector => {
          const p =
            axis === 0
              ? ([side, u, v] as const)
              : axis === 1
                ? ([u, side, v] as const)
                : ([u, v, side] as const);
          return corner(...p);
        };
        this.outward(finish, middle, at(-1, -1), at(1, -1), at(1, 1), colour);
        this.outward(finish, middle, at(-1, -1), at(1, 1), at(-1, 1), colour);
      }
    }
  }

  /** A rod from a to b with a radius at each end, capped. */
  rod(
    finish: Finish,
    a: Vector,
    b: Vector,
    radiusA: number,
    radiusB = radiusA,
    colour?: Colour,
    sides = 8,
  ): void {
    const [u, v] = perpendicular(subtract(b, a));
    const ring = (centre: Vector, radius: number, i: number): Vector => {
      const angle = (i * 2 * Math.PI) / sides;
      return add(centre, add(scale(u, Math.cos(angle) * radius), scale(v, Math.sin(angle) * radius)));
    };
    const middle = scale(add(a, b), 0.5);
    for (let i = 0; i < sides; i++) {
      const [a0, a1, b0, b1] = [
        ring(a, radiusA, i),
        ring(a, radiusA, i + 1),
        ring(b, radiusB, i),
        ring(b, radiusB, i + 1),
      ];
      this.outward(finish, middle, a0, a1, b1, colour);
      this.outward(finish, middle, a0, b1, b0, colour);
      this.outward(finish, middle, a0, a1, a, colour);
      this.outward(finish, middle, b0, b1, b, colour);
    }
  }

  /** A limb: a rod with round ends. */
  limb(
    finish: Finish,
    a: Vector,
    b: Vector,
    radiusA: number,
    radiusB = radiusA,
    colour?: Colour,
    sides = 8,
  ): void {
    this.rod(finish, a, b, radiusA, radiusB, colour, sides);
    this.ball(finish, a, [radiusA, radiusA, radiusA], colour, sides, 5);
    this.ball(finish, b, [radiusB, radiusB, radiusB], colour, sides, 5);
  }

  ball(finish: Finish, centre: Vector, radii: Vector, colour?: Colour, around = 12, rows = 8): void {
    const at = (row: number, i: number): Vector => {
      const polar = (row * Math.PI) / rows;
      const angle = (i * 2 * Math.PI) / around;
      return [
        centre[0] + radii[0] * Math.sin(polar) * Math.cos(angle),
        centre[1] + radii[1] * Math.cos(polar),
        centre[2] + radii[2] * Math.sin(polar) * Math.sin(angle),
      ];
    };
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < around; i++) {
        if (row > 0) this.outward(finish, centre, at(row, i), at(row, i + 1), at(row + 1, i), colour);
        if (row < rows - 1)
          this.outward(finish, centre, at(row, i + 1), at(row + 1, i + 1), at(row + 1, i), colour);
      }
    }
  }

  /**
   * A body along a spine in the plane of x and y: elliptic rings, each [x, y, half thickness, half width],
   * at right angles to the spine. `zM` moves it sideways.
   */
  spine(
    finish: Finish,
    rings: readonly (readonly [number, number, number, number])[],
    colour?: Colour,
    zM = 0,
    sides = 12,
  ): void {
    const points = rings.map(([x, y, thick, wide], index) => {
      const before = rings[Math.max(0, index - 1)] ?? rings[0];
      const after = rings[Math.min(rings.length - 1, index + 1)] ?? rings[0];
      const angle = Math.atan2(
        (after?.[1] ?? 0) - (before?.[1] ?? 0),
        (after?.[0] ?? 0) - (before?.[0] ?? 0),
      );
      return Array.from({ length: sides }, (_, i): Vector => {
        const turn = (i * 2 * Math.PI) / sides;
        const across = Math.cos(turn) * thick;
        return [x - Math.sin(angle) * across, y + Math.cos(angle) * across, zM + Math.sin(turn) * wide];
      });
    });
    for (let r = 0; r < rings.length - 1; r++) {
      const [x0 = 0, y0 = 0] = rings[r] ?? [];
      const [x1 = 0, y1 = 0] = rings[r + 1] ?? [];
      const middle: Vector = [(x0 + x1) / 2, (y0 + y1) / 2, zM];
      for (let i = 0; i < sides; i++) {
        const j = (i + 1) % sides;
        const [a, b, c, d] = [points[r]?.[i], points[r]?.[j], points[r + 1]?.[j], points[r + 1]?.[i]];
        if (!a || !b || !c || !d) continue;
        this.outward(finish, middle, a, b, c, colour);
        this.outward(finish, middle, a, c, d, colour);
        if (r === 0) this.outward(finish, middle, a, b, [x0, y0, zM], colour);
        if (r === rings.length - 2) this.outward(finish, middle, d, c, [x1, y1, zM], colour);
      }
    }
  }

  /** A tyre round the z axis. */
  tyre(
    finish: Finish,
    centre: Vector,
    radius: number,
    thickness: number,
    colour?: Colour,
    around = 18,
    sides = 6,
  ): void {
    const at = (i: number, j: number): Vector => {
      const a = (i * 2 * Math.PI) / around;
      const b = (j * 2 * Math.PI) / sides;
      const r = radius - thickness + Math.cos(b) * thickness;
      return [centre[0] + Math.cos(a) * r, centre[1] + Math.sin(a) * r, centre[2] + Math.sin(b) * thickness];
    };
    for (let i = 0; i < around; i++) {
      const a = ((i + 0.5) * 2 * Math.PI) / around;
      const core: Vector = [
        centre[0] + Math.cos(a) * (radius - thickness),
        centre[1] + Math.sin(a) * (radius - thickness),
        centre[2],
      ];
      for (let j = 0; j < sides; j++) {
        this.outward(finish, core, at(i, j), at(i + 1, j), at(i + 1, j + 1), colour);
        this.outward(finish, core, at(i, j), at(i + 1, j + 1), at(i, j + 1), colour);
      }
    }
  }

  /** A flat ring or disc (inner radius 0) that faces +z (`side` 1) or -z (-1). */
  disc(
    finish: Finish,
    centre: Vector,
    inner: number,
    outer: number,
    side: 1 | -1,
    colour?: Colour,
    around = 20,
    from = 0,
    to = 2 * Math.PI,
  ): void {
    const at = (i: number, r: number): Vector => {
      const a = from + ((to - from) * i) / around;
      return [centre[0] + Math.cos(a) * r, centre[1] + Math.sin(a) * r, centre[2]];
    };
    const behind: Vector = [centre[0], centre[1], centre[2] - side];
    for (let i = 0; i < around; i++) {
      this.outward(finish, behind, at(i, inner), at(i, outer), at(i + 1, outer), colour);
      if (inner > 0) this.outward(finish, behind, at(i, inner), at(i + 1, outer), at(i + 1, inner), colour);
    }
  }

  build(): Mesh {
    const buckets = [...this.#buckets];
    const positions = join(buckets.map(([, bucket]) => bucket.positions));
    let normals: Float32Array | undefined;
    return {
      positions,
      ...shareCorners(positions),
      get normals() {
        normals ??= join(
          buckets.map(([finish, bucket]) => smoothNormals(bucket.positions, CREASE_RAD[finish] ?? 0.6)),
        );
        return normals;
      },
      colours: join(buckets.map(([, bucket]) => bucket.colours)),
      finishes: Uint8Array.from(
        buckets.flatMap(([finish, bucket]) =>
          new Array<number>(bucket.positions.length / 3).fill(FINISHES.indexOf(finish)),
        ),
      ),
      wheels: join(buckets.map(([, bucket]) => bucket.wheel)),
      rider: Uint8Array.from(buckets.flatMap(([, bucket]) => bucket.rider)),
    };
  }
}

/** Edges sharper than this stay sharp. */
const CREASE_RAD: Partial<Record<Finish, number>> = { cloth: 1.2, paint: 0.75, gloss: 0.75 };

/** Finds corners that several triangles share, to a millimetre. */
export function shareCorners(positions: ArrayLike<number>): Pick<Mesh, 'corners' | 'triangles'> {
  const corners: number[] = [];
  const triangles = new Uint32Array(positions.length / 3);
  const known = new Map<number | string, number>();
  for (let i = 0; i < triangles.length; i++) {
    const [x = 0, y = 0, z = 0] = [positions[i * 3], positions[i * 3 + 1], positions[i * 3 + 2]];
    const key = placeKey(x, y, z);
    let index = known.get(key);
    if (index === undefined) {
      index = corners.length / 3;
      corners.push(x, y, z);
      known.set(key, index);
    }
    triangles[i] = index;
  }
  return { corners: new Float32Array(corners), triangles };
}

/** Normals averaged over neighbours that meet at less than `creaseRad`. */
export function smoothNormals(positions: readonly number[], creaseRad: number): Float32Array {
  const count = positions.length / 3;
  const at = (i: number): Vector => [
    positions[i * 3] ?? 0,
    positions[i * 3 + 1] ?? 0,
    positions[i * 3 + 2] ?? 0,
  ];
  const areas: Vector[] = [];
  const units: Vector[] = [];
  for (let i = 0; i < count; i += 3) {
    const n = cross(subtract(at(i + 1), at(i)), subtract(at(i + 2), at(i)));
    const unit = normalise(n);
    for (let k = 0; k < 3; k++) {
      areas.push(n);
      units.push(unit);
    }
  }
  const shared = new Map<number | string, number[]>();
  for (let i = 0; i < count; i++) {
    const key = placeKey(...at(i));
    const list = shared.get(key);
    if (list) list.push(i);
    else shared.set(key, [i]);
  }
  const least = Math.cos(creaseRad);
  const normals = new Float32Array(count * 3);
  for (const list of shared.values()) {
    for (const i of list) {
      const own = units[i] ?? [0, 1, 0];
      let sum: Vector = [0, 0, 0];
      for (const j of list) if (dot(own, units[j] ?? own) >= least) sum = add(sum, areas[j] ?? own);
      normals.set(normalise(sum), i * 3);
    }
  }
  return normals;
}

function join(lists: readonly ArrayLike<number>[]): Float32Array {
  const joined = new Float32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    joined.set(list, at);
    at += list.length;
  }
  return joined;
}

/** A key for a place, to a millimetre; numbers while they are exact, since text is slow. */
function placeKey(x: number, y: number, z: number): number | string {
  const [a, b, c] = [Math.round(x * 1000), Math.round(y * 1000), Math.round(z * 1000)];
  if (Math.max(Math.abs(a), Math.abs(b), Math.abs(c)) < 32768)
    return (a + 32768) * 2 ** 32 + (b + 32768) * 65536 + (c + 32768);
  return `${a},${b},${c}`;
}
