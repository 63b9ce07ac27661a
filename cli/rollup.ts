// `ngatu rollup`: sums raw counts up to quarter hours and hours once more, over a stretch of time.

import { Command, InvalidArgumentError } from 'commander';
import { collectorOptions } from '../central-collector/main.ts';
import { rollUp } from '../central-collector/rollup.ts';
import { loadCollectorConfig } from '../config/load.ts';
import { ConfigError } from '../config/problems.ts';
import { createPlainLogger } from './logger.ts';
import { readVersion } from './version.ts';

const HELP = `
Collectors do this by themselves, for what comes late and for what was there when they first started. It is needed after a
backup of raw counts was restored, or counts were written by something else than a collector. Doing it again changes
nothing; collectors may run meanwhile. What raw counts are no longer kept of stays as it is.
`;

export function rollupCommand(): Command {
  return new Command('rollup')
    .description('sum raw counts up to quarter hours and hours once more')
    .requiredOption('--config <file>', 'YAML file of a collector')
    .option('--from <time>', 'from this moment on, such as 2026-01-31 or 2026-01-31T06:00+07:00', moment, 0)
    .option('--to <time>', 'until this moment; default: now', moment)
    .addHelpText('after', HELP)
    .action(run);
}

async function run({ config: file, from, to }: { config: string; from: number; to?: number }): Promise<void> {
  const config = await loadCollectorConfig(file);
  const { influxdb, rollups } = await collectorOptions(config, createPlainLogger(), readVersion());
  if (!rollups) {
    const place = { file, line: 1, column: 1, path: 'influxdb.rollups' };
    throw new ConfigError(file, [{ ...place, severity: 'error', message: 'there are none: it says false' }]);
  }
  const { points, wholeFromMs } = await rollUp({
    ...{ influxdb, rollups, fromMs: from },
    toMs: to ?? Date.now() + 3_600_000,
    onDay: (fromMs, n) => process.stdout.write(`from ${new Date(fromMs).toISOString()}: ${n} points\n`),
  });
  const kept =
    wholeFromMs > from ? `; before ${new Date(wholeFromMs).toISOString()} nothing was changed` : '';
  process.stdout.write(`${points} points written${kept}\n`);
}

/** Without a zone it is UTC, like everything in the database. */
function moment(text: string): number {
  const atMs = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$|^[^T]*$/.test(text) ? text : `${text}Z`);
  if (!Number.isFinite(atMs)) throw new InvalidArgumentError('Expected a date or a moment, in ISO 8601.');
  return atMs;
}
