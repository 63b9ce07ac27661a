import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type HttpsFiles, watchHttpsCertificate } from '../../config/https-certificate.ts';

const DAY_MS = 86_400_000;

let directory: string;
let https: { cert: string; key: string };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-https-'));
  https = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  for (const [name, days] of [
    ['first', 90],
    ['second', 90],
    ['short', 6],
  ] as const) {
    const files = ['-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.cert`)];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', `${days}`];
    execFileSync('openssl', ['req', '-x509', ...kind, ...files, '-subj', '/CN=localhost'], {
      stdio: 'ignore',
    });
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function put(name: string, part?: 'cert' | 'key'): Promise<void> {
  if (part !== 'key') await copyFile(join(directory, `${name}.cert`), https.cert);
  if (part !== 'cert') await copyFile(join(directory, `${name}.key`), https.key);
}

async function watched(name: string, nowMs = Date.now()) {
  await put(name);
  const taken: HttpsFiles[] = [];
  const lines: { problem?: string; msg: string }[] = [];
  const clock = { nowMs };
  const logger = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  const watch = await watchHttpsCertificate({ https, logger, now: () => clock.nowMs, periodMs: 20 });
  onTestFinished(() => watch.close());
  watch.onRenewal((files) => taken.push(files));
  return { watch, taken, lines, clock };
}

it('a renewed certificate is handed on once, and its days count from then', async () => {
  const { watch, taken } = await watched('short');
  expect(watch.daysLeft()).toBe(5);
  await put('second');
  await expect.poll(() => watch.daysLeft()).toBe(89);
  expect(taken).toEqual([{ cert: await readFile(https.cert), key: await readFile(https.key) }]);
  expect(watch.problem).toBeUndefined();
});

it('a certificate without its key is not taken over: the one before goes on, and what is wrong is told until both are there', async () => {
  const { watch, taken, lines } = await watched('first');
  await put('second', 'cert');
  await expect
    .poll(() => watch.problem)
    .toMatch(/belong together.*; the pages are served with the one before$/);
  expect(taken).toEqual([]);
  await put('second', 'key');
  await expect.poll(() => watch.problem).toBeUndefined();
  expect(taken).toHaveLength(1);
  expect(lines.map(({ msg }) => msg)).toEqual([
    'look after the certificate of centre.https',
    'the pages are served with a new certificate',
  ]);
});

it('files that are gone, or hold something else, are told and change nothing', async () => {
  const { watch, taken } = await watched('first');
  await rm(https.key);
  await expect.poll(() => watch.problem).toMatch(/^centre\.https\.key: the file .* cannot be read/);
  await writeFile(https.key, 'no key');
  await expect.poll(() => watch.problem).toMatch(/cannot be used/);
  expect(taken).toEqual([]);
  await put('first');
  await expect.poll(() => watch.problem).toBeUndefined();
});

it.each([
  // A quarter of its life is more than two weeks: those count.
  ['first', 75, undefined],
  ['first', 77, /^it ends in 1[23] days, on \d{4}-\d\d-\d\d: renew it/],
  // One of six days has a quarter of them left after four and a half.
  ['short', 4, undefined],
  ['short', 5, /^it ends in 0 days/],
  ['short', 7, /^it ended on \d{4}-\d\d-\d\d, and browsers refuse the pages: renew it$/],
])('of the %s certificate after %i days the end is told: %s', async (name, days, told) => {
  const { watch, lines } = await watched(name, Date.now() + days * DAY_MS);
  if (told === undefined) expect(watch.problem).toBeUndefined();
  else expect(watch.problem).toMatch(told);
  expect(lines).toHaveLength(told === undefined ? 0 : 1);
});
