// Takes duplicates out: boxes of one class that overlap (non-maximum suppression), then boxes of one vehicle that
// the model saw under two classes, then weak boxes of parts of a vehicle or of several together.

import { isMotorVehicle, ROAD_USERS } from '../../contract/index.ts';
import type { Candidates } from './candidates.ts';

export type SuppressionOptions = {
  /** `[labels]` index into ROAD_USERS, or -1 for a label that is no road user. */
  readonly roadUserOfLabel: Int8Array;
  /** Same class: overlap (IoU) above which the lower score goes; null when the model does it itself. */
  readonly nmsIou: number | null;
};

/**
 * Two vehicles of different classes that cover each other this much are one object with two names (car and truck,
 * bus and truck). Two real vehicles do not reach 0.7 unless one hides the other, and then one box is right as well.
 */
const SAME_OBJECT_IOU = 0.7;

/**
 * Of two boxes of motor vehicles one of which lies in the other by this share, the one with less than this share of the other's
 * score goes: weak models see a lorry's cabin as a car, and a row of cars as one lorry. A real car in a bus's box stands
 * in front of it, unhidden, and scores well. Two-wheelers are spared: they are small and weak in front of anything. By
 * `npm run bench -- counts` it takes away more than a quarter of the miscounts of three models; so do all values near these.
 */
const PART_INSIDE_SHARE = 0.85;
const PART_SCORE_SHARE = 0.5;

/** Most boxes looked at; more than this is a model that sees things, and suppression is quadratic. */
const MAX_CONSIDERED = 1000;

const PERSON = ROAD_USERS.indexOf('person');
const IS_MOTOR_VEHICLE = ROAD_USERS.map(isMotorVehicle);

/**
 * Indices of the candidates that stay, by falling score (equal scores: as the decoder found them, so that the
 * same frame gives the same bytes). A person is never merged with a vehicle: a rider and the machine are two objects.
 */
export function suppress(candidates: Candidates, { roadUserOfLabel, nmsIou }: SuppressionOptions): number[] {
  const { boxes, scores, labels } = candidates;
  const considered: number[] = [];
  for (let index = 0; index < candidates.count; index++) {
    const roadUser = roadUserOfLabel[labels[index] ?? -1] ?? -1;
    if (roadUser >= 0 && isProper(boxes, index * 4)) considered.push(index);
  }
  considered.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);

  const kept: number[] = [];
  const sameClassIou = nmsIou ?? Number.POSITIVE_INFINITY;
  for (const index of considered.slice(0, MAX_CONSIDERED)) {
    const roadUser = roadUserOfLabel[labels[index] ?? -1] ?? -1;
    const isDuplicate = kept.some((other) => {
      const otherRoadUser = roadUserOfLabel[labels[other] ?? -1] ?? -1;
      const { iou, insideShare } = overlapOf(boxes, index, other);
      if (
        insideShare > PART_INSIDE_SHARE &&
        (scores[index] ?? 0) < PART_SCORE_SHARE * (scores[other] ?? 0) &&
        IS_MOTOR_VEHICLE[roadUser] &&
        IS_MOTOR_VEHICLE[otherRoadUser]
      )
        return true;
      if (roadUser === otherRoadUser) return iou > sameClassIou;
      if (roadUser === PERSON || otherRoadUser === PERSON) return false;
      return iou > SAME_OBJECT_IOU;
    });
    if (!isDuplicate) kept.push(index);
  }
  return kept;
}

const APART = { iou: 0, insideShare: 0 } as const;

/**
 * How boxes number `a` and `b` of a `[n, 4]` array overlap: area of the overlap over that of the union, and over that of the
 * smaller box; 0 when they only touch.
 */
function overlapOf(
  boxes: Float32Array,
  a: number,
  b: number,
): { readonly iou: number; readonly insideShare: number } {
  const ax1 = boxes[a * 4] ?? 0;
  const ay1 = boxes[a * 4 + 1] ?? 0;
  const ax2 = boxes[a * 4 + 2] ?? 0;
  const ay2 = boxes[a * 4 + 3] ?? 0;
  const bx1 = boxes[b * 4] ?? 0;
  const by1 = boxes[b * 4 + 1] ?? 0;
  const bx2 = boxes[b * 4 + 2] ?? 0;
  const by2 = boxes[b * 4 + 3] ?? 0;
  const width = Math.min(ax2, bx2) - Math.max(ax1, bx1);
  const height = Math.min(ay2, by2) - Math.max(ay1, by1);
  if (width <= 0 || height <= 0) return APART;
  const overlap = width * height;
  const areaA = (ax2 - ax1) * (ay2 - ay1);
  const areaB = (bx2 - bx1) * (by2 - by1);
  return { iou: overlap / (areaA + areaB - overlap), insideShare: overlap / Math.min(areaA, areaB) };
}

/** Finite and with an area; a network may answer NaN, infinity or corners the wrong way round. */
function isProper(boxes: Float32Array, at: number): boolean {
  const x1 = boxes[at] ?? Number.NaN;
  const y1 = boxes[at + 1] ?? Number.NaN;
  const x2 = boxes[at + 2] ?? Number.NaN;
  const y2 = boxes[at + 3] ?? Number.NaN;
  return x2 > x1 && y2 > y1 && Number.isFinite(x2 - x1) && Number.isFinite(y2 - y1);
}
