// Cross-sections of the car bodies, kind by kind; sizes vary with the seed.

import { mix, type Random } from '../../random.ts';

export type CarKind = 'sedan' | 'hatchback' | 'suv' | 'van' | 'pickup';

/** Half width, sill, window line, and either roof (with half width) or bonnet height. */
export type Station = {
  x: number;
  half: number;
  sill: number;
  belt: number;
  roofHalf?: number;
  roof?: number;
  top?: number;
};

export type Shape = {
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

export const SHAPES: Readonly<Record<CarKind, (random: Random) => Shape>> = {
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
