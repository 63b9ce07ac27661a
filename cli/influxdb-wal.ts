// Mends the write-ahead log of a stopped InfluxDB 1.x. One that could not write a record to its end (full disk, power
// cut, kill -9) truncates its log on the next start and goes on writing behind the place where the file had ended. The
// gap of zeros in between makes the start after that drop all that was written since, although it was confirmed
// (influxdata/influxdb issue 9657). Mended before each start, the log has no such gap, and an old one is closed.

import { chown, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type MendedFile = {
  readonly file: string;
  /** Zeros that were taken out between records; the records behind them are saved. */
  readonly gapBytes: number;
  /** End of the file that is no whole record, cut off; it was never confirmed. */
  readonly tornBytes: number;
  /** Copy of the file as it was. */
  readonly kept: string;
};

/** Type, one byte: write, delete, delete range; then the length of what follows, four bytes, high byte first. */
const HEADER_BYTES = 5;
const LAST_TYPE = 3;

/** Mends every `_NNNNN.wal` below the directory; gives those that needed it. InfluxDB must not run. */
export async function mendWal(directory: string): Promise<MendedFile[]> {
  const names = await readdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    // A database that was never started has no log.
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const mended: MendedFile[] = [];
  for (const name of names.filter((path) => /(^|\/)_\d+\.wal$/.test(path)).sort()) {
    const file = await mendFile(join(directory, name));
    if (file) mended.push(file);
  }
  return mended;
}

async function mendFile(file: string): Promise<MendedFile | undefined> {
  const bytes = await readFile(file);
  const { records, gapBytes, tornBytes } = readRecords(bytes);
  if (gapBytes === 0 && tornBytes === 0) return undefined;
  // Not named `.wal`: InfluxDB would read it.
  const kept = `${file}.damaged-${Date.now()}`;
  const fresh = `${file}.mended`;
  const { mode, uid, gid } = await stat(file);
  for (const [path, content] of [
    [kept, bytes],
    [fresh, Buffer.concat(records)],
  ] as const) {
    await writeFile(path, content, { mode });
    // Whoever runs this, InfluxDB must be able to go on writing.
    await chown(path, uid, gid);
    await sync(path);
  }
  await rename(fresh, file);
  await sync(dirname(file));
  return { file, gapBytes, tornBytes, kept };
}

function readRecords(bytes: Buffer): { records: Buffer[]; gapBytes: number; tornBytes: number } {
  const records: Buffer[] = [];
  let gapBytes = 0;
  let at = 0;
  while (at < bytes.length) {
    const end = recordEnd(bytes, at);
    if (end !== undefined) {
      records.push(bytes.subarray(at, end));
      at = end;
      continue;
    }
    const next = bytes.findIndex((byte, index) => index >= at && byte !== 0);
    // Zeros with whole records behind them are a gap; anything else is a record that was cut short.
    if (next <= at || recordEnd(bytes, next) === undefined) break;
    gapBytes += next - at;
    at = next;
  }
  return { records, gapBytes, tornBytes: bytes.length - at };
}

/** Where the record that begins here ends; undefined if none does. */
function recordEnd(bytes: Buffer, at: number): number | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const type = bytes.readUInt8(at);
  const length = bytes.readUInt32BE(at + 1);
  const end = at + HEADER_BYTES + length;
  return type >= 1 && type <= LAST_TYPE && length > 0 && end <= bytes.length ? end : undefined;
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
