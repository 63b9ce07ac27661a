import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mendWalCommand } from '../../cli/mend-wal.ts';

let directory: string;
let said: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-mend-'));
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true, force: true });
});

const mend = () => mendWalCommand().parseAsync([directory], { from: 'user' });

describe('ngatu mend-wal', () => {
  it('says what it mended and where the file is as it was', async () => {
    const file = join(directory, '_00001.wal');
    const record = Buffer.from([1, 0, 0, 0, 2, 7, 7]);
    await writeFile(file, Buffer.concat([record, Buffer.from([1, 0, 0])]));
    await mend();
    expect(said).toContain(
      `mended ${file}: gaps of 0 bytes taken out, 3 bytes of an unfinished record cut off`,
    );
    expect(said).toMatch(/as it was: .+\.damaged-\d+$/m);
    expect(await readFile(file)).toEqual(record);
  });

  it('says so when there is nothing to mend', async () => {
    await mend();
    expect(said).toBe('nothing to mend\n');
  });
});
