// The last seconds of one camera's own video, in pieces that begin with a keyframe, and where its analysed frames lie
// in it. Never waits and never throws towards the source: what cannot be kept is let go and counted.

import type { Logger } from 'pino';
import type { StreamCopy, StreamMoment } from '../source/stream-copy.ts';
import { EvidenceError } from './evidence-error.ts';
import { FrameTimes } from './frame-times.ts';
import { type Segment, SegmentBuilder } from './segment.ts';
import type { SegmentShelf } from './segment-shelf.ts';
import { TransportStream } from './transport-stream.ts';

export type RingOptions = {
  /** How long video is kept after it came, ms. */
  readonly keepMs: number;
  /** Most bytes of video that are kept; the oldest give way. */
  readonly maxBytes: number;
  /** Where finished pieces are put. */
  readonly shelf: SegmentShelf;
  readonly logger: Logger;
  /** For lengths of time, ms; never set back. Default: `performance.now`. */
  readonly monotonicMs?: () => number;
};

/** How the ring fares. */
export type RingState = {
  readonly segments: number;
  readonly bytes: number;
  /** From the first to the last picture that is kept, as it came, s. */
  readonly seconds: number;
  /** Pieces let go before their time, since the start: over the bound of bytes, or because they could not be written. */
  readonly lost: number;
  readonly problem?: string;
};

/** A stretch of video, whole pieces of one connection without a gap. */
export type RingCut = {
  /** A transport stream; its first picture is a keyframe. */
  readonly stream: Buffer[];
  /** Time stamps in the stream: of its first picture and just after its last, µs. */
  readonly startUs: number;
  readonly endUs: number;
  /** The pictures' own time stamps, in the order in which they come, µs. */
  readonly pictures: readonly number[];
  /** Of the frame that was asked for. */
  readonly frameUs: number;
  /** UTC of `startUs`, `endUs` and `frameUs`, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
};

/** Pieces shorter than this are joined with the next: cameras that send nothing but keyframes would make one of each. */
const LEAST_SEGMENT_US = 1_000_000;

/** A piece without a keyframe at its end after so long is let go: nobody could cut it, ms. */
const LONGEST_SEGMENT_MS = 60_000;

export class Ring implements StreamCopy {
  readonly #options: RingOptions;
  readonly #monotonicMs: () => number;
  readonly #segments: Segment[] = [];
  readonly #frames = new FrameTimes();
  readonly #waiting = new Set<() => void>();
  #open: SegmentBuilder | undefined;
  #stream: TransportStream;
  #connection = 0;
  #bytes = 0;
  #lost = 0;
  #problem: string | undefined;
  #closed = false;
  #isOver = false;

  constructor(options: RingOptions) {
    this.#options = options;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#stream = this.#newStream();
  }

  get state(): RingState {
    const first = this.#segments[0];
    const problem = this.#problem ?? this.#options.shelf.problem;
    return {
      segments: this.#segments.length,
      bytes: this.#bytes + (this.#open?.bytes ?? 0),
      seconds: first === undefined ? 0 : Math.round((this.#monotonicMs() - first.arrivedMs) / 100) / 10,
      lost: this.#lost,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Whether there is video of the connection that is open. */
  get hasVideo(): boolean {
    return this.#open !== undefined && this.#options.shelf.problem === undefined;
  }

  /** Nothing more will come: whoever waits for it gets what is there. */
  endWaits(): void {
    this.#isOver = true;
    this.#wake();
  }

  startConnection(): void {
    this.#finishOpen();
    this.#connection += 1;
    this.#stream = this.#newStream();
  }

  write(chunk: Buffer): void {
    if (this.#closed) return;
    this.#stream.write(chunk);
    const { hasVideo } = this.#stream;
    if (hasVideo === false) this.unavailable("the camera's codec cannot be kept in a transport stream");
    else if (hasVideo) this.#problem = undefined;
  }

  frame(moment: StreamMoment): void {
    if (this.#closed) return;
    this.#frames.add({ ...moment, connection: this.#connection, arrivedMs: this.#monotonicMs() });
    this.#evict();
    this.#wake();
  }

  unavailable(problem: string): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    this.#options.logger.warn({ problem }, 'no video is kept for evidence');
  }

  /** Resolves when video of the moment or later has come, or after `timeoutMs`, or when the ring is closed. */
  async until(cameraTimeMs: number, timeoutMs: number): Promise<void> {
    const isThere = () => {
      const last = this.#frames.last;
      if (last === undefined || last.cameraTimeMs < cameraTimeMs) return false;
      const wanted = this.#frames.from(cameraTimeMs);
      const open = this.#open;
      // The picture after it has begun, so that the picture itself is whole.
      return (
        wanted !== undefined && (wanted.connection !== this.#connection || (open?.endUs ?? 0) > wanted.timeUs)
      );
    };
    if (this.#isOver || isThere()) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const check = () => {
        if (this.#isOver || isThere()) done();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(check);
    });
  }

  /**
   * The pieces that hold `[cameraTimeMs - preMs, cameraTimeMs + postMs]`, or what is left of it in the connection of
   * that moment. Rejects with an EvidenceError when the moment itself is not there.
   */
  async cut(cameraTimeMs: number, preMs: number, postMs: number): Promise<RingCut> {
    const frame = this.#frames.nearest(cameraTimeMs);
    if (frame === undefined) throw new EvidenceError('No frame of this camera has been analysed yet.');
    const candidates = [...this.#segments, ...(this.#open === undefined ? [] : [this.#open.whole()])].filter(
      (segment) => segment.connection === frame.connection && segment.pictures.length > 0,
    );
    // The last picture before an outage has no next one to end it.
    const holder = candidates.findLastIndex(
      ({ startUs, endUs }) => frame.timeUs >= startUs && frame.timeUs < endUs + HOLE_US,
    );
    const fromUs = frame.timeUs - preMs * 1000;
    const toUs = frame.timeUs + postMs * 1000;
    let first = holder;
    while (
      first > 0 &&
      follows(candidates[first - 1], candidates[first]) &&
      startOf(candidates[first]) > fromUs
    ) {
      first -= 1;
    }
    let last = holder;
    while (follows(candidates[last], candidates[last + 1]) && startOf(candidates[last + 1]) <= toUs)
      last += 1;
    const chosen = holder < 0 ? [] : candidates.slice(first, last + 1);
    const [begin] = chosen;
    const end = chosen.at(-1);
    if (begin === undefined || end === undefined) {
      throw new EvidenceError('The video of that moment is not kept, or not any more.');
    }
    const stream = [begin.tables];
    for (const segment of chosen) stream.push(await segment.read());
    const utcOf = (timeUs: number) =>
      this.#frames.utcOf(timeUs, frame.connection) ?? frame.capturedAtMs + (timeUs - frame.timeUs) / 1000;
    return {
      stream,
      startUs: begin.startUs,
      endUs: end.endUs,
      pictures: chosen.flatMap(({ pictures }) => pictures),
      frameUs: frame.timeUs,
      fromMs: utcOf(begin.startUs),
      toMs: utcOf(end.endUs),
      atMs: frame.capturedAtMs,
    };
  }

  /** Lets everything go and ends every wait. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.endWaits();
    this.#open = undefined;
    for (const segment of this.#segments.splice(0)) segment.drop();
    this.#frames.clear();
    this.#bytes = 0;
    await this.#options.shelf.close();
  }

  #newStream(): TransportStream {
    return new TransportStream({
      onPicture: ({ timeUs, isKey }) => {
        if (isKey && (this.#open === undefined || timeUs - this.#open.startUs >= LEAST_SEGMENT_US)) {
          this.#finishOpen(timeUs);
          this.#open = new SegmentBuilder(this.#connection, this.#stream.tables, this.#monotonicMs());
        }
        this.#open?.picture(timeUs);
        if (this.#waiting.size > 0) this.#wake();
      },
      onPacket: (packet) => {
        const open = this.#open;
        if (open === undefined) return;
        open.add(packet);
        const isTooLong = this.#monotonicMs() - open.arrivedMs > LONGEST_SEGMENT_MS;
        if (!isTooLong && open.bytes <= this.#options.maxBytes) return;
        this.#open = undefined;
        this.#lost += 1;
        this.#options.logger.debug(
          { bytes: open.bytes },
          'video without a keyframe for too long is not kept',
        );
      },
    });
  }

  #finishOpen(nextUs?: number): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const segment = open.finish(this.#options.shelf, this.#monotonicMs(), nextUs, () => {
      const at = this.#segments.indexOf(segment);
      if (at < 0) return;
      this.#segments.splice(at, 1);
      this.#bytes -= segment.bytes;
      this.#lost += 1;
    });
    this.#segments.push(segment);
    this.#bytes += segment.bytes;
    this.#evict();
  }

  #evict(): void {
    const oldestMs = this.#monotonicMs() - this.#options.keepMs;
    for (;;) {
      const [first] = this.#segments;
      const isOver = this.#bytes + (this.#open?.bytes ?? 0) > this.#options.maxBytes;
      if (first === undefined || (!isOver && first.endedMs >= oldestMs)) break;
      if (first.endedMs >= oldestMs) this.#lost += 1;
      this.#segments.shift();
      this.#bytes -= first.bytes;
      first.drop();
    }
    this.#frames.forget(oldestMs);
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}

/** A hole longer than this between two pieces is one: something was dropped, µs. */
const HOLE_US = 2_000_000;

function follows(before: Segment | undefined, after: Segment | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return after.startUs >= before.startUs && after.startUs - before.endUs <= HOLE_US;
}

function startOf(segment: Segment | undefined): number {
  return segment?.startUs ?? 0;
}
