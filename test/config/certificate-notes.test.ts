import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createAuthority, issue } from '../../cli/pki/authority.ts';
import { boxSubject } from '../../cli/pki/subject.ts';
import { daysLeft, examineCertificates } from '../../config/certificate-notes.ts';
import { watchCertificates } from '../../config/certificate-watch.ts';
import { readCertificates } from '../../config/certificates.ts';
import { checkConfig } from '../../config/kinds.ts';
import { COLLECTOR } from './problems-of.ts';

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 0, 1);
const UNTIL = Date.UTC(2027, 0, 1);

let directory: string;
let files: Record<'ca' | 'cert' | 'key', string>;
let otherKey: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-notes-'));
  const authority = { notBeforeMs: FROM, notAfterMs: Date.UTC(2056, 0, 1) };
  await createAuthority(directory, { name: 'a', validity: authority });
  const validity = { notBeforeMs: FROM, notAfterMs: UNTIL };
  const folder = await issue(directory, boxSubject('s', 'a'), { validity });
  files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  otherKey = join(await issue(directory, boxSubject('s', 'b'), { validity }), 'key.pem');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it.each([
  ['fresh', UNTIL - 61 * DAY_MS, undefined],
  ['in the last 60 days', UNTIL - 59.5 * DAY_MS, 'the certificate ends in 59 days, on 2027-01-01'],
  ['on the last day', UNTIL - 1000, 'the certificate ends in 0 days, on 2027-01-01'],
  ['ended', UNTIL, 'the certificate ended on 2027-01-01'],
])('a certificate that is %s', async (_what, nowMs, message) => {
  const notes = examineCertificates(await readCertificates(files), nowMs);
  expect(notes.map((note) => note.message)).toEqual(message === undefined ? [] : [message]);
  for (const { hint } of notes) expect(hint).toContain('ngatu pki renew');
});

it('a clock that stands before the certificate’s beginning is suspected', async () => {
  const notes = examineCertificates(await readCertificates(files), Date.UTC(1970, 0, 1));
  expect(notes.map(({ key, hint }) => [key, hint])).toEqual([
    ['ca', 'Check the clock of this machine.'],
    ['cert', 'Check the clock of this machine.'],
  ]);
});

it('a key of another certificate, and files that are neither, are told without a word of what is in them', async () => {
  const { ca, cert } = files;
  const exchanged = examineCertificates(await readCertificates({ ca, cert, key: otherKey }), FROM);
  expect(exchanged).toMatchObject([{ key: 'key', message: 'the key is not the one of the certificate' }]);
  const text = Buffer.from('hunter2');
  const spoilt = examineCertificates({ ca: text, cert: text, key: text }, FROM);
  expect(spoilt.map(({ key }) => key)).toEqual(['ca', 'cert', 'key']);
  expect(JSON.stringify(spoilt)).not.toContain('hunter2');
});

it('the days that are left are told, and negative when there are none', async () => {
  const read = await readCertificates(files);
  expect(daysLeft(read, UNTIL - 10.5 * DAY_MS)).toBe(10);
  expect(daysLeft(read, UNTIL + 1.5 * DAY_MS)).toBe(-2);
  expect(daysLeft({}, UNTIL)).toBeUndefined();
});

it('a running program looks once a day, and at the files as they are then', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const lines: { problem: string }[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  let nowMs = UNTIL - 62 * DAY_MS;
  const watch = await watchCertificates({ tls: files, logger, now: () => nowMs });
  expect(lines).toEqual([]);
  expect(watch.daysLeft()).toBe(62);
  nowMs += 3 * DAY_MS;
  vi.advanceTimersByTime(DAY_MS);
  await vi.waitFor(() =>
    expect(lines.map(({ problem }) => problem)).toEqual(['the certificate ends in 59 days, on 2027-01-01']),
  );
  watch.close();
  vi.advanceTimersByTime(10 * DAY_MS);
  expect(lines).toHaveLength(1);
});

it('ngatu config check warns of certificates that end, keys that others can read, and files that are not here', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-notes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const validity = { notBeforeMs: Date.now() - DAY_MS, notAfterMs: Date.now() + 10.5 * DAY_MS };
  await createAuthority(join(folder, 'pki'), {
    name: 'a',
    validity: { ...validity, notAfterMs: Date.now() + 99 * DAY_MS },
  });
  const own = await issue(join(folder, 'pki'), boxSubject('s', 'a'), { validity });
  await writeFile(join(folder, 'key.pem'), await readFile(join(own, 'key.pem')), { mode: 0o644 });
  const tls = `{ca: none.pem, cert: ${own}/cert.pem, key: key.pem}`;
  const yaml = COLLECTOR.replace('mqtt://127.0.0.1:1883', `mqtts://b:8883, tls: ${tls}`);
  await writeFile(join(folder, 'collector.yaml'), `${yaml}centre: {enabled: false}\n`);
  const { problems, summary } = await checkConfig(join(folder, 'collector.yaml'), {
    env: {},
    secrets: 'optional',
    kind: 'collector',
  });
  expect(summary).toBeDefined();
  expect(
    problems.map(({ severity, path, message }) => `${severity} ${path}: ${message.replaceAll(folder, '.')}`),
  ).toEqual([
    'warning mqtt.tls.ca: ./none.pem cannot be read here',
    expect.stringMatching(/^warning mqtt\.tls\.cert: the certificate ends in 10 days, on /),
    'warning mqtt.tls.key: other users can read ./key.pem',
  ]);
});
