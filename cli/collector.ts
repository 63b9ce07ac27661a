// `ngatu collector`: runs a collector until it is told to stop.

import { Command } from 'commander';
import { collectorOptions, startCollector } from '../central-collector/main.ts';
import { loadCollectorConfig } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { createLogger } from './logger.ts';
import { stopSignal } from './stop-signal.ts';

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
  const collector = await startCollector(await collectorOptions(config, log));
  log.info({ http: `http://${config.http.host}:${collector.port}` }, 'collector started');
  log.info({ signal: await stopSignal() }, 'stopping');
  await collector.close();
}
