// Optimal one-to-one assignment: which detection continues which track, so that the total value is the
// highest possible. Greedy choices swap identities where vehicles drive side by side.

/**
 * Maximum-value assignment by shortest augmenting paths with dual variables (Jonker and Volgenant 1987, in
 * the row-wise form of Crouse 2016), O(rows² · columns). Keeps its work arrays between calls.
 */
export class AssignmentSolver {
  #rowPotential = new Float64Array(0);
  #columnPotential = new Float64Array(0);
  #shortest = new Float64Array(0);
  #rowOfColumn = new Int32Array(0);
  #previousColumn = new Int32Array(0);
  #visited = new Uint8Array(0);
  #transposed = new Float64Array(0);

  /**
   * Finds for each row the column it is assigned to, or -1.
   *
   * @param values `[rows, columns]` row-major; what an assignment is worth, >= 0. A pair worth 0 is no pair:
   *   neither side is assigned through it.
   * @param assigned `[rows]` or longer; receives the columns.
   */
  solve(values: Float64Array, rows: number, columns: number, assigned: Int32Array): void {
    if (rows === 0) {
      return;
    }
    if (columns === 0) {
      assigned.fill(-1, 0, rows);
      return;
    }
    if (rows <= columns) {
      this.#solveWide(values, rows, columns);
      assigned.fill(-1, 0, rows);
      for (let column = 1; column <= columns; column++) {
        const row = at(this.#rowOfColumn, column);
        if (row > 0 && at(values, (row - 1) * columns + column - 1) > 0) {
          assigned[row - 1] = column - 1;
        }
      }
      return;
    }
    const size = rows * columns;
    if (this.#transposed.length < size) {
      this.#transposed = new Float64Array(size * 2);
    }
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        this.#transposed[column * rows + row] = at(values, row * columns + column);
      }
    }
    this.#solveWide(this.#transposed, columns, rows);
    for (let row = 0; row < rows; row++) {
      const column = at(this.#rowOfColumn, row + 1) - 1;
      assigned[row] = column >= 0 && at(values, row * columns + column) > 0 ? column : -1;
    }
  }

  /** Fills `#rowOfColumn` (both counted from 1, 0 for none) for rows <= columns. */
  #solveWide(values: Float64Array, rows: number, columns: number): void {
    this.#reserve(rows, columns);
    const u = this.#rowPotential;
    const v = this.#columnPotential;
    const shortest = this.#shortest;
    const rowOfColumn = this.#rowOfColumn;
    const previous = this.#previousColumn;
    const visited = this.#visited;
    for (let row = 1; row <= rows; row++) {
      rowOfColumn[0] = row;
      shortest.fill(Number.POSITIVE_INFINITY, 0, columns + 1);
      visited.fill(0, 0, columns + 1);
      let column = 0;
      // Dijkstra over reduced costs until a free column is reached.
      do {
        visited[column] = 1;
        const from = at(rowOfColumn, column);
        const base = (from - 1) * columns - 1;
        let step = Number.POSITIVE_INFINITY;
        let next = 0;
        for (let candidate = 1; candidate <= columns; candidate++) {
          if (visited[candidate] === 1) {
            continue;
          }
          const reduced = -at(values, base + candidate) - at(u, from) - at(v, candidate);
          if (reduced < at(shortest, candidate)) {
            shortest[candidate] = reduced;
            previous[candidate] = column;
          }
          if (at(shortest, candidate) < step) {
            step = at(shortest, candidate);
            next = candidate;
          }
        }
        for (let candidate = 0; candidate <= columns; candidate++) {
          if (visited[candidate] === 1) {
            const owner = at(rowOfColumn, candidate);
            u[owner] = at(u, owner) + step;
            v[candidate] = at(v, candidate) - step;
          } else {
            shortest[candidate] = at(shortest, candidate) - step;
          }
        }
        column = next;
      } while (at(rowOfColumn, column) !== 0);
      // Flip the path that was found.
      while (column !== 0) {
        const before = at(previous, column);
        rowOfColumn[column] = at(rowOfColumn, before);
        column = before;
      }
    }
  }

  #reserve(rows: number, columns: number): void {
    const size = Math.max(rows, columns) + 1;
    if (this.#visited.length < size) {
      const capacity = size * 2;
      this.#rowPotential = new Float64Array(capacity);
      this.#columnPotential = new Float64Array(capacity);
      this.#shortest = new Float64Array(capacity);
      this.#rowOfColumn = new Int32Array(capacity);
      this.#previousColumn = new Int32Array(capacity);
      this.#visited = new Uint8Array(capacity);
    }
    this.#rowPotential.fill(0, 0, size);
    this.#columnPotential.fill(0, 0, size);
    this.#rowOfColumn.fill(0, 0, size);
  }
}

/** Element of a typed array whose index is known to be in range. */
function at(array: Float64Array | Int32Array, index: number): number {
  return array[index] as number;
}
