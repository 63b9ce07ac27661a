import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssignmentSolver } from '../../../edge-agent/tracker/assignment.ts';

const tables: { title: string; values: number[][]; expected: number[] }[] = [
  { title: 'nothing to assign', values: [], expected: [] },
  { title: 'rows without columns stay free', values: [[], []], expected: [-1, -1] },
  { title: 'a pair worth nothing is no pair', values: [[0]], expected: [-1] },
  {
    title: 'the best total beats the best single pair',
    values: [
      [0.9, 0.8],
      [0.8, 0.1],
    ],
    expected: [1, 0],
  },
  {
    title: 'one good pair beats two poor ones',
    values: [
      [0.9, 0.2],
      [0.2, 0],
    ],
    expected: [0, -1],
  },
  {
    title: 'more rows than columns leave the worst row free',
    values: [[0.5], [0.9], [0.4]],
    expected: [-1, 0, -1],
  },
  { title: 'more columns than rows', values: [[0, 0.3, 0.7]], expected: [2] },
];

describe('assigning detections to tracks', () => {
  it.each(tables)('$title', ({ values, expected }) => {
    expect(solve(values)).toEqual(expected);
  });

  it('is as good as trying every possibility', () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, columns]) =>
        fc.array(
          fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
            minLength: columns,
            maxLength: columns,
          }),
          { minLength: rows, maxLength: rows },
        ),
      );
    const solver = new AssignmentSolver();
    fc.assert(
      fc.property(matrix, (values) => {
        const assigned = solve(values, solver);
        const used = assigned.filter((column) => column >= 0);
        expect(new Set(used).size).toBe(used.length);
        expect(totalOf(values, assigned)).toBeCloseTo(bestTotal(values), 9);
      }),
    );
  });

  it('gives the same answer with a solver that was used before', () => {
    const solver = new AssignmentSolver();
    const values = [
      [0.3, 0.6],
      [0.6, 0.7],
    ];
    const first = solve(values, solver);
    solve(
      [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
        [0.5, 0, 1],
      ],
      solver,
    );
    expect(solve(values, solver)).toEqual(first);
  });
});

function solve(values: number[][], solver = new AssignmentSolver()): number[] {
  const columns = values[0]?.length ?? 0;
  const assigned = new Int32Array(values.length);
  solver.solve(Float64Array.from(values.flat()), values.length, columns, assigned);
  return [...assigned];
}

function totalOf(values: number[][], assigned: number[]): number {
  return assigned.reduce((sum, column, row) => sum + (column < 0 ? 0 : (values[row]?.[column] ?? 0)), 0);
}

function bestTotal(values: number[][], row = 0, taken: ReadonlySet<number> = new Set()): number {
  const current = values[row];
  if (current === undefined) {
    return 0;
  }
  let best = bestTotal(values, row + 1, taken);
  for (const [column, value] of current.entries()) {
    if (!taken.has(column)) {
      best = Math.max(best, value + bestTotal(values, row + 1, new Set([...taken, column])));
    }
  }
  return best;
}
