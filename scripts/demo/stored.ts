// Reads back what the database holds, over InfluxDB's own HTTP interface and not through the collector's code.

import { z } from 'zod';
import { AGENT, DATABASE, SITE } from './configuration.ts';
import { type PointIdentity, pointIdentity } from './identities.ts';

export type StoredCounts = { readonly passages: number; readonly flowPoints: number };

const answerSchema = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            name: z.string(),
            columns: z.array(z.string()),
            values: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
          }),
        )
        .optional(),
    }),
  ),
});

type Row = Readonly<Record<string, string | number | null>>;

/** Without simulated districts. */
const OURS = `site = '${SITE}' AND agent = '${AGENT}'`;

/** Zeros before the collector has made the database. */
export async function countStored(influxUrl: string): Promise<StoredCounts> {
  const rows = await query(influxUrl, `SELECT count(seq) AS n FROM passage, flow WHERE ${OURS}`);
  const count = (name: string) => Number(rows.find(({ measurement }) => measurement === name)?.n ?? 0);
  return { passages: count('passage'), flowPoints: count('flow') };
}

/** One entry for every point of passages and interval counts. */
export async function readIdentities(influxUrl: string): Promise<PointIdentity[]> {
  const rows = await query(
    influxUrl,
    `SELECT site, agent, epoch, seq, "position", road_user FROM passage, flow WHERE ${OURS}`,
  );
  return rows.map(({ measurement, site, agent, epoch, seq, position, road_user }) =>
    pointIdentity(
      measurement === 'flow' ? 'flow' : 'passage',
      {
        site: String(site),
        agent: String(agent),
        epoch: Number(epoch),
        seq: Number(seq),
        position: Number(position),
      },
      String(road_user),
    ),
  );
}

/** Frames analysed, by the interval counts: every line and direction of a camera tells the same number. */
export async function countFrames(influxUrl: string): Promise<number> {
  const rows = await query(
    influxUrl,
    `SELECT sum(frames_analysed) AS n FROM flow WHERE ${OURS} GROUP BY camera, line, direction, road_user`,
  );
  return rows.reduce((most, { n }) => Math.max(most, Number(n)), 0);
}

async function query(influxUrl: string, q: string): Promise<Row[]> {
  const url = `${influxUrl}/query?${new URLSearchParams({ db: DATABASE, epoch: 'ms', q })}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  const { results } = answerSchema.parse(await response.json());
  return results.flatMap(({ error, series = [] }) => {
    if (error !== undefined && !error.startsWith('database not found')) {
      throw new Error(`InfluxDB refused "${q}": ${error}`);
    }
    return series.flatMap(({ name, columns, values }) =>
      values.map((row) => ({
        ...Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
        measurement: name,
      })),
    );
  });
}
