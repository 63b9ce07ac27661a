import { describe, expect, it } from 'vitest';
import { yolov5Decoder } from '../../../../edge-agent/detector/decoders/yolov5.ts';
import { decoded, tensor } from './decoded.ts';

const decoder = yolov5Decoder({ kind: 'yolov5', tensor: 'output' }, { width: 64, height: 64, labelCount: 2 });

describe('the YOLOv5 decoder', () => {
  it('multiplies objectness and class score and turns centre boxes into corners', () => {
    const output = tensor(
      [1, 3, 7],
      [
        ...[20, 30, 10, 20, 0.8, 0.5, 0.9],
        ...[20, 30, 10, 20, 0.2, 1, 1], // objectness below the least score
        ...[50, 50, 0, 0, 1, 0.3, 0.1], // degenerate box: dropped later, not here
      ],
    );
    expect(decoded(decoder, { output })).toEqual([
      { box: [15, 20, 25, 40], score: 0.72, label: 1 },
      { box: [50, 50, 50, 50], score: 0.3, label: 0 },
    ]);
  });

  it('finds nothing in an empty answer', () => {
    expect(decoded(decoder, { output: tensor([1, 0, 7], []) })).toEqual([]);
  });
});
