// `ngatu edge`: runs the agent of an edge box until it is told to stop.

import { Command } from 'commander';
import type { Logger } from 'pino';
import { type LoadOptions, loadEdgeConfig } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { type EdgeAgent, startEdgeAgent } from '../edge-agent/main.ts';
import { startConfiguration, tellUnproved } from '../edge-agent/start-configuration.ts';
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
  const loading: LoadOptions = {
    inspectCamera,
    onWarning: (problem) => process.stderr.write(`${formatProblem(problem)}\n`),
  };
  const { config, unproved, takeBack } = await startConfiguration(file, loading);
  const logger = createLogger(config.log.level, { service: 'edge', agent: config.agent });
  tellUnproved(unproved, logger);
  // Listened to from here on: told to stop while models load, the agent still ends in order.
  const stopped = stopSignal();
  const options = { file: { path: file, inspectCamera }, version: readVersion(), logger };
  let running: EdgeAgent | undefined;
  // In a terminal it says that the terminal is gone.
  if (!process.stdin.isTTY) process.on('SIGHUP', () => reload(running, logger));
  const agent = await startEdgeAgent({ ...options, config, unproved }).catch(async (error: unknown) => {
    const why = `the agent does not start with it: ${error instanceof Error ? error.message : error}`;
    if (!(await takeBack(why))) throw error;
    logger.warn({ err: error }, 'the agent starts without the last change of the centre');
    return startEdgeAgent({ ...options, config: await loadEdgeConfig(file, loading) });
  });
  running = agent;
  logger.info(
    { http: `http://${config.http.host}:${agent.port}`, cameras: config.cameras.length },
    'agent started',
  );
  logger.info({ signal: await stopped }, 'stopping');
  await agent.close();
}

function reload(agent: EdgeAgent | undefined, logger: Logger): void {
  agent?.reload().then(
    (done) => logger.info(done, 'took over what was changed in the files'),
    (error: unknown) => logger.error({ err: error }, 'what was changed in the files is not taken over'),
  );
}
