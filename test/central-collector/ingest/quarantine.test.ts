import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Quarantine,
  QuarantineError,
  type QuarantineItem,
  readQuarantined,
} from '../../../central-collector/ingest/quarantine.ts';

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
    expect(kept.map(({ payload }) => payload.toString())).toEqual(['c', 'd', 'e']);
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
});
