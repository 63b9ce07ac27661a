// Which cameras the database has heard of, also when their box has been silent since the collector started.

import { z } from 'zod';
import { slugSchema } from '../../contract/index.ts';
import type { Row } from './database.ts';

export type KnownCamera = {
  readonly site: string;
  readonly agent: string;
  readonly camera: string;
  readonly name: string | undefined;
  readonly picture: { readonly width: number; readonly height: number } | undefined;
  /** When its box last spoke of it, ms since 1970. */
  readonly toldAtMs: number;
};

/** A camera that was taken down so long ago is history. */
const FORGET = '90d';

const rowSchema = z.object({
  ...{ site: slugSchema, agent: slugSchema, camera: slugSchema },
  time: z.coerce.date(),
  name: z.string().nullish(),
  width: z.number().nullish(),
  height: z.number().nullish(),
});

export const KNOWN_CAMERAS = `SELECT last(state) AS state, "name", width, height FROM camera_status WHERE time > now() - ${FORGET} GROUP BY site, agent, camera`;

/** Of the answer to `KNOWN_CAMERAS`. Rows that are none are left out. */
export function knownCameras(rows: readonly Row[]): KnownCamera[] {
  return rows.flatMap((row) => {
    const { data } = rowSchema.safeParse(row);
    if (data === undefined) return [];
    const { site, agent, camera, name, width, height, time } = data;
    return [
      {
        ...{ site, agent, camera },
        name: name ?? undefined,
        picture: width && height ? { width, height } : undefined,
        toldAtMs: time.getTime(),
      },
    ];
  });
}
