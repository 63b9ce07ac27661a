// How each kind of vehicle moves. Lengths and widths match the models in scene/vehicles.

import type { VehicleKind } from '../scene-file.ts';
import type { TruthClass } from '../truth-file.ts';

export type Traits = {
  readonly class: TruthClass;
  readonly lengthM: number;
  readonly widthM: number;
  /** Comfortable acceleration and braking, m/s². */
  readonly accelerationMs2: number;
  readonly brakingMs2: number;
  /** Gap kept at rest, and time gap on the move. */
  readonly standGapM: number;
  readonly timeGapS: number;
  /** Desired speed as a share of the limit, and the most it can do. */
  readonly speedShare: number;
  readonly topSpeedMs: number;
  /** Free clearance wanted on each side. */
  readonly sideM: number;
  readonly twoWheeler: boolean;
};

const CAR = {
  class: 'car',
  accelerationMs2: 1.7,
  brakingMs2: 2.2,
  standGapM: 2,
  timeGapS: 1.25,
  speedShare: 1,
  topSpeedMs: 50,
  sideM: 0.3,
  twoWheeler: false,
} as const;
const TWO_WHEELER = {
  class: 'motorcycle',
  lengthM: 1.95,
  widthM: 0.75,
  accelerationMs2: 2.3,
  brakingMs2: 2.6,
  standGapM: 0.8,
  timeGapS: 0.75,
  speedShare: 1,
  topSpeedMs: 40,
  sideM: 0.2,
  twoWheeler: true,
} as const;
const HEAVY = {
  ...CAR,
  accelerationMs2: 0.9,
  brakingMs2: 1.8,
  timeGapS: 1.5,
  speedShare: 0.86,
  topSpeedMs: 25,
} as const;

export const TRAITS: Readonly<Record<VehicleKind, Traits>> = {
  sedan: { ...CAR, lengthM: 4.7, widthM: 1.82 },
  hatchback: { ...CAR, lengthM: 4.1, widthM: 1.77 },
  suv: { ...CAR, lengthM: 4.65, widthM: 1.9 },
  van: { ...CAR, lengthM: 5.25, widthM: 1.95, speedShare: 0.95, accelerationMs2: 1.4 },
  pickup: { ...CAR, lengthM: 5.3, widthM: 1.9 },
  bus: { ...HEAVY, class: 'bus', lengthM: 12, widthM: 2.54 },
  truck: { ...HEAVY, class: 'truck', lengthM: 8.6, widthM: 2.46 },
  lorry: { ...HEAVY, class: 'truck', lengthM: 15.2, widthM: 2.54, accelerationMs2: 0.7 },
  motorcycle: { ...TWO_WHEELER, lengthM: 2.1, widthM: 0.8, speedShare: 1.05 },
  scooter: { ...TWO_WHEELER },
  bicycle: {
    ...TWO_WHEELER,
    class: 'bicycle',
    lengthM: 1.8,
    widthM: 0.6,
    accelerationMs2: 0.9,
    topSpeedMs: 5.5,
  },
};
