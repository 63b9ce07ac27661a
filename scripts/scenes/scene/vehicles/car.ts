// Cars: one lofted body a kind, with glass, lamps, mirrors and seams.

import { mix, type Random } from '../../random.ts';
import { MeshBuilder } from '../mesh.ts';
import { arch, CHROME, DARK, GREY, loft, PLATE, type Section, wheel } from './body.ts';
import { type CarKind, SHAPES, type Shape, type Station } from './car-shapes.ts';
import type { Model } from './model.ts';

export function carModel(kind: CarKind, random: Random): Model {
  const shape = SHAPES[kind](random);
  const mesh = new MeshBuilder();
  const { stations } = shape;
  const sections = stations.map(section);
  const count = stations.length;
  const [rearScreen, frontScreen] = shape.screens;
  const vanGlass = kind === 'van' && random() < 0.7;
  loft(
    mesh,
    sections,
    (i, strip) => {
      if (strip < 1) return ['trim', DARK];
      if (strip < 2) return ['trim', [0.03, 0.03, 0.032]];
      if (strip === 6) {
        if (shape.windows.includes(i) || i === frontScreen) return 'glass';
        return shape.pillars.includes(i) ? ['trim', DARK] : 'paint';
      }
      if (strip >= 8 && (i === rearScreen || i === frontScreen) && kind !== 'van') return 'glass';
      if (strip >= 8 && i === frontScreen) return 'glass';
      return kind === 'pickup' && i === 1 && strip >= 8 ? ['trim', DARK] : 'paint';
    },
    (end, strip) => {
      if (strip < 2) return ['trim', DARK];
      return end === 0 && strip === 6 && vanGlass ? 'glass' : 'paint';
    },
  );
  trimCar(mesh, kind, shape, sections, random);
  const hub = random() < 0.3 ? ([0.06, 0.06, 0.06] as const) : CHROME;
  const widest = stations[4]?.half ?? 0.9;
  for (const x of shape.axles) {
    arch(mesh, x, shape.wheelM + 0.01, widest * 1.003, shape.wheelM * 1.2);
    for (const side of [1, -1]) wheel(mesh, x, side * (widest - 0.09), shape.wheelM, 0.21, hub);
  }
  const front = stations[count - 1]?.x ?? 0;
  const rear = stations[0]?.x ?? 0;
  const frontHalf = stations[count - 2]?.half ?? 0.8;
  const rearHalf = stations[1]?.half ?? 0.8;
  return {
    mesh: mesh.build(),
    lengthM: shape.lengthM,
    widthM: shape.widthM,
    heightM: shape.heightM,
    headLamp: [front, shape.lampM, frontHalf * 0.78],
    tailLamp: [rear, shape.tailM, rearHalf * 0.84],
  };
}

function section(station: Station): Section {
  const { half, sill, belt } = station;
  const middle = mix(sill, belt, 0.62);
  const lower = [
    [0, sill],
    [half * 0.86, sill],
    [half * 0.965, sill + 0.05],
    [half * 0.99, sill + 0.2],
    [half, middle],
    [half * 0.985, belt - 0.05],
    [half * 0.95, belt],
  ] as const;
  if (station.roofHalf !== undefined && station.roof !== undefined) {
    const { roofHalf, roof } = station;
    return {
      x: station.x,
      points: [
        ...lower,
        [roofHalf + 0.02, roof - 0.085],
        [roofHalf * 0.955, roof - 0.03],
        [roofHalf * 0.72, roof],
        [0, roof + 0.025],
      ],
    };
  }
  const top = station.top ?? belt;
  return {
    x: station.x,
    points: [
      ...lower,
      [half * 0.91, mix(belt, top, 0.45)],
      [half * 0.86, mix(belt, top, 0.72)],
      [half * 0.66, mix(belt, top, 0.93)],
      [0, top + 0.012],
    ],
  };
}

function trimCar(
  mesh: MeshBuilder,
  kind: CarKind,
  shape: Shape,
  sections: readonly Section[],
  random: Random,
): void {
  const { stations } = shape;
  const count = stations.length;
  const [, screen] = shape.screens;
  const at = (index: number): Station => stations[index] ?? { x: 0, half: 0.9, sill: 0.2, belt: 0.9 };
  const front = at(count - 1).x;
  const rear = at(0).x;
  const frontHalf = at(count - 2).half;
  const rearHalf = at(1).half;
  const a = sections[screen]?.points[7] ?? [0, 0];
  const b = sections[screen + 1]?.points[7] ?? [0, 0];
  for (const side of [1, -1]) {
    mesh.rod(
      'paint',
      [at(screen).x + 0.02, a[1], a[0] * side],
      [at(screen + 1).x - 0.02, b[1], b[0] * side],
      0.04,
      0.045,
      undefined,
      6,
    );
  }
  const lampTall = 0.13 * mix(0.85, 1.15, random());
  for (const side of [1, -1]) {
    mesh.box(
      'head',
      [front - 0.09, shape.lampM, side * frontHalf * 0.78],
      [0.16, lampTall, frontHalf * 0.36],
      [1, 1, 1],
      [0, side * 0.28, 0],
    );
    mesh.box(
      'trim',
      [front - 0.1, shape.lampM, side * frontHalf * 0.78],
      [0.16, lampTall * 1.23, frontHalf * 0.42],
      DARK,
      [0, side * 0.28, 0],
    );
    mesh.box('trim', [front - 0.04, 0.36, side * frontHalf * 0.7], [0.08, 0.1, 0.2], DARK);
    mesh.box(
      'tail',
      [rear + 0.055, shape.tailM, side * rearHalf * 0.84],
      [0.13, shape.tailTallM, rearHalf * (kind === 'van' || kind === 'pickup' ? 0.14 : 0.34)],
      [1, 1, 1],
      [0, -side * 0.2, 0],
    );
  }
  mesh.box(
    'trim',
    [front - 0.035, shape.lampM - 0.04, 0],
    [0.09, 0.14 + random() * 0.1, frontHalf * 0.95],
    DARK,
  );
  mesh.box('chrome', [front + 0.005, shape.lampM - 0.03, 0], [0.03, 0.05, 0.16], CHROME);
  mesh.box('trim', [front - 0.03, 0.33, 0], [0.09, 0.14, frontHalf * 1.2], DARK);
  mesh.box('plate', [front + 0.03, 0.47, 0], [0.05, 0.12, 0.5], PLATE);
  if (random() < 0.25 && kind !== 'van' && kind !== 'pickup')
    mesh.box('tail', [rear + 0.02, shape.tailM, 0], [0.05, 0.05, rearHalf * 1.2], [1, 1, 1]);
  mesh.box('plate', [rear - 0.01, kind === 'sedan' ? 0.7 : 0.62, 0], [0.1, 0.12, 0.5], PLATE);
  mesh.box('trim', [rear + 0.02, 0.38, 0], [0.08, 0.16, rearHalf * 1.5], DARK);
  if (kind !== 'sedan')
    mesh.box('paint', [at(3).x - 0.06, at(3).roof ?? 1.7, 0], [0.2, 0.03, (at(3).roofHalf ?? 0.6) * 1.6]);
  const mirrorX = at(screen).x + (at(screen + 1).x - at(screen).x) * 0.62;
  const mirrorY = at(screen).belt + 0.06;
  for (const side of [1, -1]) {
    mesh.box('paint', [mirrorX, mirrorY, side * (at(screen).half + 0.07)], [0.11, 0.12, 0.17]);
    mesh.box('trim', [mirrorX - 0.055, mirrorY, side * (at(screen).half + 0.07)], [0.02, 0.1, 0.14], DARK);
    for (const x of [0.62, -0.2])
      mesh.box(
        'trim',
        [x, at(screen).belt - 0.13, side * (at(screen).half * 0.99 + 0.005)],
        [0.16, 0.025, 0.02],
        GREY,
      );
    for (const x of [at(screen + 1).x - 0.25, -0.07, -1]) {
      mesh.box(
        'trim',
        [x, mix(at(screen).sill, at(screen).belt, 0.55), side * at(screen).half * 0.985],
        [0.012, (at(screen).belt - at(screen).sill) * 0.72, 0.032],
        DARK,
      );
    }
    mesh.box(
      'trim',
      [0, at(screen).sill + 0.06, side * at(screen).half * 0.965],
      [shape.axles[1] - shape.axles[0] - 0.8, 0.09, 0.05],
      DARK,
    );
    if (kind === 'suv' && shape.wheelM > 0.36)
      mesh.box(
        'trim',
        [-0.5, (at(6).roof ?? 1.7) + 0.02, side * (at(6).roofHalf ?? 0.6) * 0.92],
        [1.9, 0.035, 0.04],
        GREY,
      );
  }
  if (random() < 0.2 && (kind === 'sedan' || kind === 'suv'))
    mesh.box('glass', [-0.3, (at(5).roof ?? 1.45) + 0.03, 0], [0.62, 0.05, 0.72]);
}
