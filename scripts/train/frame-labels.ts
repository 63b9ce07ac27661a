// What a detector is to find in a rendered frame, from the frame's truth.

import type { Box } from '../models/box-overlap.ts';
import type { TruthFrame } from '../scenes/truth-file.ts';
import type { KnownBox } from './teacher.ts';

/** Road users hidden or cut off more than this are neither learnt nor judged. */
const MOST_HIDDEN = 0.6;
const MOST_CUT_OFF = 0.7;

/** Boxes in pixels of a picture `scale` times the size of the scene's; a two-wheeler is one box with its rider. */
export function labelsOfFrame(frame: TruthFrame, scale: number): { boxes: KnownBox[]; ignore: Box[] } {
  const boxes: KnownBox[] = [];
  const ignore: Box[] = [];
  for (const { class: name, box, visibleBox, occlusion, truncation } of frame.objects) {
    if (name === 'debris') continue;
    const [x1, y1, x2, y2] = box;
    const scaled: Box = [x1 * scale, y1 * scale, x2 * scale, y2 * scale];
    if (occlusion < MOST_HIDDEN && truncation < MOST_CUT_OFF) boxes.push({ class: name, box: scaled });
    else if (visibleBox) ignore.push(scaled);
  }
  return { boxes, ignore };
}
