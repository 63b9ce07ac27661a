// Generalised focal loss heads (Li et al. 2020, arXiv 2006.04388), as NanoDet and PicoDet have them: each side of
// a box is the mean of a distribution over whole strides from its anchor.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, type DecoderContext, floats, type Outputs } from './decoder.ts';

/**
 * Reads, a level a stride, class scores `[1, n, L]` after the sigmoid and distances `[1, n, 4 * bins]` before the
 * softmax, sides in the order left, top, right, bottom. n = cells of the stride, row by row.
 */
export function gflDecoder(output: OutputOf<'gfl'>, context: DecoderContext): Decoder {
  const { bins, anchorOffset } = output;
  const { labelCount } = context;
  const levels = output.levels.map((level) => {
    const columns = Math.ceil(context.width / level.stride);
    return { ...level, columns, cells: columns * Math.ceil(context.height / level.stride) };
  });
  return {
    tensors: levels.flatMap(({ stride, scores, distances, cells }) => {
      const where = `cells of stride ${stride} in ${context.width}x${context.height}`;
      return [
        {
          name: scores,
          type: 'float32' as const,
          shape: [1, cells, labelCount],
          because: `${where}; ${labelCount} labels`,
        },
        {
          name: distances,
          type: 'float32' as const,
          shape: [1, cells, 4 * bins],
          because: `${where}; 4 sides of ${bins} bins`,
        },
      ];
    }),
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      for (const level of levels) {
        const scores = floats(outputs, level.scores);
        const distances = floats(outputs, level.distances);
        for (let cell = 0; cell < level.cells; cell++) {
          let best = -1;
          let label = 0;
          const row = cell * labelCount;
          for (let index = 0; index < labelCount; index++) {
            const score = scores[row + index] ?? 0;
            if (score > best) {
              best = score;
              label = index;
            }
          }
          if (best < minScore) continue;
          const x = ((cell % level.columns) + anchorOffset) * level.stride;
          const y = (Math.floor(cell / level.columns) + anchorOffset) * level.stride;
          const side = (which: number) =>
            expectedBin(distances, (cell * 4 + which) * bins, bins) * level.stride;
          into.add(x - side(0), y - side(1), x + side(2), y + side(3), best, label);
        }
      }
    },
  };
}

/** Mean of the distribution whose logits start at `from`: Σ i * softmax_i. */
function expectedBin(logits: Float32Array, from: number, bins: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let bin = 0; bin < bins; bin++) highest = Math.max(highest, logits[from + bin] ?? 0);
  let total = 0;
  let weighted = 0;
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp((logits[from + bin] ?? 0) - highest);
    total += weight;
    weighted += weight * bin;
  }
  return weighted / total;
}
