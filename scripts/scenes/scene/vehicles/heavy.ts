// Buses and goods vehicles.

import { mix, type Random } from '../../random.ts';
import { MeshBuilder } from '../mesh.ts';
import { arch, CHROME, DARK, GREY, loft, PLATE, type Section, wheel } from './body.ts';
import type { Model } from './model.ts';

const LIT = [1, 1, 1] as const;
const STEEL = [0.4, 0.4, 0.42] as const;

export function busModel(random: Random): Model {
  const mesh = new MeshBuilder();
  const lengthM = random() < 0.7 ? 12 : 10.5;
  const half = 1.27;
  const heightM = 3.05;
  const rear = -lengthM / 2;
  const front = lengthM / 2;
  const profile = (x: number, share: number, top = heightM): Section => ({
    x,
    points: [
      [0, 0.34],
      [half * share - 0.06, 0.34],
      [half * share, 0.42],
      [half * share, 1.05],
      [half * share, 1.12],
      [half * share - 0.03, 2.42],
      [half * share - 0.04, 2.5],
      [half * share - 0.05, 2.78],
      [half * share - 0.16, top - 0.05],
      [half * share - 0.5, top],
      [0, top + 0.03],
    ],
  });
  const sections = [profile(rear, 0.93, heightM - 0.06), profile(rear + 0.12, 0.985), profile(rear + 0.3, 1)];
  const windows: number[] = [];
  const count = Math.round((lengthM - 2.2) / 1.45);
  const bay = (lengthM - 2.2) / count;
  let x = rear + 0.5;
  for (let i = 0; i < count; i++) {
    sections.push(profile(x, 1));
    windows.push(sections.length - 1);
    x += bay - 0.1;
    sections.push(profile(x, 1));
    x += 0.1;
  }
  sections.push(profile(front - 1.35, 1));
  windows.push(sections.length - 1);
  sections.push(profile(front - 0.22, 1), profile(front - 0.08, 0.985), profile(front, 0.93, heightM - 0.08));
  const skirt = random() < 0.5;
  loft(
    mesh,
    sections,
    (i, strip) => {
      if (strip < 2) return ['trim', DARK];
      if (strip === 4 && i >= 2 && i < sections.length - 2)
        return windows.includes(i) ? 'glass' : ['trim', DARK];
      return strip === 2 && skirt ? 'paint2' : 'paint';
    },
    (end, strip) => {
      if (strip < 2) return ['trim', DARK];
      if (strip === 4) return 'glass';
      return end === 1 && (strip === 5 || strip === 6) ? ['trim', DARK] : 'paint';
    },
  );
  mesh.box('sign', [front, 2.64, 0], [0.06, 0.22, 1.5], LIT);
  mesh.box('sign', [front - 2.2, 2.62, half - 0.02], [1.1, 0.2, 0.05], LIT);
  for (const door of [front - 0.78, 0, -lengthM * 0.28]) {
    mesh.box('glass', [door, 1.35, half - 0.012], [1.15, 2, 0.04]);
    mesh.box('trim', [door, 1.35, half - 0.005], [0.05, 2, 0.05], DARK);
    mesh.box('trim', [door, 2.4, half - 0.01], [1.2, 0.06, 0.05], DARK);
  }
  for (const side of [1, -1]) {
    mesh.box('head', [front - 0.02, 0.75, side * 0.95], [0.1, 0.2, 0.38], LIT);
    mesh.box('tail', [rear + 0.03, 0.95, side * 1.05], [0.1, 0.36, 0.16], LIT);
    mesh.box('tail', [rear + 0.05, 2.72, side * 0.95], [0.1, 0.1, 0.16], LIT);
    mesh.rod('trim', [front - 0.2, 2.7, side * 1.2], [front + 0.22, 2.45, side * 1.42], 0.03, 0.03, DARK, 5);
    mesh.box('trim', [front + 0.22, 2.25, side * 1.42], [0.12, 0.42, 0.22], DARK);
    // The wiper sweep and frame break up the large windscreen.
    mesh.box('trim', [front + 0.02, 1.75, side * 0.02], [0.03, 1.3, 0.03], DARK);
    mesh.rod(
      'trim',
      [front + 0.05, 1.15, side * 0.2],
      [front + 0.02, 1.75, side * 0.65],
      0.014,
      0.01,
      DARK,
      4,
    );
  }
  mesh.box('trim', [front - 0.02, 0.45, 0], [0.1, 0.14, 1.9], DARK);
  mesh.box('plate', [front + 0.03, 0.5, 0], [0.03, 0.12, 0.5], PLATE);
  mesh.box('plate', [rear - 0.02, 0.6, 0], [0.03, 0.12, 0.5], PLATE);
  mesh.box('paint', [-1, heightM + 0.1, 0], [2.6, 0.22, 1.7]);
  mesh.box('trim', [front - 3.2, heightM + 0.08, 0], [1.2, 0.16, 1.3], GREY);
  mesh.box('trim', [rear + 1.4, heightM + 0.08, 0], [1.5, 0.18, 1.6], GREY);
  mesh.box('trim', [rear - 0.01, 1, 0], [0.04, 0.5, 1.3], [0.05, 0.05, 0.05]);
  for (const axle of [rear + 3.3, front - 2.75]) {
    arch(mesh, axle, 0.5, half * 1.004, 0.6);
    for (const side of [1, -1]) wheel(mesh, axle, side * (half - 0.13), 0.48, 0.3, [0.35, 0.35, 0.36]);
  }
  return {
    mesh: mesh.build(),
    lengthM,
    widthM: half * 2,
    heightM: heightM + 0.2,
    headLamp: [front, 0.75, 0.95],
    tailLamp: [rear, 0.95, 1.05],
  };
}

export function truckModel(random: Random): Model {
  const mesh = new MeshBuilder();
  const half = 1.23;
  const lengthM = mix(7, 9.2, random());
  const front = lengthM / 2;
  const rear = -lengthM / 2;
  const heightM = mix(3.1, 3.7, random());
  cab(mesh, front, 1.85, 1.15, 2.62 + random() * 0.3);
  const open = random() < 0.3;
  const bed = front - 1.98;
  if (open) openBed(mesh, rear, bed, half, random);
  else {
    boxBody(mesh, rear, bed, half, 1.02, heightM);
    frameBox(mesh, rear, bed, half, 1.02, heightM);
  }
  mesh.box('trim', [(rear + front - 2) / 2, 0.85, 0], [lengthM - 2.2, 0.25, 0.9], DARK);
  for (const side of [1, -1]) {
    mesh.box('head', [front - 0.02, 0.78, side * 0.85], [0.08, 0.2, 0.36], LIT);
    mesh.box('tail', [rear, 0.85, side * 1.02], [0.08, 0.14, 0.34], LIT);
    mesh.box('trim', [front - 0.3, 1.95, side * (half + 0.12)], [0.12, 0.5, 0.2], DARK);
    mesh.box('trim', [(rear + front) / 2 - 0.8, 0.62, side * 1.1], [lengthM * 0.35, 0.5, 0.06], GREY);
  }
  nose(mesh, front, rear, 0.62, 1.05);
  for (const axle of [rear + 1.6, front - 1.15]) {
    for (const side of [1, -1]) wheel(mesh, axle, side * 1.05, 0.46, 0.32, [0.4, 0.4, 0.4]);
  }
  arch(mesh, front - 1.15, 0.46, 1.17, 0.58);
  return {
    mesh: mesh.build(),
    lengthM,
    widthM: half * 2,
    heightM,
    headLamp: [front, 0.78, 0.85],
    tailLamp: [rear, 0.85, 1.02],
  };
}

/** An articulated lorry, drawn rigid: on straight roads the joint does not show. */
export function lorryModel(random: Random): Model {
  const mesh = new MeshBuilder();
  const lengthM = 15.2;
  const half = 1.27;
  const heightM = 3.95;
  const front = lengthM / 2;
  const rear = -lengthM / 2;
  cab(mesh, front, 2.2, 1.23, 3.4);
  mesh.box('paint', [front - 1.6, 3.5, 0], [1.1, 0.5, 2.1], undefined, [0, 0, -0.25]);
  if (random() < 0.25) {
    // A tanker.
    mesh.spine(
      'chrome',
      [
        [rear + 0.1, 2.2, 0.7, 0.75],
        [rear + 0.4, 2.2, 1.05, 1.15],
        [front - 3.1, 2.2, 1.05, 1.15],
        [front - 2.8, 2.2, 0.7, 0.75],
      ],
      [0.5, 0.5, 0.52],
      0,
      16,
    );
    mesh.box('trim', [-1, 3.3, 0], [8, 0.08, 0.5], GREY);
  } else {
    boxBody(mesh, rear, front - 2.6, half, 1.15, heightM);
    frameBox(mesh, rear, front - 2.6, half, 1.15, heightM);
  }
  mesh.box('trim', [0, 0.9, 0], [lengthM - 1, 0.3, 0.9], DARK);
  for (const side of [1, -1]) {
    mesh.box('head', [front - 0.02, 0.85, side * 0.95], [0.08, 0.22, 0.38], LIT);
    mesh.box('tail', [rear, 0.9, side * 1.05], [0.08, 0.14, 0.36], LIT);
    mesh.box('trim', [front - 0.3, 2.4, side * 1.38], [0.12, 0.6, 0.2], DARK);
    mesh.box('trim', [-1, 0.7, side * 1.2], [5, 0.5, 0.05], GREY);
  }
  nose(mesh, front, rear, 0.65, 1.3);
  for (const axle of [rear + 1.6, rear + 2.9, rear + 4.2, front - 4.3, front - 1.35]) {
    for (const side of [1, -1]) wheel(mesh, axle, side * 1.08, 0.5, 0.34, [0.42, 0.42, 0.42]);
  }
  return {
    mesh: mesh.build(),
    lengthM,
    widthM: half * 2,
    heightM,
    headLamp: [front, 0.85, 0.95],
    tailLamp: [rear, 0.9, 1.05],
  };
}

function cab(mesh: MeshBuilder, front: number, lengthM: number, half: number, heightM: number): void {
  const y0 = 0.42;
  const rear = front - lengthM;
  const profile = (x: number, wide: number, top: number, low?: number): Section => ({
    x,
    points: [
      [0, y0],
      [wide - 0.06, y0],
      [wide, y0 + 0.1],
      [wide, 0.95],
      [wide, low ?? 1.42],
      ...(low === undefined
        ? ([
            [wide - 0.06, top - 0.32],
            [wide - 0.09, top - 0.22],
            [wide - 0.28, top],
            [0, top + 0.03],
          ] as const)
        : ([
            [wide - 0.02, low + 0.02],
            [wide - 0.04, low + 0.03],
            [wide - 0.28, low + 0.05],
            [0, low + 0.06],
          ] as const)),
    ],
  });
  loft(
    mesh,
    [
      profile(rear, half - 0.04, heightM - 0.05),
      profile(rear + 0.08, half, heightM),
      profile(rear + lengthM * 0.38, half, heightM),
      profile(rear + lengthM * 0.44, half, heightM),
      profile(front - 0.42, half, heightM - 0.02),
      profile(front - 0.1, half - 0.03, heightM - 0.3, 1.38),
      profile(front - 0.02, half - 0.08, heightM, 1.28),
      profile(front, half - 0.2, heightM, 1.15),
    ],
    (i, strip) => {
      if (strip < 1) return ['trim', DARK];
      if (strip === 4) return i === 3 || i === 4 ? 'glass' : 'paint';
      if (i === 4 && strip >= 6) return 'glass';
      return 'paint';
    },
    () => 'paint',
  );
  for (const side of [1, -1]) {
    mesh.rod(
      'paint',
      [front - 0.42, heightM - 0.28, side * (half - 0.07)],
      [front - 0.12, 1.42, side * (half - 0.05)],
      0.05,
      0.06,
      undefined,
      6,
    );
  }
}

function boxBody(mesh: MeshBuilder, rear: number, front: number, half: number, y0: number, y1: number): void {
  const bevel = 0.03;
  const profile = (x: number, wide: number, cut: number): Section => ({
    x,
    points: [
      [0, y0 + cut],
      [wide - cut, y0 + cut],
      [wide, y0 + bevel + cut],
      [wide, y1 - bevel - cut],
      [wide - bevel, y1 - cut],
      [0, y1 - cut],
    ],
  });
  loft(
    mesh,
    [
      profile(rear, half - bevel, bevel / 2),
      profile(rear + bevel, half, 0),
      profile(front - bevel, half, 0),
      profile(front, half - bevel, bevel / 2),
    ],
    () => 'paint2',
    () => 'paint2',
  );
}

/** Edge rails and rear door bars of a box body, so that it does not look like a slab. */
function frameBox(
  mesh: MeshBuilder,
  rear: number,
  front: number,
  half: number,
  y0: number,
  y1: number,
): void {
  for (const x of [rear + 0.02, front - 0.02])
    mesh.box('chrome', [x, (y0 + y1) / 2, 0], [0.05, y1 - y0, half * 2 + 0.01], STEEL);
  for (const y of [y0 + 0.03, y1 - 0.03]) {
    for (const side of [1, -1])
      mesh.box('chrome', [(rear + front) / 2, y, side * half], [front - rear, 0.07, 0.03], STEEL);
  }
  mesh.box('trim', [rear - 0.02, (y0 + y1) / 2, 0], [0.02, y1 - y0 - 0.15, 0.03], DARK);
  for (const z of [-0.5, -0.25, 0.25, 0.5])
    mesh.rod('chrome', [rear - 0.03, y0 + 0.1, z], [rear - 0.03, y1 - 0.1, z], 0.018, 0.018, STEEL, 5);
  mesh.box(
    'plate',
    [(rear + front) / 2, (y0 + y1) / 2 + 0.2, half + 0.005],
    [(front - rear) * 0.5, (y1 - y0) * 0.2, 0.01],
    [0.12, 0.18, 0.35],
  );
  mesh.box(
    'plate',
    [(rear + front) / 2, (y0 + y1) / 2 + 0.2, -half - 0.005],
    [(front - rear) * 0.5, (y1 - y0) * 0.2, 0.01],
    [0.12, 0.18, 0.35],
  );
}

function openBed(mesh: MeshBuilder, rear: number, front: number, half: number, random: Random): void {
  const middle = (rear + front) / 2;
  mesh.box('paint2', [middle, 1.1, 0], [front - rear, 0.12, half * 2]);
  for (const side of [1, -1]) mesh.box('paint2', [middle, 1.5, side * half], [front - rear, 0.7, 0.06]);
  mesh.box('paint2', [rear, 1.5, 0], [0.06, 0.7, half * 2]);
  mesh.box('paint2', [front, 1.9, 0], [0.08, 1.5, half * 2]);
  for (let i = 0; i < 6; i++) {
    const x = mix(rear + 0.8, front - 0.8, i / 5);
    mesh.box(
      'cloth',
      [x, 1.45 + random() * 0.25, mix(-0.5, 0.5, random())],
      [1, 0.6 + random() * 0.5, 1.1],
      [mix(0.05, 0.4, random()), mix(0.05, 0.3, random()), 0.1],
    );
  }
}

function nose(mesh: MeshBuilder, front: number, rear: number, bumper: number, grille: number): void {
  mesh.box('trim', [front, bumper, 0], [0.1, 0.3, 1.9], [0.04, 0.04, 0.045]);
  mesh.box('trim', [front - 0.03, grille, 0], [0.08, 0.3, 1.5], DARK);
  mesh.box('chrome', [front + 0.02, grille + 0.04, 0], [0.03, 0.04, 1.2], CHROME);
  mesh.box('plate', [front + 0.06, 0.55, 0], [0.02, 0.12, 0.5], PLATE);
  mesh.box('trim', [rear, 0.6, 0], [0.1, 0.12, 2.2], GREY);
  mesh.box('plate', [rear - 0.06, 0.62, 0], [0.02, 0.12, 0.5], PLATE);
}
