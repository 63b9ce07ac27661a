// How pieces of a slit scan lie on strips of equal time. Frames do not come quite evenly: runs of frames that follow each
// other are drawn stretched over their own time, so that a place in the strip is a moment; what no frame shows for longer is a gap.

export type ScanPiece = {
  /** Moment of the first frame. */
  readonly fromMs: number;
  /** Of the picture, pixels. */
  readonly width: number;
  readonly height: number;
  /** Moment of each block from the left, ms since `fromMs`. */
  readonly frames: readonly number[];
  readonly picture: string;
};

/** A part of a picture, `[x, x + width)` in its pixels, which shows `[fromMs, toMs)`. */
export type Run = {
  readonly picture: string;
  readonly height: number;
  readonly x: number;
  readonly width: number;
  readonly fromMs: number;
  readonly toMs: number;
};

export type Span = { readonly fromMs: number; readonly toMs: number };

export type Strip = Span & {
  /** Cut to the strip. */
  readonly runs: readonly Run[];
  /** What was not recorded. */
  readonly gaps: readonly Span[];
};

/** So many frames may be missing before nothing was seen between two of them. */
const MISSING_FRAMES = 2.5;
/** A hole that is shorter is drawn over with the frame before it: a busy box that leaves some out is no blind one. */
const BRIDGED_MS = 1000;
/** A block that lasts longer than this share of the usual time is drawn by itself: stretched, not shifting the others. */
const STRETCHED = 1.5;
/** Of a piece of a single frame, ms. */
const USUAL_STEP_MS = 100;

/** @param stripMs of each; the last one is as long as the others, whatever is left of the interval */
export function stripsOf(pieces: readonly ScanPiece[], { fromMs, toMs }: Span, stripMs: number): Strip[] {
  const runs = runsOf(pieces);
  const strips: Strip[] = [];
  for (let start = fromMs; start < toMs; start += stripMs) {
    const span = { fromMs: start, toMs: start + stripMs };
    const inside = runs.map((run) => cut(run, span)).filter((run) => run !== undefined);
    strips.push({ ...span, runs: inside, gaps: gapsOf(inside, span) });
  }
  return strips;
}

/** Oldest first. */
export function runsOf(pieces: readonly ScanPiece[]): Run[] {
  const runs: Run[] = [];
  for (const { piece, step, ends, at } of sequencesOf(pieces, BRIDGED_MS)) {
    const { frames, width, height, picture } = piece;
    const block = width / frames.length;
    const add = (first: number, count: number, toMs: number) =>
      runs.push({
        ...{ picture, height, x: first * block, width: count * block },
        ...{ fromMs: at(first), toMs },
      });
    for (let first = 0; first < frames.length; ) {
      let last = first;
      while (
        last + 1 < frames.length &&
        ends(last) === at(last + 1) &&
        Math.abs(at(last + 1) - at(first) - (last + 1 - first) * step) <= step / 2
      ) {
        last += 1;
      }
      const isStretched = last > first && ends(last) - at(last) > STRETCHED * step;
      if (isStretched) add(first, last - first, at(last));
      const begin = isStretched ? last : first;
      add(begin, last + 1 - begin, ends(last));
      first = last + 1;
    }
  }
  return runs;
}

/** Times that frames really show, oldest first: without the holes that are drawn over. */
export function recordedSpans(pieces: readonly ScanPiece[]): Span[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const { piece, ends, at } of sequencesOf(pieces, 0)) {
    for (const frame of piece.frames.keys()) {
      const last = spans.at(-1);
      if (last !== undefined && last.toMs >= at(frame)) last.toMs = Math.max(last.toMs, ends(frame));
      else spans.push({ fromMs: at(frame), toMs: ends(frame) });
    }
  }
  return spans;
}

/** How much of an interval frames show, ms. */
export function recordedMs(pieces: readonly ScanPiece[], { fromMs, toMs }: Span): number {
  return recordedSpans(pieces).reduce(
    (sum, span) => sum + Math.max(0, Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs)),
    0,
  );
}

/**
 * Frames with the time that each stands for: until the next, where that follows as usual or within `bridgedMs`, else for
 * as long as usual.
 */
function sequencesOf(pieces: readonly ScanPiece[], bridgedMs: number) {
  const ordered = [...pieces].sort((a, b) => a.fromMs - b.fromMs);
  return ordered.map((piece, index) => {
    const { frames, fromMs } = piece;
    const step = stepOf(frames);
    const next = ordered[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const at = (frame: number) => fromMs + (frames[frame] ?? 0);
    const ends = (frame: number) => {
      const following = frame + 1 < frames.length ? at(frame + 1) : next;
      const follows = following - at(frame) <= Math.max(bridgedMs, MISSING_FRAMES * step);
      return follows ? following : at(frame) + step;
    };
    return { piece, step, at, ends };
  });
}

/** Every second, and of them those that are written beside: every fifth. */
export function ticksOf({ fromMs, toMs }: Span): { readonly atMs: number; readonly isLabelled: boolean }[] {
  const ticks: { atMs: number; isLabelled: boolean }[] = [];
  for (let atMs = Math.ceil(fromMs / 1000) * 1000; atMs <= toMs; atMs += 1000)
    ticks.push({ atMs, isLabelled: (atMs - fromMs) % 5000 < 1000 });
  return ticks;
}

/** Place in a span, 0 to 1. */
export function shareOf(atMs: number, { fromMs, toMs }: Span): number {
  return (atMs - fromMs) / (toMs - fromMs);
}

function stepOf(frames: readonly number[]): number {
  const steps = frames.slice(1).map((at, i) => at - (frames[i] ?? 0));
  const middle = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)];
  return Math.max(1, middle ?? USUAL_STEP_MS);
}

function cut(run: Run, { fromMs, toMs }: Span): Run | undefined {
  const start = Math.max(run.fromMs, fromMs);
  const end = Math.min(run.toMs, toMs);
  if (end <= start) return undefined;
  const perMs = run.width / (run.toMs - run.fromMs);
  return {
    ...run,
    ...{ fromMs: start, toMs: end },
    ...{ x: run.x + (start - run.fromMs) * perMs, width: (end - start) * perMs },
  };
}

function gapsOf(runs: readonly Run[], { fromMs, toMs }: Span): Span[] {
  const gaps: Span[] = [];
  let end = fromMs;
  for (const run of runs) {
    if (run.fromMs > end) gaps.push({ fromMs: end, toMs: run.fromMs });
    end = Math.max(end, run.toMs);
  }
  if (end < toMs) gaps.push({ fromMs: end, toMs });
  return gaps;
}
