// Wires the agent of an edge box: cameras → detector → events → outbox → broker, with its HTTP pages, and what the centre
// may ask of it. Nothing imports this but the command line and tests.

import type { Logger } from 'pino';
import { admitsBearer } from '../config/bearer.ts';
import { type CertificateWatch, watchCertificates } from '../config/certificate-watch.ts';
import { readCertificates } from '../config/certificates.ts';
import type { EdgeConfig } from '../config/edge.ts';
import type { ResultOf } from '../contract/index.ts';
import { CameraSet, type RunningCamera } from './camera-set.ts';
import { CameraVersions } from './commands/camera-versions.ts';
import { CommandInbox } from './commands/command-inbox.ts';
import type { Unproved } from './commands/unproved.ts';
import { type ConfigurationFile, composeCommands, reloadFiles } from './compose-commands.ts';
import { openPublisher, type Publisher } from './publisher/publisher.ts';
import type { CommandListener, PublisherStats } from './publisher/publisher-options.ts';
import { AgentError } from './runtime/agent-error.ts';
import { backlogProblem, createBacklogWatch } from './runtime/backlog-watch.ts';
import { type HealthReport, type HttpServer, serveHealth } from './runtime/http-server.ts';
import { createLoadReader } from './runtime/machine-load.ts';
import { type AgentMetrics, createAgentMetrics } from './runtime/metrics.ts';

export type EdgeAgentOptions = {
  readonly config: EdgeConfig;
  /** Where the configuration was read from. Default: it cannot be read again, nor changed by the centre. */
  readonly file?: ConfigurationFile;
  /** Changes of the centre in that configuration of which nobody knows yet whether cameras run with them. */
  readonly unproved?: readonly Unproved[];
  /** Told in the status. */
  readonly version: string;
  readonly logger: Logger;
};

export type EdgeAgent = {
  /** Port of the HTTP pages. */
  readonly port: number;
  health(): HealthReport;
  /** Takes over what was changed in the files. Rejects with a RefusedCommand that tells every problem; nothing is changed then. */
  reload(): Promise<ResultOf<'reload'>>;
  /** Counts what the cameras have sent so far, puts it into the outbox, says goodbye; within 5 s. Idempotent. */
  close(): Promise<void>;
};

/** How often health goes out, ms. */
const HEALTH_PERIOD_MS = 10_000;

/** How often slit scans that are too old are looked for, ms. */
const TIDY_PERIOD_MS = 3_600_000;

/**
 * Resolves when models are loaded, the outbox is open and the pages answer; cameras and broker may come up later, in
 * any order. Rejects with the error of the part that cannot be had (CardError, DetectorError, PublisherError,
 * CertificateError, AgentError for the pages), with nothing left open.
 */
export async function startEdgeAgent(options: EdgeAgentOptions): Promise<EdgeAgent> {
  const { config, file, unproved = [], version, logger } = options;
  let publisher: Publisher | undefined;
  let http: HttpServer | undefined;
  let tick: NodeJS.Timeout | undefined;
  let tidy: NodeJS.Timeout | undefined;
  let certificates: CertificateWatch | undefined;
  const metrics = createAgentMetrics();
  const tellStatus = () => publisher?.setStatus(set.list().map(({ live }) => live.status()));
  const set = new CameraSet({
    box: config,
    onEvents: (made) => publisher?.publish(made),
    onStatus: tellStatus,
    metrics,
    logger,
  });
  const versions = new CameraVersions(config.commands.directory);
  const commands = composeCommands({ config, file, cameras: set, versions, logger });
  const inbox = new CommandInbox({
    agent: config.agent,
    handlers: commands.handlers,
    send: async (payload, expiryS) => publisher?.reply(payload, expiryS),
    now: Date.now,
    clockOffsetMs: () => publisher?.stats().clockOffsetMs,
    logger,
  });
  const shutDown = async () => {
    clearInterval(tick);
    clearInterval(tidy);
    certificates?.close();
    commands.changes?.close();
    // The last events go to the outbox before it closes; a model that is slow to let go holds nothing up.
    await settled([...set.closeCameras(), inbox.close(), http?.close()]);
    await settled([publisher?.close(), ...set.closeModels()]);
  };
  /** Waits for all, whatever becomes of each: what fails to close must not keep the rest from closing. */
  const settled = async (closing: readonly (Promise<void> | undefined)[]) => {
    for (const result of await Promise.allSettled(closing)) {
      if (result.status === 'rejected') logger.error({ err: result.reason }, 'a part did not close');
    }
  };
  try {
    const watch = await watchCertificates({ tls: config.mqtt.tls, logger });
    certificates = watch;
    await set.prepare(config.cameras);
    const events = await openAgentPublisher(config, version, inbox, logger);
    publisher = events;
    for (const camera of config.cameras) set.start(camera);
    if (commands.changes !== undefined && unproved.length > 0) {
      const { changes } = commands;
      inbox
        .inLine(() => changes.resume(unproved))
        .catch((error: unknown) =>
          logger.error({ err: error }, 'a change of the centre could not be settled'),
        );
    }

    const health = () => reportOf(set.list(), events.stats());
    const readLoad = createLoadReader();
    const backlog = createBacklogWatch(logger);
    tick = setInterval(() => {
      backlog.update(events.stats());
      events.sendHealth({
        atMs: Date.now(),
        uptimeS: process.uptime(),
        cameras: set.list().map(({ live }) => live.takeHealth()),
        ...readLoad(),
      });
    }, HEALTH_PERIOD_MS);
    void set.slitScans.store.tidy();
    tidy = setInterval(() => void set.slitScans.store.tidy(), TIDY_PERIOD_MS);
    const onScrape = () => updateMetrics(metrics, events.stats(), watch.daysLeft());
    const { host, port, token } = config.http;
    const { registry } = metrics;
    http = await serveHealth({ host, port, registry, onScrape, health, admits: admitsBearer(token) });

    let closed: Promise<void> | undefined;
    return {
      port: http.port,
      health,
      reload: () => {
        if (file === undefined)
          throw new AgentError('The agent was started without a file that it could read again.');
        return inbox.inLine(() => reloadFiles({ config, cameras: set }, file));
      },
      close: () => {
        closed ??= shutDown();
        return closed;
      },
    };
  } catch (error) {
    await shutDown();
    throw error;
  }
}

async function openAgentPublisher(
  { site, agent, mqtt, outbox }: EdgeConfig,
  version: string,
  commands: CommandListener,
  logger: Logger,
): Promise<Publisher> {
  const { url, username, password, tls } = mqtt;
  return openPublisher({
    address: { site, agent },
    mqtt: {
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password: password.reveal() }),
      ...(tls === undefined ? {} : { tls: await readCertificates(tls) }),
    },
    outbox: {
      directory: outbox.directory,
      maxBytes: outbox.maxMiB * 1024 * 1024,
      maxAgeMs: outbox.maxAgeDays * 86_400_000,
    },
    version,
    commands,
    logger,
  });
}

function reportOf(cameras: readonly RunningCamera[], publisher: PublisherStats): HealthReport {
  const faults = cameras
    .map(({ live }) => live.status())
    .filter(({ state, detail }) => state === 'fault' || detail !== undefined)
    .map(({ camera, fault, detail }) => `Camera ${camera}: ${detail ?? fault}`);
  const blind = cameras.flatMap(({ live }) => {
    const problem = live.evidenceProblem();
    return problem === undefined ? [] : [`Evidence of camera ${live.status().camera}: ${problem}`];
  });
  const unseen = cameras.flatMap(({ config, slitScans }) =>
    slitScans?.problem === undefined ? [] : [`Slit scans of camera ${config.camera}: ${slitScans.problem}`],
  );
  const late = backlogProblem(publisher);
  const problems = [
    ...faults,
    ...blind,
    ...unseen,
    ...(publisher.connected ? [] : [`The broker: ${publisher.connectionProblem ?? 'not connected yet'}.`]),
    ...(publisher.refusal === undefined ? [] : [`The broker: ${publisher.refusal}.`]),
    ...(late === undefined ? [] : [late]),
    ...(publisher.storageProblem === undefined ? [] : [`The outbox: ${publisher.storageProblem}.`]),
  ];
  return { ok: problems.length === 0, problems };
}

function updateMetrics(
  metrics: AgentMetrics,
  publisher: PublisherStats,
  certificateDays: number | undefined,
): void {
  if (certificateDays !== undefined) metrics.certificateDays().set(certificateDays);
  metrics.outboxBatches.set(publisher.batches);
  metrics.outboxBytes.set(publisher.bytes);
  metrics.eventsGivenUp.set(Object.values(publisher.dropped).reduce((sum, count) => sum + (count ?? 0), 0));
  metrics.brokerConnected.set(publisher.connected ? 1 : 0);
}
