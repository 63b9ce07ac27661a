// `npm run bench -- collector`: which of the three measurements, and with what.

import { printThroughput } from './print-throughput.ts';
import type { Placement } from './stack.ts';

export type CollectorBenchOptions = {
  readonly rounds: number;
  readonly agents?: number;
  readonly minutes: number;
  readonly passagesPerS: number;
  readonly placements: readonly string[];
  readonly nodeOption: readonly string[];
};

const PLACEMENTS: readonly Placement[] = [{ name: 'shared' }, { name: 'pinned', influxdb: '1', others: '0' }];

export async function benchCollector(options: CollectorBenchOptions): Promise<void> {
  const placements = PLACEMENTS.filter(({ name }) => options.placements.includes(name));
  const fromMs = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000;
  const { minutes, passagesPerS } = options;
  await printThroughput(placements, options.rounds, {
    plan: { agents: options.agents ?? 50, cameras: 4, passagesPerS, minutes, fromMs },
    window: 2000,
    sessions: 16,
    linesInRequest: 5000,
    nodeOptions: options.nodeOption,
  });
}
