// Reads what a server wrote as HTTP/1.1 answers (RFC 9112), one behind the other, and takes nothing else.

export type HttpAnswer = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
};

/** Throws SyntaxError when the bytes are not a row of whole answers. An answer to HEAD has a length and no body: where `mayBeHead`, that is fine. */
export function readAnswers(bytes: Buffer, mayBeHead = false): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end < 0)
      throw new SyntaxError(`an answer without the end of its headers: ${shown(bytes.subarray(at))}`);
    const [first = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n');
    const status = /^HTTP\/1\.1 ([1-5]\d\d)(?: [\x20-\x7e]*)?$/.exec(first)?.[1];
    if (status === undefined) throw new SyntaxError(`no status line: ${shown(bytes.subarray(at))}`);
    const headers = new Map(lines.map(headerOf));
    at = end + 4;
    const empty =
      Number(status) < 200 || status === '204' || status === '304' || (mayBeHead && noBodyAt(bytes, at));
    const { body, next } = empty ? { body: Buffer.alloc(0), next: at } : bodyAt(bytes, at, headers);
    at = next;
    answers.push({ status: Number(status), headers, body });
  }
  return answers;
}

function headerOf(line: string): [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)$/.exec(line);
  if (!match) throw new SyntaxError(`no header: ${JSON.stringify(line.slice(0, 100))}`);
  return [(match[1] ?? '').toLowerCase(), match[2] ?? ''];
}

function noBodyAt(bytes: Buffer, at: number): boolean {
  return at === bytes.length || bytes.toString('latin1', at, at + 9) === 'HTTP/1.1 ';
}

function bodyAt(
  bytes: Buffer,
  at: number,
  headers: ReadonlyMap<string, string>,
): { body: Buffer; next: number } {
  const length = headers.get('content-length');
  if (headers.get('transfer-encoding') === 'chunked') return chunks(bytes, at);
  // Without a length the body ends with the connection.
  if (length === undefined) return { body: bytes.subarray(at), next: bytes.length };
  if (!/^\d+$/.test(length) || at + Number(length) > bytes.length) {
    throw new SyntaxError(`a body shorter than its length of ${length}`);
  }
  return { body: bytes.subarray(at, at + Number(length)), next: at + Number(length) };
}

function chunks(bytes: Buffer, from: number): { body: Buffer; next: number } {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, Math.max(at, end)), 16);
    if (end < 0 || Number.isNaN(size)) throw new SyntaxError('a chunk without its size');
    at = end + 2 + size + 2;
    if (at > bytes.length) throw new SyntaxError('a chunk shorter than its size');
    if (size === 0) return { body: Buffer.concat(parts), next: at };
    parts.push(bytes.subarray(end + 2, end + 2 + size));
  }
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 100));
}
