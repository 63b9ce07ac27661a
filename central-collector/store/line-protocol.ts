// Points as InfluxDB's line protocol. Written here and not with the influx package: docs/decisions/0005-own-write-path-to-influxdb.md

/** A value in line-protocol syntax, made by `int`, `float`, `text` and `flag` only: a field has one type for ever. */
export type FieldValue = string & { readonly [made]: true };

declare const made: unique symbol;

/** Names of measurements, tags and fields are words of ours, `a-z`, `0-9` and `_`: they need no escapes. */
export type Point = {
  readonly measurement: string;
  /** Written in ascending order of names, which InfluxDB takes in fastest; undefined or empty ones are left out. */
  readonly tags: Readonly<Record<string, string | undefined>>;
  /** At least one must be defined. */
  readonly fields: Readonly<Record<string, FieldValue | undefined>>;
  /** Whole milliseconds since 1970. */
  readonly atMs: number;
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  readonly ns?: number;
};

/** Undefined for what InfluxDB cannot hold, so that the field is left out. */
export function int(value: number | undefined): FieldValue | undefined {
  return Number.isSafeInteger(value) ? (`${value}i` as FieldValue) : undefined;
}

/** A plain number is a float in InfluxDB even when it has no fraction. */
export function float(value: number | undefined): FieldValue | undefined {
  return Number.isFinite(value) ? (String(value) as FieldValue) : undefined;
}

/**
 * Line breaks and other control characters become spaces: a line of ours is always one line, and what is read out of the
 * database steers no terminal.
 */
export function text(value: string | undefined): FieldValue | undefined {
  if (value === undefined) return undefined;
  return `"${value.replace(/\p{Cc}+/gu, ' ').replace(/[\\"]/g, '\\$&')}"` as FieldValue;
}

export function flag(value: boolean | undefined): FieldValue | undefined {
  return value === undefined ? undefined : (String(value) as FieldValue);
}

/** One line without its end, timestamp in nanoseconds. Throws RangeError for a point without fields or time. */
export function lineOf({ measurement, tags, fields, atMs, ns = 0 }: Point): string {
  let line = measurement;
  for (const key in tags) {
    const value = tags[key];
    if (value) line += `,${key}=${nameText(value)}`;
  }
  let separator = ' ';
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined) continue;
    line += `${separator}${key}=${value}`;
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

/** A tag's value as InfluxDB gives it back: line breaks and backslashes have no escape and become spaces and slashes. */
export function tagText(value: string): string {
  return value.replace(/[\r\n]+/g, ' ').replaceAll('\\', '/');
}

function nameText(name: string): string {
  // Nearly always slugs of ours: one look instead of three replacements, millions of times.
  return /[,= \\\r\n]/.test(name) ? tagText(name).replace(/[,= ]/g, '\\$&') : name;
}
