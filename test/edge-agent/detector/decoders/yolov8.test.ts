import { describe, expect, it } from 'vitest';
import { yolov8Decoder } from '../../../../edge-agent/detector/decoders/yolov8.ts';
import { decoded, tensor } from './decoded.ts';

const decoder = yolov8Decoder(
  { kind: 'yolov8', tensor: 'output0' },
  { width: 64, height: 64, labelCount: 2 },
);

describe('the YOLOv8 decoder', () => {
  it('reads columns, one a candidate', () => {
    const output0 = tensor(
      [1, 6, 3],
      [
        ...[20, 1, 40], // x
        ...[30, 1, 40], // y
        ...[10, 1, 8], // width
        ...[20, 1, 8], // height
        ...[0.1, 0.2, 0.6], // label 0
        ...[0.9, 0.2, 0.6], // label 1
      ],
    );
    const expected = [
      { box: [15, 20, 25, 40], score: 0.9, label: 1 },
      { box: [36, 36, 44, 44], score: 0.6, label: 0 },
    ];
    expect(decoded(decoder, { output0 })).toEqual(expected);
    // A second frame sees nothing of the first.
    expect(decoded(decoder, { output0: tensor([1, 6, 3], new Array(18).fill(0)) })).toEqual([]);
    expect(decoded(decoder, { output0 })).toEqual(expected);
  });
});
