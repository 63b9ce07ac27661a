// An answer of the centre as the page works with it: moments in ms, passages with what can be seen of them.

import type { SlitScanAnswer } from '../../../../api/schemas/slit-scan.ts';
import type { RoadUser } from '../../api/types.ts';
import type { CountedPassage } from './audit.ts';
import { recordedSpans, type ScanPiece, type Span } from './strips.ts';

export type ShownPassage = CountedPassage & {
  readonly lane: string | null;
  readonly speedKmh: number | null;
  readonly along: number | null;
  readonly stored: boolean | null;
  /** Whether the scan shows its moment: what it does not show, nobody can check. */
  readonly isSeen: boolean;
};

export type Scan = Span & {
  readonly camera: string;
  readonly line: string;
  readonly pieces: readonly ScanPiece[];
  readonly passages: readonly ShownPassage[];
  readonly directions: SlitScanAnswer['directions'];
  readonly lanes: SlitScanAnswer['lanes'];
  readonly held: Span | null;
  readonly problem: string | null;
};

/** Passages are told to the ms, frames some ms apart: a mark just before the first frame belongs to it. */
const NEAR_MS = 150;

export function scanOf(answer: SlitScanAnswer): Scan {
  const pieces = answer.pieces.map(({ from, ...piece }) => ({ ...piece, fromMs: Date.parse(from) }));
  const spans = recordedSpans(pieces);
  const isSeen = (atMs: number) =>
    spans.some(({ fromMs, toMs }) => atMs >= fromMs - NEAR_MS && atMs < toMs + NEAR_MS);
  const { camera, line, directions, lanes, held, problem } = answer;
  return {
    ...{ camera, line, directions, lanes, problem, pieces },
    fromMs: Date.parse(answer.from),
    toMs: Date.parse(answer.to),
    held: held === null ? null : { fromMs: Date.parse(held.from), toMs: Date.parse(held.to) },
    passages: answer.passages.map(({ at, ...passage }) => {
      const atMs = Date.parse(at);
      return { ...passage, atMs, isSeen: isSeen(atMs) };
    }),
  };
}

/** The class that is met most often: what a missed one most likely is. */
export function usualRoadUser(passages: readonly ShownPassage[]): RoadUser {
  const counts = new Map<RoadUser, number>();
  for (const { roadUser } of passages) counts.set(roadUser, (counts.get(roadUser) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 'motorcycle';
}
