// Hands over the finished days of a page, or their hours, series by series, as if InfluxDB had told them.

import type { KnownFields } from '../rollup-statements.ts';
import type { DayCache } from './day-cache.ts';
import type { DayChunk } from './day-chunk.ts';
import type { Page } from './history-page.ts';
import type { Column, Kind } from './kinds.ts';
import type { CameraAddress, Scope, TakeValues, Visit } from './reader.ts';

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
  const slotsOf = new Map<string, { piece: number; slot: number }[]>();
  for (const [at, { month, at: slot }] of slots.entries()) {
    const own = slotsOf.get(month);
    if (own === undefined) slotsOf.set(month, [{ piece: first + at, slot }]);
    else own.push({ piece: first + at, slot });
  }
  const row = new Float64Array(columns.length);
  // The same in all months.
  const takers = new Map<string, TakeValues | undefined>();
  for (const { camera, month, chunk } of chunks) {
    const at = columns.map(({ name }) => chunk.columns.indexOf(name));
    for (const [series, name] of chunk.series.entries()) {
      const key = `${camera.site}/${camera.agent}/${camera.camera}/${name}`;
      if (!takers.has(key)) takers.set(key, takerOf(camera, name, kind, columns, tags, visit));
      const take = takers.get(key);
      if (take !== undefined) handOver(chunk, series, at, slotsOf.get(month) ?? [], row, take);
    }
  }
}

function handOver(
  { values, columns, slots }: DayChunk,
  series: number,
  at: readonly number[],
  wanted: readonly { readonly piece: number; readonly slot: number }[],
  row: Float64Array,
  take: TakeValues,
): void {
  const start = series * columns.length * slots;
  for (const { piece, slot } of wanted) {
    let some = false;
    for (let column = 0; column < row.length; column += 1) {
      const from = at[column] ?? -1;
      const value = from < 0 ? Number.NaN : (values[start + from * slots + slot] ?? Number.NaN);
      row[column] = value;
      if (!Number.isNaN(value)) some = true;
    }
    if (some) take(piece, row);
  }
}

function takerOf(
  camera: CameraAddress,
  name: string,
  kind: Kind,
  columns: readonly Column[],
  wanted: NonNullable<Scope['tags']>,
  visit: Visit,
): TakeValues | undefined {
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
