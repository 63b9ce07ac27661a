// `npm run bench -- peers`: writes peers/results.json anew.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchDataOptions, benchData } from '../tracking/print-tracking.ts';
import { type PeerRow, readPeerRows } from './peer-rows.ts';
import { type PeerOptions, runPeers } from './run-peers.ts';

/** Prints each row, and puts them in place of the committed ones of the same data and frame rate. */
export async function benchPeers(options: BenchDataOptions & PeerOptions): Promise<void> {
  const rows: PeerRow[] = [];
  for await (const data of benchData(options)) {
    const made = await runPeers(data, options, (done) => {
      process.stderr.write(
        `\r${data.name}, ${data.framesPerSecond} frames a second: ${done} parameter sets `,
      );
    });
    process.stderr.write('\n');
    for (const row of made) console.log(JSON.stringify(row));
    rows.push(...made);
  }
  const kept = (await readPeerRows()).filter(
    (old) => !rows.some(({ data, fps }) => data === old.data && fps === old.fps),
  );
  const file = join(import.meta.dirname, '../../../../scripts/bench/peers/results.json');
  const lines = [...kept, ...rows].map((row) => `  ${JSON.stringify(row)}`);
  await writeFile(file, `[\n${lines.join(',\n')}\n]\n`);
}
