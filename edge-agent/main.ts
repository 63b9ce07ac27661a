// Wires the agent of an edge box: cameras → detector → events → outbox → broker, with its HTTP pages. Nothing
// imports this but the command line and tests.

import type { Logger } from 'pino';
import { admitsBearer } from '../config/bearer.ts';
import type { CameraConfig } from '../config/camera.ts';
import { type CertificateWatch, watchCertificates } from '../config/certificate-watch.ts';
import { readCertificates } from '../config/certificates.ts';
import type { EdgeConfig } from '../config/edge.ts';
import type { TrafficEvent } from '../contract/index.ts';
import { composeStages, type LoadedModel, loadModel } from './compose.ts';
import { composeCameraEvidence, openBoxEvidence } from './compose-evidence.ts';
import { openPublisher, type Publisher } from './publisher/publisher.ts';
import type { PublisherStats } from './publisher/publisher-options.ts';
import { backlogProblem, createBacklogWatch } from './runtime/backlog-watch.ts';
import { type HealthReport, type HttpServer, serveHealth } from './runtime/http-server.ts';
import { type LiveCamera, runLiveCamera } from './runtime/live-camera.ts';
import { createLoadReader } from './runtime/machine-load.ts';
import { type AgentMetrics, createAgentMetrics } from './runtime/metrics.ts';

export type EdgeAgentOptions = {
  readonly config: EdgeConfig;
  /** Told in the status. */
  readonly version: string;
  readonly logger: Logger;
};

export type EdgeAgent = {
  /** Port of the HTTP pages. */
  readonly port: number;
  health(): HealthReport;
  /** Counts what the cameras have sent so far, puts it into the outbox, says goodbye; within 5 s. Idempotent. */
  close(): Promise<void>;
};

/** How often health goes out, ms. */
const HEALTH_PERIOD_MS = 10_000;

/**
 * Resolves when models are loaded, the outbox is open and the pages answer; cameras and broker may come up later, in
 * any order. Rejects with the error of the part that cannot be had (CardError, DetectorError, PublisherError,
 * CertificateError, AgentError for the pages), with nothing left open.
 */
export async function startEdgeAgent({ config, version, logger }: EdgeAgentOptions): Promise<EdgeAgent> {
  const models = new Map<string, LoadedModel>();
  const cameras: LiveCamera[] = [];
  let publisher: Publisher | undefined;
  let http: HttpServer | undefined;
  let tick: NodeJS.Timeout | undefined;
  let certificates: CertificateWatch | undefined;
  const shutDown = async () => {
    clearInterval(tick);
    certificates?.close();
    // The last events go to the outbox before it closes; a model that is slow to let go holds nothing up.
    await settled([...cameras.map((camera) => camera.close()), http?.close()]);
    await settled([publisher?.close(), ...[...models.values()].map(({ pool }) => pool.close())]);
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
    for (const name of new Set(config.cameras.map((camera) => modelNameOf(camera, config)))) {
      models.set(name, await loadModel(name, config.detector, logger));
    }
    const events = await openAgentPublisher(config, version, logger);
    publisher = events;
    const metrics = createAgentMetrics();
    const tellStatus = () => events.setStatus(cameras.map((camera) => camera.status()));
    const box = config.cameras.some(({ evidence }) => evidence.enabled)
      ? await openBoxEvidence(config.evidence, logger)
      : undefined;
    for (const camera of config.cameras) {
      const model = models.get(modelNameOf(camera, config));
      if (model === undefined) throw new Error(`model of camera ${camera.camera} was not loaded`);
      const { pool } = model;
      const onMade = (made: readonly TrafficEvent[]) => events.publish(made);
      const evidence =
        box && composeCameraEvidence(camera, { ...box, shape: pool.shape, logger, onEvents: onMade });
      const copy = evidence && { copy: evidence.copy };
      cameras.push(
        runLiveCamera({
          camera: camera.camera,
          ...(camera.name === undefined ? {} : { name: camera.name }),
          model: model.card.name,
          picture: camera.picture,
          stages: composeStages(
            camera,
            model,
            { mode: 'live', logger, now: Date.now, ...copy },
            evidence?.keep,
          ),
          ...(evidence === undefined ? {} : { evidence: { evidence, picture: camera.picture } }),
          onEvents: onMade,
          onStatus: tellStatus,
          metrics,
          logger,
          now: Date.now,
        }),
      );
    }
    tellStatus();

    const health = () => reportOf(cameras, events.stats());
    const readLoad = createLoadReader();
    const backlog = createBacklogWatch(logger);
    tick = setInterval(() => {
      backlog.update(events.stats());
      events.sendHealth({
        atMs: Date.now(),
        uptimeS: process.uptime(),
        cameras: cameras.map((camera) => camera.takeHealth()),
        ...readLoad(),
      });
    }, HEALTH_PERIOD_MS);
    const onScrape = () => updateMetrics(metrics, events.stats(), watch.daysLeft());
    const { host, port, token } = config.http;
    const { registry } = metrics;
    http = await serveHealth({ host, port, registry, onScrape, health, admits: admitsBearer(token) });

    let closed: Promise<void> | undefined;
    return {
      port: http.port,
      health,
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

function modelNameOf(camera: CameraConfig, config: EdgeConfig): string {
  return camera.model ?? config.detector.model;
}

async function openAgentPublisher(
  { site, agent, mqtt, outbox }: EdgeConfig,
  version: string,
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
    logger,
  });
}

function reportOf(cameras: readonly LiveCamera[], publisher: PublisherStats): HealthReport {
  const faults = cameras
    .map((camera) => camera.status())
    .filter(({ state, detail }) => state === 'fault' || detail !== undefined)
    .map(({ camera, fault, detail }) => `Camera ${camera}: ${detail ?? fault}`);
  const blind = cameras.flatMap((camera) => {
    const problem = camera.evidenceProblem();
    return problem === undefined ? [] : [`Evidence of camera ${camera.status().camera}: ${problem}`];
  });
  const late = backlogProblem(publisher);
  const problems = [
    ...faults,
    ...blind,
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
