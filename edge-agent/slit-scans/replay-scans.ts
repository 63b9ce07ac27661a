// The slit scans of a replay: sheets to count on, one for each line and minute, and a table of the passages on them.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlitScanMark } from '../../contract/index.ts';
import { drawSheet } from './audit-sheet.ts';
import type { ScannedLine } from './recorder.ts';
import type { ScanPiece, ScanRecord } from './scan-record.ts';

const MINUTE_MS = 60_000;

type Collected = {
  readonly pieces: { readonly piece: ScanPiece; readonly jpeg: Buffer }[];
  readonly marks: SlitScanMark[];
};

export class ReplayScans {
  readonly #byLine = new Map<string, Collected>();

  /** As ScanStore.append, in memory: a replay ends. */
  async append(_camera: string, records: readonly ScanRecord[]): Promise<void> {
    for (const { header, jpeg } of records) {
      const { line, piece, marks } = header;
      const collected = this.#byLine.get(line) ?? { pieces: [], marks: [] };
      this.#byLine.set(line, collected);
      if (piece !== undefined) collected.pieces.push({ piece, jpeg });
      collected.marks.push(...marks);
    }
  }

  /**
   * Writes `LINE-MINUTE.png` and `LINE.csv` into a folder, made if missing. Resolves with the number of sheets; rejects with the
   * error of the file system.
   *
   * @param zeroMs UTC of the first frame
   */
  async write(directory: string, lines: readonly ScannedLine[], zeroMs: number): Promise<number> {
    await mkdir(directory, { recursive: true });
    let sheets = 0;
    for (const { line, directions } of lines) {
      const { pieces, marks } = this.#byLine.get(line) ?? { pieces: [], marks: [] };
      marks.sort((a, b) => a.atMs - b.atMs);
      await writeFile(join(directory, `${line}.csv`), tableOf(marks, zeroMs));
      for (const minute of new Set(pieces.map(({ piece }) => minuteOf(piece.fromMs)))) {
        const fromMs = minute * MINUTE_MS;
        const number = minute - minuteOf(zeroMs);
        const sheet = await drawSheet({
          title: `line ${line}: its start above, its end below; minute ${number}`,
          fromMs,
          zeroMs,
          pieces: pieces.filter(({ piece }) => minuteOf(piece.fromMs) === minute),
          marks: marks.filter(({ atMs }) => minuteOf(atMs) === minute),
          directions,
        });
        await writeFile(join(directory, `${line}-${String(number).padStart(3, '0')}.png`), sheet);
        sheets += 1;
      }
    }
    return sheets;
  }
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS);
}

/** For a sheet of the hand count beside it: seconds from the first frame, as the ruler has them. */
function tableOf(marks: readonly SlitScanMark[], zeroMs: number): string {
  const rows = marks.map(({ atMs, direction, lane = '', roadUser, track, along }) =>
    [((atMs - zeroMs) / 1000).toFixed(2), direction, lane, roadUser, track, along].join(','),
  );
  return `${['at_s,direction,lane,class,track,along', ...rows].join('\n')}\n`;
}
