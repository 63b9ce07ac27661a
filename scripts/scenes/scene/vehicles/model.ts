// A vehicle model: its mesh and what the renderer needs to know besides.

import type { Mesh } from '../mesh.ts';

export type Model = {
  readonly mesh: Mesh;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** Lamps right of the middle: forward, up, right. One in the middle when the last is 0. */
  readonly headLamp?: readonly [number, number, number];
  readonly tailLamp?: readonly [number, number, number];
};
