// Motorcycles, scooters and bicycles, with the people on them: seen from afar they are one silhouette.

import { between, pick, type Random } from '../../random.ts';
import { type Colour, MeshBuilder } from '../mesh.ts';
import type { Vector } from '../vectors.ts';
import { CHROME, DARK, GREY, PLATE, RUBBER } from './body.ts';
import type { Model } from './model.ts';
import { addRider, type Seat } from './people.ts';

const PAINTS: readonly [Colour, ...Colour[]] = [
  [0.35, 0.02, 0.02],
  [0.02, 0.02, 0.02],
  [0.03, 0.06, 0.25],
  [0.55, 0.55, 0.55],
  [0.4, 0.03, 0.05],
  [0.08, 0.08, 0.09],
  [0.5, 0.42, 0.3],
  [0.05, 0.2, 0.25],
];
const CARGO: readonly [Colour, ...Colour[]] = [
  [0.02, 0.3, 0.1],
  [0.6, 0.16, 0.02],
  [0.05, 0.1, 0.4],
  [0.45, 0.03, 0.05],
  [0.3, 0.22, 0.12],
  [0.5, 0.42, 0.05],
];
const LIT: Colour = [1, 1, 1];

/** The small step-through motorcycles that fill Vietnamese streets; `parked` leaves out the rider. */
export function scooterModel(random: Random, parked = false): Model {
  const mesh = new MeshBuilder();
  const paint = pick(random, PAINTS);
  const underbone = random() < 0.5;
  const radius = underbone ? 0.3 : 0.26;
  twoWheels(mesh, 0.63, -0.61, radius, 0.065, underbone);
  for (const z of [0.07, -0.07])
    mesh.rod('chrome', [0.63, radius, z], [0.42, 0.86, z], 0.026, 0.026, CHROME, 6);
  mesh.spine(
    'gloss',
    [
      [0.88, 0.42, 0.02, 0.05],
      [0.8, 0.56, 0.03, 0.065],
      [0.64, radius * 2 + 0.04, 0.03, 0.07],
      [0.46, 0.54, 0.03, 0.06],
    ],
    paint,
  );
  // Leg shield, cowl, lamp.
  mesh.spine(
    'gloss',
    [
      [0.24, 0.3, 0.06, 0.16],
      [0.35, 0.5, 0.09, 0.23],
      [0.42, 0.74, 0.1, 0.25],
      [0.44, 0.95, 0.09, 0.17],
    ],
    paint,
  );
  mesh.ball('gloss', [0.42, 1, 0], [0.12, 0.1, 0.15], paint);
  mesh.ball('head', [0.5, underbone ? 0.99 : 0.8, 0], [0.06, 0.07, 0.1], LIT);
  for (const side of [1, -1])
    mesh.ball('tail', [0.5, 0.7, side * 0.15], [0.03, 0.05, 0.035], [1, 0.6, 0.2], 6, 4);
  handlebar(mesh, 0.36, 1.05, 0.34);
  mesh.box(
    'gloss',
    [0.04, underbone ? 0.47 : 0.37, 0],
    [0.56, underbone ? 0.18 : 0.1, underbone ? 0.16 : 0.3],
    paint,
  );
  mesh.box('trim', [-0.22, 0.36, 0], [0.6, 0.3, 0.26], GREY);
  // Lower fairing between engine and leg shield; the inside of the shield is dark.
  if (underbone) mesh.box('gloss', [0.18, 0.5, 0], [0.3, 0.3, 0.2], paint, [0, 0, -0.3]);
  mesh.box('trim', [0.33, 0.66, 0], [0.04, 0.5, 0.36], DARK, [0, 0, -0.2]);
  mesh.spine(
    'gloss',
    [
      [0.04, 0.5, 0.14, 0.12],
      [-0.22, 0.58, 0.19, 0.18],
      [-0.52, 0.64, 0.17, 0.18],
      [-0.78, 0.74, 0.09, 0.13],
      [-0.9, 0.8, 0.03, 0.07],
    ],
    paint,
  );
  mesh.spine(
    'trim',
    [
      [0.06, 0.73, 0.04, 0.09],
      [-0.12, 0.76, 0.05, 0.13],
      [-0.45, 0.79, 0.055, 0.14],
      [-0.72, 0.83, 0.04, 0.11],
    ],
    DARK,
  );
  mesh.rod('chrome', [-0.1, 0.3, 0.16], [-0.86, 0.4, 0.19], 0.045, 0.055, GREY, 8);
  mesh.spine(
    'trim',
    [
      [-0.78, 0.66, 0.02, 0.06],
      [-0.93, 0.5, 0.02, 0.06],
      [-0.97, 0.36, 0.015, 0.05],
    ],
    DARK,
  );
  mesh.box('tail', [-0.86, 0.76, 0], [0.07, 0.1, 0.2], LIT);
  mesh.box('plate', [-0.96, 0.53, 0], [0.02, 0.14, 0.19], PLATE, [0, 0, 0.3]);
  mesh.rod('chrome', [-0.6, 0.86, 0.13], [-0.86, 0.9, 0.09], 0.015, 0.015, CHROME, 5);
  mesh.rod('chrome', [-0.6, 0.86, -0.13], [-0.86, 0.9, -0.09], 0.015, 0.015, CHROME, 5);
  if (!parked) {
    const seat: Seat = {
      hip: [-0.2, 0.86],
      shoulder: [between(random, -0.12, 0), between(random, 1.36, 1.43)],
      hand: [0.33, 1.06, 0.31],
      knee: [0.2, 0.82, 0.17],
      foot: [0.16, underbone ? 0.36 : 0.46, underbone ? 0.2 : 0.13],
    };
    addRider(mesh, random, seat, random() < 0.92 ? 'half-helmet' : 'bare');
    luggage(mesh, random);
  }
  return {
    mesh: mesh.build(),
    lengthM: 1.95,
    widthM: 0.75,
    heightM: parked ? 1.2 : 1.72,
    headLamp: [0.52, 0.98, 0],
    tailLamp: [-0.88, 0.76, 0],
  };
}

export function motorcycleModel(random: Random): Model {
  const mesh = new MeshBuilder();
  const paint = pick(random, PAINTS);
  twoWheels(mesh, 0.72, -0.68, 0.325, 0.075, true);
  for (const z of [0.09, -0.09]) mesh.rod('chrome', [0.74, 0.32, z], [0.48, 1, z], 0.032, 0.032, CHROME, 6);
  mesh.spine(
    'gloss',
    [
      [0.42, 0.86, 0.1, 0.1],
      [0.25, 0.9, 0.15, 0.17],
      [0.02, 0.86, 0.13, 0.15],
      [-0.12, 0.8, 0.06, 0.1],
    ],
    paint,
  );
  mesh.spine(
    'trim',
    [
      [-0.02, 0.82, 0.05, 0.1],
      [-0.3, 0.82, 0.06, 0.14],
      [-0.62, 0.88, 0.05, 0.12],
      [-0.82, 0.93, 0.03, 0.08],
    ],
    DARK,
  );
  mesh.spine(
    'gloss',
    [
      [-0.3, 0.74, 0.08, 0.11],
      [-0.62, 0.82, 0.06, 0.1],
      [-0.95, 0.93, 0.03, 0.06],
    ],
    paint,
  );
  mesh.box('trim', [0.05, 0.52, 0], [0.52, 0.4, 0.3], GREY);
  mesh.box('trim', [0.36, 0.62, 0], [0.08, 0.3, 0.3], DARK);
  mesh.rod('chrome', [0.1, 0.36, 0.17], [-0.85, 0.5, 0.2], 0.045, 0.07, CHROME, 8);
  handlebar(mesh, 0.42, 1.08, 0.36);
  mesh.ball('gloss', [0.6, 0.95, 0], [0.14, 0.16, 0.16], paint);
  mesh.ball('head', [0.7, 0.92, 0], [0.06, 0.09, 0.11], LIT);
  mesh.spine(
    'gloss',
    [
      [1, 0.5, 0.015, 0.06],
      [0.9, 0.66, 0.02, 0.075],
      [0.72, 0.71, 0.02, 0.08],
      [0.5, 0.6, 0.02, 0.07],
    ],
    paint,
  );
  mesh.box('tail', [-0.96, 0.9, 0], [0.06, 0.07, 0.16], LIT);
  mesh.box('trim', [-0.92, 0.72, 0], [0.05, 0.3, 0.14], DARK, [0, 0, 0.5]);
  mesh.box('plate', [-0.98, 0.64, 0], [0.02, 0.14, 0.2], PLATE, [0, 0, 0.4]);
  const seat: Seat = {
    hip: [-0.24, 0.94],
    shoulder: [between(random, -0.02, 0.08), 1.47],
    hand: [0.4, 1.08, 0.33],
    knee: [0.14, 0.82, 0.23],
    foot: [-0.05, 0.38, 0.22],
  };
  addRider(mesh, random, seat, 'full-helmet');
  if (random() < 0.3) mesh.box('trim', [-0.78, 1.1, 0], [0.36, 0.34, 0.42], DARK);
  return {
    mesh: mesh.build(),
    lengthM: 2.1,
    widthM: 0.8,
    heightM: 1.85,
    headLamp: [0.74, 0.92, 0],
    tailLamp: [-0.98, 0.9, 0],
  };
}

export function bicycleModel(random: Random): Model {
  const mesh = new MeshBuilder();
  const paint = pick(random, PAINTS);
  for (const x of [0.54, -0.5]) {
    mesh.wheel = [x, 0.34, 0.34];
    mesh.tyre('trim', [x, 0.34, 0], 0.34, 0.022, RUBBER, 20, 5);
    for (let i = 0; i < 7; i++)
      mesh.box('chrome', [x, 0.34, 0], [0.62, 0.006, 0.006], CHROME, [0, 0, (i * Math.PI) / 7]);
  }
  mesh.wheel = [0, 0, 0];
  const tube = (a: Vector, b: Vector, radius = 0.022): void =>
    mesh.rod('gloss', a, b, radius, radius, paint, 6);
  tube([-0.5, 0.35, 0.05], [-0.12, 0.33, 0.03], 0.015);
  tube([-0.12, 0.33, 0], [-0.26, 0.88, 0]);
  tube([-0.12, 0.33, 0], [0.4, 0.82, 0]);
  tube([-0.23, 0.78, 0], [0.38, 0.88, 0]);
  tube([-0.5, 0.35, 0], [-0.24, 0.8, 0], 0.015);
  tube([0.54, 0.35, 0], [0.37, 0.98, 0]);
  mesh.rod('trim', [0.34, 1.02, -0.28], [0.34, 1.02, 0.28], 0.016, 0.016, DARK, 6);
  mesh.box('trim', [-0.27, 0.92, 0], [0.27, 0.07, 0.17], DARK);
  mesh.box('tail', [-0.52, 0.72, 0], [0.03, 0.05, 0.05], LIT);
  if (random() < 0.5) mesh.box('trim', [0.56, 0.84, 0], [0.26, 0.2, 0.32], [0.1, 0.09, 0.08]);
  if (random() < 0.4) mesh.box('trim', [-0.55, 0.74, 0], [0.42, 0.03, 0.14], DARK);
  const seat: Seat = {
    hip: [-0.25, 1],
    shoulder: [between(random, -0.06, 0.06), 1.52],
    hand: [0.34, 1.06, 0.25],
    knee: [0.14, 0.82, 0.11],
    foot: [0.02, 0.25, 0.11],
  };
  const headgear = random();
  addRider(mesh, random, seat, headgear < 0.3 ? 'cone-hat' : headgear < 0.5 ? 'half-helmet' : 'bare');
  return { mesh: mesh.build(), lengthM: 1.8, widthM: 0.6, heightM: 1.84, tailLamp: [-0.53, 0.72, 0] };
}

function twoWheels(
  mesh: MeshBuilder,
  front: number,
  rear: number,
  radius: number,
  thickness: number,
  spokes: boolean,
): void {
  for (const x of [front, rear]) {
    mesh.wheel = [x, radius, radius];
    mesh.tyre('trim', [x, radius, 0], radius, thickness, RUBBER);
    for (const side of [1, -1] as const)
      mesh.disc(
        'chrome',
        [x, radius, side * 0.035],
        0,
        spokes ? 0.09 : radius * 0.55,
        side,
        spokes ? CHROME : [0.12, 0.12, 0.12],
        12,
      );
    for (let i = 0; i < 6; i++)
      mesh.box(
        'chrome',
        [x, radius, 0],
        [(radius - thickness) * 2, 0.025, 0.02],
        [0.2, 0.2, 0.2],
        [0, 0, (i * Math.PI) / 6],
      );
  }
  mesh.wheel = [0, 0, 0];
}

function handlebar(mesh: MeshBuilder, x: number, y: number, half: number): void {
  mesh.rod('trim', [x, y, -half], [x, y, half], 0.022, 0.022, DARK, 6);
  for (const side of [1, -1]) {
    mesh.rod(
      'trim',
      [x + 0.02, y, side * half * 0.75],
      [x + 0.05, y + 0.16, side * half * 0.95],
      0.01,
      0.01,
      DARK,
      5,
    );
    mesh.ball('trim', [x + 0.05, y + 0.19, side * half], [0.02, 0.045, 0.07], DARK, 8, 5);
  }
}

/** A passenger, a delivery box, bags, or nothing. */
function luggage(mesh: MeshBuilder, random: Random): void {
  const what = random();
  if (what < 0.3) {
    const seat: Seat = {
      hip: [-0.55, 0.92],
      shoulder: [between(random, -0.5, -0.42), between(random, 1.4, 1.48)],
      hand: [-0.25, 1.02, 0.17],
      knee: [-0.16, 0.82, 0.24],
      foot: [-0.22, 0.36, 0.22],
    };
    addRider(mesh, random, seat, random() < 0.85 ? 'half-helmet' : 'bare');
    // Now and then a child stands between.
    if (random() < 0.12) {
      const child: Seat = {
        hip: [0.08, 0.82],
        shoulder: [0.1, 1.16],
        hand: [0.3, 1, 0.16],
        knee: [0.16, 0.66, 0.1],
        foot: [0.16, 0.44, 0.09],
      };
      addRider(mesh, random, child, 'bare');
    }
  } else if (what < 0.42) {
    mesh.box('trim', [-0.66, 1.08, 0], [0.46, 0.46, 0.46], pick(random, CARGO));
  } else if (what < 0.52) {
    for (const side of [1, -1])
      mesh.box('cloth', [-0.55, 0.62, side * 0.32], [0.5, 0.45, 0.26], pick(random, CARGO));
  } else if (what < 0.6) {
    mesh.box('cloth', [0.12, 0.62, 0], [0.3, 0.36, 0.3], pick(random, CARGO));
  }
}
