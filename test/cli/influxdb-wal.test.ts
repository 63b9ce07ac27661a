import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mendWal } from '../../cli/influxdb-wal.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-wal-'));
  await mkdir(join(directory, 'ngatu', 'raw', '1'), { recursive: true });
  file = join(directory, 'ngatu', 'raw', '1', '_00001.wal');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function record(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 0xa5);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

const zeros = (length: number) => Buffer.alloc(length);

describe('mending the log of an InfluxDB that was stopped', () => {
  const whole = Buffer.concat([record(1, 300), record(2, 20), record(3, 7000)]);

  it.each([
    ['whole records', whole],
    ['an empty file', zeros(0)],
  ])('leaves %s as they are', async (_what, bytes) => {
    await writeFile(file, bytes);
    expect(await mendWal(directory)).toEqual([]);
    expect(await readFile(file)).toEqual(bytes);
    expect(await readdir(join(file, '..'))).toHaveLength(1);
  });

  it.each([
    ['a record that was cut short', record(1, 500).subarray(0, 100), 100],
    ['a header that was cut short', record(1, 500).subarray(0, 3), 3],
    ['zeros that no record follows', zeros(40), 40],
    ['something that is no record', Buffer.alloc(9, 0xff), 9],
  ])('cuts off %s at the end', async (_what, tail, tornBytes) => {
    const bytes = Buffer.concat([whole, tail]);
    await writeFile(file, bytes);
    const [mended, ...others] = await mendWal(directory);
    expect(others).toEqual([]);
    expect(mended).toMatchObject({ file, gapBytes: 0, tornBytes });
    expect(await readFile(file)).toEqual(whole);
    // Nothing is thrown away for good.
    expect(await readFile(mended?.kept ?? '')).toEqual(bytes);
  });

  it('takes out the gap that InfluxDB left, and saves the records behind it', async () => {
    await writeFile(file, Buffer.concat([whole, zeros(20), whole, zeros(7), record(1, 9), zeros(3)]));
    expect(await mendWal(directory)).toMatchObject([{ gapBytes: 27, tornBytes: 3 }]);
    expect(await readFile(file)).toEqual(Buffer.concat([whole, whole, record(1, 9)]));
    expect(await mendWal(directory)).toEqual([]);
  });

  it('looks at segments only', async () => {
    await writeFile(`${file}.damaged-1`, 'what an earlier run has kept');
    await writeFile(join(directory, 'notes.wal'), 'none of InfluxDB’s');
    expect(await mendWal(directory)).toEqual([]);
  });

  it('has nothing to do where no InfluxDB has ever run', async () => {
    expect(await mendWal(join(directory, 'missing'))).toEqual([]);
  });
});
