// From intervals of many weeks to the typical day: for each time of day the median over the days of a kind, and how much
// they differ. Pure; dates and times of day are those that the answers give in local time, so that a day on which the
// clocks are changed counts for the hours that it had.

import { weekdayOf } from '../../local-time.ts';
import { DAY_KINDS, type DayKind, type TypicalDaySeries } from '../schemas/typical-day.ts';

/** An answer about the past as far as it is needed here: one column beside the coverage. */
export type PastPage = {
  /** Local, with offset: `2026-11-22T07:15:00.000+07:00`. */
  readonly intervals: readonly string[];
  readonly series: readonly (Names & { readonly coverage: readonly number[] })[];
};

type Names = Pick<TypicalDaySeries, 'camera' | 'line' | 'direction' | 'lane' | 'roadUser' | 'zone'>;
type Numbers = readonly (number | null)[];

/** What was seen for less than half of its interval may be another half. */
const LEAST_COVERAGE = 0.5;
/** Of fewer days nothing is typical. */
export const LEAST_DAYS = 3;
const STEP_MIN = { '15m': 15, '1h': 60, '1d': 1440 } as const;
const DAY_MIN = 1440;
const SHARES = { p15: 0.15, median: 0.5, p85: 0.85 } as const;

/** Local times of day, `['00:00', '00:15', …]`. */
export function timesOfDay(every: keyof typeof STEP_MIN): string[] {
  const step = STEP_MIN[every];
  return Array.from({ length: DAY_MIN / step }, (_, at) => {
    const minutes = at * step;
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  });
}

/** Collects page after page; `column` names the values, in each series beside its names and coverage. */
export class TypicalDay {
  readonly #column: string;
  readonly #kinds: readonly DayKind[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #series = new Map<string, { readonly names: Names; readonly cells: Map<DayKind, Cell[]> }>();

  constructor(column: string, every: keyof typeof STEP_MIN, kinds: readonly DayKind[] = DAY_KINDS) {
    this.#column = column;
    this.#kinds = kinds;
    this.#places = new Map(timesOfDay(every).map((time, at) => [time, at]));
  }

  add({ intervals, series }: PastPage): void {
    const moments = intervals.map((text) => ({
      date: text.slice(0, 10),
      // A day whose clocks are put forward at midnight begins at 01:00: as a whole it is a day all the same.
      place: this.#places.size === 1 ? 0 : this.#places.get(text.slice(11, 16)),
      kind: kindOf(text),
    }));
    for (const one of series) {
      const cells = this.#cellsOf(one);
      const values = (one as unknown as Record<string, Numbers | undefined>)[this.#column] ?? [];
      for (const [at, { date, place, kind }] of moments.entries()) {
        // Where clocks are changed by half an hour, intervals of that day lie between the times of others.
        const cell = place === undefined ? undefined : cells.get(kind)?.[place];
        cell?.add(date, one.coverage[at] ?? 0, values[at] ?? null);
      }
    }
  }

  finish(): TypicalDaySeries[] {
    return [...this.#series.values()].flatMap(({ names, cells }) =>
      [...cells].map(([day, all]): TypicalDaySeries => {
        const known = all.map((cell) => cell.values());
        const at = (share: number) =>
          known.map((values) => (values.length < LEAST_DAYS ? null : rounded(quantile(values, share))));
        return {
          ...names,
          day,
          days: known.map(({ length }) => length),
          coverage: all.map((cell) => cell.coverage),
          median: at(SHARES.median),
          p15: at(SHARES.p15),
          p85: at(SHARES.p85),
        };
      }),
    );
  }

  #cellsOf({ camera, line, direction, lane, roadUser, zone }: Names): ReadonlyMap<DayKind, Cell[]> {
    const names = {
      ...(camera !== undefined && { camera }),
      ...(line !== undefined && { line }),
      ...(direction !== undefined && { direction }),
      ...(lane !== undefined && { lane }),
      ...(roadUser !== undefined && { roadUser }),
      ...(zone !== undefined && { zone }),
    };
    const key = JSON.stringify(names);
    let found = this.#series.get(key);
    if (found === undefined) {
      const empty = () => Array.from({ length: this.#places.size }, () => new Cell());
      found = { names, cells: new Map(this.#kinds.map((kind) => [kind, empty()])) };
      this.#series.set(key, found);
    }
    return found.cells;
  }
}

/** All days of a kind at one time of day. */
class Cell {
  readonly #days = new Map<string, { value: number; parts: number }>();
  #intervals = 0;
  #covered = 0;

  add(date: string, coverage: number, value: number | null): void {
    this.#intervals += 1;
    this.#covered += coverage;
    if (value === null || coverage < LEAST_COVERAGE) return;
    // An hour that comes twice because the clocks are put back is one of that day: their mean.
    const day = this.#days.get(date) ?? { value: 0, parts: 0 };
    day.value = (day.value * day.parts + value) / (day.parts + 1);
    day.parts += 1;
    this.#days.set(date, day);
  }

  get coverage(): number {
    return this.#intervals === 0 ? 0 : Math.round((this.#covered / this.#intervals) * 1e4) / 1e4;
  }

  /** Of one day each, rising. */
  values(): number[] {
    return [...this.#days.values()].map(({ value }) => value).sort((a, b) => a - b);
  }
}

/** Linear between the two nearest (type 7 of Hyndman and Fan). `sorted` rises and is not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

/** Of a local date. */
function kindOf(text: string): DayKind {
  const [year = 0, month = 1, day = 1] = text.slice(0, 10).split('-').map(Number);
  const weekday = weekdayOf({ year, month, day });
  return weekday === 6 ? 'sunday' : weekday === 5 ? 'saturday' : 'working';
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
