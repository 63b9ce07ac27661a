// Finished local days, their hours and quarter hours, summed up once. A year of a hundred cameras takes InfluxDB a minute by itself and
// this a fraction of a second: docs/decisions/0016-finished-days-in-the-collector.md. What comes late for such a day
// makes it unknown again, see DayWatch.

import pMap from 'p-map';
import type { KnownFields } from '../rollup-statements.ts';
import { dayOf, type Resolution, type Slot, slotsOf } from './calendar-slot.ts';
import { bytesOf, type DayChunk, type DayRows, emptyChunk, withoutSlots, withSlots } from './day-chunk.ts';
import type { DayStore } from './day-store.ts';
import type { Kind } from './kinds.ts';
import { type Level, planOf, type Reach } from './plan.ts';
import { type CameraAddress, type HistoryDatabase, readSums } from './reader.ts';

export type DayCacheOptions = {
  readonly database: HistoryDatabase;
  readonly known: (level: Level) => Promise<KnownFields>;
  /** Without one, days are forgotten with the process. */
  readonly store?: DayStore | undefined;
  /** Most that is held in memory. Default 128 MiB. */
  readonly maxBytes?: number;
  readonly onProblem?: (problem: string) => void;
};

export type DaysWanted = {
  readonly kind: Kind;
  readonly timeZone: string;
  readonly cameras: readonly CameraAddress[];
  readonly resolution: Resolution;
  /** Of finished days, in order. */
  readonly slots: readonly Slot[];
  readonly reach: Reach;
  /** Gives up between two statements. */
  readonly signal?: AbortSignal;
};

export type CameraDays = { readonly camera: CameraAddress; readonly month: string; readonly chunk: DayChunk };

/** Cameras of one statement: InfluxDB takes some 4 KiB for each field of each series. */
const CAMERAS_AT_ONCE = 25;
/** InfluxDB reads one month while rows of another are taken apart. */
const MONTHS_AT_ONCE = 2;
const MAX_BYTES = 128 * 1024 * 1024;

export class DayCache {
  readonly #options: DayCacheOptions;
  /** The one that was used last stands last. */
  readonly #chunks = new Map<string, DayChunk>();
  #bytes = 0;
  /** By month: two requests for the same days sum them up once. */
  readonly #filling = new Map<string, Promise<void>>();
  /** By agent: rises when days of it become unknown, so that sums read before are not kept. */
  readonly #generations = new Map<string, number>();
  #trusted = false;
  /** Months of a camera that were summed up. */
  readonly counts = { filled: 0, fromDisk: 0 };

  constructor(options: DayCacheOptions) {
    this.#options = options;
  }

  /** From now on days on disk are as good as those in memory: what came late for them has been noticed. */
  trustStore(): void {
    this.#trusted = true;
  }

  /** What is missing is summed up first. Throws StoreError. */
  async read(wanted: DaysWanted): Promise<CameraDays[]> {
    const months = [...byMonth(wanted.slots)];
    const known = await pMap(months, ([month, slots]) => this.#month(wanted, month, slots), {
      concurrency: MONTHS_AT_ONCE,
    });
    return months.flatMap(([month], at) =>
      wanted.cameras.flatMap((camera, index) => {
        const chunk = known[at]?.[index];
        return chunk === undefined ? [] : [{ camera, month, chunk }];
      }),
    );
  }

  /** Sums up what is missing. Throws StoreError. */
  async fill(wanted: DaysWanted): Promise<void> {
    for (const [month, slots] of byMonth(wanted.slots)) await this.#month(wanted, month, slots);
  }

  async #month(wanted: DaysWanted, month: string, slots: readonly Slot[]): Promise<(DayChunk | undefined)[]> {
    const { cameras, kind, timeZone, resolution } = wanted;
    const keys = cameras.map((camera) => keyOf(camera, wanted, month));
    const chunks = await this.#known(keys);
    if (!chunks.some((chunk) => lacks(chunk, slots))) return chunks;
    const turn = `${kind.name} ${resolution} ${timeZone} ${month}`;
    await this.#inTurn(turn, () => this.#fill(wanted, month, slots));
    return this.#known(keys);
  }

  /** Days of an agent that hold one of these moments are not known any more. */
  async forget(
    { site, agent }: { site: string; agent: string },
    momentsMs: readonly number[],
  ): Promise<void> {
    const prefix = `${site}/${agent}/`;
    this.#generations.set(prefix, (this.#generations.get(prefix) ?? 0) + 1);
    const inMemory = [...this.#chunks.keys()].filter((key) => key.startsWith(prefix));
    const keys = [...new Set([...inMemory, ...((await this.#options.store?.keysWith(prefix)) ?? [])])];
    for (const key of keys) {
      const slots = slotsAt(key, momentsMs);
      if (slots.length === 0) continue;
      const [chunk] = await this.#known([key], true);
      if (chunk !== undefined) await this.#keep([[key, withoutSlots(chunk, slots)]]);
    }
  }

  /** What is on disk stays. */
  forgetMemory(): void {
    this.#chunks.clear();
    this.#bytes = 0;
  }

  async clear(): Promise<void> {
    this.forgetMemory();
    for (const [prefix, generation] of this.#generations) this.#generations.set(prefix, generation + 1);
    await this.#options.store?.clear();
  }

  async #known(keys: readonly string[], evenUntrusted = false): Promise<(DayChunk | undefined)[]> {
    const missing = keys.filter((key) => !this.#chunks.has(key) && resolutionOf(key) === 'day');
    if (missing.length > 0 && this.#options.store !== undefined && (this.#trusted || evenUntrusted)) {
      const found = await this.#options.store.get(missing);
      for (const [at, key] of missing.entries()) {
        const chunk = found[at];
        // Another request may have brought a newer one meanwhile.
        if (chunk === undefined || this.#chunks.has(key)) continue;
        this.counts.fromDisk += 1;
        this.#remember(key, chunk, keys.length);
      }
    }
    return keys.map((key) => {
      const chunk = this.#chunks.get(key);
      if (chunk !== undefined) {
        this.#chunks.delete(key);
        this.#chunks.set(key, chunk);
      }
      return chunk;
    });
  }

  async #fill(wanted: DaysWanted, month: string, slots: readonly Slot[]): Promise<void> {
    for (let first = 0; first < wanted.cameras.length; first += CAMERAS_AT_ONCE) {
      wanted.signal?.throwIfAborted();
      const some = wanted.cameras.slice(first, first + CAMERAS_AT_ONCE);
      const chunks = await this.#known(some.map((camera) => keyOf(camera, wanted, month)));
      const lacking = slots.filter((slot) => chunks.some((chunk) => lacks(chunk, [slot])));
      const cameras = some.filter((_, at) => lacks(chunks[at], lacking));
      if (lacking.length === 0 || cameras.length === 0) continue;
      await this.#sumUp(wanted, month, lacking, cameras);
    }
  }

  async #sumUp(
    wanted: DaysWanted,
    month: string,
    slots: readonly Slot[],
    cameras: readonly CameraAddress[],
  ): Promise<void> {
    const { kind, reach } = wanted;
    const generations = cameras.map((camera) => this.#generationOf(camera));
    const plan = planOf(slots, reach);
    const slotOf = plan.pieces.map(({ interval }) => slots[interval]?.at ?? 0);
    const rows = new Map(
      cameras.map((camera) => [`${camera.site}/${camera.agent}/${camera.camera}`, newRows()]),
    );
    const { database, known } = this.#options;
    await readSums(database, { kind, plan, scope: { cameras }, known }, (tags, columns) => {
      const row = rows.get(`${tags.site}/${tags.agent}/${tags.camera}`);
      if (row === undefined) return undefined;
      const name = kind.tags.map((tag) => tags[tag] ?? '').join(',');
      const own = row.get(name) ?? new Map<string, Map<number, number>>();
      row.set(name, own);
      const one = (piece: number, values: Float64Array) => {
        for (const [at, column] of columns.entries()) {
          const value = values[at];
          if (value === undefined || Number.isNaN(value)) continue;
          const cells = own.get(column.name) ?? new Map<number, number>();
          own.set(column.name, cells);
          addCell(cells, slotOf[piece] ?? 0, value, column.role);
        }
      };
      return { one };
    });
    const numbers = slots.map(({ at }) => at);
    const kept: [string, DayChunk][] = [];
    for (const [at, camera] of cameras.entries()) {
      const key = keyOf(camera, wanted, month);
      const [before] = await this.#known([key]);
      const summed = rows.get(`${camera.site}/${camera.agent}/${camera.camera}`) ?? newRows();
      const chunk = withSlots(before ?? emptyChunk(slots[0]?.slots ?? 0), numbers, summed);
      // Touched meanwhile: good enough for who asked just now, and summed up again for the next.
      const stale = generations[at] !== this.#generationOf(camera);
      kept.push([key, stale ? withoutSlots(chunk, numbers) : chunk]);
    }
    this.counts.filled += kept.length;
    await this.#keep(kept);
  }

  #generationOf({ site, agent }: CameraAddress): number {
    return this.#generations.get(`${site}/${agent}/`) ?? 0;
  }

  async #keep(chunks: readonly (readonly [key: string, chunk: DayChunk])[]): Promise<void> {
    for (const [key, chunk] of chunks) this.#remember(key, chunk, chunks.length);
    try {
      // Parts of days are asked for of few cameras and take much room: those stay in memory.
      const lasting = chunks.filter(([key]) => resolutionOf(key) === 'day');
      if (lasting.length > 0) await this.#options.store?.put(lasting);
    } catch (error) {
      // It stays in memory, and is summed up again by the next process.
      this.#options.onProblem?.(`finished days could not be kept on disk: ${(error as Error).message}`);
    }
  }

  #remember(key: string, chunk: DayChunk, leaveAlone: number): void {
    const before = this.#chunks.get(key);
    if (before !== undefined) this.#bytes -= bytesOf(before);
    this.#chunks.delete(key);
    this.#chunks.set(key, chunk);
    this.#bytes += bytesOf(chunk);
    const most = this.#options.maxBytes ?? MAX_BYTES;
    for (const [oldest, old] of this.#chunks) {
      // Those that are being asked for stay until they were handed over.
      if (this.#bytes <= most || this.#chunks.size <= leaveAlone) return;
      this.#chunks.delete(oldest);
      this.#bytes -= bytesOf(old);
    }
  }

  async #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#filling.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.#filling.set(key, mine);
    try {
      await mine;
    } finally {
      if (this.#filling.get(key) === mine) this.#filling.delete(key);
    }
  }
}

function newRows(): Map<string, Map<string, Map<number, number>>> & DayRows {
  return new Map();
}

/** A day of several pieces, as in zones at :30 offsets, is joined here. */
function addCell(cells: Map<number, number>, slot: number, value: number, role: string): void {
  const before = cells.get(slot);
  if (before === undefined) cells.set(slot, value);
  else if (role === 'max') cells.set(slot, Math.max(before, value));
  else if (role === 'min') cells.set(slot, Math.min(before, value));
  else cells.set(slot, before + value);
}

function lacks(chunk: DayChunk | undefined, slots: readonly Slot[]): boolean {
  return chunk === undefined || slots.some(({ at }) => chunk.filled[at] !== 1);
}

function byMonth(slots: readonly Slot[]): Map<string, Slot[]> {
  const months = new Map<string, Slot[]>();
  for (const slot of slots) {
    const known = months.get(slot.month);
    if (known === undefined) months.set(slot.month, [slot]);
    else known.push(slot);
  }
  return months;
}

function keyOf(
  { site, agent, camera }: CameraAddress,
  { kind, resolution, timeZone }: Pick<DaysWanted, 'kind' | 'resolution' | 'timeZone'>,
  month: string,
): string {
  return `${site}/${agent}/${camera}/${kind.name}/${resolution}/${timeZone}/${month}`;
}

function resolutionOf(key: string): Resolution {
  const resolution = key.split('/')[4];
  return resolution === 'hour' || resolution === 'quarter' ? resolution : 'day';
}

/** The slots of a chunk that hold one of these moments. */
function slotsAt(key: string, momentsMs: readonly number[]): number[] {
  const parts = key.split('/');
  const [month, timeZone] = [parts.at(-1), parts.slice(5, -1).join('/')];
  const slots = new Set<number>();
  for (const atMs of momentsMs) {
    const day = dayOf(atMs, timeZone);
    if (day.month !== month) continue;
    // All parts of the day: they were summed up together.
    for (const { at } of slotsOf(day, resolutionOf(key), timeZone)) slots.add(at);
  }
  return [...slots];
}
