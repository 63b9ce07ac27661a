import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../../central-collector/api/accounts/audit-entry.ts';
import { AuditLog } from '../../../../central-collector/api/accounts/audit-log.ts';

let directory: string;
let nowMs: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-audit-'));
  nowMs = Date.parse('2026-03-02T00:00:00Z');
});
afterEach(() => rm(directory, { recursive: true }));

const path = (name = 'audit.ndjson') => join(directory, name);

async function openLog(maxFileBytes?: number, maxFiles?: number): Promise<AuditLog> {
  const log = new AuditLog({
    directory,
    now: () => {
      nowMs += 1000;
      return nowMs;
    },
    ...(maxFileBytes !== undefined && { maxFileBytes }),
    ...(maxFiles !== undefined && { maxFiles }),
  });
  await log.open();
  return log;
}

function verdictOf(incident: string): AuditEntry {
  return { by: 'session', who: 'lan', address: '192.0.2.1', action: 'incident-confirmed', target: incident };
}

/** Ten verdicts on incidents i1 to i10. */
async function written(maxFileBytes?: number): Promise<AuditLog> {
  const log = await openLog(maxFileBytes);
  for (let n = 1; n <= 10; n += 1) await log.append(verdictOf(`i${n}`));
  return log;
}

async function changeLines(change: (lines: string[]) => string[], name?: string): Promise<void> {
  const lines = (await readFile(path(name), 'utf8')).trimEnd().split('\n');
  await writeFile(path(name), `${change(lines).join('\n')}\n`);
}

describe('the audit log', () => {
  it('chains its lines, goes on after a restart, and is for the owner of the folder only', async () => {
    await written();
    const log = await openLog();
    await log.append(verdictOf('i11'));
    expect(await log.verify()).toEqual({ intact: true, entries: 11, firstSeq: 1, lastSeq: 11, fault: null });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it('keeps entries whole that come at the same moment', async () => {
    const log = await openLog();
    await Promise.all(Array.from({ length: 100 }, (_, n) => log.append(verdictOf(`i${n}`))));
    expect(await log.verify()).toMatchObject({ intact: true, entries: 100 });
    const targets = (await log.read({ limit: 1000 })).map(({ target }) => target);
    expect(targets).toEqual(Array.from({ length: 100 }, (_, n) => `i${99 - n}`));
  });

  it.each<[string, (lines: string[]) => string[], number]>([
    ['a word changed', (lines) => lines.with(4, lines[4]?.replace('confirmed', 'refuted') ?? ''), 6],
    ['a time changed', (lines) => lines.with(0, lines[0]?.replace('2026', '2025') ?? ''), 2],
    ['a line removed', (lines) => lines.toSpliced(4, 1), 5],
    ['the first line removed, as if the log began there', (lines) => lines.slice(1), 0],
    ['a line put twice', (lines) => lines.toSpliced(4, 0, lines[4] ?? ''), 6],
    ['two lines swapped', (lines) => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? ''), 4],
    ['a line of nonsense', (lines) => lines.toSpliced(4, 0, 'nonsense'), 5],
    ['an empty line', (lines) => lines.toSpliced(4, 0, ''), 5],
    ['the last line changed', (lines) => lines.with(9, lines[9]?.replace('i10', 'i99') ?? ''), 10],
  ])('shows tampering: %s', async (_what, change, line) => {
    await written();
    await changeLines(change);
    const log = await openLog();
    if (line === 0) {
      // What was at the beginning may have been moved away by the owner; where the log begins says so.
      expect(log.verdict).toMatchObject({ firstSeq: 2 });
      return;
    }
    expect(log.verdict).toMatchObject({ intact: false, fault: { file: 'audit.ndjson', line } });
    // And it stays visible after going on.
    await log.append(verdictOf('after'));
    expect(await (await openLog()).verify()).toMatchObject({ intact: false });
  });

  it('shows lines that were cut off at the end, and gives no number twice', async () => {
    await written();
    await changeLines((lines) => lines.slice(0, 7));
    const log = await openLog();
    expect(log.verdict.fault?.why).toMatch(/ends at number 7, but 10 was written/);
    const [newest] = await log.read({ limit: 1 });
    expect(newest).toMatchObject({ seq: 11, action: 'audit-chain-broken' });
    expect(await log.verify()).toMatchObject({ intact: false, fault: { line: 8 } });
  });

  it('shows a log that was removed', async () => {
    await written();
    await unlink(path());
    expect((await openLog()).verdict).toMatchObject({ intact: false, entries: 0 });
  });

  it('shows tampering while it runs', async () => {
    const log = await written();
    await changeLines((lines) => lines.toSpliced(2, 1));
    expect(await log.verify()).toMatchObject({ intact: false, fault: { line: 3 } });
    expect(log.verdict.intact).toBe(false);
  });

  it('shows tampering in a file that is full', async () => {
    const log = await written(600);
    const [first = ''] = (await readdir(directory)).filter((name) => /audit-\d/.test(name)).sort();
    expect((await log.verify()).intact).toBe(true);
    await changeLines((lines) => lines.with(0, lines[0]?.replace('i1', 'i7') ?? ''), first);
    expect(await log.verify()).toMatchObject({ intact: false, fault: { file: first, line: 2 } });
  });

  it('removes the half of a line that a crash left, and says so', async () => {
    await written();
    await appendFile(path(), '{"seq":11,"at":"2026-03-02T00:00:11.000Z","by":"ses');
    const log = await openLog();
    expect(log.verdict.intact).toBe(true);
    const [newest] = await log.read({ limit: 1 });
    expect(newest).toMatchObject({
      seq: 11,
      action: 'audit-torn-line-removed',
      detail: { removedBytes: 51 },
    });
    expect(await log.verify()).toMatchObject({ intact: true, lastSeq: 11 });
  });

  it('loses one line at most to a cut anywhere in the file, and knows of more', async () => {
    await written();
    const bytes = (await stat(path())).size;
    const text = await readFile(path(), 'utf8');
    for (let cut = 0; cut <= bytes; cut += 97) {
      await writeFile(path(), text);
      await truncate(path(), cut);
      const lines = text.slice(0, cut).split('\n').length - 1;
      const log = await openLog();
      expect([cut, log.verdict.intact]).toEqual([cut, lines === 10]);
      await log.append(verdictOf('on'));
    }
  });

  it('goes on with another number when a line was written and the head was not', async () => {
    await written();
    const head = await readFile(path('audit-head.json'), 'utf8');
    await (await openLog()).append(verdictOf('i11'));
    await writeFile(path('audit-head.json'), head);
    expect((await openLog()).verdict).toMatchObject({ intact: true, lastSeq: 11 });
    await writeFile(path('audit-head.json'), '{"seq":');
    const log = await openLog();
    expect(log.verdict).toMatchObject({ intact: true, lastSeq: 11 });
    await log.append(verdictOf('i12'));
    expect(await log.verify()).toMatchObject({ intact: true, lastSeq: 12 });
  });

  it('begins a new file when one is full, keeps the chain, and removes the oldest beyond the bound', async () => {
    const log = await openLog(700, 3);
    for (let n = 1; n <= 40; n += 1) await log.append(verdictOf(`i${n}`));
    const files = (await readdir(directory)).filter((name) => name.startsWith('audit-0'));
    expect(files).toHaveLength(3);
    const verdict = await log.verify();
    expect(verdict).toMatchObject({ intact: true, lastSeq: 40 });
    expect(verdict.firstSeq).toBeGreaterThan(1);
    expect((await openLog(700, 3)).verdict).toEqual(verdict);
    expect(await log.read({ limit: 1000 })).toHaveLength(verdict.entries);
  });

  it('goes on after a crash between the full file and the new one', async () => {
    await written();
    await rename(path(), path('audit-000000000001.ndjson'));
    const log = await openLog();
    expect(log.verdict).toMatchObject({ intact: true, lastSeq: 10 });
    await log.append(verdictOf('i11'));
    expect(await log.verify()).toMatchObject({ intact: true, entries: 11, lastSeq: 11 });
  });

  it('takes entries that another program added, such as the command line, into its chain', async () => {
    const [first, second] = [await openLog(), await openLog()];
    for (let n = 0; n < 5; n += 1) {
      await first.append(verdictOf(`a${n}`));
      await second.append(verdictOf(`b${n}`));
    }
    expect(await first.verify()).toMatchObject({ intact: true, entries: 10, lastSeq: 10 });
  });

  it('is read by time, user, action and page', async () => {
    const log = await written(900);
    await log.append({ by: 'session', who: 'minh', action: 'camera-changed', target: 'north' });
    const targets = async (query: object) =>
      (await log.read({ limit: 100, ...query })).map(({ target }) => target);
    expect(await targets({ who: 'minh' })).toEqual(['north']);
    expect(await targets({ action: 'incident-confirmed', limit: 2 })).toEqual(['i10', 'i9']);
    expect(await targets({ before: 3 })).toEqual(['i2', 'i1']);
    const fromMs = Date.parse('2026-03-02T00:00:03Z');
    expect(await targets({ fromMs, toMs: fromMs + 2000 })).toEqual(['i4', 'i3']);
  });

  it('holds no line break and no second entry, whatever a text contains', async () => {
    const log = await openLog();
    const evil = 'x\n{"seq":2,"by":"system"}\r\n\u2028\0"';
    await log.append({ by: 'session', who: evil, action: 'note', target: evil, detail: { note: evil } });
    expect((await readFile(path(), 'utf8')).split('\n')).toHaveLength(2);
    expect(await log.verify()).toMatchObject({ intact: true, entries: 1 });
    expect(await log.read({ limit: 10 })).toMatchObject([{ detail: { note: evil } }]);
  });

  it('keeps the size and hash of too much detail', async () => {
    const log = await openLog();
    await log.append({ by: 'system', action: 'camera-changed', detail: { yaml: 'x'.repeat(100_000) } });
    expect((await log.read({ limit: 1 }))[0]?.detail).toEqual({
      tooLarge: true,
      bytes: 100_011,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('refuses an entry that it cannot write, and goes on later', async () => {
    const log = await written();
    await rename(directory, `${directory}-away`);
    await expect(log.append(verdictOf('i11'))).rejects.toMatchObject({
      name: 'AccountsError',
      retryable: true,
    });
    await rename(`${directory}-away`, directory);
    await log.append(verdictOf('i11'));
    expect(await log.verify()).toMatchObject({ intact: true, lastSeq: 11 });
  });
});
