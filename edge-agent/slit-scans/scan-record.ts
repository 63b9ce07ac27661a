// One record of a file of slit scans: a piece of a line's slit scan, and passages that became certain since the record before.
// Checksums tell a whole record from one that a power cut tore.

import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { epochMsSchema, type SlitScanMark, slitScanMarkSchema, slugSchema } from '../../contract/index.ts';

/**
 * ```
 *   0   "NSS1"
 *   4   length of the header, bytes      ┐
 *   8   length of the picture, bytes     │ unsigned, 32 bit,
 *  12   CRC-32 of the header             │ little-endian
 *  16   CRC-32 of the picture            ┘
 *  20   header: two lines of JSON, UTF-8
 *   …   picture: JPEG; empty for a record of passages alone
 * ```
 */
export const PREAMBLE_BYTES = 20;
const MAGIC = 'NSS1';

/** Longer headers are none: 10,000 frames and 5,000 passages are less. */
export const MAX_HEADER_BYTES = 2 * 1024 * 1024;
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;

const spanSchema = z.object({ fromMs: epochMsSchema, toMs: epochMsSchema });

/** First line of a header: enough to go past a record that nobody asked for. */
const scanKeySchema = z.object({ line: slugSchema, span: spanSchema.optional() });
export type ScanKey = z.infer<typeof scanKeySchema>;

/** Second line. */
const scanBodySchema = z.object({
  blocks: z
    .object({
      width: z.int().positive(),
      height: z.int().positive(),
      /** Moment of each block, ms since `fromMs`. */
      frames: z.array(z.int().min(0)).min(1),
    })
    .optional(),
  marks: z.array(slitScanMarkSchema),
});

export type ScanPiece = z.infer<typeof spanSchema> & NonNullable<z.infer<typeof scanBodySchema>['blocks']>;

export type ScanHeader = {
  readonly line: string;
  /** Absent in a record of passages alone. */
  readonly piece?: ScanPiece | undefined;
  /** Also of the time before the piece: a passage is certain some seconds late. */
  readonly marks: readonly SlitScanMark[];
};

/** A piece has a picture; passages alone have none. */
export type ScanRecord = { readonly header: ScanHeader; readonly jpeg: Buffer };

export function encodeRecord({ header, jpeg }: ScanRecord): Buffer {
  const text = Buffer.from(textOf(header));
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

/** Undefined for one of another version. */
export function parseKey(header: Buffer): ScanKey | undefined {
  const end = header.indexOf('\n');
  return end < 0 ? undefined : scanKeySchema.safeParse(jsonOf(header.subarray(0, end))).data;
}

/** Undefined for one of another version. */
export function parseHeader(header: Buffer): ScanHeader | undefined {
  const key = parseKey(header);
  const { data: body } = scanBodySchema.safeParse(jsonOf(header.subarray(header.indexOf('\n') + 1)));
  if (key === undefined || body === undefined) return undefined;
  const { line, span } = key;
  const { blocks, marks } = body;
  return { line, marks, ...(span && blocks && { piece: { ...span, ...blocks } }) };
}

function textOf({ line, piece, marks }: ScanHeader): string {
  if (piece === undefined) return `${JSON.stringify({ line })}\n${JSON.stringify({ marks })}`;
  const { fromMs, toMs, ...blocks } = piece;
  return `${JSON.stringify({ line, span: { fromMs, toMs } })}\n${JSON.stringify({ blocks, marks })}`;
}

function jsonOf(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
