// The DETR family as its ONNX exports end (RT-DETR, D-FINE, DEIM): finished boxes in three tensors.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, floats, integers, type Outputs } from './decoder.ts';

/** Reads labels int64 `[1, N]`, boxes `[1, N, 4]` corners in pixels of `target-size` (the input's), scores `[1, N]`. */
export function detrDecoder(output: OutputOf<'detr'>): Decoder {
  return {
    tensors: [
      { name: output.labels, type: 'int64', shape: [1, null], because: 'a label a query' },
      { name: output.boxes, type: 'float32', shape: [1, null, 4], because: 'x1, y1, x2, y2' },
      { name: output.scores, type: 'float32', shape: [1, null], because: 'a score a query' },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const labels = integers(outputs, output.labels);
      const boxes = floats(outputs, output.boxes);
      const scores = floats(outputs, output.scores);
      for (let query = 0; query < scores.length; query++) {
        const score = scores[query] ?? 0;
        if (score < minScore) continue;
        const at = query * 4;
        into.add(
          boxes[at] ?? 0,
          boxes[at + 1] ?? 0,
          boxes[at + 2] ?? 0,
          boxes[at + 3] ?? 0,
          score,
          Number(labels[query] ?? -1),
        );
      }
    },
  };
}
