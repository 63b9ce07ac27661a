import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hideSecrets, revealSecrets, secretsIn, withoutPlaceholders } from '../../config/hidden-secrets.ts';

const markOf = (secret: string) => createHash('sha256').update(secret).digest('hex').slice(0, 16);
const MARK = markOf('hunter2');

/** Ways to write a password, each with what the centre sees of it. */
const WRITTEN: readonly [how: string, text: string, hidden: string][] = [
  ['plainly, with a comment', 'password: hunter2 # old\nx: 1\n', `password: {hidden: ${MARK}} # old\nx: 1\n`],
  ['in quotes', `a: {password: "hunter2", b: 1}\n`, `a: {password: {hidden: ${MARK}}, b: 1}\n`],
  ['as a block of lines', 'token: |-\n  hunter2\nx: 1\n', `token: {hidden: ${MARK}}\nx: 1\n`],
  [
    'in an address',
    'url: rtsp://h/live?password=hunter2&x=1\n',
    `url: rtsp://h/live?password=hidden-${MARK}&x=1\n`,
  ],
  [
    'in an address in quotes',
    `source: {url: 'http://h/a?pwd=hunter2'}\n`,
    `source: {url: 'http://h/a?pwd=hidden-${MARK}'}\n`,
  ],
  ['in a path of an address', 'url: rtsp://h/pass=hunter2\n', `url: rtsp://h/pass=hidden-${MARK}\n`],
];

describe('a secret that stands in a file', () => {
  it.each(WRITTEN)('%s is hidden, and comes back', (_, text, hidden) => {
    expect(hideSecrets(text, markOf)).toBe(hidden);
    expect(secretsIn(text)).toEqual(['hunter2']);
    const back = revealSecrets(hidden, new Map([[MARK, 'hunter2']]));
    expect(back.unknown).toEqual([]);
    expect(hideSecrets(back.text, markOf)).toBe(hidden);
  });

  it.each([
    ['x: &a hunter2 # there\npassword: *a\n', `x: &a {hidden: ${MARK}} # there\npassword: *a\n`],
    ['a: {token: &t hunter2}\nb: {token: *t}\n', `a: {token: &t {hidden: ${MARK}}}\nb: {token: *t}\n`],
    ['x: &u rtsp://h/?pwd=hunter2\nurl: *u\n', `x: &u rtsp://h/?pwd=hidden-${MARK}\nurl: *u\n`],
  ])('under another name, by an alias, is hidden where it stands, and comes back: %j', (text, hidden) => {
    expect(hideSecrets(text, markOf)).toBe(hidden);
    const back = revealSecrets(hidden, new Map([[MARK, 'hunter2']]));
    expect(back.unknown).toEqual([]);
    expect(hideSecrets(back.text, markOf)).toBe(hidden);
  });

  it('of no letters is none', () => {
    for (const text of ['password: ""\n', 'password: |\n', 'password:\n', "token: ''\n"]) {
      expect(hideSecrets(text, markOf)).toBe(text);
      expect(secretsIn(text)).toEqual([]);
    }
  });

  it('that is named, not written, is left as it is', () => {
    const text = 'password: {env: CAMERA}\ntoken: {file: /run/secrets/t}\nurl: rtsp://h/live?channel=1\n';
    expect(hideSecrets(text, markOf)).toBe(text);
    expect(secretsIn(text)).toEqual([]);
  });

  it('keeps quotes, backslashes and line breaks on its way', () => {
    const text = `password: "a'b\\"c\\\\d\\n"\n`;
    const [secret = ''] = secretsIn(text);
    const back = revealSecrets(hideSecrets(text, markOf), new Map([[markOf(secret), secret]]));
    expect(secretsIn(back.text)).toEqual([`a'b"c\\d\n`]);
  });

  it('that nobody knows any more is told with its place', () => {
    const text = 'a: 1\npassword: {hidden: 0123456789abcdef}\n';
    expect(revealSecrets(text, new Map())).toEqual({
      text,
      unknown: [{ mark: '0123456789abcdef', offset: text.indexOf('{') }],
    });
  });

  it('is nothing that a check without secrets stumbles over', () => {
    expect(
      withoutPlaceholders({ source: [{ password: { hidden: 'ab' } }], hidden: { hidden: 'x' } }),
    ).toEqual({
      source: [{ password: { env: 'HIDDEN' } }],
      hidden: { hidden: 'x' },
    });
  });

  it('is not looked for in what is no YAML, or nested without end', () => {
    for (const text of ['a: [', `${'['.repeat(3000)}`]) {
      expect(hideSecrets(text, markOf)).toBe(text);
      expect(revealSecrets(text, new Map()).text).toBe(text);
    }
  });
});
