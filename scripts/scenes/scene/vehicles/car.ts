// Cars: one lofted body a kind, with glass, lamps, mirrors and seams.

import { mix, type Random } from '../../random.ts';
import { MeshBuilder } from '../mesh.ts';
import { arch, CHROME, DARK, GREY, loft, PLATE, type Section, wheel } from './body.ts';
import type { Model } from './model.ts';

export type CarKind = 'sedan' | 'hatchback' | 'suv' | 'van' | 'pickup';

/** Half width, sill, window line, and either roof (with half width) or bonnet height. */
type Station = {
  x: number;
  half: number;
  sill: number;
  belt: number;
  roofHalf?: number;
  roof?: number;
  top?: number;
};

type Shape = {
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly wheelM: number;
  readonly stations: readonly Station[];
  /** Section indices: side windows, pillars, and first and last screen. */
  readonly windows: readonly number[];
  readonly pillars: readonly number[];
  readonly screens: readonly [rear: number, front: number];
  readonly axles: readonly [number, number];
  readonly lampM: number;
  readonly tailM: number;
  readonly tailTallM: number;
};

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

type Row = readonly [x: number, half: number, sill: number, belt: number, top: number, roofHalf?: number];

/** Rows of [x, half width, sill, window line, bonnet or roof height, roof half width], scaled to the drawn size. */
function rows(list: readonly Row[], lengthShare: number, halfShare: number, heightShare: number): Station[] {
  return list.map(
    ([x, half, sill, belt, top, roofHalf]): Station =>
      roofHalf === undefined
        ? { x: x * lengthShare, half: half * halfShare, sill, belt, top }
        : {
            x: x * lengthShare,
            half: half * halfShare,
            sill,
            belt,
            roof: top * heightShare,
            roofHalf: roofHalf * halfShare,
          },
  );
}

const SHAPES: Readonly<Record<CarKind, (random: Random) => Shape>> = {
  sedan: (random) => {
    const [lengthM, widthM, heightM] = [
      mix(4.5, 4.85, random()),
      mix(1.78, 1.86, random()),
      mix(1.42, 1.48, random()),
    ];
    const k = lengthM / 4.65;
    return {
      lengthM,
      widthM,
      heightM,
      wheelM: 0.325,
      windows: [4, 5, 7],
      pillars: [6],
      screens: [3, 8],
      axles: [-1.36 * k, 1.42 * k],
      lampM: 0.64,
      tailM: 0.86,
      tailTallM: 0.15,
      stations: rows(
        [
          [-2.325, 0.7, 0.36, 0.86, 0.93],
          [-2.27, 0.8, 0.27, 0.91, 1],
          [-2.12, 0.86, 0.22, 0.93, 1.055],
          [-1.68, 0.895, 0.19, 0.945, 1.09],
          [-1, 0.91, 0.18, 0.945, 1.385, 0.6],
          [-0.62, 0.91, 0.18, 0.94, 1.435, 0.625],
          [-0.12, 0.91, 0.18, 0.935, 1.45, 0.63],
          [-0.02, 0.91, 0.18, 0.93, 1.45, 0.63],
          [0.36, 0.91, 0.18, 0.925, 1.405, 0.61],
          [1.12, 0.905, 0.18, 0.9, 0.955],
          [1.6, 0.89, 0.18, 0.83, 0.905],
          [2, 0.86, 0.18, 0.74, 0.82],
          [2.2, 0.79, 0.2, 0.66, 0.72],
          [2.3, 0.66, 0.26, 0.58, 0.63],
        ],
        k,
        widthM / 1.82,
        heightM / 1.45,
      ),
    };
  },
  hatchback: (random) => {
    const [lengthM, widthM, heightM] = [
      mix(3.85, 4.25, random()),
      mix(1.72, 1.8, random()),
      mix(1.46, 1.54, random()),
    ];
    const k = lengthM / 4.05;
    return {
      lengthM,
      widthM,
      heightM,
      wheelM: 0.31,
      windows: [3, 4, 6],
      pillars: [5],
      screens: [2, 7],
      axles: [-1.25 * k, 1.28 * k],
      lampM: 0.66,
      tailM: 0.92,
      tailTallM: 0.15,
      stations: rows(
        [
          [-2.025, 0.72, 0.36, 0.86, 0.94],
          [-1.97, 0.8, 0.26, 0.93, 1.04],
          [-1.88, 0.845, 0.22, 0.955, 1.08],
          [-1.52, 0.87, 0.19, 0.96, 1.43, 0.6],
          [-0.75, 0.88, 0.18, 0.95, 1.49, 0.62],
          [-0.16, 0.88, 0.18, 0.94, 1.5, 0.63],
          [-0.06, 0.88, 0.18, 0.935, 1.5, 0.63],
          [0.42, 0.88, 0.18, 0.93, 1.445, 0.61],
          [1.12, 0.875, 0.18, 0.92, 0.975],
          [1.5, 0.86, 0.18, 0.84, 0.915],
          [1.78, 0.82, 0.18, 0.75, 0.82],
          [1.93, 0.75, 0.2, 0.66, 0.72],
          [2.02, 0.62, 0.26, 0.58, 0.63],
        ],
        k,
        widthM / 1.76,
        heightM / 1.5,
      ),
    };
  },
  suv: (random) => {
    const [lengthM, widthM, heightM] = [
      mix(4.4, 4.85, random()),
      mix(1.84, 1.95, random()),
      mix(1.64, 1.78, random()),
    ];
    const k = lengthM / 4.6;
    return {
      lengthM,
      widthM,
      heightM,
      wheelM: 0.365,
      windows: [3, 5, 7],
      pillars: [4, 6],
      screens: [2, 8],
      axles: [-1.36 * k, 1.4 * k],
      lampM: 0.8,
      tailM: 1,
      tailTallM: 0.2,
      stations: rows(
        [
          [-2.3, 0.78, 0.42, 1, 1.07],
          [-2.25, 0.85, 0.34, 1.06, 1.14],
          [-2.18, 0.89, 0.3, 1.08, 1.17],
          [-1.86, 0.92, 0.27, 1.09, 1.63, 0.64],
          [-1.25, 0.94, 0.26, 1.08, 1.69, 0.66],
          [-1.15, 0.94, 0.26, 1.08, 1.69, 0.66],
          [-0.2, 0.94, 0.26, 1.065, 1.7, 0.67],
          [-0.1, 0.94, 0.26, 1.06, 1.7, 0.67],
          [0.5, 0.94, 0.26, 1.05, 1.64, 0.645],
          [1.2, 0.935, 0.26, 1.04, 1.095],
          [1.65, 0.92, 0.26, 0.98, 1.06],
          [2.05, 0.88, 0.26, 0.88, 0.98],
          [2.2, 0.82, 0.28, 0.8, 0.86],
          [2.28, 0.7, 0.33, 0.7, 0.76],
        ],
        k,
        widthM / 1.88,
        heightM / 1.7,
      ),
    };
  },
  pickup: () => ({
    lengthM: 5.3,
    widthM: 1.9,
    heightM: 1.82,
    wheelM: 0.38,
    windows: [3, 5],
    pillars: [4],
    screens: [2, 6],
    axles: [-1.6, 1.68],
    lampM: 0.86,
    tailM: 0.92,
    tailTallM: 0.34,
    stations: rows(
      [
        [-2.65, 0.86, 0.5, 1.05, 1.08],
        [-2.6, 0.92, 0.42, 1.07, 1.1],
        [-0.98, 0.95, 0.38, 1.07, 1.1],
        [-0.93, 0.95, 0.38, 1.08, 1.76, 0.66],
        [-0.05, 0.95, 0.36, 1.08, 1.82, 0.68],
        [0.05, 0.95, 0.36, 1.08, 1.82, 0.68],
        [0.62, 0.95, 0.36, 1.07, 1.76, 0.65],
        [1.3, 0.94, 0.36, 1.08, 1.14],
        [1.9, 0.93, 0.36, 1.04, 1.11],
        [2.42, 0.9, 0.36, 0.96, 1.04],
        [2.58, 0.84, 0.38, 0.88, 0.95],
        [2.65, 0.74, 0.42, 0.78, 0.84],
      ],
      1,
      1,
      1,
    ),
  }),
  van: (random) => {
    const [lengthM, heightM] = [mix(4.9, 5.6, random()), mix(1.95, 2.35, random())];
    const k = lengthM / 5.2;
    const h = 0.975;
    const passengers = random() < 0.35;
    return {
      lengthM,
      widthM: 1.95,
      heightM,
      wheelM: 0.345,
      windows: passengers ? [1, 2, 3, 5] : [5],
      pillars: [4],
      screens: [0, 6],
      axles: [-1.55 * k, 1.6 * k],
      lampM: 0.82,
      tailM: 1,
      tailTallM: 0.42,
      stations: rows(
        [
          [-2.6, h * 0.93, 0.36, 1.15, 0.97, h * 0.84],
          [-2.55, h * 0.985, 0.3, 1.15, 1, h * 0.88],
          [-1.4, h, 0.26, 1.15, 1, h * 0.885],
          [-0.1, h, 0.26, 1.15, 1, h * 0.885],
          [0.62, h, 0.26, 1.15, 1, h * 0.885],
          [0.74, h, 0.26, 1.15, 1, h * 0.88],
          [1.2, h, 0.26, 1.14, 0.955, h * 0.83],
          [1.95, h * 0.985, 0.26, 1.1, 1.17],
          [2.3, h * 0.95, 0.26, 0.98, 1.06],
          [2.5, h * 0.88, 0.28, 0.82, 0.9],
          [2.58, h * 0.74, 0.33, 0.7, 0.76],
        ],
        k,
        1,
        heightM,
      ),
    };
  },
};
