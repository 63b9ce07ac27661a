// Passages over one line as they are stored: what the city counts there, one by one.

import { z } from 'zod';
import { type AgentAddress, roadUserSchema, slugSchema } from '../../../contract/index.ts';
import type { Row } from '../database.ts';
import { influxql } from './influxql.ts';

export type PassagesAsked = AgentAddress & {
  readonly camera: string;
  readonly line: string;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
};

const rowSchema = z
  .object({
    time: z.int(),
    direction: slugSchema,
    lane: slugSchema.nullish(),
    road_user: roadUserSchema,
    track: z.int().min(1),
    speed_kmh: z.number().nullish(),
  })
  .transform(({ time, road_user, lane, speed_kmh, ...rest }) => ({
    ...rest,
    atMs: time,
    lane: lane ?? null,
    roadUser: road_user,
    speedKmh: speed_kmh ?? null,
  }));

/** Ids of tracks begin again when the agent does. */
export type StoredPassage = z.output<typeof rowSchema>;

const COLUMNS = ['track', 'speed_kmh', 'direction', 'lane', 'road_user'];

/** Oldest first; rows that are none of ours are passed over. Throws StoreError. */
export async function readPassages(
  query: (influxql: string) => Promise<readonly Row[]>,
  { fromMs, toMs, ...where }: PassagesAsked,
): Promise<StoredPassage[]> {
  const { site, agent, camera, line } = where;
  const rows = await query(
    influxql({
      select: COLUMNS.map((field) => ({ field, as: field })),
      from: { policy: 'raw', measurement: 'passage' },
      where: Object.entries({ site, agent, camera, line }).map(([tag, is]) => ({ tag, is })),
      fromMs,
      toMs,
    }),
  );
  return rows
    .map((row) => rowSchema.safeParse(row).data)
    .filter((passage) => passage !== undefined)
    .sort((a, b) => a.atMs - b.atMs);
}
