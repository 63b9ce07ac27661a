// How events lie in the stream's log: many together under one key, which says what is in it without reading it.

import type { StreamKind } from '../api/schemas/stream.ts';
import { StreamEntry } from './stream-entry.ts';

/** A piece of the log, `[first, last]` by id. */
export type Piece = { readonly first: number; readonly last: number; readonly bytes: number };

export const PIECE_PREFIX = 'e!';
/** Of the digits of an id: µs since 1970 have 16 from 2001 to 2286, so that keys sort as numbers. */
const ID_DIGITS = 16;

/** About what LevelDB likes in one value, and what is read at once for a client that resumes. */
const PIECE_BYTES = 128 * 1024;

export type EncodedPiece = Piece & { readonly key: string; readonly value: string };

/** Ids of the entries rise by one within a piece. */
export function encodePieces(entries: readonly StreamEntry[]): EncodedPiece[] {
  const pieces: EncodedPiece[] = [];
  let lines: string[] = [];
  let first: number | undefined;
  let bytes = 0;
  let before = 0;
  const close = () => {
    if (first === undefined) return;
    const key = `${PIECE_PREFIX}${text(first)}!${text(before)}!${bytes}`;
    pieces.push({ first, last: before, bytes, key, value: lines.join('\n') });
    lines = [];
    bytes = 0;
    first = undefined;
  };
  for (const entry of entries) {
    if (entry.id === undefined) continue;
    if (first !== undefined && (bytes >= PIECE_BYTES || entry.id !== before + 1)) close();
    first ??= entry.id;
    before = entry.id;
    const line = `${entry.kind}\t${entry.box ?? ''}\t${entry.camera ?? ''}\t${entry.severity ?? ''}\t${entry.text}`;
    lines.push(line);
    bytes += line.length + 1;
  }
  close();
  return pieces;
}

/** Undefined for a key that is none of ours. */
export function decodeKey(key: string): Piece | undefined {
  const parts = /^e!(\d{16})!(\d{16})!(\d+)$/.exec(key);
  if (parts === null) return undefined;
  return { first: Number(parts[1]), last: Number(parts[2]), bytes: Number(parts[3]) };
}

export function keyOf({ first, last, bytes }: Piece): string {
  return `${PIECE_PREFIX}${text(first)}!${text(last)}!${bytes}`;
}

export function decodePiece({ first }: Piece, value: string): StreamEntry[] {
  return value.split('\n').map((line, at) => {
    const [a, b, c, d] = tabsOf(line);
    const severity = line.slice(c + 1, d);
    return new StreamEntry(
      first + at,
      {
        kind: line.slice(0, a) as StreamKind,
        box: line.slice(a + 1, b) || undefined,
        camera: line.slice(b + 1, c) || undefined,
        severity: severity === '' ? undefined : Number(severity),
      },
      line.slice(d + 1),
    );
  });
}

function tabsOf(line: string): [number, number, number, number] {
  const a = line.indexOf('\t');
  const b = line.indexOf('\t', a + 1);
  const c = line.indexOf('\t', b + 1);
  return [a, b, c, line.indexOf('\t', c + 1)];
}

function text(id: number): string {
  return String(id).padStart(ID_DIGITS, '0');
}
