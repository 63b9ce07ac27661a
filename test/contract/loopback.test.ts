import { expect, it } from 'vitest';
import { isLoopback } from '../../contract/index.ts';

it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1', '[::1]'])('%s is this machine alone', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each(['', '0.0.0.0', '::', '10.127.0.0.1', '127.0.0.1.example.vn', '127.example.vn', 'localhost.vn'])(
  '"%s" may be another one',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
