// What an outbox on disk costs: processor time and bytes written for a day of one camera, quiet and busy, and how many
// batches a second it can take. Hours are simulated: events come in the batches that an agent would make of them, as
// fast as the disk takes them.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TrafficEvent } from '../../contract/index.ts';
import { type BatchClass, batchClassOf } from '../../edge-agent/publisher/batch-class.ts';
import { Batcher } from '../../edge-agent/publisher/batcher.ts';
import { Outbox } from '../../edge-agent/publisher/outbox.ts';
import { AgentTraffic, toldAtMs } from './collector/agent-traffic.ts';

export type OutboxBenchOptions = {
  /** Where outboxes are made; on the disk that matters. */
  readonly directory?: string;
  /** Simulated minutes of each camera. */
  readonly minutes: number;
};

/** Passages a second, mean of a day: a side street, and a crossroads in Hanoi. */
const CAMERAS = { quiet: 0.05, busy: 1 };
const BATCH_MS = [250, 1000];
const DAY_MINUTES = 1440;
const FROM_MS = Date.UTC(2026, 0, 1);

type Cost = { readonly batches: number; readonly cpuMs: number; readonly written: Written };
type Written = { readonly toFiles: number; readonly toDisk: number };

export async function printOutbox({ directory = tmpdir(), minutes }: OutboxBenchOptions): Promise<void> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const scale = DAY_MINUTES / minutes;
  say(
    `outbox: ${minutes} simulated minutes of one camera, confirmed as they come; a day is ${scale} times that\n`,
  );
  say('camera  batch  batches/day  share of a core  without outbox  to files/day  to disk/day');
  for (const [name, passagesPerS] of Object.entries(CAMERAS)) {
    const events = eventsOf(passagesPerS, minutes);
    for (const batchMs of BATCH_MS) {
      const alone = await cost(events, batchMs, undefined);
      const whole = await inFolder(directory, (folder) => cost(events, batchMs, folder));
      const row = [
        name.padEnd(6),
        `${batchMs} ms`.padStart(7),
        Math.round(whole.batches * scale)
          .toString()
          .padStart(10),
        share(whole.cpuMs, minutes).padStart(15),
        share(alone.cpuMs, minutes).padStart(14),
        mb(whole.written.toFiles * scale).padStart(12),
        mb(whole.written.toDisk * scale).padStart(11),
      ];
      say(row.join('  '));
    }
  }
  const perS = await inFolder(directory, appendsPerS);
  say(`\nappends a second, one after the other, each on the disk: ${Math.round(perS)}`);
}

function eventsOf(passagesPerS: number, minutes: number): TrafficEvent[] {
  const address = { site: 'bench', agent: 'box-1' };
  const traffic = new AgentTraffic({ address, cameras: 1, passagesPerS, seed: 1, fromMs: FROM_MS });
  const batches = Array.from({ length: minutes }, () => traffic.nextMinute()).flat();
  return batches.flatMap(({ batch }) => batch.events).sort((a, b) => toldAtMs(a) - toldAtMs(b));
}

/** The events in the batches of an agent that waits `batchMs` for company; without a folder, they are only made. */
async function cost(
  events: readonly TrafficEvent[],
  batchMs: number,
  folder: string | undefined,
): Promise<Cost> {
  let nowMs = FROM_MS;
  const outbox = folder === undefined ? undefined : open(folder, () => nowMs);
  await outbox?.recover();
  const batcher = new Batcher();
  const before = await writtenSoFar();
  const cpu = process.cpuUsage();
  let batches = 0;
  const flush = async () => {
    const { drafts } = batcher.take();
    batches += drafts.length;
    if (!outbox || drafts.length === 0) return;
    const stored = await outbox.append(drafts, { leaving: true });
    const seqs = stored.map(({ seq }) => seq);
    await outbox.acknowledge(outbox.epoch ?? 0, [[Math.min(...seqs), Math.max(...seqs)]]);
  };
  let untilMs = 0;
  for (const event of events) {
    nowMs = toldAtMs(event);
    if (nowMs > untilMs) {
      await flush();
      untilMs = nowMs + batchMs;
    }
    batcher.add(event);
  }
  await flush();
  const { user, system } = process.cpuUsage(cpu);
  await outbox?.close();
  const after = await writtenSoFar();
  const written = { toFiles: after.toFiles - before.toFiles, toDisk: after.toDisk - before.toDisk };
  return { batches, cpuMs: (user + system) / 1000, written };
}

async function appendsPerS(folder: string): Promise<number> {
  const outbox = open(folder, Date.now);
  await outbox.recover();
  const [event] = eventsOf(1, 1);
  if (!event) throw new Error('a minute of a busy camera has events');
  const batchClass: BatchClass = batchClassOf(event.type);
  const draft = { class: batchClass, events: { [event.type]: 1 }, json: [JSON.stringify(event)] };
  const beganMs = performance.now();
  let appends = 0;
  for (; performance.now() - beganMs < 3000; appends += 1) await outbox.append([draft]);
  const perS = (appends / (performance.now() - beganMs)) * 1000;
  await outbox.close();
  return perS;
}

function open(directory: string, now: () => number): Outbox {
  const logger = pino({ level: 'silent' });
  return new Outbox({ directory, maxBytes: 512 * 1024 * 1024, maxAgeMs: 14 * 86_400_000, logger, now });
}

/** What this process has given to write() and what it has made the disk write, bytes; the latter 0 on a tmpfs. */
async function writtenSoFar(): Promise<Written> {
  const io = await readFile('/proc/self/io', 'utf8');
  const value = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1] ?? 0);
  return { toFiles: value('wchar'), toDisk: value('write_bytes') };
}

async function inFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'ngatu-outbox-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function share(cpuMs: number, minutes: number): string {
  return `${((cpuMs / (minutes * 60_000)) * 100).toFixed(3)} %`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
