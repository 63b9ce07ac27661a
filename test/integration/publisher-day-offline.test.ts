// A box without its link for a day of simulated time, killed four times meanwhile: when the broker is back, new events
// come at once and the day comes after them, oldest first, exactly once.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { AgentTraffic } from '../../scripts/bench/collector/agent-traffic.ts';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { ask, collector, until } from './collector-rig.ts';

const CHILD = join(import.meta.dirname, 'publisher-day-child.mjs');
const BUILT = join(import.meta.dirname, '../../dist/edge-agent/publisher/publisher.js');
/** Simulated. Much less is delivered before anything new is counted. */
const HOURS = Number(process.env.NGATU_DAY_HOURS ?? 24);
const MINUTES = HOURS * 60;
const LIVES = 4;
/** Events of so many simulated seconds are stored at once; 1 is what an agent does and takes a quarter of an hour. */
const STEP_S = Number(process.env.NGATU_DAY_STEP_S ?? 60);

type News = { minute: number; batches: number; bytes: number; rssMiB: number; published: number };
type Child = { process: ChildProcess; news: News | undefined; ended: Promise<void> };

test.skipIf(!existsSync(BUILT))(
  'what was counted without a link arrives in full, oldest first, and does not hold up what is new',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ngatu-day-'));
    const outbox = join(directory, 'outbox');
    const port = await freePort();
    const fromMs = Math.floor(Date.now() / 60_000 - MINUTES - 1) * 60_000;
    const begin = (first: number, end: number): Child => {
      const args = [CHILD, `mqtt://127.0.0.1:${port}`, outbox, fromMs, first, end, STEP_S].map(String);
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const life: Child = { process: child, news: undefined, ended };
      createInterface({ input: child.stdout }).on('line', (line) => {
        life.news = JSON.parse(line) as News;
      });
      return life;
    };
    const stops: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
    const report: Record<string, number> = {};
    try {
      const dayBeganMs = performance.now();
      let backlog = 0;
      for (let life = 0; life < LIVES; life += 1) {
        const child = begin((life * MINUTES) / LIVES, ((life + 1) * MINUTES) / LIVES);
        stops.unshift(async () => void child.process.kill('SIGKILL'));
        await until(() => child.news !== undefined, 1_200_000, 'a quarter of the day');
        child.process.kill('SIGKILL');
        await child.ended;
        backlog = child.news?.batches ?? 0;
        report.offlineRssMiB = child.news?.rssMiB ?? 0;
        report.outboxMB = (child.news?.bytes ?? 0) / 1e6;
      }
      report.daySimulatedInS = (performance.now() - dayBeganMs) / 1000;
      report.backlogBatches = backlog;
      report.folderMB = (await sizeOf(outbox)) / 1e6;

      const influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
      stops.unshift(() => influxdb.stop());
      const broker = await startMosquitto({ directory: join(directory, 'broker'), port });
      stops.unshift(() => broker.stop());
      const central = await collector({
        name: 'day',
        mqtt: broker.url,
        influx: influxdb.url,
        directory: join(directory, 'quarantine'),
      });
      stops.unshift(() => central.close());
      const upMs = performance.now();
      const child = begin(0, 0);
      stops.unshift(async () => {
        child.process.kill('SIGTERM');
        await child.ended;
      });
      // What is open now may be only what is new.
      await until(() => child.news !== undefined && child.news.batches <= 3, 1_200_000, 'caught up');
      report.caughtUpInS = (performance.now() - upMs) / 1000;
      report.catchingUpRssMiB = child.news?.rssMiB ?? 0;
      const caughtUpMs = Date.now();
      const { published } = child.news as News;
      await until(() => (child.news?.published ?? 0) > published + 20, 60_000, 'five seconds of idling');
      child.process.kill('SIGTERM');
      await child.ended;
      await until(async () => (await count(influxdb.url, 'passage', "camera = 'live'")) > published, 20_000);

      const expected = expectedOf(fromMs);
      expect(await count(influxdb.url, 'passage', "camera != 'live'")).toBe(expected.passages);
      expect(await count(influxdb.url, 'journey', 'track > 0')).toBe(expected.journeys);
      expect(await count(influxdb.url, 'incident', 'version > 0', 'version')).toBe(expected.incidents);
      expect(await sumOf(influxdb.url, 'flow', 'n')).toBe(expected.vehicles);
      expect(central.state().gauges).toMatchObject({ batches_missing: 0, quarantine_files: 0 });

      // A slow database lets the agent send again: the first time counts.
      const receivedAtMs = new Map<number, number>();
      for (const row of await ask(influxdb.url, 'SELECT seq, epoch FROM batch')) {
        const before = receivedAtMs.get(Number(row.seq)) ?? Number.POSITIVE_INFINITY;
        receivedAtMs.set(Number(row.seq), Math.min(before, Number(row.time) / 1e6));
      }
      // Live first: as soon while the day is on its way as when nothing is.
      const live = await ask(influxdb.url, "SELECT seq, track FROM passage WHERE camera = 'live'");
      const delays = live.map((row) => ({
        atMs: Number(row.time) / 1e6,
        ms: (receivedAtMs.get(Number(row.seq)) ?? Number.NaN) - Number(row.time) / 1e6,
      }));
      // The first ones were made before there was a connection.
      const busy = delays.slice(8).filter(({ atMs }) => atMs < caughtUpMs);
      const idle = delays.filter(({ atMs }) => atMs > caughtUpMs);
      report.liveDelayBusyMs = median(busy.map(({ ms }) => ms));
      report.liveDelayBusyMostMs = Math.max(...busy.map(({ ms }) => ms));
      report.liveDelayIdleMs = median(idle.map(({ ms }) => ms));
      process.stdout.write(
        `${JSON.stringify(report, (_key, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value))}\n`,
      );
      expect(busy.length, 'passages counted while the day was on its way').toBeGreaterThan(0);
      expect(report.liveDelayBusyMs).toBeLessThan(20_000);
      // Then oldest first, each class for itself.
      for (const measurement of ['passage', 'flow', 'incident']) {
        const field = { passage: 'track', flow: 'n', incident: 'version' }[measurement];
        const rows = await ask(influxdb.url, `SELECT seq, ${field} FROM ${measurement}`);
        const seqs = [...new Set(rows.map((row) => Number(row.seq)))].filter((seq) => seq <= backlog);
        const times = seqs.sort((a, b) => a - b).map((seq) => receivedAtMs.get(seq) ?? 0);
        expect(times, `${measurement} in their order`).toEqual(times.toSorted((a, b) => a - b));
      }
    } finally {
      for (const stop of stops) await stop();
    }
  },
  1_800_000,
);

function expectedOf(fromMs: number) {
  const address = { site: 'hai-phong', agent: 'box-1' };
  const traffic = new AgentTraffic({ address, cameras: 4, passagesPerS: 0.1157, seed: 1, fromMs });
  const expected = { passages: 0, journeys: 0, incidents: 0, vehicles: 0 };
  for (let minute = 0; minute < MINUTES; minute += 1) {
    for (const event of traffic.nextMinute().flatMap(({ batch }) => batch.events)) {
      if (event.type === 'passage') expected.passages += 1;
      if (event.type === 'journey') expected.journeys += 1;
      if (event.type === 'incident') expected.incidents += 1;
      if (event.type === 'flow') {
        expected.vehicles += Object.values(event.counts).reduce((sum, { n }) => sum + n, 0);
      }
    }
  }
  return expected;
}

async function count(influx: string, measurement: string, where: string, field = 'track'): Promise<number> {
  const [row] = await ask(influx, `SELECT count(${field}) FROM ${measurement} WHERE ${where}`);
  return Number(row?.count ?? 0);
}

async function sumOf(influx: string, measurement: string, field: string): Promise<number> {
  const [row] = await ask(influx, `SELECT sum(${field}) FROM ${measurement}`);
  return Number(row?.sum ?? 0);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
