// YOLOX without its decoding in the graph: offsets to grid cells, a grid a stride (Ge et al. 2021, arXiv 2107.08430).

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, type DecoderContext, floats, type Outputs } from './decoder.ts';

/**
 * Reads `[1, N, 5 + L]`, N = all cells of all strides, row by row. The centre is (p + cell) * stride, the size
 * exp(p) * stride, the score objectness * best class score; both come after the sigmoid.
 */
export function yoloxDecoder(output: OutputOf<'yolox'>, context: DecoderContext): Decoder {
  const grids = output.strides.map((stride) => ({
    stride,
    columns: Math.ceil(context.width / stride),
    rows: Math.ceil(context.height / stride),
  }));
  const cells = grids.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  const width = 5 + context.labelCount;
  return {
    tensors: [
      {
        name: output.tensor,
        type: 'float32',
        shape: [1, cells, width],
        because: `cells of strides ${output.strides.join(', ')} in ${context.width}x${context.height}; 5 + ${context.labelCount} labels`,
      },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const data = floats(outputs, output.tensor);
      let at = 0;
      for (const { stride, columns, rows } of grids) {
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++, at += width) {
            const objectness = data[at + 4] ?? 0;
            if (objectness < minScore) continue;
            let best = -1;
            let label = 0;
            for (let index = 0; index < context.labelCount; index++) {
              const score = data[at + 5 + index] ?? 0;
              if (score > best) {
                best = score;
                label = index;
              }
            }
            const score = objectness * best;
            if (score < minScore) continue;
            const x = ((data[at] ?? 0) + column) * stride;
            const y = ((data[at + 1] ?? 0) + row) * stride;
            const halfWidth = (Math.exp(data[at + 2] ?? 0) * stride) / 2;
            const halfHeight = (Math.exp(data[at + 3] ?? 0) * stride) / 2;
            into.add(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, score, label);
          }
        }
      }
    },
  };
}
