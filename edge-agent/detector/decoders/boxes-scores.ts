// Models whose graph ends in decoded boxes and a score for every class, duplicates still in.

import type { OutputOf } from '../../../models/card.ts';
import type { Candidates } from '../candidates.ts';
import { type Decoder, type DecoderContext, floats, type Outputs } from './decoder.ts';

/** Reads boxes `[1, N, 4]` as corners and scores `[1, N, L]`, or L + 1 with a background class first or last. */
export function boxesScoresDecoder(output: OutputOf<'boxes-scores'>, context: DecoderContext): Decoder {
  const { labelCount } = context;
  const width = labelCount + (output.background === 'none' ? 0 : 1);
  const firstLabel = output.background === 'first' ? 1 : 0;
  const scaleX = output.coordinates === 'relative' ? context.width : 1;
  const scaleY = output.coordinates === 'relative' ? context.height : 1;
  const because = `${labelCount} labels${output.background === 'none' ? '' : ' and a background class'}`;
  return {
    tensors: [
      { name: output.boxes, type: 'float32', shape: [1, null, 4], because: 'x1, y1, x2, y2' },
      { name: output.scores, type: 'float32', shape: [1, null, width], because },
    ],
    decode(outputs: Outputs, minScore: number, into: Candidates) {
      const boxes = floats(outputs, output.boxes);
      const scores = floats(outputs, output.scores);
      const rows = scores.length / width;
      for (let row = 0; row < rows; row++) {
        let best = -1;
        let label = 0;
        for (let index = 0; index < labelCount; index++) {
          const score = scores[row * width + firstLabel + index] ?? 0;
          if (score > best) {
            best = score;
            label = index;
          }
        }
        if (best < minScore) continue;
        const at = row * 4;
        into.add(
          (boxes[at] ?? 0) * scaleX,
          (boxes[at + 1] ?? 0) * scaleY,
          (boxes[at + 2] ?? 0) * scaleX,
          (boxes[at + 3] ?? 0) * scaleY,
          best,
          label,
        );
      }
    },
  };
}
