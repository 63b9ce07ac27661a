// `ngatu edge`: runs the agent of an edge box until it is told to stop.

import { Command } from 'commander';
import { loadEdgeConfig } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { startEdgeAgent } from '../edge-agent/main.ts';
import { inspectCamera } from './inspect-camera.ts';
import { createLogger } from './logger.ts';
import { stopSignal } from './stop-signal.ts';
import { readVersion } from './version.ts';

export function edgeCommand(): Command {
  return new Command('edge')
    .description('run the agent of an edge box')
    .requiredOption('--config <file>', 'YAML file of the box')
    .action(run);
}

async function run({ config: file }: { config: string }): Promise<void> {
  const config = await loadEdgeConfig(file, {
    inspectCamera,
    onWarning: (problem) => process.stderr.write(`${formatProblem(problem)}\n`),
  });
  const logger = createLogger(config.log.level, { service: 'edge', agent: config.agent });
  // Listened to from here on: told to stop while models load, the agent still ends in order.
  const stopped = stopSignal();
  const agent = await startEdgeAgent({ config, version: readVersion(), logger });
  logger.info(
    { http: `http://${config.http.host}:${agent.port}`, cameras: config.cameras.length },
    'agent started',
  );
  logger.info({ signal: await stopped }, 'stopping');
  await agent.close();
}
