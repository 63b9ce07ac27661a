// Reads line protocol as InfluxDB 1.x documents it, and takes nothing else: what the collector writes must be
// readable by the letter (docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference).

/** A line as its parts; the values of fields by their type. */
export type ReadLine = {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number | bigint | string | boolean>>;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
};

const INT64_MAX = 9_223_372_036_854_775_807n;
/** InfluxDB's own limits: of a series key, and of a string. */
const MAX_KEY_BYTES = 65_535;
const MAX_STRING_BYTES = 65_536;

/** Throws SyntaxError that says what is wrong with the line. */
export function readLine(line: string): ReadLine {
  if (/[\n\r\0]/.test(line)) throw new SyntaxError('a line must not hold a line end or NUL');
  let at = 0;
  /** Up to one of `ends`, with the escapes of names taken out. */
  const name = (ends: string): string => {
    let text = '';
    for (; at < line.length && !ends.includes(line[at] as string); at++) {
      if (line[at] === '\\' && ',= '.includes(line[at + 1] ?? 'x')) at++;
      else if (',= '.includes(line[at] ?? 'x')) throw new SyntaxError(`an unescaped "${line[at]}" at ${at}`);
      text += line[at];
    }
    if (text === '') throw new SyntaxError(`a name is empty at ${at}`);
    return text;
  };
  const expect = (character: string) => {
    if (line[at] !== character)
      throw new SyntaxError(`expected "${character}" at ${at}, got "${line[at] ?? 'the end'}"`);
    at++;
  };
  const measurement = name(', ');
  const tags: Record<string, string> = {};
  let before = '';
  while (line[at] === ',') {
    at++;
    const key = name('=');
    expect('=');
    if (key <= before)
      throw new SyntaxError(`tags are to be sorted and to occur once: "${key}" after "${before}"`);
    tags[key] = name(', ');
    before = key;
  }
  if (Buffer.byteLength(line.slice(0, at)) > MAX_KEY_BYTES)
    throw new SyntaxError('the series key is too long');
  expect(' ');
  const fields: Record<string, number | bigint | string | boolean> = {};
  do {
    const key = name('=');
    expect('=');
    if (Object.hasOwn(fields, key)) throw new SyntaxError(`the field "${key}" occurs twice`);
    fields[key] = line[at] === '"' ? quoted() : plainValue(until(', '));
  } while (line[at] === ',' && ++at);
  expect(' ');
  const timestamp = line.slice(at);
  if (!/^\d{1,19}$/.test(timestamp) || BigInt(timestamp) > INT64_MAX) {
    throw new SyntaxError(`the timestamp "${timestamp.slice(0, 40)}" is no 64-bit number of nanoseconds`);
  }
  return { measurement, tags, fields, timestamp: BigInt(timestamp) };

  function until(ends: string): string {
    const from = at;
    while (at < line.length && !ends.includes(line[at] as string)) at++;
    return line.slice(from, at);
  }

  function quoted(): string {
    let text = '';
    for (at++; line[at] !== '"'; at++) {
      if (at >= line.length) throw new SyntaxError('a string without its end');
      if (line[at] === '\\' && '"\\'.includes(line[at + 1] ?? 'x')) at++;
      text += line[at];
    }
    at++;
    if (Buffer.byteLength(text) > MAX_STRING_BYTES) throw new SyntaxError('a string of more than 64 KiB');
    return text;
  }
}

function plainValue(text: string): number | bigint | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+i$/.test(text)) {
    const value = BigInt(text.slice(0, -1));
    if (value > INT64_MAX || value < -INT64_MAX - 1n) throw new SyntaxError(`"${text}" is no 64-bit number`);
    return value;
  }
  if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
  throw new SyntaxError(`"${text.slice(0, 40)}" is no value`);
}
