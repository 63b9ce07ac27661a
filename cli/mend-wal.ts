// `ngatu mend-wal`: to be run before each start of an InfluxDB 1.x, which loses confirmed data otherwise.

import { Command } from 'commander';
import { mendWal } from './influxdb-wal.ts';

export function mendWalCommand(): Command {
  return new Command('mend-wal')
    .description(
      'mend the write-ahead log of a stopped InfluxDB 1.x after a full disk, a power cut or kill -9',
    )
    .argument('<directory>', "InfluxDB's [data] wal-dir, such as /var/lib/influxdb/wal")
    .action(run);
}

async function run(directory: string): Promise<void> {
  const mended = await mendWal(directory);
  for (const { file, gapBytes, tornBytes, kept } of mended) {
    process.stdout.write(
      `mended ${file}: gaps of ${gapBytes} bytes taken out, ${tornBytes} bytes of an unfinished record cut off; as it was: ${kept}\n`,
    );
  }
  if (mended.length === 0) process.stdout.write('nothing to mend\n');
}
