// A tree: a trunk and a crown of leaf cards. The truth shrinks the cards, since their texture has holes.

import { between, mix, pick, type Random } from '../random.ts';
import { type Mesh, MeshBuilder } from './mesh.ts';
import { add, cross, normalise, scale, type Vector } from './vectors.ts';

export type Tree = {
  readonly trunk: Mesh;
  /** Leaf cards, two triangles each: `[cards * 18]` positions and normals, `[cards * 12]` uv, `[cards * 18]` colours. */
  readonly cards: {
    readonly positions: Float32Array;
    readonly normals: Float32Array;
    readonly uvs: Float32Array;
    readonly colours: Float32Array;
  };
};

const CARDS = 230;
const CORNERS = [0, 1, 2, 0, 2, 3] as const;
const CORNER_AT = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;

export function buildTree(random: Random): Tree {
  const crownM = between(random, 4.8, 7);
  const radiusM = between(random, 1.9, 2.9);
  const tallM = radiusM * between(random, 0.9, 1.25);
  const clumps = Array.from({ length: 7 }, (): readonly [Vector, number] => [
    [
      (random() - 0.5) * radiusM * 1.1,
      crownM + (random() - 0.4) * tallM * 1.1,
      (random() - 0.5) * radiusM * 1.1,
    ],
    radiusM * between(random, 0.45, 0.7),
  ]);
  const positions: number[] = [];
  const normals: number[] = [];
  const uvs: number[] = [];
  const colours: number[] = [];
  for (let i = 0; i < CARDS; i++) {
    const [centre, size] = pick(
      random,
      clumps as [readonly [Vector, number], ...(readonly [Vector, number])[]],
    );
    const around = random() * 2 * Math.PI;
    const polar = Math.acos(2 * random() - 1);
    const out: Vector = [
      Math.sin(polar) * Math.cos(around),
      Math.cos(polar),
      Math.sin(polar) * Math.sin(around),
    ];
    const at = add(centre, scale(out, size * between(random, 0.75, 1.05)));
    const helper = normalise([random() - 0.5, random() - 0.5, random() - 0.5]);
    const u = normalise(add(cross(helper, out), scale(out, (random() - 0.5) * 0.6)));
    const v = normalise(add(cross(out, u), scale(out, (random() - 0.5) * 0.6)));
    const half = between(random, 0.5, 0.95);
    const light =
      mix(0.55, 1.1, Math.min(1, Math.max(0, (at[1] - (crownM - tallM)) / (2 * tallM)))) *
      between(random, 0.8, 1.15);
    const normal = normalise([out[0], out[1] + 0.35, out[2]]);
    for (const k of CORNERS) {
      const [a, b] = CORNER_AT[k];
      positions.push(...add(at, add(scale(u, a * half), scale(v, b * half))));
      normals.push(...normal);
      uvs.push((a + 1) / 2, (b + 1) / 2);
      colours.push(light, light, light);
    }
  }
  const trunk = new MeshBuilder();
  trunk.rod('trim', [0, 0, 0], [0.05, crownM - 0.6, 0.03], 0.16, 0.1, [0.075, 0.055, 0.04], 7);
  for (const [centre] of clumps.slice(0, 5))
    trunk.rod(
      'trim',
      [0, crownM - 1.8, 0],
      [centre[0] * 0.8, centre[1], centre[2] * 0.8],
      0.07,
      0.03,
      [0.075, 0.055, 0.04],
      5,
    );
  return {
    trunk: trunk.build(),
    cards: {
      positions: new Float32Array(positions),
      normals: new Float32Array(normals),
      uvs: new Float32Array(uvs),
      colours: new Float32Array(colours),
    },
  };
}

/** The cards as the truth sees them: shrunk to the area that leaves really cover. */
export function leafOccluders(cards: Tree['cards']): Float32Array {
  const shrunk = Float32Array.from(cards.positions);
  for (let card = 0; card < shrunk.length; card += 18) {
    for (let axis = 0; axis < 3; axis++) {
      const middle = ((shrunk[card + axis] ?? 0) + (shrunk[card + 6 + axis] ?? 0)) / 2;
      for (let corner = 0; corner < 6; corner++) {
        const at = card + corner * 3 + axis;
        shrunk[at] = middle + ((shrunk[at] ?? 0) - middle) * 0.72;
      }
    }
  }
  return shrunk;
}
