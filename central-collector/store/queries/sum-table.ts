// Adds up what was read into the series that were asked for, and keeps account of how much of each interval was watched:
// the points of all road users and lanes of a place tell of the same time, which must be counted once.

import type { RoadUser } from '../../../contract/index.ts';
import type { Group as GroupBy } from '../../api/schemas/history.ts';
import { CellBounds } from './cell-bounds.ts';
import type { Column } from './kinds.ts';
import type { Piece } from './plan.ts';
import type { CameraAddress, ManyValues, Taker } from './reader.ts';

export type Names = {
  camera?: string;
  line?: string;
  direction?: string;
  lane?: string;
  roadUser?: RoadUser;
  zone?: string;
};

export type SumTableOptions = {
  readonly by: readonly GroupBy[];
  readonly intervals: number;
  readonly pieces: readonly Piece[];
  /** That must be there, seen or not. */
  readonly cameras?: readonly CameraAddress[] | undefined;
};

export type Tags = Readonly<Record<string, string>>;

/** Per interval and column. */
export class SumGroup {
  readonly names: Names;
  readonly sums = new Map<string, Float64Array>();
  /** Of columns of the role `max`: NaN where there is none. */
  readonly largest = new Map<string, Float64Array>();
  readonly units = new Set<Float64Array>();
  bounds: CellBounds | undefined;
  /** How long was watched in all by its units, and how many of them watched at all; by interval, after `finish`. */
  observedMs = new Float64Array();
  watching = new Float64Array();
  readonly #intervals: number;

  constructor(names: Names, intervals: number) {
    this.names = names;
    this.#intervals = intervals;
  }

  sum(column: string): Float64Array {
    let values = this.sums.get(column);
    if (values === undefined) {
      values = new Float64Array(this.#intervals);
      this.sums.set(column, values);
    }
    return values;
  }

  most(column: string): Float64Array {
    let values = this.largest.get(column);
    if (values === undefined) {
      values = new Float64Array(this.#intervals).fill(Number.NaN);
      this.largest.set(column, values);
    }
    return values;
  }
}

export class SumTable {
  readonly #options: SumTableOptions;
  readonly #by: ReadonlySet<GroupBy>;
  readonly #groups = new Map<string, SumGroup>();
  readonly #units = new Map<string, Float64Array>();
  /** By stream and column: what the points of all its road users say alike. */
  readonly #shared = new Map<string, { group: SumGroup; column: string; values: Float64Array }>();
  readonly #intervalOf: Int32Array;

  constructor(options: SumTableOptions) {
    this.#options = options;
    this.#by = new Set(options.by);
    this.#intervalOf = Int32Array.from(options.pieces, ({ interval }) => interval);
  }

  /** What takes the values of a series. */
  series(tags: Tags, columns: readonly Column[]): Taker {
    const names = this.#namesOf(tags);
    const group = this.#groupOf(names);
    const unit = this.#unitOf(tags);
    if (columns.some(({ role }) => role === 'observed')) group.units.add(unit);
    const withShared = columns.some(({ role }) => role === 'shared');
    const sums: [number, Float64Array][] = [];
    const largest: [number, Float64Array][] = [];
    const shared: [number, Float64Array][] = [];
    let observed = -1;
    for (const [at, { name, role }] of columns.entries()) {
      if (role === 'sum') sums.push([at, group.sum(name)]);
      if (role === 'max' && !name.startsWith('accuracy_')) largest.push([at, group.most(name)]);
      if (role === 'observed') observed = at;
      if (role === 'shared' || (role === 'observed' && withShared)) {
        shared.push([at, this.#sharedOf(tags, group, name)]);
      }
    }
    if (CellBounds.reads(columns)) group.bounds ??= new CellBounds();
    const addBounds = CellBounds.reads(columns) ? group.bounds?.series(columns) : undefined;
    const intervalOf = this.#intervalOf;
    const one = (piece: number, values: Float64Array) => {
      const interval = intervalOf[piece];
      // A point of InfluxDB outside of what was asked for.
      if (interval === undefined) return;
      for (const [at, to] of sums) to[interval] = (to[interval] ?? 0) + (values[at] || 0);
      for (const [at, to] of largest) raise(to, interval, values[at]);
      for (const [at, to] of shared) raise(to, piece, values[at]);
      if (observed >= 0) raise(unit, piece, values[observed]);
      addBounds?.(interval, values);
    };
    // Bounds are of all columns of a piece together.
    if (addBounds !== undefined || largest.length > 0) return { one };
    const highest = observed < 0 ? shared : [...shared, [observed, unit] as const];
    return { one, many: (of) => addMany(of, intervalOf, sums, highest) };
  }

  /** Sorted by name. */
  finish(): SumGroup[] {
    const { intervals } = this.#options;
    for (const { group, column, values } of this.#shared.values()) this.#fold(values, group.sum(column));
    for (const camera of this.#options.cameras ?? []) {
      if (this.#isByCameraAlone()) this.#groupOf({ camera: cameraId(camera) });
    }
    for (const group of this.#groups.values()) {
      group.observedMs = new Float64Array(intervals);
      group.watching = new Float64Array(intervals);
      for (const unit of group.units) {
        const own = new Float64Array(intervals);
        this.#fold(unit, own);
        for (const [at, ms] of own.entries()) {
          group.observedMs[at] = (group.observedMs[at] ?? 0) + ms;
          if (ms > 0) group.watching[at] = (group.watching[at] ?? 0) + 1;
        }
      }
    }
    return [...this.#groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  /** How many places should have watched for a group: those that ever did, and the cameras that were asked for. */
  expectedUnits(group: SumGroup): number {
    const { cameras } = this.#options;
    const asked =
      cameras !== undefined && !this.#by.has('camera') && !this.#by.has('line') ? cameras.length : 0;
    return Math.max(1, asked, group.units.size);
  }

  #isByCameraAlone(): boolean {
    return this.#by.size === 1 && this.#by.has('camera');
  }

  #namesOf(tags: Tags): Names {
    const by = this.#by;
    const { line, direction, lane, road_user, zone_id } = tags;
    return {
      ...(by.has('camera') && { camera: cameraId(tags as Tags & CameraAddress) }),
      ...(by.has('line') && line && { line }),
      ...(by.has('direction') && direction && { direction }),
      ...(by.has('lane') && lane && { lane }),
      ...(by.has('roadUser') && road_user && { roadUser: road_user as RoadUser }),
      ...(zone_id && { zone: zone_id }),
    };
  }

  /** A further sum of the group that a series belongs to. */
  sumOf(tags: Tags, column: string): Float64Array {
    return this.#groupOf(this.#namesOf(tags)).sum(column);
  }

  keyOf(tags: Tags): string {
    return this.keyOfNames(this.#namesOf(tags));
  }

  keyOfNames({ camera, line, direction, lane, roadUser, zone }: Names): string {
    return [camera, line, direction, lane, roadUser, zone].join(' ');
  }

  #groupOf(names: Names): SumGroup {
    const key = this.keyOfNames(names);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new SumGroup(names, this.#options.intervals);
      this.#groups.set(key, group);
    }
    return group;
  }

  /**
   * A place that watches as one: the camera; where lines are told apart its line, and of that the lane or direction. A
   * lane whose `direction` is given has points for the other one only when somebody drives it, yet it is watched.
   */
  #unitOf(tags: Tags): Float64Array {
    const by = this.#by;
    const parts = [cameraId(tags as Tags & CameraAddress), tags.zone_id];
    if (by.has('line')) {
      parts.push(tags.line);
      if (by.has('direction') || by.has('lane')) parts.push(tags.lane ? `lane ${tags.lane}` : tags.direction);
    }
    if (by.has('roadUser')) parts.push(tags.road_user);
    const key = parts.join(' ');
    let unit = this.#units.get(key);
    if (unit === undefined) {
      unit = new Float64Array(this.#options.pieces.length);
      this.#units.set(key, unit);
    }
    return unit;
  }

  #sharedOf(tags: Tags, group: SumGroup, column: string): Float64Array {
    const { line, direction, lane } = tags;
    const key = [cameraId(tags as Tags & CameraAddress), line, direction, lane, column].join(' ');
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = { group, column, values: new Float64Array(this.#options.pieces.length) };
      this.#shared.set(key, shared);
    }
    return shared.values;
  }

  /** From pieces to intervals. */
  #fold(pieces: Float64Array, intervals: Float64Array): void {
    for (const [piece, value] of pieces.entries()) {
      const interval = this.#intervalOf[piece] ?? 0;
      intervals[interval] = (intervals[interval] ?? 0) + value;
    }
  }
}

export function cameraId({ site, agent, camera }: CameraAddress): string {
  return `${site}/${agent}/${camera}`;
}

/** The same as one by one, for years of hundreds of series: what stands in memory together is taken together. */
function addMany(
  { values, starts, slots, pieces }: ManyValues,
  intervalOf: Int32Array,
  sums: readonly (readonly [number, Float64Array])[],
  highest: readonly (readonly [number, Float64Array])[],
): void {
  for (const [column, to] of sums) {
    const start = starts[column] ?? -1;
    if (start < 0) continue;
    for (let at = 0; at < pieces.length; at += 1) {
      const value = values[start + (slots[at] as number)] as number;
      // Not for NaN either.
      if (value > 0) (to[intervalOf[pieces[at] as number] as number] as number) += value;
    }
  }
  for (const [column, to] of highest) {
    const start = starts[column] ?? -1;
    if (start < 0) continue;
    for (let at = 0; at < pieces.length; at += 1) {
      const value = values[start + (slots[at] as number)] as number;
      const piece = pieces[at] as number;
      if (value > (to[piece] as number)) to[piece] = value;
    }
  }
}

function raise(values: Float64Array, at: number, value: number | undefined): void {
  if (value === undefined || Number.isNaN(value)) return;
  const before = values[at] ?? Number.NaN;
  if (!(before >= value)) values[at] = value;
}
