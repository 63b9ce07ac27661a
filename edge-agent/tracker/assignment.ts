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
  #contested = new Float64Array(0);
  readonly #openRows: number[] = [];
  readonly #openColumns: number[] = [];

  /**
   * Finds for each row the column it is assigned to, or -1.
   *
   * @param values `[rows, columns]` row-major; what an assignment is worth, >= 0. A pair worth 0 is no pair:
   *   neither side is assigned through it.
   * @param assigned `[rows]` or longer; receives the columns.
   */
  solve(values: Float64Array, rows: number, columns: number, assigned: Int32Array): void {
    assigned.fill(-1, 0, rows);
    this.#assignUncontested(values, rows, columns, assigned);
    const openRows = this.#openRows;
    const openColumns = this.#openColumns;
    // The dense algorithm wants no more rows than columns.
    const wide = openRows.length <= openColumns.length;
    const [short, long] = wide ? [openRows, openColumns] : [openColumns, openRows];
    const size = short.length * long.length;
    if (size === 0) {
      return;
    }
    if (this.#contested.length < size) {
      this.#contested = new Float64Array(size * 2);
    }
    for (const [i, a] of short.entries()) {
      for (const [j, b] of long.entries()) {
        this.#contested[i * long.length + j] = at(values, wide ? a * columns + b : b * columns + a);
      }
    }
    this.#solveWide(this.#contested, short.length, long.length);
    for (const [j, b] of long.entries()) {
      const a = short[at(this.#rowOfColumn, j + 1) - 1];
      if (a !== undefined) {
        const [row, column] = wide ? [a, b] : [b, a];
        assigned[row] = at(values, row * columns + column) > 0 ? column : -1;
      }
    }
  }

  /**
   * Assigns the pairs that nobody else wants, which on a road are most, and lists the rows and columns that are
   * left with something to decide. Leaves the total the highest possible: such a pair competes with no other.
   */
  #assignUncontested(values: Float64Array, rows: number, columns: number, assigned: Int32Array): void {
    const rowDegree = new Uint32Array(rows);
    const columnDegree = new Uint32Array(columns);
    const partner = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (at(values, row * columns + column) > 0) {
          rowDegree[row] = at(rowDegree, row) + 1;
          columnDegree[column] = at(columnDegree, column) + 1;
          partner[row] = column;
        }
      }
    }
    this.#openRows.length = 0;
    this.#openColumns.length = 0;
    for (let row = 0; row < rows; row++) {
      const column = at(partner, row);
      if (at(rowDegree, row) === 1 && at(columnDegree, column) === 1) {
        assigned[row] = column;
        columnDegree[column] = 0;
      } else if (at(rowDegree, row) > 0) {
        this.#openRows.push(row);
      }
    }
    for (let column = 0; column < columns; column++) {
      if (at(columnDegree, column) > 0) {
        this.#openColumns.push(column);
      }
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
function at(array: Float64Array | Int32Array | Uint32Array, index: number): number {
  return array[index] as number;
}
