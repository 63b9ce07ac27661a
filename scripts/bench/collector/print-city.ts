// Tables of `npm run bench -- collector --agents 1000` and of `--soak-minutes 60`.

import { loadavg } from 'node:os';
import { bytesPerPoint, type CityResult, runCity, type Sample } from './city.ts';
import { percentileOf } from './latency-tally.ts';

export type CityPrintOptions = {
  readonly agents: number;
  readonly passagesPerS: number;
  readonly minutes: number;
  readonly nodeOptions: readonly string[];
};

const CAMERAS = 4;
/** The first flows come after a minute, and make their series then. */
const WARM_UP_MINUTES = 2;
/** What is asked for in the end. */
const LARGE_CITY_CAMERAS = 10_000;

export async function printCity(options: CityPrintOptions): Promise<void> {
  const result = await run(options, WARM_UP_MINUTES, 10_000);
  process.stdout.write(describeLoad(options, result));
  process.stdout.write(describeProcesses(result));
  process.stdout.write(describeLatency(result));
  const onDisk = await bytesPerPoint(CAMERAS, options.passagesPerS);
  process.stdout.write(describeLargeCity(options, result, onDisk));
}

/** Memory over a long time. */
export async function printSoak(options: CityPrintOptions): Promise<void> {
  const result = await run(options, WARM_UP_MINUTES, 10_000);
  process.stdout.write(describeLoad(options, result));
  process.stdout.write(describeProcesses(result));
  process.stdout.write(describeLatency(result));
  process.stdout.write(describeMemory(result.samples));
}

function run(options: CityPrintOptions, warmUpMinutes: number, sampleMs: number): Promise<CityResult> {
  return runCity({
    ...{ ...options, cameras: CAMERAS, warmUpMinutes, sampleMs, generators: 2 },
    onSample: ({ atS, heapMiB, rssMiB, open }) => {
      const text = `${atS.toFixed(0)} s: heap ${heapMiB.toFixed(1)} MiB, collector ${(rssMiB.collector ?? 0).toFixed(0)} MiB, InfluxDB ${(rssMiB.InfluxDB ?? 0).toFixed(0)} MiB, ${open} batches open, load ${loadavg()[0]?.toFixed(1)}\n`;
      process.stderr.write(text);
    },
  });
}

function describeLoad({ agents, passagesPerS }: CityPrintOptions, result: CityResult): string {
  const { seconds, batches, events, bytes, healths, points } = result;
  const rate = (n: number) => (n / seconds).toFixed(0);
  const stored = result.stored.map(({ type, sent, found }) => `${type} ${found} of ${sent}`).join(', ');
  return [
    `\n${agents} boxes with ${CAMERAS} cameras, ${passagesPerS} passages a second and camera (waves from 0.4 to 1.6 of it), ${seconds} s`,
    `${rate(batches)} batches/s of ${(events / batches).toFixed(2)} events and ${Math.round(bytes / batches)} bytes, ${rate(healths)} healths/s, ${rate(points)} points/s`,
    `not confirmed ${result.lost}, sent again ${result.resent}, stored again ${result.duplicates}, healths dropped ${result.healthsDropped}`,
    `in InfluxDB at the end: ${stored}\n`,
  ].join('\n');
}

function describeProcesses({ cores, rssMiB, points, seconds }: CityResult): string {
  const lines = ['process        share of a core   µs/point   MiB'];
  for (const [name, share] of Object.entries(cores)) {
    const us = (share * 1e6) / (points / seconds);
    lines.push(
      `${name.padEnd(14)} ${share.toFixed(3).padStart(15)} ${us.toFixed(1).padStart(10)} ${(rssMiB[name] ?? 0).toFixed(0).padStart(5)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function describeLatency({ latency }: CityResult): string {
  const lines = ['until the box has the confirmation, ms   p50    p95    p99    all'];
  for (const [name, counts] of Object.entries(latency).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const cells = [0.5, 0.95, 0.99, 1].map((share) => percentileOf(counts, share).toFixed(0).padStart(6));
    lines.push(`${name.padEnd(36)} ${cells.join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function describeLargeCity({ agents }: CityPrintOptions, result: CityResult, onDisk: number): string {
  const times = LARGE_CITY_CAMERAS / (agents * CAMERAS);
  const { cores, rssMiB, points, seconds } = result;
  const pointsPerS = (points / seconds) * times;
  const need = ['broker', 'collector', 'InfluxDB'].map((name) => ({
    name,
    cores: (cores[name] ?? 0) * times,
  }));
  const total = need.reduce((sum, one) => sum + one.cores, 0);
  const gbPerDay = (pointsPerS * 86_400 * onDisk) / 1e9;
  return [
    `\nComputed for ${LARGE_CITY_CAMERAS} cameras, ${times} times as much:`,
    `${pointsPerS.toFixed(0)} points/s, ${(pointsPerS * 0.0864).toFixed(0)} million a day, ${gbPerDay.toFixed(1)} GB/day in InfluxDB (${onDisk.toFixed(1)} bytes a point, from a day of one box)`,
    `cores: ${need.map((one) => `${one.name} ${one.cores.toFixed(2)}`).join(', ')}, together ${total.toFixed(2)}; at most 70 % busy: ${Math.ceil(total / 0.7)}`,
    `memory, if it grew with the load: broker ${((rssMiB.broker ?? 0) * times).toFixed(0)}, collector ${((rssMiB.collector ?? 0) * times).toFixed(0)}, InfluxDB ${((rssMiB.InfluxDB ?? 0) * times).toFixed(0)} MiB\n`,
  ].join('\n');
}

/** Slopes over the last three quarters, from least squares. */
export function describeMemory(samples: readonly Sample[]): string {
  const last = samples.at(-1)?.atS ?? 0;
  const late = samples.filter(({ atS }) => atS >= last / 4);
  const rows: [string, (sample: Sample) => number][] = [
    ['collector, heap in use', ({ heapMiB }) => heapMiB],
    ['collector, outside of the heap', ({ externalMiB }) => externalMiB],
    ['collector, resident', ({ rssMiB }) => rssMiB.collector ?? 0],
    ['broker, resident', ({ rssMiB }) => rssMiB.broker ?? 0],
    ['InfluxDB, resident', ({ rssMiB }) => rssMiB.InfluxDB ?? 0],
  ];
  const lines = [
    `\nmemory over ${(last / 60).toFixed(0)} min; slope from ${late.length} samples of the last three quarters`,
    'MiB                             begin    end   most   slope/h  (± standard error)',
  ];
  for (const [name, value] of rows) {
    const { perS, error } = slopeOf(late.map((sample) => [sample.atS, value(sample)]));
    const cells = [
      value(samples[0] as Sample),
      value(samples.at(-1) as Sample),
      Math.max(...samples.map(value)),
    ];
    lines.push(
      `${name.padEnd(30)} ${cells.map((cell) => cell.toFixed(1).padStart(6)).join(' ')} ${(perS * 3600).toFixed(2).padStart(9)}  (± ${(error * 3600).toFixed(2)})`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Least squares: y for each unit of x, and its standard error. */
export function slopeOf(points: readonly (readonly [number, number])[]): { perS: number; error: number } {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const sxy = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const perS = sxy / sxx;
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - perS * (x - meanX)) ** 2, 0);
  return { perS, error: Math.sqrt(residual / Math.max(1, n - 2) / sxx) };
}
