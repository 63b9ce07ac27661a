// A simulated agent, run as a process of its own that is made to be killed: the real publisher with its outbox on disk,
// and known events instead of cameras. After a start it goes on with the first event that is not on disk.
//
//   node agent-program.js '{"seed":1, …}'        AgentSettings as JSON; orders and reports go over IPC

import { pino, stdTimeFunctions } from 'pino';
import { openPublisher, type Publisher } from '../../edge-agent/publisher/publisher.ts';
import { Journal } from './journal.ts';
import { journaledDatabase } from './journaled-database.ts';
import { eventAt } from './known-events.ts';
import { agentName, SITE } from './options.ts';

export type AgentSettings = {
  readonly seed: number;
  readonly agent: number;
  readonly mqttUrl: string;
  readonly outbox: string;
  readonly journal: string;
  readonly clockOffsetMs: number;
};

/** From the run. */
export type AgentOrder = {
  /** Publish events up to this index, exclusive. */
  readonly goal: number;
  /** How wrong the agent's clock is. */
  readonly clockOffsetMs: number;
  /** kill -9 so many milliseconds after the next write of batches has begun. */
  readonly dieInWriteMs?: number;
};

/** To the run. */
export type AgentReport = {
  /** Events handed to the publisher, by this life and those before; undefined while that is not known. */
  readonly published: number | undefined;
  /** Not yet on disk. */
  readonly waiting: number;
  readonly batches: number;
  readonly dropped: number;
  readonly resent: number;
  readonly sent: number;
  readonly connected: boolean;
  readonly storageProblem: string | undefined;
};

const TICK_MS = 40;
const REPORT_EVERY_TICKS = 5;
/** After a long pause an agent has much to say; it says it in handfuls, as cameras would. */
const MOST_IN_A_TICK = 60;

/** Quicker than the defaults, so that minutes show what takes hours otherwise. */
const TIMING = {
  batchMs: 150,
  upkeepMs: 2000,
  // Never: what goes out from memory alone may end with a kill, and is not what is measured here.
  spareAfterMs: 2_000_000_000,
  resend: { firstMs: 1500, capMs: 8000 },
  reconnect: { firstMs: 100, capMs: 3000 },
};

/** So much that nothing has to be given up. */
const MAX_OUTBOX_BYTES = 1024 * 1024 * 1024;
const MAX_AGE_MS = 365 * 86_400_000;

async function main(settings: AgentSettings): Promise<void> {
  const { seed, agent } = settings;
  let { clockOffsetMs } = settings;
  let goal = 0;
  let dieInWriteMs: number | undefined;
  const journal = new Journal(settings.journal);
  const publisher = await openPublisher({
    address: { site: SITE, agent: agentName(agent) },
    mqtt: { url: settings.mqttUrl },
    outbox: { directory: settings.outbox, maxBytes: MAX_OUTBOX_BYTES, maxAgeMs: MAX_AGE_MS },
    version: 'chaos',
    logger: pino({ level: 'info', base: { agent: agentName(agent) }, timestamp: stdTimeFunctions.isoTime }),
    now: () => Date.now() + clockOffsetMs,
    timing: TIMING,
    makeDatabase: journaledDatabase(journal, () => {
      if (dieInWriteMs !== undefined) dieIn(dieInWriteMs);
    }),
  });
  publisher.setStatus([{ camera: 'nga-tu-1', name: 'Ngã tư', state: 'live', sinceMs: Date.now() }]);
  process.on('message', (order: AgentOrder) => {
    ({ goal, clockOffsetMs } = order);
    dieInWriteMs ??= order.dieInWriteMs;
  });
  let next: number | undefined;
  let ticks = 0;
  const timer = setInterval(() => {
    // Until it is known what a killed life before this one had on disk, there is nothing to go on with.
    if (next === undefined && journal.settled) next = journal.nextIndex;
    if (next !== undefined && next < goal) {
      const until = Math.min(goal, next + MOST_IN_A_TICK);
      const from = next;
      publisher.publish(Array.from({ length: until - from }, (_, at) => eventAt({ seed, agent }, from + at)));
      next = until;
    }
    ticks += 1;
    if (ticks % REPORT_EVERY_TICKS === 0) report(publisher, next);
  }, TICK_MS);
  const end = async () => {
    clearInterval(timer);
    await publisher.close();
    journal.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void end());
  // The run is gone, so that nobody would end this process.
  process.once('disconnect', () => process.exit(1));
}

/** Nothing else happens in this thread meanwhile; the write goes on in another. */
function dieIn(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
  process.kill(process.pid, 'SIGKILL');
}

function report(publisher: Publisher, published: number | undefined): void {
  const stats = publisher.stats();
  const sum = (counts: object) => Object.values(counts).reduce((total: number, n: number) => total + n, 0);
  const what: AgentReport = {
    published,
    waiting: sum(stats.waiting),
    batches: stats.batches,
    dropped: sum(stats.dropped),
    resent: stats.resentBatches,
    sent: stats.publishedBatches,
    connected: stats.connected,
    storageProblem: stats.storageProblem,
  };
  // A run that does not listen is none of the agent's troubles.
  process.send?.(what, undefined, undefined, () => undefined);
}

await main(JSON.parse(process.argv[2] ?? '{}') as AgentSettings);
