// What mmdeploy exports (RTMDet and the rest of mmdetection): NMS inside, boxes and scores in one tensor.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, floats, integers, type Outputs } from './decoder.ts';

/** Reads detections `[1, N, 5]`: x1, y1, x2, y2 in input pixels, score; and labels int64 `[1, N]`. N may be 0. */
export function mmdeployDecoder(output: OutputOf<'mmdeploy'>): Decoder {
  return {
    tensors: [
      { name: output.detections, type: 'float32', shape: [1, null, 5], because: 'x1, y1, x2, y2, score' },
      { name: output.labels, type: 'int64', shape: [1, null], because: 'a label a box' },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const boxes = floats(outputs, output.detections);
      const labels = integers(outputs, output.labels);
      for (let row = 0; row < labels.length; row++) {
        const at = row * 5;
        const score = boxes[at + 4] ?? 0;
        if (score < minScore) continue;
        into.add(
          boxes[at] ?? 0,
          boxes[at + 1] ?? 0,
          boxes[at + 2] ?? 0,
          boxes[at + 3] ?? 0,
          score,
          Number(labels[row] ?? -1),
        );
      }
    },
  };
}
