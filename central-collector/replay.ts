// Wires what `ngatu quarantine replay` needs of a collector: reading and storing, without broker and pages.

import type { QuarantinedMessage } from './ingest/quarantine-file.ts';
import { type Replayed, replayMessage } from './ingest/quarantine-replay.ts';
import { SeriesGuard } from './ingest/series-guard.ts';
import type { CollectorOptions } from './main.ts';
import { within } from './retry.ts';
import { BatchWriter } from './store/batch-writer.ts';
import { Database } from './store/database.ts';
import { PointStore } from './store/store.ts';
import { createWrite } from './store/write-request.ts';

export type Replay = {
  /** Throws StoreError when InfluxDB does not take it in time; then nothing has to be done but to try again later. */
  message(message: QuarantinedMessage): Promise<Replayed>;
  close(): Promise<void>;
};

export type ReplayingOptions = Pick<CollectorOptions, 'name' | 'influxdb' | 'maxNamesPerAgent'> & {
  /** How long InfluxDB may fail over one message. Default 30 s: whoever waits for a command looks at it. */
  readonly giveUpMs?: number;
};

/** Throws StoreError when InfluxDB cannot be reached or used. */
export async function openReplay(options: ReplayingOptions): Promise<Replay> {
  const { name, influxdb, maxNamesPerAgent, giveUpMs = 30_000 } = options;
  const database = new Database(influxdb);
  try {
    await database.ensureOnce();
  } catch (error) {
    database.close();
    throw error;
  }
  const http = createWrite(influxdb);
  // One message after the other: waiting for company would only cost time.
  const writer = new BatchWriter({
    write: http.write,
    maxDelayMs: 0,
    onMissing: () => database.ensureOnce(),
  });
  const store = new PointStore(writer, name);
  const series = new SeriesGuard({ maxPerAgent: maxNamesPerAgent });
  const close = async () => {
    await writer.close();
    http.close();
    database.close();
  };
  return {
    message: async (message) => {
      const replayed = replayMessage(message, {
        store: {
          batch: (batch, rejectedEvents) => store.batch(batch, rejectedEvents),
          status: (status, receivedAtMs) => store.status(status, receivedAtMs),
          health: (health) => store.health(health),
          expired: () => writer.counts.beyondRetention,
        },
        series,
        now: Date.now,
      });
      if ((await within(giveUpMs, replayed)) === 'late') await writer.close();
      return replayed;
    },
    close,
  };
}

/** What reading alone tells: whether messages would be stored now, as far as that depends on them. */
export function rehearsal(maxNamesPerAgent?: number): Replay {
  const series = new SeriesGuard({ maxPerAgent: maxNamesPerAgent });
  return {
    message: (message) => replayMessage(message, { store: undefined, series, now: Date.now }),
    close: async () => undefined,
  };
}
