// The sums of the finished days of one camera in one local month, or of their hours, as columns of numbers: what years of
// history are answered from. NaN where nothing was reported.

export type DayChunk = {
  /** Days or hours of the month. */
  readonly slots: number;
  /** 1 for those that were summed up, also when there was nothing in them. */
  readonly filled: Uint8Array;
  readonly columns: readonly string[];
  /** Values of the tags of the kind, with commas in between. */
  readonly series: readonly string[];
  /** By series, column and slot. */
  readonly values: Float64Array;
};

/** Sums of some slots of a series, by column. */
export type DayRows = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, number>>>;

export function emptyChunk(slots: number): DayChunk {
  return { slots, filled: new Uint8Array(slots), columns: [], series: [], values: new Float64Array() };
}

/** With slots that were summed up anew, in place of what was known of them. */
export function withSlots(chunk: DayChunk, slots: readonly number[], rows: DayRows): DayChunk {
  const columns = [...new Set([...chunk.columns, ...[...rows.values()].flatMap((row) => [...row.keys()])])];
  const series = [...new Set([...chunk.series, ...rows.keys()])];
  const filled = chunk.filled.slice();
  const values = new Float64Array(series.length * columns.length * chunk.slots).fill(Number.NaN);
  const at = (one: number, column: number) => (one * columns.length + column) * chunk.slots;
  for (const [one, name] of chunk.series.entries()) {
    for (const [column] of chunk.columns.entries()) {
      // Both begin with those of the chunk, in its order.
      const from = (one * chunk.columns.length + column) * chunk.slots;
      values.set(chunk.values.subarray(from, from + chunk.slots), at(series.indexOf(name), column));
    }
  }
  for (const slot of slots) {
    filled[slot] = 1;
    for (let from = slot; from < values.length; from += chunk.slots) values[from] = Number.NaN;
  }
  const seriesAt = new Map(series.map((name, position) => [name, position]));
  const columnAt = new Map(columns.map((name, position) => [name, position]));
  for (const [name, row] of rows) {
    for (const [column, cells] of row) {
      const from = at(seriesAt.get(name) ?? 0, columnAt.get(column) ?? 0);
      for (const [slot, value] of cells) values[from + slot] = value;
    }
  }
  return { slots: chunk.slots, filled, columns, series, values };
}

/** With slots that are not known any more. */
export function withoutSlots(chunk: DayChunk, slots: readonly number[]): DayChunk {
  const filled = chunk.filled.slice();
  for (const slot of slots) filled[slot] = 0;
  return { ...chunk, filled };
}

export function bytesOf({ values, series }: DayChunk): number {
  return values.byteLength + 64 * series.length + 500;
}

/** A header in JSON after its length, then the numbers, aligned to eight bytes. */
export function encodeChunk({ slots, filled, columns, series, values }: DayChunk): Uint8Array {
  const header = Buffer.from(JSON.stringify({ slots, filled: [...filled], columns, series }));
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
  const { slots, filled, columns, series } = JSON.parse(buffer.toString('utf8', 4, 4 + length)) as {
    slots: number;
    filled: number[];
    columns: string[];
    series: string[];
  };
  const start = Math.ceil((4 + length) / 8) * 8;
  const numbers = series.length * columns.length * slots;
  if (buffer.length !== start + 8 * numbers) throw new Error(`a chunk of days has ${buffer.length} bytes`);
  // Copied, because only a buffer of its own is aligned to eight bytes for sure.
  const values = new Float64Array(numbers);
  new Uint8Array(values.buffer).set(buffer.subarray(start));
  return { slots, filled: Uint8Array.from(filled), columns, series, values };
}
