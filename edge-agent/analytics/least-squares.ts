// Small symmetric systems of equations, as least squares needs them: solved and inverted by Cholesky's method.

/** Row by row, n x n, symmetric. */
export type SquareMatrix = { readonly size: number; readonly values: Float64Array };

/** A pivot smaller than this share of its diagonal element is rounding error: the system has no single answer. */
const SINGULAR_SHARE = 1e-11;

/** The inverse of a symmetric, positive definite matrix; undefined when it has none. */
export function invert({ size, values }: SquareMatrix): SquareMatrix | undefined {
  const lower = factorise(values, size);
  if (lower === undefined) return undefined;
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    column.fill(0);
    column[j] = 1;
    substitute(lower, size, column);
    for (let i = 0; i < size; i++) inverse[i * size + j] = at(column, i);
  }
  return { size, values: inverse };
}

/** x of `matrix · x = right` for a symmetric, positive definite matrix; undefined when there is no single answer. */
export function solve({ size, values }: SquareMatrix, right: Float64Array): Float64Array | undefined {
  const lower = factorise(values, size);
  if (lower === undefined) return undefined;
  const answer = Float64Array.from(right);
  substitute(lower, size, answer);
  return answer;
}

/** Adds `weight · row · rowᵀ` to the matrix and, where given, `weight · value · row` to the right side. */
export function accumulate(
  matrix: SquareMatrix,
  row: Float64Array,
  weight: number,
  right?: { readonly side: Float64Array; readonly value: number },
): void {
  const { size, values } = matrix;
  for (let i = 0; i < size; i++) {
    const scaled = weight * at(row, i);
    if (scaled === 0) continue;
    for (let j = 0; j < size; j++) values[i * size + j] = at(values, i * size + j) + scaled * at(row, j);
    if (right !== undefined) right.side[i] = at(right.side, i) + scaled * right.value;
  }
}

/** `leftᵀ · matrix · right`. */
export function quadraticForm({ size, values }: SquareMatrix, left: Float64Array, right = left): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) sum += at(left, i) * at(values, i * size + j) * at(right, j);
  }
  return sum;
}

export function zeros(size: number): SquareMatrix {
  return { size, values: new Float64Array(size * size) };
}

/** The lower triangle L with L · Lᵀ = values. */
function factorise(values: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(values, i * size + j);
      for (let k = 0; k < j; k++) sum -= at(lower, i * size + k) * at(lower, j * size + k);
      if (i !== j) lower[i * size + j] = sum / at(lower, j * size + j);
      else if (sum > SINGULAR_SHARE * at(values, i * size + i)) lower[i * size + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/** Solves L · Lᵀ · x = vector in place. */
function substitute(lower: Float64Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = at(vector, i);
    for (let k = 0; k < i; k++) sum -= at(lower, i * size + k) * at(vector, k);
    vector[i] = sum / at(lower, i * size + i);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = at(vector, i);
    for (let k = i + 1; k < size; k++) sum -= at(lower, k * size + i) * at(vector, k);
    vector[i] = sum / at(lower, i * size + i);
  }
}

/** Indices are in range by construction. */
function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
