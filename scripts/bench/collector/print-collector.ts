// `npm run bench -- collector`: which of the three measurements, and with what.

import { printCity, printSoak } from './print-city.ts';
import { printThroughput } from './print-throughput.ts';
import type { Placement } from './stack.ts';

export type CollectorBenchOptions = {
  readonly rounds: number;
  readonly agents?: number;
  readonly minutes?: number;
  readonly passagesPerS?: number;
  readonly soakMinutes?: number;
  readonly placements: readonly string[];
  readonly nodeOption: readonly string[];
};

const PLACEMENTS: readonly Placement[] = [{ name: 'shared' }, { name: 'pinned', influxdb: '1', others: '0' }];

/** Boxes whose messages come to about 500 a second. */
const SOAK_AGENTS = 700;

export async function benchCollector(options: CollectorBenchOptions): Promise<void> {
  const { agents, minutes, passagesPerS, soakMinutes, nodeOption: nodeOptions } = options;
  if (soakMinutes !== undefined) {
    const city = { agents: agents ?? SOAK_AGENTS, minutes: soakMinutes, passagesPerS: passagesPerS ?? 0.2 };
    return printSoak({ ...city, nodeOptions });
  }
  if (agents !== undefined) {
    return printCity({ agents, minutes: minutes ?? 5, passagesPerS: passagesPerS ?? 0.2, nodeOptions });
  }
  const placements = PLACEMENTS.filter(({ name }) => options.placements.includes(name));
  const fromMs = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000;
  const plan = { agents: 50, cameras: 4, passagesPerS: passagesPerS ?? 1, minutes: minutes ?? 10, fromMs };
  await printThroughput(placements, options.rounds, {
    ...{ plan, window: 4000, sessions: 16, linesInRequest: 5000, nodeOptions },
  });
}
