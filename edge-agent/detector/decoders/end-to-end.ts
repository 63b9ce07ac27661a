// End-to-end YOLO (YOLOv10, YOLO26): a fixed number of finished boxes, trained to have no duplicates.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, floats, type Outputs } from './decoder.ts';

/** Reads `[1, N, 6]`: x1, y1, x2, y2 in input pixels, score, label. */
export function endToEndDecoder(output: OutputOf<'end-to-end'>): Decoder {
  return {
    tensors: [
      {
        name: output.tensor,
        type: 'float32',
        shape: [1, null, 6],
        because: 'x1, y1, x2, y2, score, label',
      },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const data = floats(outputs, output.tensor);
      for (let at = 0; at + 6 <= data.length; at += 6) {
        const score = data[at + 4] ?? 0;
        if (score < minScore) continue;
        into.add(
          data[at] ?? 0,
          data[at + 1] ?? 0,
          data[at + 2] ?? 0,
          data[at + 3] ?? 0,
          score,
          Math.round(data[at + 5] ?? 0),
        );
      }
    },
  };
}
