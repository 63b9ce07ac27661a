import { chmod, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Quarantine,
  QuarantineError,
  type QuarantineItem,
} from '../../../central-collector/ingest/quarantine.ts';
import {
  QuarantineFileError,
  readQuarantined,
  refusedEvents,
} from '../../../central-collector/ingest/quarantine-file.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-quarantine-'));
});

afterEach(async () => {
  await chmod(directory, 0o755);
  await rm(directory, { recursive: true, force: true });
});

function item(text: string, receivedAtMs = 1000): QuarantineItem {
  return {
    topic: 'ngatu/v1/s/a/events',
    payload: Buffer.from(text),
    receivedAtMs,
    reason: 'not-json',
    detail: 'because',
  };
}

async function open(maxBytes = 1e6, maxFiles = 100): Promise<Quarantine> {
  const quarantine = new Quarantine({ directory, maxBytes, maxFiles });
  await quarantine.open();
  return quarantine;
}

describe('the quarantine', () => {
  it('gives back the original bytes with topic, time and reason', async () => {
    const quarantine = await open();
    const bytes = Buffer.from([0, 255, 10, 34]);
    await quarantine.add({ ...item(''), payload: bytes });
    const [file = ''] = await readdir(directory);
    expect(await readQuarantined(join(directory, file))).toEqual({ ...item(''), payload: bytes });
  });

  it('keeps a message that is sent again and again once, also over restarts', async () => {
    const quarantine = await open();
    await quarantine.add(item('x', 1));
    await quarantine.add(item('x', 2));
    const again = await open();
    await again.add(item('x', 3));
    expect(await readdir(directory)).toHaveLength(1);
    expect([quarantine.counts.repeated, again.counts.repeated]).toEqual([1, 1]);
  });

  it('keeps within its bytes and files: the oldest go first and are counted', async () => {
    const quarantine = await open(1e6, 3);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text, at) => quarantine.add(item(text, at))));
    expect(quarantine.counts).toMatchObject({ added: 5, evicted: 2 });
    const kept = await Promise.all(
      (await readdir(directory)).sort().map((file) => readQuarantined(join(directory, file))),
    );
    expect(kept.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['c', 'd', 'e']);
    const small = await open(quarantine.bytes - 1, 3);
    await small.add(item('f', 9));
    expect(small.bytes).toBeLessThan(quarantine.bytes);
    expect((await readdir(directory)).length).toBe(small.files);
  });

  it('clears away what a crash left half written', async () => {
    await writeFile(join(directory, `${'0'.repeat(15)}-${'a'.repeat(32)}.json.part`), '{');
    const quarantine = await open();
    expect(quarantine.files).toBe(0);
    expect(await readdir(directory)).toHaveLength(0);
  });

  it('says what to do when the folder cannot be used', async () => {
    await rm(directory, { recursive: true });
    await writeFile(directory, 'a file where the folder should be');
    const opening = new Quarantine({ directory, maxBytes: 1 }).open();
    await expect(opening).rejects.toThrow(QuarantineError);
    await expect(opening).rejects.toThrow(/make room or rights there/);
  });

  it('counts a batch under each reason for which events of it were refused', async () => {
    const quarantine = await open();
    const { topic, payload, receivedAtMs } = item('batch');
    const events = (['unknown-type', 'invalid-event', 'unknown-type'] as const).map((reason, position) => ({
      position,
      reason,
      detail: reason,
    }));
    await quarantine.add(refusedEvents({ topic, payload, receivedAtMs }, events));
    expect(quarantine.counts.byReason).toEqual({ 'unknown-type': 1, 'invalid-event': 1 });
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -20), /is cut off/],
    ['no JSON', () => 'hello\n', /is damaged/],
    ['something else', () => '{"topic":1}\n', /is no message in quarantine: topic/],
    [
      'a message with another payload',
      (text: string) => text.replace('eA==', 'eQ=='),
      /does not fit its name/,
    ],
    ['empty', () => '', /is cut off/],
  ])('tells of a file that is %s', async (_, damage, words) => {
    const quarantine = await open();
    await quarantine.add(item('x'));
    const path = join(directory, (await readdir(directory))[0] ?? '');
    await writeFile(path, damage(await readFile(path, 'utf8')));
    await expect(readQuarantined(path)).rejects.toThrow(QuarantineFileError);
    await expect(readQuarantined(path)).rejects.toThrow(words);
  });
});

describe('a quarantine from which somebody takes files away', () => {
  async function takeAway(nth: number): Promise<void> {
    await unlink(join(directory, (await readdir(directory)).sort()[nth] ?? ''));
  }

  it('keeps a message that comes again', async () => {
    const quarantine = await open();
    await quarantine.add(item('x', 1));
    await takeAway(0);
    await quarantine.add(item('x', 2));
    expect(await readdir(directory)).toHaveLength(1);
    expect(quarantine.counts).toMatchObject({ added: 2, repeated: 0 });
    expect(quarantine.files).toBe(1);
  });

  it('notices how much room there is', async () => {
    const quarantine = await open();
    for (const text of ['a', 'b', 'c']) await quarantine.add(item(text, text.charCodeAt(0)));
    const { bytes } = quarantine;
    await takeAway(0);
    await takeAway(0);
    await quarantine.refresh();
    expect([quarantine.files, quarantine.bytes]).toEqual([1, bytes / 3]);
    await takeAway(0);
    await quarantine.refresh();
    expect([quarantine.files, quarantine.bytes]).toEqual([0, 0]);
  });

  it('notices what somebody put there', async () => {
    const quarantine = await open();
    const other = await open();
    await other.add(item('a'));
    await quarantine.refresh();
    await quarantine.add(item('a'));
    expect(quarantine.counts.repeated).toBe(1);
    expect(quarantine.bytes).toBe(other.bytes);
  });

  it('does not count what was gone already as evicted', async () => {
    const quarantine = await open(1e6, 2);
    await quarantine.add(item('a', 1));
    await quarantine.add(item('b', 2));
    await takeAway(0);
    await quarantine.add(item('c', 3));
    expect(quarantine.counts.evicted).toBe(0);
    expect(await readdir(directory)).toHaveLength(2);
  });

  it('goes on when the folder itself is gone for a while', async () => {
    const quarantine = await open();
    await quarantine.add(item('a'));
    await rm(directory, { recursive: true });
    await quarantine.refresh();
    await expect(quarantine.add(item('b'))).rejects.toThrow(QuarantineError);
    await open();
    await quarantine.add(item('b'));
    await quarantine.refresh();
    expect(quarantine.files).toBe(1);
  });
});
