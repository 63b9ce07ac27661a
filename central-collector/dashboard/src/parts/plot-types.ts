// What a plot is given.

/** By interval; null: not observed, or nothing to tell. Never drawn as zero, never bridged. */
export type Numbers = readonly (number | null)[];

export type PlotSeries = {
  readonly key: string;
  readonly label: string;
  /** Name of a variable of the theme: `--series-1`. */
  readonly colour: `--${string}`;
  readonly values: Numbers;
  /** A band around the values. */
  readonly low?: Numbers;
  readonly high?: Numbers;
  /** What others are compared with. */
  readonly dashed?: boolean;
  /** What is told besides the value of an interval. */
  readonly more?: (place: number) => string | null;
};

export type PlotLevel = { readonly value: number; readonly label: string; readonly colour: `--${string}` };

export type PlotProps = {
  /** What is plotted, for those who do not see it. */
  readonly label: string;
  /** Beginning of each interval, ms, rising. */
  readonly times: readonly number[];
  /** End of the last one. */
  readonly endMs: number;
  /** What is shown, ms. */
  readonly range: readonly [number, number];
  readonly series: readonly PlotSeries[];
  /** Share of each interval that was observed; null: in the future. */
  readonly coverage: Numbers;
  readonly nowMs: number;
  /** Of the axis. */
  readonly unit: string;
  readonly formatValue: (value: number) => string;
  /** Behind the comma, of the axis: 0 for what is counted. */
  readonly digits: number;
  /** Instead of numbers, names of the values 1, 2, …, the first on top, each on a band of its colour. */
  readonly levels?: readonly PlotLevel[];
  /** Somebody wants to see this; null: everything again. */
  readonly onZoom: (range: readonly [number, number] | null) => void;
  readonly zoomed: boolean;
};

/** Shortest stretch that can be zoomed to: five intervals of a minute. */
export const LEAST_SPAN_MS = 5 * 60_000;

/** `[from, to)` of an interval. */
export function intervalAt(
  { times, endMs }: Pick<PlotProps, 'times' | 'endMs'>,
  place: number,
): readonly [number, number] {
  const from = times[place] ?? endMs;
  return [from, times[place + 1] ?? endMs];
}

/** A stretch made `factor` times as long around the moment at `share` of it; never shorter than it can be. */
export function zoomedBy(
  [from, to]: readonly [number, number],
  factor: number,
  share = 0.5,
): readonly [number, number] {
  const span = Math.max(LEAST_SPAN_MS, (to - from) * factor);
  const pivot = from + (to - from) * share;
  const next = pivot - span * share;
  return [Math.round(next), Math.round(next + span)];
}

/** A stretch moved by a share of its length. */
export function movedBy([from, to]: readonly [number, number], share: number): readonly [number, number] {
  const step = Math.round((to - from) * share);
  return [from + step, to + step];
}
