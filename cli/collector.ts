// `ngatu collector`: runs a collector until it is told to stop.

import { Command } from 'commander';
import type { FirstPassword } from '../central-collector/api/accounts/accounts.ts';
import { collectorOptions, startCollector } from '../central-collector/main.ts';
import type { CollectorConfig } from '../config/collector.ts';
import { loadCollectorConfig } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { createLogger } from './logger.ts';
import { stopSignal } from './stop-signal.ts';
import { readVersion } from './version.ts';

export function collectorCommand(): Command {
  return new Command('collector')
    .description('run a central collector')
    .requiredOption('--config <file>', 'YAML file of the collector')
    .action(run);
}

async function run({ config: file }: { config: string }): Promise<void> {
  const config = await loadCollectorConfig(file, {
    onWarning: (problem) => process.stderr.write(`${formatProblem(problem)}\n`),
  });
  const log = createLogger(config.log.level, { service: 'collector' });
  const options = await collectorOptions(config, log, readVersion());
  const collector = await startCollector(options);
  const scheme = config.centre.enabled && config.centre.https ? 'https' : 'http';
  const address = `${scheme}://${hostOf(config.http.host)}:${collector.port}`;
  if (collector.firstPassword) tellFirstPassword(collector.firstPassword, pagesOf(config, address));
  log.info({ http: address }, 'collector started');
  log.info({ signal: await stopSignal() }, 'stopping');
  await collector.close();
}

/** Once, for whoever starts it: not through the log, which many can read and which is kept. */
function tellFirstPassword({ name, oneTimePassword }: FirstPassword, address: string): void {
  process.stdout.write(
    [
      '',
      '  The control centre has no administrator with a password yet. Open',
      `    ${address}`,
      '  and sign in with',
      `    one-time password for ${name}: ${oneTimePassword}`,
      '  You choose your own password then. This one is good for 7 days, and only until the collector starts again.',
      '',
      '',
    ].join('\n'),
  );
}

/** Where browsers find the pages: at the proxy, where one is before the collector. */
function pagesOf({ centre }: CollectorConfig, address: string): string {
  const [origin] = centre.origins;
  return `${(centre.behindHttps ? origin : undefined) ?? address}/`;
}

/** An IPv6 address as it stands in a URL. */
function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
