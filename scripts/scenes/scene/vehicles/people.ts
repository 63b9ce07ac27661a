// People: pedestrians in the phases of a step, and riders. Clothes and builds vary with the seed.

import { between, pick, type Random } from '../../random.ts';
import { type Colour, MeshBuilder } from '../mesh.ts';
import type { Vector } from '../vectors.ts';
import { DARK } from './body.ts';
import type { Model } from './model.ts';

const SKIN: readonly [Colour, ...Colour[]] = [
  [0.62, 0.4, 0.3],
  [0.72, 0.5, 0.38],
  [0.36, 0.21, 0.14],
  [0.5, 0.32, 0.22],
  [0.6, 0.42, 0.28],
];
const HAIR: readonly [Colour, ...Colour[]] = [
  [0.02, 0.015, 0.01],
  [0.02, 0.018, 0.015],
  [0.1, 0.05, 0.02],
  [0.25, 0.25, 0.25],
];
const TOPS: readonly [Colour, ...Colour[]] = [
  [0.03, 0.03, 0.035],
  [0.05, 0.06, 0.1],
  [0.12, 0.12, 0.13],
  [0.45, 0.44, 0.42],
  [0.4, 0.05, 0.05],
  [0.06, 0.14, 0.3],
  [0.1, 0.2, 0.1],
  [0.55, 0.52, 0.46],
  [0.5, 0.3, 0.06],
  [0.5, 0.2, 0.28],
  [0.15, 0.3, 0.4],
  [0.3, 0.15, 0.35],
];
const TROUSERS: readonly [Colour, ...Colour[]] = [
  [0.02, 0.02, 0.03],
  [0.04, 0.06, 0.12],
  [0.09, 0.09, 0.09],
  [0.2, 0.17, 0.12],
  [0.05, 0.07, 0.16],
];
const HELMETS: readonly [Colour, ...Colour[]] = [
  [0.03, 0.03, 0.03],
  [0.6, 0.6, 0.6],
  [0.4, 0.03, 0.03],
  [0.05, 0.1, 0.35],
  [0.55, 0.25, 0.3],
  [0.5, 0.42, 0.05],
  [0.03, 0.25, 0.08],
];

/** Phases of a step, and one more for standing. */
export const STEP_PHASES = 8;
export const STANDING = STEP_PHASES;
/** Length of a whole step cycle (two steps) of an adult, metres. */
export const STEP_CYCLE_M = 1.45;

export function personModel(random: Random, phase: number): Model {
  const mesh = new MeshBuilder();
  const heightM = between(random, 1.52, 1.86);
  const k = heightM / 1.75;
  const skin = pick(random, SKIN);
  const top = pick(random, TOPS);
  const trousers = pick(random, TROUSERS);
  const hair = pick(random, HAIR);
  const woman = random() < 0.5;
  const skirt = woman && random() < 0.3;
  const bag = random();
  const hat = random() < 0.15;
  const shorts = random() < 0.25;
  const v = (x: number, y: number, z: number): Vector => [x * k, y * k, z * k];

  const turn = (2 * Math.PI * phase) / STEP_PHASES;
  const swing = phase === STANDING ? 0 : 0.48;
  // Each leg: hip, knee, ankle from swing angles; the knee bends while the leg comes forward.
  for (const side of [1, -1]) {
    const cycle = turn + (side > 0 ? 0 : Math.PI);
    const thigh = Math.sin(cycle) * swing;
    const bend = swing === 0 ? 0.04 : 0.06 + Math.max(0, Math.cos(cycle)) * 0.75;
    const hip: Vector = [0, 0.93, side * 0.095];
    const knee: Vector = [hip[0] + Math.sin(thigh) * 0.43, hip[1] - Math.cos(thigh) * 0.43, hip[2]];
    const ankle: Vector = [
      knee[0] + Math.sin(thigh - bend) * 0.4,
      knee[1] - Math.cos(thigh - bend) * 0.4,
      hip[2],
    ];
    mesh.limb('cloth', v(...hip), v(...knee), 0.085 * k, 0.062 * k, skirt ? top : trousers);
    mesh.limb('cloth', v(...knee), v(...ankle), 0.06 * k, 0.042 * k, skirt || shorts ? skin : trousers);
    mesh.box('cloth', v(ankle[0] + 0.07, ankle[1] - 0.06, ankle[2]), [0.26 * k, 0.08 * k, 0.095 * k], DARK, [
      0,
      0,
      (thigh - bend) * 0.6,
    ]);
    const arm = -Math.sin(cycle) * swing * 0.85;
    const shoulder: Vector = [0, 1.42, side * 0.21];
    const elbow: Vector = [
      shoulder[0] + Math.sin(arm) * 0.28,
      shoulder[1] - Math.cos(arm) * 0.28,
      shoulder[2] + side * 0.03,
    ];
    const hand: Vector = [
      elbow[0] + Math.sin(arm + 0.4) * 0.27,
      elbow[1] - Math.cos(arm + 0.4) * 0.27,
      elbow[2],
    ];
    mesh.limb('cloth', v(...shoulder), v(...elbow), 0.058 * k, 0.048 * k, top);
    mesh.limb('cloth', v(...elbow), v(...hand), 0.044 * k, 0.036 * k, shorts ? skin : top);
    mesh.ball('cloth', v(hand[0], hand[1] - 0.04, hand[2]), [0.045 * k, 0.06 * k, 0.03 * k], skin, 8, 5);
    if (bag < 0.2 && side === 1)
      mesh.box(
        'cloth',
        v(hand[0], hand[1] - 0.28, hand[2] + 0.02),
        [0.3 * k, 0.3 * k, 0.1 * k],
        pick(random, TOPS),
      );
  }
  torso(mesh, (x, y) => [x * k, y * k], k, [0, 0.9], [0.01, 1.45], top, skirt ? top : trousers);
  if (skirt) mesh.rod('cloth', v(0, 0.98, 0), v(0, 0.55, 0), 0.15 * k, 0.24 * k, top, 12);
  head(mesh, [0.015 * k, 1.62 * k, 0], k, skin);
  mesh.ball('cloth', v(-0.015, 1.68, 0), [0.108 * k, 0.1 * k, 0.09 * k], hair);
  if (woman) mesh.ball('cloth', v(-0.06, 1.58, 0), [0.07 * k, 0.15 * k, 0.085 * k], hair);
  if (hat) mesh.rod('cloth', v(0.01, 1.7, 0), v(0.01, 1.74, 0), 0.17 * k, 0.1 * k, [0.6, 0.55, 0.4], 12);
  if (bag > 0.72) mesh.box('cloth', v(-0.17, 1.2, 0), [0.17 * k, 0.42 * k, 0.3 * k], pick(random, TOPS));
  return { mesh: mesh.build(), lengthM: 0.5 * k, widthM: 0.6 * k, heightM };
}

/** Where a rider sits and holds on, metres. */
export type Seat = {
  readonly hip: readonly [number, number];
  readonly shoulder: readonly [number, number];
  readonly hand: Vector;
  readonly knee: Vector;
  readonly foot: Vector;
};

export type Headgear = 'half-helmet' | 'full-helmet' | 'bare' | 'cone-hat';

/** Adds a rider or a passenger; their build and clothes come from the random numbers. */
export function addRider(mesh: MeshBuilder, random: Random, seat: Seat, headgear: Headgear): void {
  mesh.rider = true;
  const skin = pick(random, SKIN);
  const top = pick(random, TOPS);
  const trousers = pick(random, TROUSERS);
  const helmet = pick(random, HELMETS);
  const sleeves = random() < 0.7 ? top : skin;
  const loose = between(random, 1, 1.18);
  torso(mesh, (x, y) => [x, y], loose, seat.hip, seat.shoulder, top, trousers);
  const [sx, sy] = seat.shoulder;
  for (const side of [1, -1]) {
    const shoulder: Vector = [sx - 0.01, sy - 0.05, side * 0.2 * loose];
    const hand: Vector = [seat.hand[0], seat.hand[1], side * seat.hand[2]];
    const elbow: Vector = [
      (shoulder[0] + hand[0]) / 2 - 0.03,
      (shoulder[1] + hand[1]) / 2 - 0.09,
      side * (0.26 + seat.hand[2] * 0.15),
    ];
    mesh.limb('cloth', shoulder, elbow, 0.066 * loose, 0.055 * loose, top);
    mesh.limb('cloth', elbow, hand, 0.05, 0.038, sleeves);
    mesh.ball('cloth', hand, [0.05, 0.045, 0.045], random() < 0.4 ? DARK : skin, 8, 5);
    const hip: Vector = [seat.hip[0] + 0.02, seat.hip[1] + 0.04, side * 0.1];
    const knee: Vector = [seat.knee[0], seat.knee[1], side * seat.knee[2]];
    const foot: Vector = [seat.foot[0], seat.foot[1], side * seat.foot[2]];
    mesh.limb('cloth', hip, knee, 0.1, 0.078, trousers);
    mesh.limb('cloth', knee, [foot[0] - 0.04, foot[1] + 0.06, foot[2]], 0.072, 0.05, trousers);
    mesh.box('cloth', [foot[0] + 0.03, foot[1] + 0.01, foot[2]], [0.26, 0.09, 0.1], DARK);
  }
  const headAt: Vector = [sx + 0.05, sy + 0.2, 0];
  head(mesh, headAt, 1, skin);
  if (headgear === 'full-helmet') {
    mesh.ball('gloss', [headAt[0], headAt[1] + 0.02, 0], [0.15, 0.165, 0.14], helmet);
    mesh.ball('gloss', [headAt[0] + 0.07, headAt[1] + 0.02, 0], [0.09, 0.07, 0.115], [0.01, 0.01, 0.012]);
  } else if (headgear === 'half-helmet') {
    mesh.ball('gloss', [headAt[0] - 0.01, headAt[1] + 0.06, 0], [0.145, 0.12, 0.13], helmet);
    mesh.box('gloss', [headAt[0] + 0.13, headAt[1] + 0.06, 0], [0.09, 0.02, 0.16], helmet, [0, 0, -0.3]);
    // Masks against dust and sun are common.
    if (random() < 0.6)
      mesh.ball(
        'cloth',
        [headAt[0] + 0.05, headAt[1] - 0.05, 0],
        [0.07, 0.06, 0.08],
        pick(random, TOPS),
        8,
        5,
      );
  } else if (headgear === 'cone-hat') {
    mesh.rod(
      'cloth',
      [headAt[0], headAt[1] + 0.06, 0],
      [headAt[0], headAt[1] + 0.24, 0],
      0.26,
      0.01,
      [0.6, 0.52, 0.33],
      14,
    );
  } else {
    mesh.ball('cloth', [headAt[0] - 0.02, headAt[1] + 0.05, 0], [0.108, 0.1, 0.09], pick(random, HAIR));
  }
  if (random() < 0.25)
    mesh.box('cloth', [sx - 0.17, sy - 0.25, 0], [0.16, 0.4, 0.29], pick(random, TOPS), [0, 0, -0.12]);
  mesh.rider = false;
}

function torso(
  mesh: MeshBuilder,
  place: (x: number, y: number) => [number, number],
  k: number,
  hip: readonly [number, number],
  shoulder: readonly [number, number],
  top: Colour,
  trousers: Colour,
): void {
  const ring = (share: number, thick: number, wide: number): [number, number, number, number] => {
    // The back bends: the middle of the spine lies behind the straight line.
    const bow = Math.sin(share * Math.PI) * 0.03;
    const [x, y] = place(
      hip[0] + (shoulder[0] - hip[0]) * share - bow,
      hip[1] + (shoulder[1] - hip[1]) * share,
    );
    return [x, y, thick * k, wide * k];
  };
  mesh.spine(
    'cloth',
    [ring(-0.12, 0.06, 0.1), ring(-0.05, 0.11, 0.165), ring(0.08, 0.125, 0.178), ring(0.2, 0.118, 0.168)],
    trousers,
  );
  mesh.spine(
    'cloth',
    [
      ring(0.1, 0.12, 0.172),
      ring(0.35, 0.118, 0.165),
      ring(0.65, 0.128, 0.185),
      ring(0.86, 0.112, 0.205),
      ring(0.97, 0.085, 0.17),
      ring(1.04, 0.05, 0.07),
    ],
    top,
  );
}

function head(mesh: MeshBuilder, at: Vector, k: number, skin: Colour): void {
  mesh.rod(
    'cloth',
    [at[0] - 0.03 * k, at[1] - 0.18 * k, 0],
    [at[0] - 0.005 * k, at[1] - 0.06 * k, 0],
    0.055 * k,
    0.05 * k,
    skin,
    8,
  );
  mesh.ball('cloth', at, [0.095 * k, 0.122 * k, 0.08 * k], skin);
}
