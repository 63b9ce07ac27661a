// A file of slit scans: records one after another, as one camera made them in one hour. What follows the last whole record is
// what a power cut left; it is never read, and cut off before anything is written behind it.

import { constants, type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { PREAMBLE_BYTES, type Preamble, parseKey, parsePreamble, type ScanKey } from './scan-record.ts';
import { SlitScanError } from './slit-scan-error.ts';

/** A record in its file, without its picture. */
export type FiledRecord = {
  readonly key: ScanKey;
  /** For parseHeader(). */
  readonly header: Buffer;
  readonly path: string;
  /** Where its picture begins. */
  readonly at: number;
  readonly bytes: number;
  readonly crc: number;
};

export type FileContent = {
  readonly records: readonly FiledRecord[];
  /** Where the last whole record ends. */
  readonly end: number;
};

/** Headers are mostly shorter: one read for each record. */
const READ_BYTES = 8192;

/**
 * The records of a file in their order, up to the first that is not whole; none for a file that is not there.
 *
 * @param checksPictures whether their checksums count too; else pictures are taken to be whole
 * Rejects with the error of the file system.
 */
export async function readScanFile(path: string, checksPictures = false): Promise<FileContent> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (file === undefined) return { records: [], end: 0 };
  try {
    const { size } = await file.stat();
    const records: FiledRecord[] = [];
    let end = 0;
    for (;;) {
      const record = await recordAt(file, end, size, path);
      if (record === undefined) break;
      if (checksPictures && !(await isWhole(file, record))) break;
      records.push(record);
      end = record.at + record.bytes;
    }
    return { records, end };
  } finally {
    await file.close();
  }
}

/** Rejects with a SlitScanError when it is gone or damaged. */
export async function readPicture({ path, at, bytes, crc }: FiledRecord): Promise<Buffer> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new SlitScanError('this slit scan is not kept any more', { cause });
  });
  try {
    const jpeg = await readBytes(file, at, bytes);
    if (jpeg.length === bytes && crc32(jpeg) === crc) return jpeg;
  } finally {
    await file.close();
  }
  throw new SlitScanError(`a slit scan in ${path} is damaged: its checksum differs`);
}

/**
 * Writes at `end`, over whatever is there, and lets the file end behind it. Resolves with the new end when it is on disk.
 * Rejects with the error of the file system; the file is as good as before then.
 */
export async function writeScanFile(path: string, data: Buffer, end: number): Promise<number> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    await file.truncate(end);
    let written = 0;
    while (written < data.length) {
      const { bytesWritten } = await file.write(data, written, data.length - written, end + written);
      written += bytesWritten;
    }
    await file.datasync();
    return end + data.length;
  } finally {
    await file.close();
  }
}

async function recordAt(
  file: FileHandle,
  at: number,
  size: number,
  path: string,
): Promise<FiledRecord | undefined> {
  const start = await readBytes(file, at, READ_BYTES);
  const preamble = parsePreamble(start);
  if (preamble === undefined || endOf(at, preamble) > size) return undefined;
  const { headerBytes, pictureBytes, headerCrc, pictureCrc } = preamble;
  const headerAt = at + PREAMBLE_BYTES;
  const header =
    start.length >= PREAMBLE_BYTES + headerBytes
      ? start.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + headerBytes)
      : await readBytes(file, headerAt, headerBytes);
  const key = crc32(header) === headerCrc ? parseKey(header) : undefined;
  return key && { key, header, path, at: headerAt + headerBytes, bytes: pictureBytes, crc: pictureCrc };
}

function endOf(at: number, { headerBytes, pictureBytes }: Preamble): number {
  return at + PREAMBLE_BYTES + headerBytes + pictureBytes;
}

async function isWhole(file: FileHandle, { at, bytes, crc }: FiledRecord): Promise<boolean> {
  const picture = await readBytes(file, at, bytes);
  return picture.length === bytes && crc32(picture) === crc;
}

/** Fewer at the end of the file. */
async function readBytes(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
