// What the tests of the roll-ups share: a database of its own with writers and rollers on a clock of the test, and sums of
// the events made here, in JavaScript, to hold the roll-ups against.

import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { Database } from '../../central-collector/store/database.ts';
import { lineOf } from '../../central-collector/store/line-protocol.ts';
import { Roller } from '../../central-collector/store/roller.ts';
import { statePoint } from '../../central-collector/store/rollup-state.ts';
import { HOUR_POLICY } from '../../central-collector/store/rollup-statements.ts';
import { type RollupKeep, rollupPolicies } from '../../central-collector/store/rollup-work.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { createWrite } from '../../central-collector/store/write-request.ts';
import type { TrafficEvent } from '../../contract/index.ts';

export const MINUTE_MS = 60_000;
export const QUARTER_MS = 900_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const FOR_EVER: RollupKeep = { raw: 'INF', quarterHour: 'INF', hour: 'INF' };

export type Stored = { readonly agent: string; readonly event: TrafficEvent };

export type BatchFrom = {
  readonly collector: string;
  readonly agent: string;
  /** How long the collector had the batch when InfluxDB took it. */
  readonly heldMs: number;
};

export type RollerRig = {
  readonly keep?: RollupKeep;
  /** Asks InfluxDB so many times and is dead from then on. */
  readonly diesAfter?: number;
};

export type RollupRig = Awaited<ReturnType<typeof rollupRig>>;

export async function rollupRig(url: string, name: string, startMs: number) {
  const influxdb = {
    url,
    database: name,
    retentionPolicy: 'raw',
    keep: 'INF',
    policies: rollupPolicies(FOR_EVER),
  };
  const database = new Database(influxdb);
  await database.ensureOnce();
  const raw = createWrite(influxdb);
  const hours = createWrite({ ...influxdb, retentionPolicy: HOUR_POLICY });
  const writer = new BatchWriter({ write: raw.write, maxDelayMs: 1 });
  const stored: Stored[] = [];
  let seq = 0;
  const rig = {
    database,
    /** InfluxDB's and everybody's. */
    clockMs: startMs,
    stored: stored as readonly Stored[],
    /** Stores a batch as a collector does. */
    store: async (events: readonly TrafficEvent[], from: Partial<BatchFrom> = {}) => {
      const { collector = 'one', agent = 'a', heldMs = 0 } = from;
      const receivedAtMs = rig.clockMs - heldMs;
      seq += 1;
      const batch = {
        ...{ site: 's', agent, epoch: 1, seq, sentAtMs: receivedAtMs, receivedAtMs, dropped: [] },
        events: events.map((event, position) => ({ position, event })),
      };
      await new PointStore(writer, collector, () => rig.clockMs).batch(batch, 0);
      stored.push(...events.map((event) => ({ agent, event })));
    },
    /** Lines of InfluxDB as they are, of others than ours. */
    write: (lines: string) => raw.write(Buffer.from(lines), new AbortController().signal),
    roller: (
      collector: string,
      { keep = FOR_EVER, diesAfter = Number.POSITIVE_INFINITY }: RollerRig = {},
    ) => {
      let asked = 0;
      const alive = <T>(ask: () => Promise<T>): Promise<T> => {
        asked += 1;
        return asked > diesAfter ? Promise.reject(new Error('killed')) : ask();
      };
      return new Roller({
        collector,
        keep,
        now: () => rig.clockMs,
        saveState: (state) =>
          alive(() => hours.write(Buffer.from(lineOf(statePoint(state))), new AbortController().signal)),
        database: {
          query: (influxql) => alive(() => database.query(influxql)),
          selectInto: (influxql) => alive(() => database.selectInto(influxql)),
          clockMs: async () => rig.clockMs,
        },
      });
    },
    /** Counts by window and series that a policy holds. */
    sums: async (policy: 'm15' | 'h1') => {
      const rows = await database.query(
        `SELECT n FROM "${policy}".flow GROUP BY agent, camera, line, direction, lane, road_user`,
      );
      return new Map(
        rows.map(({ time, agent, camera, line, direction, lane, road_user, n }) => [
          [time, agent, camera, line, direction, lane, road_user].join(' '),
          Number(n),
        ]),
      );
    },
    close: async () => {
      await writer.close();
      raw.close();
      hours.close();
      database.close();
    },
  };
  return rig;
}

/** The same, of events. */
export function sumsOf(stored: readonly Stored[], lengthMs: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { agent, event } of stored) {
    if (event.type !== 'flow') continue;
    const window = Math.floor(event.fromMs / lengthMs) * lengthMs;
    for (const [roadUser, { n }] of Object.entries(event.counts)) {
      const { camera, line, direction, lane = '' } = event;
      const key = [window, agent, camera, line, direction, lane, roadUser].join(' ');
      sums.set(key, (sums.get(key) ?? 0) + n);
    }
  }
  return sums;
}
