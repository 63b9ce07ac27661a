// Average precision at IoU 0.5 as COCO defines it: which detections of a picture are right, and what that makes over
// many pictures. Pure; what counts as truth and as detection is the caller's choice.
//
// Source: COCO's evaluation, https://cocodataset.org/#detection-eval, and its reference implementation (pycocotools).

import { type Box, insideShare, iou } from './box-overlap.ts';

export type TruthBox = {
  readonly box: Box;
  /** Neither finding nor missing it counts: too small to ask for, or of a class that nobody knows. */
  readonly ignored: boolean;
};

export type ScoredBox = { readonly box: Box; readonly score: number };

export type PictureTruth = {
  readonly truths: readonly TruthBox[];
  /** Where nobody knows what there is. */
  readonly ignoreRegions: readonly Box[];
  /** Pixels: a detection lower than this that finds nothing is left out, as truths lower than this are ignored. */
  readonly minHeightPx: number;
};

/** Detections of one picture that count, right or wrong, and how many truths there were to find. */
export type Judgement = {
  readonly marks: readonly { readonly score: number; readonly hit: boolean }[];
  readonly truths: number;
};

export const MIN_IOU = 0.5;
/** COCO's bound: a picture's best detections, the rest is not looked at. */
const MOST_DETECTIONS = 100;
const IGNORED_SHARE = 0.5;
const RECALL_STEPS = 100;

/**
 * Goes through the detections by falling score (equal scores: as given); each takes the truth that it overlaps most,
 * IoU of at least 0.5, among those that are not taken yet. A detection that finds no truth is left out when it matches
 * an ignored truth, lies with more than half of its area in an ignore region, or is lower than `minHeightPx`; else it is wrong.
 */
export function judgePicture(
  { truths, ignoreRegions, minHeightPx }: PictureTruth,
  detections: readonly ScoredBox[],
): Judgement {
  const asked = truths.filter(({ ignored }) => !ignored);
  const ignored = truths.filter((truth) => truth.ignored);
  const taken = new Set<TruthBox>();
  const marks: { score: number; hit: boolean }[] = [];
  const best = [...detections].sort((a, b) => b.score - a.score).slice(0, MOST_DETECTIONS);
  for (const { box, score } of best) {
    const found = closest(
      box,
      asked.filter((truth) => !taken.has(truth)),
    );
    if (found) taken.add(found);
    const leftOut =
      !found &&
      (closest(box, ignored) !== undefined ||
        ignoreRegions.some((region) => insideShare(box, region) > IGNORED_SHARE) ||
        box[3] - box[1] < minHeightPx);
    if (!leftOut) marks.push({ score, hit: found !== undefined });
  }
  return { marks, truths: asked.length };
}

/**
 * Mean over the recalls 0, 0.01 … 1 of the best precision reached at that recall or beyond, 0 where a recall is never
 * reached; 0..1. Undefined when there is no truth to find.
 */
export function averagePrecision(judgements: readonly Judgement[]): number | undefined {
  const truths = truthsOf(judgements);
  if (truths === 0) return undefined;
  const marks = judgements.flatMap((judgement) => judgement.marks).sort((a, b) => b.score - a.score);
  let hits = 0;
  const curve = marks.map(({ hit }, index) => {
    if (hit) hits += 1;
    return { hits, precision: hits / (index + 1) };
  });
  let sum = 0;
  let best = 0;
  let at = curve.length - 1;
  for (let step = RECALL_STEPS; step >= 0; step--) {
    // hits / truths >= step / 100, in whole numbers: 0.29 and 29 / 100 must be the same recall.
    for (; at >= 0 && (curve[at]?.hits ?? 0) * RECALL_STEPS >= step * truths; at--)
      best = Math.max(best, curve[at]?.precision ?? 0);
    sum += best;
  }
  return sum / (RECALL_STEPS + 1);
}

export type OperatingPoint = {
  /** Share of the truths that are found, 0..1; undefined when there is no truth. */
  readonly recall: number | undefined;
  /** Share of the detections that are right, 0..1; undefined when there is no detection. */
  readonly precision: number | undefined;
};

/** What a user gets who takes the detections from `minScore` up. */
export function operatingPoint(judgements: readonly Judgement[], minScore: number): OperatingPoint {
  const marks = judgements.flatMap((judgement) => judgement.marks).filter(({ score }) => score >= minScore);
  const hits = marks.filter(({ hit }) => hit).length;
  const truths = truthsOf(judgements);
  return {
    recall: truths === 0 ? undefined : hits / truths,
    precision: marks.length === 0 ? undefined : hits / marks.length,
  };
}

/** Leaves of boxes that overlap by more than `maxIou` only the one with the best score. */
export function withoutDuplicates<One extends ScoredBox>(boxes: readonly One[], maxIou = MIN_IOU): One[] {
  const kept: One[] = [];
  for (const one of [...boxes].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => iou(one.box, other.box) > maxIou)) kept.push(one);
  }
  return kept;
}

export function truthsOf(judgements: readonly Judgement[]): number {
  return judgements.reduce((sum, { truths }) => sum + truths, 0);
}

function closest(box: Box, truths: readonly TruthBox[]): TruthBox | undefined {
  let chosen: TruthBox | undefined;
  let most = 0;
  for (const truth of truths) {
    const overlap = iou(box, truth.box);
    if (overlap >= MIN_IOU && overlap > most) {
      most = overlap;
      chosen = truth;
    }
  }
  return chosen;
}
