// What is in InfluxDB at the end, read from itself and not through the collectors, with timestamps to the nanosecond.

export type Value = string | number | boolean;

/** A row of `SELECT *`: tags and fields by name, without those that are null. */
export type StoredPoint = {
  /** Nanoseconds since 1970, as digits. */
  readonly ns: string;
  readonly values: Readonly<Record<string, Value>>;
};

type Answer = {
  readonly error?: string;
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly columns: readonly string[];
      readonly values?: readonly (readonly (Value | null)[])[];
    }[];
  }[];
};

const PAGE_ROWS = 5000;
const TIMEOUT_MS = 60_000;

export class StoredPoints {
  readonly #url: string;
  readonly #database: string;

  constructor(url: string, database: string) {
    this.#url = url;
    this.#database = database;
  }

  /** All points of a measurement by one agent, in order of time. */
  async of(measurement: string, agent: string): Promise<StoredPoint[]> {
    const points: StoredPoint[] = [];
    for (;;) {
      const page = await this.#ask(
        `SELECT * FROM "${measurement}" WHERE agent = '${agent}' LIMIT ${PAGE_ROWS} OFFSET ${points.length}`,
      );
      points.push(...page);
      if (page.length < PAGE_ROWS) return points;
    }
  }

  /** The single row of an aggregation; empty when there is nothing to aggregate. */
  async sums(influxql: string): Promise<Readonly<Record<string, Value>>> {
    const [row] = await this.#ask(influxql);
    return row?.values ?? {};
  }

  async #ask(influxql: string): Promise<StoredPoint[]> {
    // Without `epoch`, times come as text: as numbers they would lose their last digits.
    const query = new URLSearchParams({ db: this.#database, q: influxql });
    const response = await fetch(`${this.#url}/query?${query}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { results = [], error } = (await response.json()) as Answer;
    const problem = error ?? results.find((result) => result.error)?.error;
    if (problem) throw new Error(`InfluxDB does not answer ${influxql}: ${problem}`);
    return results.flatMap(({ series = [] }) =>
      series.flatMap(({ columns, values = [] }) => values.map((row) => pointOf(columns, row))),
    );
  }
}

function pointOf(columns: readonly string[], row: readonly (Value | null)[]): StoredPoint {
  const values: Record<string, Value> = {};
  let ns = '';
  for (const [at, column] of columns.entries()) {
    const value = row[at];
    if (column === 'time') ns = nanoseconds(String(value));
    else if (value !== null && value !== undefined) values[column] = value;
  }
  return { ns, values };
}

/** `2026-01-01T06:00:00.001002003Z` as nanoseconds since 1970; trailing zeros may be missing. */
export function nanoseconds(time: string): string {
  const [seconds = '', fraction = ''] = time.replace('Z', '').split('.');
  return `${Date.parse(`${seconds}Z`) / 1000}${fraction.padEnd(9, '0')}`;
}
