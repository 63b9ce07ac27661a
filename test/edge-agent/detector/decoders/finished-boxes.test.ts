// The layouts whose boxes come finished: DETR, mmdeploy, end-to-end YOLO, Paddle with its own NMS, boxes and scores.

import { describe, expect, it } from 'vitest';
import { boxesScoresDecoder } from '../../../../edge-agent/detector/decoders/boxes-scores.ts';
import { detrDecoder } from '../../../../edge-agent/detector/decoders/detr.ts';
import { endToEndDecoder } from '../../../../edge-agent/detector/decoders/end-to-end.ts';
import { mmdeployDecoder } from '../../../../edge-agent/detector/decoders/mmdeploy.ts';
import { paddleNmsDecoder } from '../../../../edge-agent/detector/decoders/paddle-nms.ts';
import { decoded, int64, tensor } from './decoded.ts';

const BOX = [1, 2, 30, 40];

describe('the DETR decoder', () => {
  const decoder = detrDecoder({ kind: 'detr', labels: 'labels', boxes: 'boxes', scores: 'scores' });
  it('reads labels, boxes and scores that belong together', () => {
    const outputs = {
      labels: int64([1, 2], [7, 2]),
      boxes: tensor([1, 2, 4], [0, 0, 1, 1, ...BOX]),
      scores: tensor([1, 2], [0.1, 0.75]),
    };
    expect(decoded(decoder, outputs)).toEqual([{ box: BOX, score: 0.75, label: 2 }]);
  });
});

describe('the mmdeploy decoder', () => {
  const decoder = mmdeployDecoder({ kind: 'mmdeploy', detections: 'dets', labels: 'labels' });
  it('reads boxes with their score', () => {
    const outputs = { dets: tensor([1, 2, 5], [...BOX, 0.75, ...BOX, 0]), labels: int64([1, 2], [0, 0]) };
    expect(decoded(decoder, outputs)).toEqual([{ box: BOX, score: 0.75, label: 0 }]);
  });
  it('finds nothing in an empty answer', () => {
    expect(decoded(decoder, { dets: tensor([1, 0, 5], []), labels: int64([1, 0], []) })).toEqual([]);
  });
});

describe('the end-to-end decoder', () => {
  const decoder = endToEndDecoder({ kind: 'end-to-end', tensor: 'output0' });
  it('reads corner boxes with score and label, and leaves the padding rows out', () => {
    const outputs = { output0: tensor([1, 2, 6], [...BOX, 0.75, 2, 0, 0, 0, 0, 0, 0]) };
    expect(decoded(decoder, outputs)).toEqual([{ box: BOX, score: 0.75, label: 2 }]);
  });
});

describe('the Paddle decoder', () => {
  const decoder = paddleNmsDecoder({ kind: 'paddle-nms', detections: 'rows', count: 'count' });
  const count = (value: number) => ({ dims: [1], data: Int32Array.of(value) });
  it('reads as many rows as count', () => {
    const rows = tensor([2, 6], [2, 0.75, ...BOX, 2, 0.9, ...BOX]);
    expect(decoded(decoder, { rows, count: count(1) })).toEqual([{ box: BOX, score: 0.75, label: 2 }]);
  });
  it.each([
    ['the row that stands for nothing', tensor([1, 6], [-1, 1, 0, 0, 0, 0]), 1],
    ['no rows', tensor([0, 6], []), 0],
    ['a count beyond the rows', tensor([0, 6], []), 5],
  ])('finds nothing in %s', (_, rows, rowCount) => {
    expect(decoded(decoder, { rows, count: count(rowCount) })).toEqual([]);
  });
});

describe('the decoder of boxes and scores', () => {
  const context = { width: 200, height: 100, labelCount: 2 };
  const names = { kind: 'boxes-scores', boxes: 'boxes', scores: 'scores' } as const;
  it.each([
    ['none', [0.2, 0.7]],
    ['first', [0.9, 0.2, 0.7]],
    ['last', [0.2, 0.7, 0.9]],
  ] as const)('never takes the background for an object (background %s)', (background, scores) => {
    const decoder = boxesScoresDecoder({ ...names, coordinates: 'relative', background }, context);
    const outputs = {
      boxes: tensor([1, 1, 4], [0.1, 0.2, 0.5, 0.6]),
      scores: tensor([1, 1, scores.length], scores),
    };
    expect(decoded(decoder, outputs)).toEqual([{ box: [20, 20, 100, 60], score: 0.7, label: 1 }]);
  });
  it('leaves pixels as they are', () => {
    const decoder = boxesScoresDecoder({ ...names, coordinates: 'pixels', background: 'none' }, context);
    const outputs = { boxes: tensor([1, 1, 4], BOX), scores: tensor([1, 1, 2], [0.5, 0.5]) };
    expect(decoded(decoder, outputs)).toEqual([{ box: BOX, score: 0.5, label: 0 }]);
  });
});
