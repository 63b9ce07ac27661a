// PaddleDetection with its post-processing exported: NMS inside, label first in each row.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, floats, integers, type Outputs } from './decoder.ts';

/**
 * Reads rows `[N, 6]`: label, score, x1, y1, x2, y2 in pixels of the input (scale_factor is 1), and int32 `[1]`, how
 * many of them count. A frame without objects is one row with label -1.
 */
export function paddleNmsDecoder(output: OutputOf<'paddle-nms'>): Decoder {
  return {
    tensors: [
      {
        name: output.detections,
        type: 'float32',
        shape: [null, 6],
        because: 'label, score, x1, y1, x2, y2',
      },
      { name: output.count, type: 'int32', shape: [1], because: 'how many rows count' },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const rows = floats(outputs, output.detections);
      const count = Math.min(Number(integers(outputs, output.count)[0] ?? 0), rows.length / 6);
      for (let row = 0; row < count; row++) {
        const at = row * 6;
        const label = Math.round(rows[at] ?? -1);
        const score = rows[at + 1] ?? 0;
        if (label < 0 || score < minScore) continue;
        into.add(rows[at + 2] ?? 0, rows[at + 3] ?? 0, rows[at + 4] ?? 0, rows[at + 5] ?? 0, score, label);
      }
    },
  };
}
