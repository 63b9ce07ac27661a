// What the tests of the roll-ups share: a database of its own with a writer and rollers, and sums of raw counts made here,
// in JavaScript, to hold the roll-ups against.

import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { Database } from '../../central-collector/store/database.ts';
import { createRoller } from '../../central-collector/store/open-roller.ts';
import type { Roller } from '../../central-collector/store/roller.ts';
import { type RollupKeep, rollupPolicies } from '../../central-collector/store/rollup-work.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { createWrite } from '../../central-collector/store/write-request.ts';
import type { TrafficEvent } from '../../contract/index.ts';

export const MINUTE_MS = 60_000;
export const QUARTER_MS = 900_000;
export const HOUR_MS = 3_600_000;

export const FOR_EVER: RollupKeep = { raw: 'INF', quarterHour: 'INF', hour: 'INF' };

export type RollupRig = {
  readonly database: Database;
  /** Stores a batch as the collector of that name does, received at a moment. */
  store(events: readonly TrafficEvent[], from?: Partial<BatchFrom>): Promise<void>;
  roller(collector: string, keep?: RollupKeep): Roller;
  ask(influxql: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
};

export type BatchFrom = {
  readonly collector: string;
  readonly site: string;
  readonly agent: string;
  readonly receivedAtMs: number;
};

export async function rollupRig(url: string, name: string, keep = FOR_EVER): Promise<RollupRig> {
  const influxdb = {
    url,
    database: name,
    retentionPolicy: 'raw',
    keep: keep.raw,
    policies: rollupPolicies(keep),
  };
  const database = new Database(influxdb);
  await database.ensureOnce();
  const http = createWrite(influxdb);
  const writer = new BatchWriter({ write: http.write, maxDelayMs: 1 });
  const rollers: { close(): Promise<void> }[] = [];
  let seq = 0;
  return {
    database,
    store: async (events, from = {}) => {
      const { collector = 'one', site = 's', agent = 'a', receivedAtMs = Date.now() } = from;
      const numbered = events.map((event, position) => ({ position, event }));
      seq += 1;
      const batch = { site, agent, epoch: 1, seq, sentAtMs: receivedAtMs, receivedAtMs, dropped: [] };
      await new PointStore(writer, collector, () => receivedAtMs).batch({ ...batch, events: numbered }, 0);
    },
    roller: (collector, kept = keep) => {
      const opened = createRoller({ collector, influxdb, keep: kept });
      rollers.push(opened);
      return opened.roller;
    },
    ask: (influxql) => database.query(influxql),
    close: async () => {
      for (const roller of rollers) await roller.close();
      await writer.close();
      http.close();
      database.close();
    },
  };
}

/** Sums of one field of flows by window and series, computed from the events. */
export function sumsOf(
  events: readonly { readonly agent: string; readonly event: TrafficEvent }[],
  lengthMs: number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { agent, event } of events) {
    if (event.type !== 'flow') continue;
    const window = Math.floor(event.fromMs / lengthMs) * lengthMs;
    for (const [roadUser, { n }] of Object.entries(event.counts)) {
      const key = [window, agent, event.camera, event.line, event.direction, event.lane ?? '', roadUser].join(
        ' ',
      );
      sums.set(key, (sums.get(key) ?? 0) + n);
    }
  }
  return sums;
}

/** The same of what a policy holds. */
export async function storedSums({ ask }: RollupRig, policy: 'm15' | 'h1'): Promise<Map<string, number>> {
  const rows = await ask(
    `SELECT n FROM "${policy}".flow GROUP BY agent, camera, line, direction, lane, road_user`,
  );
  return new Map(
    rows.map(({ time, agent, camera, line, direction, lane, road_user, n }) => [
      [time, agent, camera, line, direction, lane, road_user].join(' '),
      Number(n),
    ]),
  );
}
