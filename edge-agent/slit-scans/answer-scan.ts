// What the box has of a line and a time, as the reply to the centre: pieces with the passages that belong to them, as many as fit.

import {
  MAX_SLIT_SCAN_BASE64,
  type ResultOf,
  type SlitScanMark,
  type SlitScanPiece,
} from '../../contract/index.ts';
import type { ScannedLine, SlitScanRecorder } from './recorder.ts';
import type { ScanPiece } from './scan-record.ts';
import type { ScanStore } from './scan-store.ts';
import { stripJpeg } from './strip-jpeg.ts';

export type ScanQuestion = {
  readonly camera: string;
  readonly line: ScannedLine;
  readonly fromMs: number;
  readonly toMs: number;
  readonly columns: number;
  readonly store: ScanStore;
  readonly recorder: SlitScanRecorder;
  /** UTC, ms. */
  readonly nowMs: number;
};

/** So long after its last frame a piece stays as it is: passages are certain by then, ms. */
const FINAL_AFTER_MS = 10_000;

/** A passage may be so far from the nearest frame: its moment is reckoned for who is hidden or appears on the line, ms. */
const BESIDE_MS = 1500;

type Candidate = {
  readonly piece: ScanPiece;
  readonly isWritten: boolean;
  readonly jpeg: () => Promise<Buffer>;
};

/** Rejects with a SlitScanError when the disk cannot be read. */
export async function answerScan(question: ScanQuestion): Promise<ResultOf<'slit-scan'>> {
  const { camera, fromMs, toMs, columns, store, recorder, nowMs } = question;
  const { line, directions, lanes } = question.line;
  // What is being written while the disk is read may be in both; it would be in none the other way round.
  const own = recorder.own(line);
  const records = await store.find(camera, line, fromMs, toMs);
  const held = await store.held(camera, line);
  const written = records.flatMap((record): Candidate[] => {
    const { piece } = record.header;
    return piece === undefined ? [] : [{ piece, isWritten: true, jpeg: () => store.picture(record) }];
  });
  const known = new Set(written.map(({ piece }) => piece.fromMs));
  const unwritten = own.pieces.flatMap(({ header: { piece }, view }): Candidate[] =>
    piece === undefined || view === undefined || known.has(piece.fromMs)
      ? []
      : [{ piece, isWritten: false, jpeg: () => stripJpeg(view) }],
  );
  const all = [...written, ...unwritten].sort((a, b) => a.piece.fromMs - b.piece.fromMs);
  const marks = marksByPiece(
    all.map(({ piece }) => piece),
    [...records, ...own.pieces].flatMap(({ header }) => header.marks).concat(own.marks),
  );
  const pieces: SlitScanPiece[] = [];
  let nextMs: number | null = null;
  let base64 = 0;
  for (const { piece, isWritten, jpeg } of all) {
    if (!hasFrameIn(piece, fromMs, toMs)) continue;
    const picture = (await jpeg()).toString('base64');
    base64 += picture.length;
    if (pieces.length > 0 && base64 > MAX_SLIT_SCAN_BASE64) {
      nextMs = piece.fromMs;
      break;
    }
    pieces.push({
      ...piece,
      jpeg: picture,
      marks: marks.get(piece) ?? [],
      final: isWritten && nowMs - piece.toMs > FINAL_AFTER_MS,
    });
  }
  const ownPieces = unwritten.map(({ piece }) => piece);
  return {
    name: 'slit-scan',
    camera,
    line,
    columns,
    directions,
    lanes: lanes.map(({ lane, until, direction }) => ({
      lane,
      until: Math.max(0, Math.min(1, until)),
      ...(direction === undefined ? {} : { direction }),
    })),
    pieces,
    nextMs,
    oldestMs: held?.oldestMs ?? ownPieces[0]?.fromMs ?? null,
    newestMs: ownPieces.at(-1)?.toMs ?? held?.newestMs ?? null,
  };
}

function hasFrameIn({ fromMs, frames }: ScanPiece, sinceMs: number, untilMs: number): boolean {
  return frames.some((offsetMs) => fromMs + offsetMs >= sinceMs && fromMs + offsetMs < untilMs);
}

/** Each passage goes to the piece that is nearest in time, once; to none when it is too far. */
export function marksByPiece(
  pieces: readonly ScanPiece[],
  marks: readonly SlitScanMark[],
): ReadonlyMap<ScanPiece, SlitScanMark[]> {
  const byPiece = new Map<ScanPiece, SlitScanMark[]>();
  const seen = new Set<string>();
  for (const mark of marks.toSorted((a, b) => a.atMs - b.atMs)) {
    const key = `${mark.atMs} ${mark.track} ${mark.direction}`;
    if (seen.has(key)) continue;
    seen.add(key);
    let nearest: ScanPiece | undefined;
    let leastMs = BESIDE_MS;
    for (const piece of pieces) {
      const besideMs = Math.max(piece.fromMs - mark.atMs, mark.atMs - piece.toMs, 0);
      if (besideMs > leastMs || (besideMs === leastMs && nearest !== undefined)) continue;
      nearest = piece;
      leastMs = besideMs;
    }
    if (nearest !== undefined) byPiece.set(nearest, [...(byPiece.get(nearest) ?? []), mark]);
  }
  return byPiece;
}
