// The sums of the finished days of one camera in one local month, as columns of numbers: what years of history are
// answered from. NaN where nothing was reported.

export type DayChunk = {
  readonly days: number;
  /** 1 for the days that were summed up, also when there was nothing in them. */
  readonly filled: Uint8Array;
  readonly columns: readonly string[];
  /** Values of the tags of the kind, with commas in between. */
  readonly series: readonly string[];
  /** By series, column and day. */
  readonly values: Float64Array;
};

/** Sums of some days of a series, by column. */
export type DayRows = ReadonlyMap<
  string,
  ReadonlyMap<string, readonly (readonly [day: number, value: number])[]>
>;

export function emptyChunk(days: number): DayChunk {
  return { days, filled: new Uint8Array(days), columns: [], series: [], values: new Float64Array() };
}

/** With days that were summed up anew, in place of what was known of them. */
export function withDays(chunk: DayChunk, days: readonly number[], rows: DayRows): DayChunk {
  const columns = [...new Set([...chunk.columns, ...[...rows.values()].flatMap((row) => [...row.keys()])])];
  const series = [...new Set([...chunk.series, ...rows.keys()])];
  const filled = chunk.filled.slice();
  const values = new Float64Array(series.length * columns.length * chunk.days).fill(Number.NaN);
  const at = (one: number, column: number) => (one * columns.length + column) * chunk.days;
  for (const [one, name] of chunk.series.entries()) {
    for (const [column] of chunk.columns.entries()) {
      // Both begin with those of the chunk, in its order.
      const from = (one * chunk.columns.length + column) * chunk.days;
      values.set(chunk.values.subarray(from, from + chunk.days), at(series.indexOf(name), column));
    }
  }
  for (const day of days) {
    filled[day] = 1;
    for (let from = day; from < values.length; from += chunk.days) values[from] = Number.NaN;
  }
  const seriesAt = new Map(series.map((name, position) => [name, position]));
  const columnAt = new Map(columns.map((name, position) => [name, position]));
  for (const [name, row] of rows) {
    for (const [column, cells] of row) {
      const from = at(seriesAt.get(name) ?? 0, columnAt.get(column) ?? 0);
      for (const [day, value] of cells) values[from + day] = value;
    }
  }
  return { days: chunk.days, filled, columns, series, values };
}

/** With days that are not known any more. */
export function withoutDays(chunk: DayChunk, days: readonly number[]): DayChunk {
  const filled = chunk.filled.slice();
  for (const day of days) filled[day] = 0;
  return { ...chunk, filled };
}

export function bytesOf({ values, series }: DayChunk): number {
  return values.byteLength + 64 * series.length + 500;
}

/** A header in JSON after its length, then the numbers, aligned to eight bytes. */
export function encodeChunk({ days, filled, columns, series, values }: DayChunk): Uint8Array {
  const header = Buffer.from(JSON.stringify({ days, filled: [...filled], columns, series }));
  const start = Math.ceil((4 + header.length) / 8) * 8;
  const bytes = Buffer.alloc(start + values.byteLength);
  bytes.writeUInt32LE(header.length);
  header.copy(bytes, 4);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return bytes;
}

/** Throws for anything that `encodeChunk` did not make. */
export function decodeChunk(bytes: Uint8Array): DayChunk {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = buffer.readUInt32LE();
  const { days, filled, columns, series } = JSON.parse(buffer.toString('utf8', 4, 4 + length)) as {
    days: number;
    filled: number[];
    columns: string[];
    series: string[];
  };
  const start = Math.ceil((4 + length) / 8) * 8;
  const numbers = series.length * columns.length * days;
  if (buffer.length !== start + 8 * numbers) throw new Error(`a chunk of days has ${buffer.length} bytes`);
  // Copied, because only a buffer of its own is aligned to eight bytes for sure.
  const values = new Float64Array(numbers);
  new Uint8Array(values.buffer).set(buffer.subarray(start));
  return { days, filled: Uint8Array.from(filled), columns, series, values };
}
