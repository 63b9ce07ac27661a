// The history with its own way to InfluxDB and its folder: keeps it in step with late data, and sums up the days of the
// last year before anybody asks for them.

import type { Logger } from 'pino';
import { within } from '../../retry.ts';
import { Database, type DatabaseOptions } from '../database.ts';
import { StoreError } from '../store-error.ts';
import { dayOf, type Slot } from './calendar-slot.ts';
import { DayStore } from './day-store.ts';
import { DayWatch } from './day-watch.ts';
import { History, type HistoryOptions } from './history.ts';
import { KIND } from './kinds.ts';

export type OpenHistoryOptions = Pick<HistoryOptions, 'timeZone' | 'now' | 'maxBytes' | 'patienceMs'> & {
  readonly influxdb: DatabaseOptions;
  /** Of its own. Without one, finished days are summed up again by each process. */
  readonly directory?: string;
  readonly log: Logger;
  /** Days before today that are summed up beforehand. Default 400. */
  readonly daysAhead?: number;
  /** Default 30 s. */
  readonly periodMs?: number;
};

export type CentreHistory = {
  readonly history: History;
  /** Sentences about what does not work; they go by themselves. */
  readonly problems: readonly string[];
  /**
   * Does not wait for InfluxDB. Without a usable folder days are forgotten with the process, and `problems` says so.
   * `repeat: false` leaves it to the caller when there is a round.
   */
  open(how?: { readonly repeat?: boolean }): Promise<void>;
  /** One round now: notices late data, and sums up the days that are not known yet, newest month first. */
  round(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
};

/** A statement that takes longer is given up. */
const TIMEOUT_MS = 60_000;
/** Rests as long as it worked after each month, so that InfluxDB has time for others. */
const REST = 1;
/** After a failure. */
const AGAIN_MS = 3000;

export function createHistory(options: OpenHistoryOptions): CentreHistory {
  const { influxdb, directory, log, daysAhead = 400, periodMs = 30_000, ...more } = options;
  const database = new Database({ ...influxdb, timeoutMs: TIMEOUT_MS });
  const store = directory === undefined ? undefined : new DayStore(directory);
  const problems = new Map<'folder' | 'round', string>();
  const closing = new AbortController();
  const now = options.now ?? Date.now;
  const history = new History({
    ...more,
    database,
    store,
    onProblem: (problem) => log.warn({ problem }, 'finished days were not summed up or kept'),
  });
  const watch = new DayWatch({ database, rollups: history.rollups, days: history.days, store });
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let closed: Promise<void> | undefined;

  const round = async () => {
    await watch.run();
    const reach = await history.rollups.reach();
    const cameras = await history.catalogue.cameras();
    const days = daysBefore(now(), daysAhead, options.timeZone).filter(
      ({ fromMs, toMs }) => fromMs >= reach.fromMs && toMs <= reach.untilMs,
    );
    for (const month of new Set(days.map((day) => day.month))) {
      const startedAtMs = performance.now();
      await history.days.fill({
        ...{ kind: KIND.flows, timeZone: options.timeZone, cameras, reach, signal: closing.signal },
        resolution: 'day',
        // In order of time: days side by side are one statement.
        slots: days.filter((day) => day.month === month).reverse(),
      });
      const workedMs = performance.now() - startedAtMs;
      await rest(REST * workedMs, closing.signal);
    }
  };
  const repeat = () => {
    let waitMs = periodMs;
    running = round().then(
      () => {
        problems.delete('round');
      },
      (error: Error) => {
        waitMs = Math.min(periodMs, AGAIN_MS);
        // A new database has no past: not there yet is as good as empty.
        if (error instanceof StoreError && error.kind === 'missing') problems.delete('round');
        else if (!closing.signal.aborted) problems.set('round', error.message);
      },
    );
    void running.finally(() => {
      if (!closing.signal.aborted) timer = setTimeout(repeat, waitMs);
    });
  };
  const close = async () => {
    closing.abort(new Error('closing'));
    clearTimeout(timer);
    database.close();
    await within(2000, running);
    await store?.close();
  };
  return {
    history,
    round,
    get problems() {
      return [...problems.values()].map((problem) => `The history: ${problem}.`);
    },
    open: async ({ repeat: repeats = true } = {}) => {
      try {
        await store?.open();
      } catch (error) {
        problems.set('folder', `finished days cannot be kept in ${directory}: ${(error as Error).message}`);
      }
      if (repeats && !closing.signal.aborted) repeat();
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** Newest first: what people look at. */
function daysBefore(nowMs: number, count: number, timeZone: string): Slot[] {
  const days: Slot[] = [];
  let day = dayOf(nowMs, timeZone);
  while (days.length < count) {
    day = dayOf(day.fromMs - 1, timeZone);
    days.push(day);
  }
  return days;
}
