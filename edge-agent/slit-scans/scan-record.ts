// One record of a file of slit scans: a piece of a line's slit scan, and passages that became certain since the record before.
// Checksums tell a whole record from one that a power cut tore.

import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { epochMsSchema, slitScanMarkSchema, slugSchema } from '../../contract/index.ts';

/**
 * ```
 *   0   "NSS1"
 *   4   length of the header, bytes      ┐
 *   8   length of the picture, bytes     │ unsigned, 32 bit,
 *  12   CRC-32 of the header             │ little-endian
 *  16   CRC-32 of the picture            ┘
 *  20   header: JSON, UTF-8
 *   …   picture: JPEG; empty for a record of passages alone
 * ```
 */
export const PREAMBLE_BYTES = 20;
const MAGIC = 'NSS1';

/** Longer headers are none: 10,000 frames and 5,000 passages are less. */
export const MAX_HEADER_BYTES = 2 * 1024 * 1024;
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;

export const scanHeaderSchema = z.object({
  line: slugSchema,
  /** Of the piece. */
  piece: z
    .object({
      fromMs: epochMsSchema,
      toMs: epochMsSchema,
      width: z.int().positive(),
      height: z.int().positive(),
      /** Moment of each block, ms since `fromMs`. */
      frames: z.array(z.int().min(0)).min(1),
    })
    .optional(),
  /** Also of the time before the piece: a passage is certain some seconds late. */
  marks: z.array(slitScanMarkSchema),
});
export type ScanHeader = z.infer<typeof scanHeaderSchema>;
export type ScanPiece = NonNullable<ScanHeader['piece']>;

/** A piece has a picture; passages alone have none. */
export type ScanRecord = { readonly header: ScanHeader; readonly jpeg: Buffer };

export function encodeRecord({ header, jpeg }: ScanRecord): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  preamble.write(MAGIC, 0, 'latin1');
  preamble.writeUInt32LE(text.length, 4);
  preamble.writeUInt32LE(jpeg.length, 8);
  preamble.writeUInt32LE(crc32(text), 12);
  preamble.writeUInt32LE(crc32(jpeg), 16);
  return Buffer.concat([preamble, text, jpeg]);
}

export type Preamble = {
  readonly headerBytes: number;
  readonly pictureBytes: number;
  readonly headerCrc: number;
  readonly pictureCrc: number;
};

/** Undefined for anything else. */
export function parsePreamble(bytes: Buffer): Preamble | undefined {
  if (bytes.length < PREAMBLE_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC) return undefined;
  const headerBytes = bytes.readUInt32LE(4);
  const pictureBytes = bytes.readUInt32LE(8);
  if (headerBytes > MAX_HEADER_BYTES || pictureBytes > MAX_PICTURE_BYTES) return undefined;
  return {
    headerBytes,
    pictureBytes,
    headerCrc: bytes.readUInt32LE(12),
    pictureCrc: bytes.readUInt32LE(16),
  };
}

/** Undefined for a header that is torn, or of another version. */
export function parseHeader(bytes: Buffer, crc: number): ScanHeader | undefined {
  if (crc32(bytes) !== crc) return undefined;
  try {
    return scanHeaderSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}
