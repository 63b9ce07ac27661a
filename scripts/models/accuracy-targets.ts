// What a detector is asked on a labelled picture: to find all vehicles, whatever it calls them, and each class by its name.

import type { RoadUser } from '../../contract/index.ts';
import { type Judgement, judgePicture, type TruthBox, withoutDuplicates } from './average-precision.ts';
import { areaOf, type Box } from './box-overlap.ts';
import type { FoundObject } from './detect-picture.ts';
import type { LabelledPicture } from './labelled-pictures.ts';

/** `vehicles` is all but persons, as one class; `vehicle`, of unknown class, is no class to be asked for. */
export const CLASS_TARGETS = ['car', 'bus', 'truck', 'motorcycle', 'bicycle', 'person'] as const;

export const TARGETS = ['vehicles', ...CLASS_TARGETS] as const;

export type Target = (typeof TARGETS)[number];

/** What is judged of a picture. */
export type JudgedPicture = Pick<LabelledPicture, 'width' | 'height'> & {
  readonly boxes: readonly { readonly class: RoadUser; readonly box: Box }[];
  readonly ignore: readonly Box[];
};

/** Truths are measured as they would appear in a picture of this size, so that one limit suits all pictures. */
const REFERENCE_WIDTH = 512;
const REFERENCE_HEIGHT = 288;

/**
 * Judges what a model found in a picture, for each target that `told`, the road users of its labels, allows.
 *
 * `vehicles`: detections of any class but person, after one more suppression across classes (IoU above 0.5, the best
 * score stays), the same for every model: what is left of an object with two names is a false positive. A motorcycle or
 * bicycle is rider and machine together, and a person found on it is no vehicle found.
 *
 * A class: detections of that class as the model gives them. Truths of unknown class are ignored, save for persons.
 *
 * `minHeight`: truths lower than this many pixels of the picture fitted into 512x288 are ignored, and so are
 * detections lower than it that find nothing.
 */
export function judgeTargets(
  picture: JudgedPicture,
  found: readonly FoundObject[],
  told: readonly RoadUser[],
  minHeight: number,
): Partial<Record<Target, Judgement>> {
  const scale = Math.min(REFERENCE_WIDTH / picture.width, REFERENCE_HEIGHT / picture.height);
  const minHeightPx = minHeight / scale;
  const truths = picture.boxes
    .map((truth) => ({ class: truth.class, box: clipped(truth.box, picture) }))
    .filter(({ box }) => areaOf(box) > 0);
  const judged: Partial<Record<Target, Judgement>> = {};
  for (const target of TARGETS) {
    const isAll = target === 'vehicles';
    if (!isAll && !told.includes(target)) continue;
    const candidates = found.filter(({ roadUser }) => (isAll ? roadUser !== 'person' : roadUser === target));
    const asked = truths.flatMap((truth): TruthBox[] => {
      const isUnknown = !isAll && target !== 'person' && truth.class === 'vehicle';
      if (!isUnknown && (isAll ? truth.class === 'person' : truth.class !== target)) return [];
      return [{ box: truth.box, ignored: isUnknown || truth.box[3] - truth.box[1] < minHeightPx }];
    });
    judged[target] = judgePicture(
      { truths: asked, ignoreRegions: picture.ignore, minHeightPx },
      isAll ? withoutDuplicates(candidates) : candidates,
    );
  }
  return judged;
}

/** Detections end at the picture's rim, so truths must, too. */
function clipped([x1, y1, x2, y2]: Box, { width, height }: JudgedPicture): Box {
  return [Math.max(0, x1), Math.max(0, y1), Math.min(width, x2), Math.min(height, y2)];
}
