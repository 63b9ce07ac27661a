// Optimal one-to-one matching of truths and tracks, by the solver that the tracker itself uses.

import { AssignmentSolver } from '../../../edge-agent/tracker/assignment.ts';

export type Pair = {
  readonly row: number;
  readonly column: number;
  /** Place in the row-major matrix. */
  readonly index: number;
};

/**
 * Pairs of rows and columns with the highest total. Same as SciPy's `linear_sum_assignment(-values)`, which TrackEval
 * uses, less the pairs worth 0, which it drops afterwards. Where several matchings share the highest total, the two
 * may choose differently.
 *
 * @param values `[rows, columns]` row-major, >= 0; 0 for pairs that must not be.
 */
export function bestPairs(values: Float64Array, rows: number, columns: number): Pair[] {
  const assigned = new Int32Array(rows);
  new AssignmentSolver().solve(values, rows, columns, assigned);
  const pairs: Pair[] = [];
  for (const [row, column] of assigned.entries()) {
    if (column >= 0) pairs.push({ row, column, index: row * columns + column });
  }
  return pairs;
}
