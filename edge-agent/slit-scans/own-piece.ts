// A piece of a slit scan that is not on disk yet.

import type { SlitScanMark } from '../../contract/index.ts';
import type { ScanHeader } from './scan-record.ts';
import type { Strip, StripView } from './strip.ts';

export type OwnPiece = {
  readonly line: string;
  readonly header: ScanHeader;
  /** Undefined for passages alone. */
  readonly view: StripView | undefined;
};

/** What a strip holds by now; frames that come later change nothing of it. */
export function pieceOf(line: string, strip: Strip | undefined, marks: readonly SlitScanMark[]): OwnPiece {
  const view = strip?.view();
  const fromMs = view?.times.at(0);
  const toMs = view?.times.at(-1);
  if (view === undefined || fromMs === undefined || toMs === undefined) {
    return { line, header: { line, marks: [...marks] }, view: undefined };
  }
  const piece = {
    fromMs,
    toMs,
    width: view.times.length * view.columns,
    height: view.height,
    frames: view.times.map((atMs) => atMs - fromMs),
  };
  return { line, header: { line, piece, marks: [...marks] }, view };
}
