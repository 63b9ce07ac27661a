// What the slit-scan page shows, as its address says it.

export const LENGTHS_S = [30, 60, 120, 300, 600] as const;
/** Seconds of a strip; all lengths are whole numbers of them. */
export const STRIPS_S = [10, 15, 30] as const;

export type ScanView = {
  /** Null: the camera's first. */
  readonly line: string | null;
  /** Null: the last that there is. */
  readonly fromMs: number | null;
  readonly lengthS: (typeof LENGTHS_S)[number];
  /** Null: by the width of the screen. */
  readonly stripS: (typeof STRIPS_S)[number] | null;
};

const DEFAULT_LENGTH_S = 60;
/** Passages are certain some seconds late: until then a vehicle without a mark is not yet one that was missed. */
export const SETTLED_AFTER_MS = 10_000;
const WIDE_PX = 1200;
const NARROW_PX = 480;

export function viewFromSearch(text: string): ScanView {
  const search = new URLSearchParams(text);
  const fromMs = Date.parse(search.get('from') ?? '');
  return {
    line: search.get('line'),
    fromMs: Number.isNaN(fromMs) || fromMs < 0 ? null : fromMs,
    lengthS: LENGTHS_S.find((length) => String(length) === search.get('s')) ?? DEFAULT_LENGTH_S,
    stripS: STRIPS_S.find((strip) => String(strip) === search.get('strip')) ?? null,
  };
}

export function viewToSearch({ line, fromMs, lengthS, stripS }: ScanView): string {
  const search = new URLSearchParams();
  if (line !== null) search.set('line', line);
  if (fromMs !== null) search.set('from', new Date(fromMs).toISOString());
  if (lengthS !== DEFAULT_LENGTH_S) search.set('s', String(lengthS));
  if (stripS !== null) search.set('strip', String(stripS));
  return search.toString();
}

/** A vehicle that crosses in half a second is then some 15 px wide at least. */
export function stripFor(widthPx: number): (typeof STRIPS_S)[number] {
  return widthPx >= WIDE_PX ? 30 : widthPx >= NARROW_PX ? 15 : 10;
}

/** Beginning of the last interval whose counts are all there, to the second. */
export function latest(nowMs: number, lengthS: number): number {
  return Math.floor(nowMs / 1000) * 1000 - SETTLED_AFTER_MS - lengthS * 1000;
}

/** Address of the page: the last that there is. */
export function scanAddress(camera: string): string {
  return `/slit-scan/${camera}`;
}

/** Address of the page for a time in a plot: all of it where it is short enough, else its middle. */
export function scanWithin(
  camera: string,
  line: string | null,
  [fromMs, toMs]: readonly [number, number],
): string {
  const lengthS = LENGTHS_S.find((length) => length * 1000 >= toMs - fromMs) ?? 600;
  const beginMs = Math.max(fromMs, (fromMs + toMs) / 2 - lengthS * 500);
  const view = { line, fromMs: Math.floor(beginMs / 1000) * 1000, lengthS, stripS: null };
  return `${scanAddress(camera)}?${viewToSearch(view)}`;
}
