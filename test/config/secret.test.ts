import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../config/secret.ts';

describe('a secret', () => {
  const config = { username: 'u', password: new Secret({ plain: 'hunter2' }) };

  it.each([
    ['a template', () => `${config.password}`],
    ['JSON', () => JSON.stringify(config)],
    ['console.log', () => inspect(config, { depth: 5, showHidden: true })],
    ['a copy', () => inspect({ ...config.password }) + JSON.stringify(Object.entries(config.password))],
    ['the log', () => logged(config)],
  ])('is not shown by %s', (_way, print) => {
    expect(print()).not.toContain('hunter2');
  });

  it('is shown as a secret, so that a reader sees that it is set', () => {
    expect(JSON.stringify(config)).toBe('{"username":"u","password":"[secret]"}');
  });

  it('gives its text only when asked', () => {
    expect(config.password.reveal()).toBe('hunter2');
  });

  it('that was only checked says where it would come from', () => {
    expect(() => new Secret({ env: 'X' }).reveal()).toThrow('environment variable X');
    expect(() => new Secret({ file: '/x' }).reveal()).toThrow('file /x');
  });
});

function logged(value: object): string {
  const lines: string[] = [];
  pino({ level: 'info' }, { write: (line: string) => lines.push(line) }).info({ config: value }, 'started');
  return lines.join('');
}
