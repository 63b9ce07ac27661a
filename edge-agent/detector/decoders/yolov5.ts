// YOLOv5, v6 and v7 exports: decoded centre boxes with an objectness, duplicates still in.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, type DecoderContext, floats, type Outputs } from './decoder.ts';

/** Reads `[1, N, 5 + L]`: centre x, y, width, height in input pixels, objectness, class scores. */
export function yolov5Decoder(output: OutputOf<'yolov5'>, { labelCount }: DecoderContext): Decoder {
  const width = 5 + labelCount;
  return {
    tensors: [
      { name: output.tensor, type: 'float32', shape: [1, null, width], because: `5 + ${labelCount} labels` },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const data = floats(outputs, output.tensor);
      for (let at = 0; at + width <= data.length; at += width) {
        const objectness = data[at + 4] ?? 0;
        if (objectness < minScore) continue;
        let best = -1;
        let label = 0;
        for (let index = 0; index < labelCount; index++) {
          const score = data[at + 5 + index] ?? 0;
          if (score > best) {
            best = score;
            label = index;
          }
        }
        const score = objectness * best;
        if (score < minScore) continue;
        const x = data[at] ?? 0;
        const y = data[at + 1] ?? 0;
        const halfWidth = (data[at + 2] ?? 0) / 2;
        const halfHeight = (data[at + 3] ?? 0) / 2;
        into.add(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, score, label);
      }
    },
  };
}
