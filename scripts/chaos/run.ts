// One run: everything starts, events flow while faults happen, everything is repaired, what is left is delivered, and
// then InfluxDB is held against what was published.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Comparison, compare } from './compare.ts';
import type { FaultKind } from './faults.ts';
import { happen, type RunHooks } from './happen.ts';
import { type JournalState, readJournal } from './journal.ts';
import { judgeLedgers, type LedgerVerdict, ledgerOf } from './ledgers.ts';
import { type ChaosOptions, DATABASE } from './options.ts';
import { hashOf, lengthOf, makeSchedule } from './schedule.ts';
import { StoredPoints } from './stored-points.ts';
import { filesIn, linksOf, shareInOutboxes, stateOf, watchMemory } from './watch.ts';
import { makeWorld, type World } from './world.ts';

export type RunResult = {
  readonly options: ChaosOptions;
  readonly disks: boolean;
  readonly scheduleHash: string;
  readonly done: ReadonlyMap<FaultKind, number>;
  /** Wall time with faults, and from the last repair until everything was delivered. */
  readonly faultsMs: number;
  readonly deliveryMs: number;
  /** Share of the events that InfluxDB had confirmed when the last fault was over. */
  readonly storedMeanwhile: number;
  readonly comparisons: readonly Comparison[];
  readonly ledger: LedgerVerdict;
  readonly sent: number;
  readonly resent: number;
  readonly connections: number;
  readonly resets: number;
  /** Of each collector, the most of all its lives. */
  readonly peakCollectorBytes: readonly number[];
  readonly quarantined: number;
  /** What ended or failed without having been told to. */
  readonly troubles: readonly string[];
};

const TICK_MS = 100;
const PROGRESS_MS = 15_000;
/** Nothing delivered for so long, with everything repaired, means that it never will be. */
const STUCK_MS = 150_000;
const LEDGER_WAIT_MS = 90_000;

export async function runChaos(options: ChaosOptions, disks: boolean, hooks: RunHooks): Promise<RunResult> {
  const schedule = makeSchedule({ ...options, disks });
  const goal = Math.ceil((lengthOf(schedule) / 1000) * options.eventsPerSecond);
  const troubles: string[] = [];
  const onTrouble = (what: string) => {
    troubles.push(what);
    hooks.onProgress(`trouble: ${what}`);
  };
  const world = await makeWorld(options, { disks, onTrouble });
  let keep = true;
  try {
    await startAll(world);
    const beganMs = performance.now();
    const done = await happen(schedule, goal, world, options, hooks);
    const faultsMs = performance.now() - beganMs;
    const storedMeanwhile = 1 - shareInOutboxes(world, goal);
    await deliverAll(world, goal, hooks);
    const deliveryMs = performance.now() - beganMs - faultsMs;
    hooks.onProgress('everything is delivered; comparing InfluxDB with what was published');
    const result: RunResult = {
      ...{ options, disks, done, faultsMs, deliveryMs, storedMeanwhile, troubles },
      scheduleHash: hashOf(schedule),
      ...(await judge(world, goal, options)),
      sent: world.agents.reduce((sum, { process }) => sum + process.totals.sent, 0),
      resent: world.agents.reduce((sum, { process }) => sum + process.totals.resent, 0),
      connections: linksOf(world).reduce((sum, { counts }) => sum + counts.connections, 0),
      resets: linksOf(world).reduce((sum, { counts }) => sum + counts.reset, 0),
      peakCollectorBytes: world.collectors.map(({ process }) => process.peakBytes),
      quarantined: await filesIn(world.collectors.map(({ quarantine }) => quarantine)),
    };
    keep = options.keep;
    return result;
  } finally {
    await world.close(keep);
  }
}

async function startAll({ broker, database, collectors, agents }: World): Promise<void> {
  await Promise.all([broker.process.start(), database.process.start()]);
  await Promise.all([
    ...collectors.map(({ process }) => process.start()),
    ...agents.map(({ process }) => process.process.start()),
  ]);
}

/** Everything works again: waits until every agent has published all of its events and each has been confirmed. */
async function deliverAll(world: World, goal: number, { onProgress, signal }: RunHooks): Promise<void> {
  for (const { process } of world.agents) process.setClock(0);
  let best = Number.POSITIVE_INFINITY;
  let movedAtMs = performance.now();
  let toldAtMs = movedAtMs;
  while (!world.agents.every(({ process }) => process.isDone(goal))) {
    for (const { process } of world.agents) process.order(goal);
    watchMemory(world);
    await sleep(TICK_MS, undefined, { signal });
    const left = shareInOutboxes(world, goal);
    const nowMs = performance.now();
    if (left < best) {
      best = left;
      movedAtMs = nowMs;
    }
    if (nowMs - movedAtMs > STUCK_MS) {
      throw new Error(
        `nothing was delivered for ${STUCK_MS / 1000} s although everything is repaired: ${stateOf(world)}`,
      );
    }
    if (nowMs - toldAtMs > PROGRESS_MS) {
      toldAtMs = nowMs;
      onProgress(`delivering what is left: ${stateOf(world)}`);
    }
  }
}

async function judge(
  world: World,
  goal: number,
  { seed }: ChaosOptions,
): Promise<Pick<RunResult, 'comparisons' | 'ledger'>> {
  const journals = new Map<string, JournalState>();
  for (const { process } of world.agents) journals.set(process.name, readJournal(process.journal));
  const ledger = await settledLedgers(world, journals);
  const stored = new StoredPoints(world.database.process.running?.url ?? '', DATABASE);
  const comparisons: Comparison[] = [];
  for (const [at, { process }] of world.agents.entries()) {
    const journal = journals.get(process.name) as JournalState;
    comparisons.push(await compare({ seed, agent: at + 1 }, goal, journal, stored));
  }
  return { comparisons, ledger };
}

/** Collectors hear of each other's batches in time; asked again until they know everything, or long enough. */
async function settledLedgers(
  world: World,
  journals: ReadonlyMap<string, JournalState>,
): Promise<LedgerVerdict> {
  const untilMs = performance.now() + LEDGER_WAIT_MS;
  for (;;) {
    const urls = world.collectors.map(({ process }) => process.running?.httpUrl ?? '');
    const verdict = judgeLedgers(await Promise.all(urls.map(ledgerOf)), journals);
    if ((verdict.missing === 0 && verdict.wrong.length === 0) || performance.now() > untilMs) return verdict;
    await sleep(1000);
  }
}
