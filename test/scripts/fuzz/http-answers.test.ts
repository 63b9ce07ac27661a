import { describe, expect, it } from 'vitest';
import { readAnswers } from '../../../scripts/fuzz/http-answers.ts';

const read = (text: string, mayBeHead = false) => readAnswers(Buffer.from(text), mayBeHead);

describe('the reader of HTTP answers that fuzzing checks with', () => {
  it('gives whole answers, one behind the other', () => {
    const answers = read(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n',
    );
    expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([
      [100, ''],
      [200, 'ok'],
      [404, 'no'],
    ]);
  });

  it('lets an answer to HEAD have a length and no body', () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n';
    expect(read(head + head, true)).toHaveLength(2);
    expect(() => read(head)).toThrow(/shorter than its length/);
  });

  it.each([
    ['no status line', 'hello\r\n\r\n'],
    ['another version', 'HTTP/2 200\r\n\r\n'],
    ['a header without its name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a header with a control character', 'HTTP/1.1 200 OK\r\na: \u0007\r\n\r\n'],
    ['no end of the headers', 'HTTP/1.1 200 OK\r\n'],
    ['a chunk that is cut off', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'],
  ])('takes nothing with %s', (_what, text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });
});
