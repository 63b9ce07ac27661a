// A road layout: where road users move, what regulates them, and what the place looks like. Ground
// coordinates are metres, x east, y north; traffic keeps to the right.

import type { SceneLayout } from '../scene-file.ts';
import { dualCarriageway } from './dual-carriageway.ts';
import { intersection } from './intersection.ts';
import { motorway } from './motorway.ts';
import type { Path, Point } from './path.ts';
import { roundabout } from './roundabout.ts';
import { street } from './street.ts';

export type Route = {
  readonly id: string;
  readonly path: Path;
  /** Lane middles right of the path, metres, lane 1 first (next to the middle of the road). */
  readonly lanesM: readonly number[];
  /** Where two-wheelers may ride, metres right of the path. */
  readonly ridableM: readonly [number, number];
  readonly speedMs: number;
  /** Slower stretches: curves. */
  readonly slow: readonly { readonly fromM: number; readonly toM: number; readonly speedMs: number }[];
  readonly signal?: { readonly group: string; readonly stopM: number };
  /** Gives way to vehicles on the ring before `stopM`, where the entry meets the ring at `entryRad`. */
  readonly giveWay?: { readonly stopM: number; readonly entryRad: number };
  /** The stretch on the ring. */
  readonly ring?: { readonly fromM: number; readonly toM: number; readonly exitRad: number };
};

export type SignalPlan = {
  readonly cycleS: number;
  readonly groups: readonly {
    readonly group: string;
    readonly greenFromS: number;
    readonly greenToS: number;
  }[];
};

/** A footpath; a crossing is only entered while all its `redGroups` have been red and stay so long enough. */
export type Walk = {
  readonly path: Path;
  readonly widthM: number;
  readonly share: number;
  readonly redGroups?: readonly string[];
};

export type SurfaceKind = 'asphalt' | 'old-asphalt' | 'sidewalk' | 'grass' | 'kerb' | 'paving' | 'gravel';
export type Surface = { readonly kind: SurfaceKind } & (
  | { readonly polygon: readonly Point[] }
  | { readonly line: readonly Point[]; readonly widthM: number; readonly closed?: boolean }
);

export type Mark = {
  readonly colour: 'white' | 'yellow';
  readonly line: readonly Point[];
  readonly widthM: number;
  readonly dashM?: readonly [number, number];
  readonly closed?: boolean;
  /** Fill the line as a polygon instead of stroking it. */
  readonly fill?: boolean;
};

export type Building = {
  readonly x: number;
  readonly y: number;
  readonly widthM: number;
  readonly depthM: number;
  readonly floors: number;
  readonly seed: number;
  readonly style: 'european' | 'tube-house' | 'office' | 'shed';
};

export type SignalHead = {
  readonly x: number;
  readonly y: number;
  readonly facingRad: number;
  readonly armM: number;
  readonly group: string;
};

export type Layout = {
  readonly routes: readonly Route[];
  readonly signals?: SignalPlan;
  readonly walks: readonly Walk[];
  readonly surfaces: readonly Surface[];
  readonly marks: readonly Mark[];
  readonly tyreTracks: readonly { readonly line: readonly Point[] }[];
  readonly buildings: readonly Building[];
  readonly trees: readonly { readonly x: number; readonly y: number; readonly scale: number }[];
  /** Lamp posts: `facingRad` points from the post over the road. */
  readonly lamps: readonly { readonly x: number; readonly y: number; readonly facingRad: number }[];
  readonly signalHeads: readonly SignalHead[];
  readonly rails: readonly (readonly Point[])[];
  /** Things at the roadside without motion: bins, bollards, signs, parked two-wheelers, stalls. */
  readonly furniture: readonly {
    readonly kind: 'bin' | 'bollard' | 'sign' | 'planter' | 'parked-scooter' | 'cable-pole';
    readonly x: number;
    readonly y: number;
    readonly headingRad: number;
  }[];
  /** The part that cameras look at; ground textures cover it. */
  readonly bounds: {
    readonly minX: number;
    readonly maxX: number;
    readonly minY: number;
    readonly maxY: number;
  };
};

export function buildLayout(layout: SceneLayout, seed: number): Layout {
  switch (layout.kind) {
    case 'dual-carriageway':
      return dualCarriageway(layout, seed);
    case 'intersection':
      return intersection(layout, seed);
    case 'roundabout':
      return roundabout(layout, seed);
    case 'motorway':
      return motorway(layout, seed);
    case 'street':
      return street(layout, seed);
  }
}
