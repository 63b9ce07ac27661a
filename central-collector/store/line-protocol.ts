// Points as InfluxDB's line protocol. Written here and not with the influx package: docs/decisions/0005-own-write-path-to-influxdb.md

/** Whole numbers as `int(…)`; a plain number is a float even when it has no fraction, so that types never change. */
export type FieldValue = number | string | boolean | Integer;

export type Integer = { readonly int: number };

export type Point = {
  readonly measurement: string;
  /** Tags that are undefined or empty are left out. */
  readonly tags: Readonly<Record<string, string | undefined>>;
  /** At least one must be defined and finite; the others are left out. */
  readonly fields: Readonly<Record<string, FieldValue | undefined>>;
  /** Whole milliseconds since 1970. */
  readonly atMs: number;
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  readonly ns?: number;
};

export function int(value: number): Integer {
  return { int: value };
}

/** One line without its end, timestamp in nanoseconds. Throws RangeError for a point without fields or time. */
export function lineOf({ measurement, tags, fields, atMs, ns = 0 }: Point): string {
  let line = escapeName(measurement, /[, ]/g);
  // Sorted keys are what InfluxDB indexes fastest, and equal points give equal bytes.
  for (const key of Object.keys(tags).sort()) {
    const value = tags[key];
    if (value) line += `,${escapeName(key, KEY)}=${escapeName(value, KEY)}`;
  }
  let separator = ' ';
  for (const [key, value] of Object.entries(fields)) {
    const text = value === undefined ? undefined : fieldText(value);
    if (text === undefined) continue;
    line += `${separator}${escapeName(key, KEY)}=${text}`;
    separator = ',';
  }
  if (separator === ' ') throw new RangeError(`a point of "${measurement}" needs at least one field`);
  return `${line} ${timestampNs(atMs, ns)}`;
}

/** Nanoseconds as text: they do not fit into a number. */
export function timestampNs(atMs: number, ns = 0): string {
  if (!(Number.isSafeInteger(atMs) && atMs >= 0 && Number.isInteger(ns) && ns >= 0 && ns < 1_000_000)) {
    throw new RangeError(`expected whole milliseconds and 0 to 999999 ns, got ${atMs} and ${ns}`);
  }
  return atMs === 0 ? String(ns) : `${atMs}${String(ns).padStart(6, '0')}`;
}

const KEY = /[,= ]/g;

/** Line breaks and backslashes have no escape in names: they become spaces and slashes. */
function escapeName(text: string, special: RegExp): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('\\', '/')
    .replace(special, '\\$&');
}

function fieldText(value: FieldValue): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'string':
      return `"${value.replace(/[\\"]/g, '\\$&')}"`;
    default:
      return Number.isSafeInteger(value.int) ? `${value.int}i` : undefined;
  }
}
