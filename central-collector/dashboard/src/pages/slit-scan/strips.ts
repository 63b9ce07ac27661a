// How pieces of a slit scan lie on strips of equal time. Frames do not come quite evenly: runs of frames that follow each
// other are drawn stretched over their own time, so that a place in the strip is a moment; what no frame shows is a gap.

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

/** So many frames may be missing before the time between two of them is a gap: a busy box leaves one out now and then. */
const MISSING_FRAMES = 2.5;
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
  const ordered = [...pieces].sort((a, b) => a.fromMs - b.fromMs);
  for (const [index, piece] of ordered.entries()) {
    const { frames, fromMs, width, height, picture } = piece;
    const step = stepOf(frames);
    const block = width / frames.length;
    const next = ordered[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const at = (frame: number) => fromMs + (frames[frame] ?? 0);
    // Until the next frame, where that follows.
    const endOf = (frame: number) => {
      const following = frame + 1 < frames.length ? at(frame + 1) : next;
      return following - at(frame) <= MISSING_FRAMES * step ? following : at(frame) + step;
    };
    for (let first = 0; first < frames.length; ) {
      let last = first;
      while (
        last + 1 < frames.length &&
        endOf(last) === at(last + 1) &&
        Math.abs(at(last + 1) - at(first) - (last + 1 - first) * step) <= step / 2
      ) {
        last += 1;
      }
      runs.push({
        ...{ picture, height, x: first * block, width: (last + 1 - first) * block },
        ...{ fromMs: at(first), toMs: endOf(last) },
      });
      first = last + 1;
    }
  }
  return runs;
}

/** How much of an interval frames show, ms. */
export function recordedMs(pieces: readonly ScanPiece[], span: Span): number {
  return runsOf(pieces)
    .map((run) => cut(run, span))
    .reduce((sum, run) => sum + (run === undefined ? 0 : run.toMs - run.fromMs), 0);
}

export function isRecorded(pieces: readonly ScanPiece[], atMs: number): boolean {
  return runsOf(pieces).some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
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
