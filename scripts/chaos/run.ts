// One run: everything starts, events flow while faults happen, everything is repaired, what is left is delivered, and
// then InfluxDB is held against what was published.

import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { begin } from './carry-out.ts';
import { type Comparison, compare } from './compare.ts';
import { type Fault, type FaultKind, partsHit } from './faults.ts';
import { type JournalState, readJournal } from './journal.ts';
import { judgeLedgers, type LedgerVerdict, ledgerOf } from './ledgers.ts';
import { type ChaosOptions, DATABASE } from './options.ts';
import { RunClock } from './run-clock.ts';
import { hashOf, lengthOf, makeSchedule } from './schedule.ts';
import { StoredPoints } from './stored-points.ts';
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

export type RunHooks = {
  /** Told now and then how it goes. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
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

/** Carries out the schedule while agents publish; resolves when all is repaired. */
async function happen(
  schedule: readonly Fault[],
  goal: number,
  world: World,
  options: ChaosOptions,
  { onProgress, signal }: RunHooks,
): Promise<Map<FaultKind, number>> {
  const clock = new RunClock();
  const lengthMs = lengthOf(schedule);
  const done = new Map<FaultKind, number>();
  /** Faults under way, and the parts that they hit. */
  const active = new Set<Promise<void>>();
  const busy = new Set<string>();
  let failure: unknown;
  let begun = 0;
  const goals = setInterval(() => {
    const now = Math.min(goal, Math.floor((clock.nowMs / lengthMs) * goal));
    for (const { process } of world.agents) process.order(now);
    watchMemory(world);
  }, TICK_MS);
  const progress = setInterval(() => onProgress(progressLine(world, begun, schedule.length)), PROGRESS_MS);
  try {
    clock.go();
    for (const fault of schedule) {
      while (clock.nowMs < fault.atMs)
        await sleep(Math.min(TICK_MS, fault.atMs - clock.nowMs), undefined, { signal });
      // A slow machine repairs slowly: the run waits, lest more goes wrong at once than the schedule says.
      clock.hold();
      const parts = partsHit(fault, options.collectors);
      const mustWait = () => parts.some((part) => busy.has(part)) || active.size >= options.concurrency;
      while (failure === undefined && mustWait()) await Promise.race(active);
      signal.throwIfAborted();
      if (failure !== undefined) break;
      clock.go();
      begun += 1;
      for (const part of parts) busy.add(part);
      const work = carryOut(fault, world, signal)
        .then(() => {
          done.set(fault.kind, (done.get(fault.kind) ?? 0) + 1);
        })
        .catch((error: unknown) => {
          failure ??= new Error(`fault ${fault.number}, "${fault.kind}", could not be carried out`, {
            cause: error,
          });
        })
        .finally(() => {
          for (const part of parts) busy.delete(part);
          active.delete(work);
        });
      active.add(work);
    }
    await Promise.all(active);
    if (failure !== undefined) throw failure;
    return done;
  } finally {
    clearInterval(goals);
    clearInterval(progress);
  }
}

async function carryOut(fault: Fault, world: World, signal: AbortSignal): Promise<void> {
  const repair = await begin(fault, world);
  await sleep(fault.lastsMs, undefined, { signal });
  await repair();
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

/** Of all events, how many are not known to be confirmed; batches count as what an average one holds. */
function shareInOutboxes(world: World, goal: number): number {
  const open = world.agents.map(({ process: { report } }) => {
    const unpublished = goal - (report?.published ?? 0);
    return unpublished + (report?.waiting ?? 0) + (report?.batches ?? goal);
  });
  return Math.min(1, open.reduce((sum, n) => sum + n, 0) / (goal * world.agents.length));
}

function progressLine(world: World, begun: number, faults: number): string {
  return `fault ${begun} of ${faults}; ${stateOf(world)}`;
}

function stateOf(world: World): string {
  const sum = (of: (report: NonNullable<World['agents'][number]['process']['report']>) => number) =>
    world.agents.reduce((total, { process: { report } }) => total + (report ? of(report) : 0), 0);
  const silent = world.agents.filter(({ process }) => process.report === undefined).length;
  return [
    `published ${sum(({ published }) => published ?? 0)}`,
    `waiting for disks ${sum(({ waiting }) => waiting)}`,
    `batches in outboxes ${sum(({ batches }) => batches)}`,
    `agents connected ${sum(({ connected }) => Number(connected))} of ${world.agents.length}`,
    ...(silent > 0 ? [`${silent} starting`] : []),
  ].join(', ');
}

function linksOf(world: World) {
  return [
    ...world.agents.map(({ link }) => link),
    ...world.collectors.flatMap(({ brokerLink, databaseLink }) => [brokerLink, databaseLink]),
  ];
}

/** The kernel keeps the most that a process ever had; read while it lives. */
function watchMemory(world: World): void {
  for (const { process } of world.collectors) {
    const { running } = process;
    if (running) process.peakBytes = Math.max(process.peakBytes, peakOf(running.pid));
  }
}

function peakOf(pid: number): number {
  try {
    const [, kib = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  } catch {
    // It has ended in this very moment, or the system keeps no such files.
    return 0;
  }
}

async function filesIn(folders: readonly string[]): Promise<number> {
  const lists = await Promise.all(
    folders.map((folder) => readdir(folder, { recursive: true }).catch((): string[] => [])),
  );
  return lists.flat().length;
}
