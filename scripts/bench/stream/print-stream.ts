// `npm run bench -- stream`: clients of the live stream under load, and what they got.

import { percentileOf } from '../collector/latency-tally.ts';
import { everythingMix, realisticMix } from './stream-plan.ts';
import { runStream, type Sample, type StreamRun } from './stream-run.ts';

export type StreamBenchOptions = {
  readonly clients: number;
  readonly eventsPerS: number;
  readonly minutes: number;
  /** Everybody takes everything. */
  readonly everything: boolean;
  readonly slow: number;
  readonly agents: number;
  readonly nodeOption: readonly string[];
};

const CAMERAS = 4;

export async function benchStream(options: StreamBenchOptions): Promise<void> {
  const { clients, eventsPerS, minutes, everything, slow, agents, nodeOption: nodeOptions } = options;
  const city = { agents, cameras: CAMERAS };
  const who = everything ? 'all of whom take everything' : 'as a city has them';
  print(
    `${eventsPerS} passages a second of ${agents} boxes with ${CAMERAS} cameras, ${clients} clients (half of them WebSockets), ${who}, ${slow} more that do not read; ${minutes} minutes\n`,
  );
  const run = await runStream({
    ...{ city, eventsPerS, clients, slow, minutes, nodeOptions },
    mix: (tokens) => (everything ? everythingMix(clients, tokens) : realisticMix(clients, city, tokens)),
    onSample: ({ atS, rssMiB, cores }) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`${atS.toFixed(0)} s: ${rssMiB.toFixed(0)} MiB, ${cores.toFixed(2)} cores  \r`);
      }
    },
  });
  report(run, slow);
}

function report({ seconds, published, clients, samples, cores }: StreamRun, slow: number): void {
  const { events, passages, bytes, lost, twice, ended, slowEnded, latency } = clients;
  print(`published    ${published} events, warm-up included`);
  print(
    `delivered    ${rate(events)} events/s, ${rate(passages)} of them passages, ${(bytes / seconds / 1_048_576).toFixed(1)} MiB/s`,
  );
  print(`lost ${lost}, twice ${twice}, clients ended ${ended}; slow clients dropped ${slowEnded} of ${slow}`);
  for (const [name, counts] of Object.entries(latency)) {
    if (counts.every((count) => count === 0)) continue;
    const at = (share: number) => `${percentileOf(counts, share).toFixed(0)} ms`;
    print(
      `${name.padEnd(12)} published to received: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)}`,
    );
  }
  print(`memory       ${memory(samples)} (collector with its centre)`);
  print(
    `cores        ${Object.entries(cores)
      .map(([name, used]) => `${name} ${used.toFixed(2)}`)
      .join(', ')}`,
  );

  function rate(count: number): string {
    return Math.round(count / seconds).toLocaleString('en');
  }
}

/** At the beginning, a third, two thirds and the end. */
function memory(samples: readonly Sample[]): string {
  const at = [0, 1 / 3, 2 / 3, 1].map((share) => samples[Math.round(share * (samples.length - 1))]);
  return at.map((sample) => `${sample?.rssMiB.toFixed(0)} MiB after ${sample?.atS.toFixed(0)} s`).join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
