// How long questions about a year take, asked over HTTP: for the first time, from the folder of finished days after a
// restart, and again.

import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pino } from 'pino';
import type { Gate } from '../../../central-collector/api/accounts/gate.ts';
import { addHistoryRoutes } from '../../../central-collector/api/history/history-routes.ts';
import { addTypicalDayRoute } from '../../../central-collector/api/history/typical-day-route.ts';
import { Database } from '../../../central-collector/store/database.ts';
import { type CentreHistory, createHistory } from '../../../central-collector/store/queries/open-history.ts';
import { rollupPolicies } from '../../../central-collector/store/rollup-work.ts';
import { startInfluxdb } from '../../services/influxdb.ts';
import { generateYear } from './generate-year.ts';

export type HistoryBenchOptions = {
  readonly cameras: number;
  readonly days: number;
  readonly classes: number;
  readonly rounds: number;
  /** Kept and used again, with the same numbers; default: a temporary one that goes. */
  readonly directory?: string;
};

const DAY_MS = 86_400_000;
const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const DATABASE = 'ngatu';
const LINES = 4;
const DIRECTIONS = 2;
const FOR_EVER = { raw: 'INF', quarterHour: 'INF', hour: 'INF' };

export async function printHistory(options: HistoryBenchOptions): Promise<void> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'ngatu-bench-history-')));
  await mkdir(directory, { recursive: true });
  const influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
  const target = { url: influxdb.url, database: DATABASE, retentionPolicy: 'raw', keep: 'INF' };
  try {
    const toMs = await generated(directory, { ...target, policies: rollupPolicies(FOR_EVER) }, options);
    const cpuS = () => cpuSecondsOf(influxdb.pid);
    await measure({ directory, target, toMs, cpuS, options });
  } finally {
    await influxdb.stop();
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  }
}

/** The data, unless a run before has left them; tells their end, midnight of some day. */
async function generated(
  directory: string,
  target: ConstructorParameters<typeof Database>[0],
  { cameras, days, classes }: HistoryBenchOptions,
): Promise<number> {
  const file = join(directory, `year-${days}-${classes}.json`);
  // Midnight in Hải Phòng.
  const today = Math.floor((Date.now() + 7 * 3_600_000) / DAY_MS) * DAY_MS - 7 * 3_600_000;
  const known = existsSync(file) ? readFileSync(file, 'utf8') : JSON.stringify({ toMs: today, done: 0 });
  const { toMs, done } = JSON.parse(known) as { toMs: number; done: number };
  if (done >= cameras) return toMs;
  const database = new Database(target);
  await database.ensureOnce();
  database.close();
  const startedAtMs = performance.now();
  const points = await generateYear({
    ...{ ...target, cameras, classes, done, lines: LINES, directions: DIRECTIONS },
    ...{ fromMs: toMs - days * DAY_MS, toMs, nowMs: toMs + 3_600_000 },
    onCamera: async (camera) => {
      await writeFile(file, JSON.stringify({ toMs, done: camera }));
      if (camera % 10 === 0) process.stderr.write(`${camera} of ${cameras} cameras written\n`);
    },
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  say(`wrote ${points} points in ${seconds.toFixed(0)} s`);
  return toMs;
}

type Bench = {
  readonly directory: string;
  readonly target: { url: string; database: string; retentionPolicy: string; keep: string };
  readonly toMs: number;
  readonly cpuS: () => number;
  readonly options: HistoryBenchOptions;
};

async function measure(bench: Bench): Promise<void> {
  const { toMs, options } = bench;
  const series = LINES * DIRECTIONS * options.classes;
  say(
    `${options.cameras} cameras, ${series} series each (${LINES} lines, ${DIRECTIONS} directions, ${options.classes} classes), ${options.days} days`,
  );
  const folder = join(bench.directory, 'days');
  await rm(folder, { recursive: true, force: true });
  const between = `from=${dateOf(toMs - options.days * DAY_MS)}&to=${dateOf(toMs)}`;
  const city = (every: string, more = 'by=camera') => `/flows?${between}&every=${every}&${more}`;
  const one = 'camera=hai-phong/box-0/nga-tu-0';
  const questions = {
    'all cameras by day': city('1d'),
    'all cameras by week': city('1w'),
    'all cameras by month': city('1M'),
    'all cameras by month and class': city('1M', 'by=camera,roadUser'),
    'all cameras by month, line and direction': city('1M', 'by=camera,line,direction'),
    'one camera by day, line and direction': city('1d', one),
    'one camera by hour': city('1h', `${one}&by=camera`),
    'one camera by hour and direction of a line': city('1h', `${one}&by=direction&line=line-0`),
    'one camera by quarter hour, 31 days': `/flows?from=${dateOf(toMs - 31 * DAY_MS)}&to=${dateOf(toMs)}&every=15m&${one}&by=camera`,
    'typical day of one camera by direction, quarter hours of 8 weeks': `/typical-day?weeks=8&${one}&by=direction`,
    'typical day of one camera by direction, hours of 8 weeks': `/typical-day?weeks=8&every=1h&${one}&by=direction`,
  };

  // Nothing is known yet: what the collector does in the background when it starts for the first time.
  const first = await serve(bench, folder);
  const before = { atMs: performance.now(), cpuS: bench.cpuS() };
  await first.past.round();
  say(
    `summing up ${options.days} days for the first time, in the background: ${((performance.now() - before.atMs) / 1000).toFixed(1)} s, of it InfluxDB's CPU ${(bench.cpuS() - before.cpuS).toFixed(1)} s`,
  );
  await first.close();
  say(`the folder of finished days holds ${((await bytesIn(folder)) / 1e6).toFixed(1)} MB`);

  say(
    '\n| a year of | first after a restart | median | slowest | InfluxDB CPU each | answer |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const [what, path] of Object.entries(questions)) {
    const server = await serve(bench, folder);
    // As a running collector has: late data noticed, names known.
    await server.past.round();
    server.past.history.days.forgetMemory();
    const cold = await asked(server.url + path);
    const cpuS = bench.cpuS();
    const times: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) times.push((await asked(server.url + path)).ms);
    const cpuEach = (1000 * (bench.cpuS() - cpuS)) / options.rounds;
    times.sort((a, b) => a - b);
    say(
      `| ${what} | ${ms(cold.ms)} | ${ms(times[Math.floor(times.length / 2)])} | ${ms(times.at(-1))} | ${ms(cpuEach)} | ${(cold.bytes / 1000).toFixed(0)} kB, ${cold.cells} numbers |`,
    );
    await server.close();
  }
  say(`\nmemory of this process: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
}

/** The routes on a port of their own. Everybody may ask. */
async function serve({ target, toMs, options }: Bench, folder: string) {
  const past: CentreHistory = createHistory({
    ...{ influxdb: target, timeZone: TIME_ZONE, directory: folder, log: pino({ level: 'silent' }) },
    ...{ now: () => toMs + 3_600_000, daysAhead: options.days, periodMs: 3_600_000, patienceMs: 600_000 },
  });
  await past.open({ repeat: false });
  const server = Fastify({ logger: false });
  const everybody = { requires: () => async () => undefined, principalOf: () => undefined };
  const gate = everybody as unknown as Gate;
  addHistoryRoutes(server, gate, past.history);
  addTypicalDayRoute(server, gate, past.history, () => dateOf(toMs));
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return {
    past,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await server.close();
      await past.close();
    },
  };
}

async function asked(url: string): Promise<{ ms: number; bytes: number; cells: number }> {
  const startedAtMs = performance.now();
  const response = await fetch(url);
  const text = await response.text();
  const tookMs = performance.now() - startedAtMs;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  type Told = { readonly n?: (number | null)[]; readonly median?: (number | null)[] };
  const { series } = JSON.parse(text) as { series: Told[] };
  return {
    ms: tookMs,
    bytes: text.length,
    cells: series.reduce(
      (sum, { n, median = [] }) => sum + (n ?? median).filter((value) => value !== null).length,
      0,
    ),
  };
}

/** User and system time; Linux. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function bytesIn(folder: string): Promise<number> {
  const { readdir } = await import('node:fs/promises');
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function dateOf(atMs: number): string {
  return new Date(atMs + 7 * 3_600_000).toISOString().slice(0, 10);
}

function ms(value = Number.NaN): string {
  return `${value.toFixed(0)} ms`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
