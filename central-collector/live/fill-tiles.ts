// What tiles know when the centre starts: passages of the last minutes from the stream's own log, intervals of the last
// hour from the database, which may come up later than the centre.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Passage } from '../../contract/index.ts';
import { retryDelayMs } from '../retry.ts';
import type { RecentFlow } from './camera-traffic.ts';
import type { EventLog } from './event-log.ts';
import { type Tiles, WINDOW_MIN } from './tiles.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Gives the moment since when all passages are known. */
export async function fillFromLog(log: EventLog, tiles: Tiles, nowMs: number): Promise<number> {
  const sinceMs = Math.max(nowMs - WINDOW_MIN * MINUTE_MS, Math.ceil(log.completeSince / 1000));
  const end = log.position;
  for await (const part of log.read(sinceMs * 1000, () => end)) {
    if (!('entries' in part)) continue;
    for (const { kind, camera, text } of part.entries) {
      if (kind !== 'passage' || camera === undefined) continue;
      tiles.passage(camera, (JSON.parse(text) as { data: Passage }).data);
    }
  }
  return sinceMs;
}

type FillOptions = {
  readonly recentFlows?: (sinceMs: number) => Promise<readonly RecentFlow[]>;
  readonly logger: Logger;
};

/** Tries for an hour: after that nothing of it would be shown. Never rejects. */
export async function fillFromDatabase(
  { recentFlows, logger }: FillOptions,
  tiles: Tiles,
  startedMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (recentFlows === undefined) return;
  const sinceMs = startedMs - HOUR_MS;
  const begun = performance.now();
  for (let attempt = 1; performance.now() - begun < HOUR_MS && !signal.aborted; attempt += 1) {
    try {
      tiles.fill(await recentFlows(sinceMs));
      return;
    } catch (error) {
      logger.debug({ err: error }, 'tiles wait for the last hour from the database');
    }
    await sleep(retryDelayMs(attempt), undefined, { signal }).catch(() => undefined);
  }
  if (!signal.aborted) logger.warn('tiles went without the last hour: the database did not give it');
}
