// Keeps one uPlot in step with what it is given. The only file that knows uPlot.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { format } from '../words/formats.ts';
import { type Colour, drawCoverage, drawGround, STRIP_GAP, STRIP_HEIGHT, withAlpha } from './plot-draw.ts';
import { listenForGestures } from './plot-gestures.ts';
import { timeTicks } from './plot-ticks.ts';
import { intervalAt, type Numbers, type PlotProps } from './plot-types.ts';

export type PlotCursor = { readonly place: number; readonly left: number; readonly top: number };

type Range = readonly [number, number];
type Handlers = {
  readonly onCursor: (cursor: PlotCursor | null) => void;
  readonly onZoom: (range: Range | null) => void;
};

/** Room for a label of the axis of time, px. */
const TICK_ROOM = 84;
const LEAST_DRAG = 6;
const HEAD_ROOM = 1.08;
const INCREMENTS = [-2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));

export class PlotChart {
  readonly #plot: uPlot;
  readonly #handlers: Handlers;
  readonly #endGestures: () => void;
  #props: PlotProps;
  #range: Range;
  /** uPlot counts the axis of time as the first series. */
  readonly #lines: readonly { readonly key: string; readonly of: 'values' | 'low' | 'high' }[];

  constructor(host: HTMLElement, props: PlotProps, timeZone: string, handlers: Handlers) {
    this.#props = props;
    this.#range = props.range;
    this.#handlers = handlers;
    this.#lines = props.series.flatMap(({ key, low, high }) => [
      { key, of: 'values' as const },
      ...(low === undefined || high === undefined
        ? []
        : [
            { key, of: 'low' as const },
            { key, of: 'high' as const },
          ]),
    ]);
    this.#plot = new uPlot(this.#options(host, timeZone), this.#data(), host);
    this.#endGestures = listenForGestures(this.#plot.over, {
      range: () => this.#range,
      show: (range) => this.show(range),
      settle: (range) => handlers.onZoom(range),
    });
  }

  /** The same series with other numbers. */
  update(props: PlotProps): void {
    this.#props = props;
    this.#range = props.range;
    this.#plot.batch(() => {
      this.#plot.setData(this.#data(), false);
      this.#plot.setScale('x', { min: props.range[0], max: props.range[1] });
      // What it pointed at is somewhere else now.
      this.#plot.setCursor({ left: -10, top: -10 });
    });
  }

  show(range: Range): void {
    this.#range = range;
    this.#plot.setScale('x', { min: range[0], max: range[1] });
  }

  hide(hidden: ReadonlySet<string>): void {
    this.#plot.batch(() => {
      this.#lines.forEach(({ key }, i) => {
        const show = !hidden.has(key);
        if (this.#plot.series[i + 1]?.show !== show) this.#plot.setSeries(i + 1, { show });
      });
    });
  }

  /** Puts the cursor on an interval; null takes it away. */
  point(place: number | null): void {
    const at = place === null ? null : this.#middle(place);
    this.#plot.setCursor(
      at === null
        ? { left: -10, top: -10 }
        : { left: this.#plot.valToPos(at, 'x'), top: this.#plot.over.clientHeight / 3 },
    );
  }

  resize(width: number, height: number): void {
    this.#plot.setSize({ width, height });
  }

  close(): void {
    this.#endGestures();
    this.#plot.destroy();
  }

  #middle(place: number): number {
    const [from, to] = intervalAt(this.#props, place);
    return (from + to) / 2;
  }

  #data(): uPlot.AlignedData {
    const columns = this.#lines.map(({ key, of }): (number | null)[] => {
      const values: Numbers | undefined = this.#props.series.find((one) => one.key === key)?.[of];
      return this.#props.times.map((_, i) => values?.[i] ?? null);
    });
    // Levels are steps, which begin where their interval does; other values stand in the middle of theirs.
    const isSteps = this.#props.levels !== undefined;
    return [this.#props.times.map((at, i) => (isSteps ? at : this.#middle(i))), ...columns];
  }

  #options(host: HTMLElement, timeZone: string): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const colour: Colour = (name) => style.getPropertyValue(name).trim();
    const { levels, unit, formatValue, digits } = this.#props;
    const font = `12px ${style.getPropertyValue('--font')}`;
    const axis = { stroke: colour('--text-2'), font };
    const grid = { stroke: withAlpha(colour('--line-strong'), 0.28), width: 1 };
    return {
      width: Math.max(50, host.clientWidth),
      height: Math.max(50, host.clientHeight),
      ms: 1,
      padding: [10, 34, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
        y: false,
        points: { size: 7 },
        bind: {
          dblclick: () => () => {
            this.#handlers.onZoom(null);
            return null;
          },
        },
      },
      scales: {
        x: { time: false, range: () => [this.#range[0], this.#range[1]] },
        y: {
          range: (_, __, most) =>
            levels !== undefined ? [0.5, levels.length + 0.5] : [0, Math.max(1, (most ?? 0) * HEAD_ROOM)],
          ...(levels !== undefined && { dir: -1 as const }),
        },
      },
      axes: [
        {
          ...axis,
          grid,
          ticks: { show: false },
          gap: STRIP_GAP + STRIP_HEIGHT + 5,
          size: 36 + STRIP_GAP + STRIP_HEIGHT,
          splits: (u, _, from, to) =>
            timeTicks(from, to, Math.max(2, u.width / TICK_ROOM), timeZone).map(({ atMs }) => atMs),
          values: (u) => tickLabels(this.#range, u.width, timeZone),
        },
        {
          ...axis,
          grid,
          ticks: { show: false },
          size: 56,
          label: unit,
          labelFont: font,
          labelSize: 18,
          ...(levels === undefined
            ? {
                // Steps that can be written with as many digits.
                incrs: INCREMENTS.filter((step) => step >= 10 ** -digits),
                values: (_: uPlot, splits: number[]) => splits.map(formatValue),
              }
            : {
                splits: () => levels.map(({ value }) => value),
                values: () => levels.map(({ label }) => label),
              }),
        },
      ],
      series: [{}, ...this.#series(colour)],
      bands: this.#bands(colour),
      hooks: {
        drawClear: [(u) => drawGround(u, this.#props, colour)],
        draw: [(u) => drawCoverage(u, this.#props, colour)],
        setCursor: [(u) => this.#tellCursor(u)],
        setSelect: [(u) => this.#takeSelection(u)],
      },
    };
  }

  #series(colour: Colour): uPlot.Series[] {
    const isSteps = this.#props.levels !== undefined;
    return this.#lines.map(({ key, of }): uPlot.Series => {
      const given = this.#props.series.find((one) => one.key === key);
      const stroke = colour(given?.colour ?? '--text');
      if (of !== 'values') return { points: { show: false }, width: 0, stroke: 'transparent' };
      return {
        stroke,
        ...(isSteps && uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
        width: given?.dashed ? 1.5 : 2,
        ...(given?.dashed && { dash: [6, 4] }),
        points: { size: 5, fill: stroke, filter: (u, i, show, gaps) => lonely(u, i, show === true, gaps) },
      };
    });
  }

  #bands(colour: Colour): uPlot.Band[] {
    return this.#lines.flatMap(({ key, of }, i) => {
      if (of !== 'high') return [];
      const given = this.#props.series.find((one) => one.key === key);
      return [
        {
          series: [i + 1, i] as uPlot.Band.Bounds,
          fill: withAlpha(colour(given?.colour ?? '--text'), given?.dashed ? 0.16 : 0.22),
        },
      ];
    });
  }

  #tellCursor(u: uPlot): void {
    const { left = -1, top = -1 } = u.cursor;
    if (left < 0 || this.#props.times.length === 0) {
      this.#handlers.onCursor(null);
      return;
    }
    const at = u.posToVal(left, 'x');
    const after = this.#props.times.findIndex((from) => from > at);
    const place = after < 0 ? this.#props.times.length - 1 : Math.max(0, after - 1);
    this.#handlers.onCursor({ place, left: left + u.over.offsetLeft, top: top + u.over.offsetTop });
  }

  #takeSelection(u: uPlot): void {
    const { left, width } = u.select;
    if (width < LEAST_DRAG) return;
    const range = [Math.round(u.posToVal(left, 'x')), Math.round(u.posToVal(left + width, 'x'))] as const;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#handlers.onZoom(range);
  }
}

/** A value between two gaps has no line: it gets a point. */
function lonely(u: uPlot, series: number, isShown: boolean, _gaps?: null | number[][]): number[] | null {
  if (isShown) return null;
  const values = u.data[series] as (number | null)[];
  const known = (i: number) => values[i] !== null && values[i] !== undefined;
  return values.flatMap((_, i) => (known(i) && !known(i - 1) && !known(i + 1) ? [i] : []));
}

function tickLabels([from, to]: Range, width: number, timeZone: string): string[] {
  return timeTicks(from, to, Math.max(2, width / TICK_ROOM), timeZone).map(({ atMs, level }) => {
    // It would be cut off at the edge.
    if (((to - atMs) / (to - from)) * width < TICK_ROOM / 4) return '';
    const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    const day = format(atMs, { weekday: 'short', day: '2-digit', month: '2-digit' });
    if (level === 'minute') return time;
    if (level === 'year') return format(atMs, { year: 'numeric' });
    if (level === 'month') return format(atMs, { month: 'short', year: 'numeric' });
    return to - from < 4 * 86_400_000 ? `${time}\n${day}` : day;
  });
}
