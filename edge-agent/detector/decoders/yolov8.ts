// YOLOv8, YOLOv9 and YOLO11 exports: one column a candidate, no objectness, duplicates still in.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, type DecoderContext, floats, type Outputs } from './decoder.ts';

/** Reads `[1, 4 + L, N]`: rows centre x, y, width, height in input pixels, then a row of scores a label. */
export function yolov8Decoder(output: OutputOf<'yolov8'>, { labelCount }: DecoderContext): Decoder {
  const rows = 4 + labelCount;
  let best = new Float32Array(0);
  let labels = new Int32Array(0);
  return {
    tensors: [
      { name: output.tensor, type: 'float32', shape: [1, rows, null], because: `4 + ${labelCount} labels` },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const data = floats(outputs, output.tensor);
      const columns = data.length / rows;
      if (best.length !== columns) {
        best = new Float32Array(columns);
        labels = new Int32Array(columns);
      }
      // Row by row, as the numbers lie in memory: column by column jumps through the cache.
      best.fill(-1);
      for (let label = 0; label < labelCount; label++) {
        const row = (4 + label) * columns;
        for (let column = 0; column < columns; column++) {
          const score = data[row + column] ?? 0;
          if (score > (best[column] ?? 0)) {
            best[column] = score;
            labels[column] = label;
          }
        }
      }
      for (let column = 0; column < columns; column++) {
        const score = best[column] ?? 0;
        if (score < minScore) continue;
        const x = data[column] ?? 0;
        const y = data[columns + column] ?? 0;
        const halfWidth = (data[2 * columns + column] ?? 0) / 2;
        const halfHeight = (data[3 * columns + column] ?? 0) / 2;
        into.add(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, score, labels[column] ?? 0);
      }
    },
  };
}
