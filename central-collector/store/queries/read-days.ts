// Hands over the finished days of a page, or their hours, series by series, as if InfluxDB had told them.

import type { KnownFields } from '../rollup-statements.ts';
import type { DayCache } from './day-cache.ts';
import type { Page } from './history-page.ts';
import type { Column, Kind } from './kinds.ts';
import type { CameraAddress, ManyValues, Scope, Taker, Visit } from './reader.ts';

export type ReadDaysOptions = {
  readonly kind: Kind;
  readonly page: Page;
  readonly tags: NonNullable<Scope['tags']>;
  readonly cache: DayCache;
  readonly known: Promise<KnownFields>;
  readonly visit: Visit;
  readonly signal: AbortSignal;
};

/** Throws StoreError. */
export async function readDays({
  kind,
  page,
  tags,
  cache,
  known,
  visit,
  signal,
}: ReadDaysOptions): Promise<void> {
  const { slots, cameras, timeZone, reach, resolution } = page;
  const columns = kind.columns('h1', await known);
  const chunks = await cache.read({ kind, resolution, timeZone, cameras, slots, reach, signal });
  // Pieces of finished days stand after those that were read directly.
  const first = page.pieces.length - slots.length;
  const wantedOf = new Map<string, { pieces: number[]; slots: number[] }>();
  for (const [at, { month, at: slot }] of slots.entries()) {
    const own = wantedOf.get(month) ?? { pieces: [], slots: [] };
    wantedOf.set(month, own);
    own.pieces.push(first + at);
    own.slots.push(slot);
  }
  const wanted = new Map(
    [...wantedOf].map(([month, { pieces, slots: own }]) => [
      month,
      { pieces: Int32Array.from(pieces), slots: Int32Array.from(own) },
    ]),
  );
  // The same in all months, by camera and series.
  const takers = new Map<CameraAddress, Map<string, Taker | undefined>>();
  const starts = new Int32Array(columns.length);
  for (const { camera, month, chunk } of chunks) {
    const own = wanted.get(month);
    if (own === undefined) continue;
    const known = takers.get(camera) ?? new Map<string, Taker | undefined>();
    takers.set(camera, known);
    const at = columns.map(({ name }) => chunk.columns.indexOf(name));
    const of: ManyValues = { ...own, values: chunk.values, starts };
    let start = 0;
    for (const name of chunk.series) {
      if (!known.has(name)) known.set(name, takerOf(camera, name, kind, columns, tags, visit));
      const taker = known.get(name);
      // Used again: there are tens of thousands of them in a year of a city.
      for (let column = 0; column < starts.length; column += 1) {
        const position = at[column] ?? -1;
        starts[column] = position < 0 ? -1 : start + position * chunk.slots;
      }
      start += chunk.columns.length * chunk.slots;
      if (taker !== undefined) handOver(of, taker);
    }
  }
}

function handOver(of: ManyValues, taker: Taker): void {
  if (taker.many !== undefined) {
    taker.many(of);
    return;
  }
  const { values, starts, slots, pieces } = of;
  const row = new Float64Array(starts.length);
  for (const [at, piece] of pieces.entries()) {
    let some = false;
    for (const [column, start] of starts.entries()) {
      const value = start < 0 ? Number.NaN : (values[start + (slots[at] ?? 0)] ?? Number.NaN);
      row[column] = value;
      if (!Number.isNaN(value)) some = true;
    }
    if (some) taker.one(piece, row);
  }
}

function takerOf(
  camera: CameraAddress,
  name: string,
  kind: Kind,
  columns: readonly Column[],
  wanted: NonNullable<Scope['tags']>,
  visit: Visit,
): Taker | undefined {
  const values = name.split(',');
  const tags: Record<string, string> = { site: camera.site, agent: camera.agent, camera: camera.camera };
  for (const [at, tag] of kind.tags.entries()) {
    const value = values[at] ?? '';
    const only = wanted[tag];
    if (only !== undefined && !(typeof only === 'string' ? only === value : only.includes(value)))
      return undefined;
    tags[tag] = value;
  }
  return visit(tags, columns);
}
