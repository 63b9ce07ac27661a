import { describe, expect, it } from 'vitest';
import { yoloxDecoder } from '../../../../edge-agent/detector/decoders/yolox.ts';
import { decoded, tensor } from './decoded.ts';

// 64x32 with strides 16 and 32: 4x2 and 2x1 cells, 10 rows of 5 + 2 labels.
const decoder = yoloxDecoder(
  { kind: 'yolox', tensor: 'output', strides: [16, 32] },
  { width: 64, height: 32, labelCount: 2 },
);
const ROWS = 10;

/** All cells empty but one. */
function oneCell(cell: number, row: readonly number[]) {
  const values = new Array<number>(ROWS * 7).fill(0);
  values.splice(cell * 7, 7, ...row);
  return { output: tensor([1, ROWS, 7], values) };
}

describe('the YOLOX decoder', () => {
  it('expects one row for every cell of every stride', () => {
    expect(decoder.tensors[0]).toMatchObject({ shape: [1, 10, 7] });
  });

  it.each([
    // Cell 5 is column 1, row 1 of stride 16: centre (1.5, 1.25) * 16, size exp(0) and exp(ln 2) * 16.
    ['a cell of the fine grid', 5, [0.5, 0.25, 0, Math.log(2), 1, 0.2, 0.8], [16, 4, 32, 36], 0.8, 1],
    // Cell 9 is column 1 of stride 32: centre (1.5, 0.5) * 32, size 32.
    ['a cell of the coarse grid', 9, [0.5, 0.5, 0, 0, 0.5, 0.9, 0.1], [32, 0, 64, 32], 0.45, 0],
    ['equal classes: the first', 0, [0, 0, 0, 0, 1, 0.5, 0.5], [-8, -8, 8, 8], 0.5, 0],
  ] as const)('reads %s', (_, cell, row, box, score, label) => {
    expect(decoded(decoder, oneCell(cell, row))).toEqual([{ box, score, label }]);
  });

  it.each([
    ['nothing', [0, 0, 0, 0, 0, 0, 0]],
    ['an object of no class', [0, 0, 0, 0, 1, 0.1, 0.1]],
    ['a class without an object', [0, 0, 0, 0, 0.1, 1, 1]],
    ['a product below the least score', [0, 0, 0, 0, 0.4, 0.4, 0.4]],
  ])('finds no box in %s', (_, row) => {
    expect(decoded(decoder, oneCell(3, row))).toEqual([]);
  });
});
