// Makes the slit scans of one camera: the pixels along each line of each analysed frame, side by side, in pieces of a minute,
// with the passages that were counted. Counting never waits for it: what fails is told, and that piece is missing.

import type { Logger } from 'pino';
import type { SlitScanMark } from '../../contract/index.ts';
import { within } from '../abortable-wait.ts';
import type { CountingLine } from '../analytics/counting-line.ts';
import type { LaneSpan } from '../analytics/flow-lanes.ts';
import type { RoadUserPassage } from '../analytics/observation.ts';
import type { JobLine } from '../evidence/job-line.ts';
import type { Frame, FrameGeometry, FrameShape } from '../source/frame.ts';
import { DrivenWays } from './driven-ways.ts';
import { type LineBand, lineBand } from './line-band.ts';
import { type OwnPiece, pieceOf } from './own-piece.ts';
import type { ScanStore } from './scan-store.ts';
import { SlitScanError } from './slit-scan-error.ts';
import { Strip } from './strip.ts';
import { stripJpeg } from './strip-jpeg.ts';

export type ScannedLine = Pick<CountingLine, 'line' | 'from' | 'to' | 'directions'> & {
  /** Empty where it has none. */
  readonly lanes: readonly LaneSpan[];
};

export type SlitScanRecorderOptions = {
  readonly camera: string;
  readonly lines: readonly ScannedLine[];
  /** Size that the lines' coordinates refer to. */
  readonly picture: { readonly width: number; readonly height: number };
  /** Of the frames that the detector gets. */
  readonly shape: FrameShape;
  /** Frames a second. */
  readonly analysisFps: number;
  /** Pixels that each frame adds. */
  readonly columns: number;
  /** Frames further apart are a gap, ms. */
  readonly maxFrameGapMs: number;
  readonly store: Pick<ScanStore, 'append'>;
  /** Minutes, of all lines together, that may wait to be encoded and written; more are given up. Default 4. */
  readonly maxPending?: number | undefined;
  /** Encodes one piece at a time for the whole box. */
  readonly jobs: JobLine;
  readonly logger: Logger;
};

/** Pieces begin anew with each of these, UTC, ms. */
const PIECE_MS = 60_000;

/** When nothing comes for so long, and for two gaps, what is there is written, ms; passages are certain earlier. */
const SILENCE_MS = 10_000;

/** Further back than this, the clock was set, ms. */
const CLOCK_JITTER_MS = 500;

const DEFAULT_MAX_PENDING = 4;

/** Passages of a line that wait for their record: more than cross one in a minute. */
const MAX_MARKS = 2000;

/** Closing waits so long for what is being written, ms. */
const CLOSE_MS = 1000;

export class SlitScanRecorder {
  readonly #options: SlitScanRecorderOptions;
  readonly #marks = new Map<string, SlitScanMark[]>();
  /** Of each line; empty between two pieces. */
  readonly #strips = new Map<string, Strip>();
  readonly #pending = new Set<{ readonly pieces: readonly OwnPiece[]; readonly written: Promise<void> }>();
  readonly #ways = new Map<string, DrivenWays>();
  /** Of each line, for frames with `#geometry`; made anew when there is something new on its ways. */
  readonly #bands = new Map<string, LineBand>();
  #geometry: FrameGeometry | undefined;
  #lastMs = 0;
  #problem: string | undefined;
  #made = { pieces: 0, failed: 0 };
  #closed = false;

  constructor(options: SlitScanRecorderOptions) {
    this.#options = options;
    for (const { line, lanes, directions } of options.lines) {
      this.#marks.set(line, []);
      this.#ways.set(line, new DrivenWays(lanes, directions));
    }
  }

  /** Pieces that were written, and those that could not be, since the start. */
  get state(): { readonly pieces: number; readonly failed: number; readonly bytes: number } {
    const strips = [...this.#strips.values()];
    return { ...this.#made, bytes: strips.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** In words, what keeps slit scans from being kept at the moment. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Takes a frame before the detector does. Returns at once, never throws. */
  keep(frame: Frame): void {
    if (this.#closed || this.#options.lines.length === 0) return;
    try {
      this.#keep(frame);
    } catch (error) {
      this.#strips.clear();
      this.#fail(error, 1);
    }
  }

  /** A passage has become certain. Never throws. */
  passed({ passage, along }: RoadUserPassage): void {
    const { line, atMs, direction, lane, roadUser, track } = passage;
    const marks = this.#marks.get(line);
    if (marks === undefined) return;
    const place = Math.max(0, Math.min(1, Math.round(along * 1000) / 1000));
    const toLeft = this.#options.lines.find((each) => each.line === line)?.directions.toLeft;
    const isNews = this.#ways.get(line)?.add(place, direction === toLeft ? 'left' : 'right');
    if (isNews) this.#bands.delete(line);
    marks.push({ atMs, direction, ...(lane === undefined ? {} : { lane }), roadUser, track, along: place });
    if (marks.length > MAX_MARKS) marks.shift();
  }

  /** Time went on to `nowMs` (UTC), maybe without a frame. Never throws. */
  advanceTo(nowMs: number): void {
    const silenceMs = Math.max(SILENCE_MS, 2 * this.#options.maxFrameGapMs);
    if (nowMs - this.#lastMs > silenceMs) this.#end(true);
  }

  /** What is not in the store yet of a line: oldest first, the one that is being made last; and passages without a record. */
  own(line: string): { readonly pieces: readonly OwnPiece[]; readonly marks: readonly SlitScanMark[] } {
    const waiting = [...this.#pending].flatMap(({ pieces }) => pieces);
    const strip = this.#strips.get(line);
    const marks = this.#marks.get(line) ?? [];
    return {
      pieces: [
        ...waiting.filter((piece) => piece.line === line),
        ...(strip === undefined ? [] : [pieceOf(line, strip, [])]),
      ],
      marks: [...marks],
    };
  }

  /** The end of what there is: hands all of it on. More may follow. */
  end(): void {
    this.#end(true);
  }

  /** Resolves when all that ended so far is written or has failed. */
  async settled(): Promise<void> {
    await Promise.all([...this.#pending].map(({ written }) => written));
  }

  /** Writes what is there; waits a moment for it. Idempotent. */
  async close(): Promise<void> {
    if (!this.#closed) this.#end(true);
    this.#closed = true;
    await within(CLOSE_MS, this.settled());
  }

  #keep(frame: Frame): void {
    const { lines, shape, analysisFps, maxFrameGapMs } = this.#options;
    const toldMs = Math.round(frame.capturedAtMs);
    // While the camera's clock is being learned, two frames may get the same moment, or the later one an earlier.
    const isJitter = toldMs <= this.#lastMs && toldMs > this.#lastMs - CLOCK_JITTER_MS;
    const atMs = isJitter ? this.#lastMs + 1 : toldMs;
    const stepMs = atMs - this.#lastMs;
    const isGap = frame.discontinuity || stepMs <= 0 || stepMs > maxFrameGapMs;
    const isNextPiece = Math.floor(atMs / PIECE_MS) !== Math.floor(this.#lastMs / PIECE_MS);
    const isFull = [...this.#strips.values()].some((strip) => strip.isFull);
    const isOtherPicture = !sameGeometry(frame.geometry, this.#geometry);
    if (isGap || isNextPiece || isFull || isOtherPicture) this.#end(false);
    if (isOtherPicture) this.#bands.clear();
    this.#geometry = frame.geometry;
    this.#lastMs = atMs;
    for (const line of lines) {
      const band = this.#bands.get(line.line) ?? this.#bandOf(line, frame.geometry);
      this.#bands.set(line.line, band);
      const { columns, height, offsets } = band;
      const frames = (PIECE_MS / 1000) * analysisFps * 1.1;
      const strip =
        this.#strips.get(line.line) ?? new Strip({ columns, height, colourOrder: shape.colourOrder, frames });
      this.#strips.set(line.line, strip);
      strip.add(frame.planes, offsets, atMs);
    }
  }

  #bandOf(line: ScannedLine, geometry: FrameGeometry): LineBand {
    const { picture, shape, columns } = this.#options;
    const ways = this.#ways.get(line.line);
    const wayAt = (along: number) => ways?.at(along) ?? 'right';
    return lineBand({ line, wayAt, picture, shape, geometry, columns });
  }

  /** Hands the pieces of all lines on to be written; with `marksToo`, also passages of lines that have none. */
  #end(marksToo: boolean): void {
    const pieces = this.#options.lines.flatMap(({ line }) => {
      const marks = this.#marks.get(line) ?? [];
      const strip = this.#strips.get(line);
      if (strip === undefined && (!marksToo || marks.length === 0)) return [];
      this.#marks.set(line, []);
      return [pieceOf(line, strip, marks)];
    });
    this.#strips.clear();
    if (pieces.length === 0) return;
    if (this.#pending.size >= (this.#options.maxPending ?? DEFAULT_MAX_PENDING)) {
      this.#fail(new SlitScanError('pieces are made faster than they can be written'), pieces.length);
      return;
    }
    const waiting = { pieces, written: this.#write(pieces).finally(() => this.#pending.delete(waiting)) };
    this.#pending.add(waiting);
  }

  async #write(pieces: readonly OwnPiece[]): Promise<void> {
    const { store, jobs, camera, logger } = this.#options;
    try {
      const records = await jobs.run(async () => {
        const made = [];
        for (const { header, view } of pieces) {
          made.push({ header, jpeg: view === undefined ? Buffer.alloc(0) : await stripJpeg(view) });
        }
        return made;
      });
      const atMs = pieces[0]?.header.piece?.fromMs ?? pieces[0]?.header.marks.at(-1)?.atMs ?? this.#lastMs;
      await store.append(camera, records, atMs);
      this.#made.pieces += pieces.length;
      if (this.#problem !== undefined) logger.info('slit scans are kept again');
      this.#problem = undefined;
    } catch (error) {
      this.#fail(error, pieces.length);
    }
  }

  #fail(error: unknown, pieces: number): void {
    this.#made.failed += pieces;
    const problem = error instanceof SlitScanError ? error.message : `internal error: ${String(error)}`;
    // One line when the trouble begins, not one every minute.
    const level = this.#problem === undefined ? 'warn' : 'debug';
    this.#options.logger[level]({ problem }, 'slit scans are not kept; counting goes on');
    this.#problem = problem;
  }
}

function sameGeometry(a: FrameGeometry, b: FrameGeometry | undefined): boolean {
  if (a === b) return true;
  const keys = Object.keys(a) as (keyof FrameGeometry)[];
  return b !== undefined && keys.every((key) => a[key] === b[key]);
}
