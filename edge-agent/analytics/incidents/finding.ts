// What a rule says of one frame: the state of affairs that may become an incident, goes on being one, or no longer is.

import type { Incident, RoadUser } from '../../../contract/index.ts';
import { areaOf, iouOf } from '../boxes.ts';
import type { BoxCorners } from '../counting-line.ts';
import type { Moment } from '../observation.ts';

export type IncidentKind = Incident['kind'];
export type Severity = Incident['severity'];

/** How long things have to last; ms of time that was watched. */
export type Timing = {
  /** The condition of entering holds this long before it is an incident. */
  readonly enterMs: number;
  /** Neither the condition of entering nor that of staying holds for this long before it is over. */
  readonly exitMs: number;
  /** The same thing at the same place so soon after its end continues the incident. */
  readonly mergeMs: number;
  /** The same place: this many box sizes away at most (square root of the larger box's area). */
  readonly mergeSizes: number;
  /** Several at the same place and time are one incident: a group of pedestrians. */
  readonly joins: boolean;
};

export type Finding = {
  readonly kind: IncidentKind;
  /** Who or what: the same in the next frame is the same thing. Once in a frame for each kind. */
  readonly subject: string;
  /**
   * `enter`: met in full. `stay`: not far enough from it to be over; opens nothing, keeps open what is. `over`: ended for
   * certain, without waiting.
   */
  readonly holds: 'enter' | 'stay' | 'over';
  /** Since when, as far as the rule knows; counts towards `enterMs`. Default: since it was first found. */
  readonly onset?: Moment;
  readonly severity: Severity;
  /** 0..1; below 0.5 the incident is a risk, not probable. */
  readonly confidence: number;
  readonly timing: Timing;
  readonly region?: string;
  readonly lane?: string;
  readonly roadUser?: RoadUser;
  readonly tracks?: readonly number[];
  /** Where, px of the picture; absent for what concerns a whole region or the camera. */
  readonly box?: BoxCorners;
  /** Named with their unit. */
  readonly measures: Readonly<Record<string, number>>;
};

/** Whether two boxes are at one place: their lower edges' middles within `sizes` of the larger one's size. */
export function isNear(a: BoxCorners | undefined, b: BoxCorners | undefined, sizes: number): boolean {
  if (a === undefined || b === undefined) return a === b;
  const size = Math.sqrt(Math.max(areaOf(a), areaOf(b)));
  return Math.hypot((a[0] + a[2] - b[0] - b[2]) / 2, a[3] - b[3]) <= sizes * size;
}

/** Whether two boxes show one thing twice: they share more than half of what they cover together. */
export function isSameThing(a: BoxCorners | undefined, b: BoxCorners | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return iouOf(a, b) > 0.5;
}
