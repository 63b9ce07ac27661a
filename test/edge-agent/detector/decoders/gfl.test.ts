import { describe, expect, it } from 'vitest';
import { gflDecoder } from '../../../../edge-agent/detector/decoders/gfl.ts';
import { decoded, tensor } from './decoded.ts';

// 32x16 with stride 16: two cells; 1 label, 3 bins a side.
const decoder = gflDecoder(
  {
    kind: 'gfl',
    levels: [{ stride: 16, scores: 'cls', distances: 'dis' }],
    bins: 3,
    anchorOffset: 0.5,
  },
  { width: 32, height: 16, labelCount: 1 },
);

/** Logits of a distribution that is all in one bin. */
const sure = (bin: number) => [0, 1, 2].map((index) => (index === bin ? 100 : 0));
const even = [7, 7, 7];

describe('the GFL decoder', () => {
  it('expects scores and distances for every cell', () => {
    expect(decoder.tensors.map(({ shape }) => shape)).toEqual([
      [1, 2, 1],
      [1, 2, 12],
    ]);
  });

  it('takes the mean bin of each side, in strides from the middle of the cell', () => {
    const outputs = {
      cls: tensor([1, 2, 1], [0, 0.8]),
      // Second cell, middle (24, 8): left 0, top 1 (even distribution), right 2, bottom 1 strides away.
      dis: tensor([1, 2, 12], [...new Array(12).fill(0), ...sure(0), ...even, ...sure(2), ...sure(1)]),
    };
    expect(decoded(decoder, outputs)).toEqual([{ box: [24, -8, 56, 24], score: 0.8, label: 0 }]);
  });

  it('keeps its numbers with logits that overflow a plain exponential', () => {
    const huge = [1000, 1000, -1000];
    const outputs = {
      cls: tensor([1, 2, 1], [0.5, 0]),
      dis: tensor([1, 2, 12], [...huge, ...huge, ...huge, ...huge, ...new Array(12).fill(0)]),
    };
    expect(decoded(decoder, outputs)).toEqual([{ box: [0, 0, 16, 16], score: 0.5, label: 0 }]);
  });
});
