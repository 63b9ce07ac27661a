// Wires the agent of an edge box: cameras → detector → events → outbox → broker, with its HTTP pages. Nothing
// imports this but the command line and tests.

import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { CameraConfig } from '../config/camera.ts';
import type { EdgeConfig } from '../config/edge.ts';
import { composeStages, type LoadedModel, loadModel } from './compose.ts';
import { openPublisher, type Publisher } from './publisher/publisher.ts';
import type { PublisherStats } from './publisher/publisher-options.ts';
import { type HealthReport, serveHealth } from './runtime/http-server.ts';
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
 * any order. Rejects with the error of the part that cannot be had (model, outbox, port), with nothing left open.
 */
export async function startEdgeAgent({ config, version, logger }: EdgeAgentOptions): Promise<EdgeAgent> {
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const models = new Map<string, LoadedModel>();
    for (const name of new Set(config.cameras.map((camera) => modelNameOf(camera, config)))) {
      const model = await loadModel(name, config.detector, logger);
      closers.push(() => model.pool.close());
      models.set(name, model);
    }
    const publisher = await openAgentPublisher(config, version, logger);
    closers.push(() => publisher.close());
    const metrics = createAgentMetrics();
    const cameras: LiveCamera[] = [];
    closers.push(async () => {
      await Promise.all(cameras.map((camera) => camera.close()));
    });
    const tellStatus = () => publisher.setStatus(cameras.map((camera) => camera.status()));
    for (const camera of config.cameras) {
      const model = models.get(modelNameOf(camera, config));
      if (model === undefined) throw new Error(`model of camera ${camera.camera} was not loaded`);
      cameras.push(
        runLiveCamera({
          camera: camera.camera,
          ...(camera.name === undefined ? {} : { name: camera.name }),
          model: model.card.name,
          stages: composeStages(camera, model, { mode: 'live', logger, now: Date.now }),
          onEvents: (events) => publisher.publish(events),
          onStatus: tellStatus,
          metrics,
          logger,
          now: Date.now,
        }),
      );
    }
    tellStatus();

    const health = () => reportOf(cameras, publisher.stats());
    const readLoad = createLoadReader();
    const tick = setInterval(() => {
      updateMetrics(metrics, publisher.stats());
      publisher.sendHealth({
        atMs: Date.now(),
        uptimeS: process.uptime(),
        cameras: cameras.map((camera) => camera.takeHealth()),
        ...readLoad(),
      });
    }, HEALTH_PERIOD_MS);
    closers.push(async () => clearInterval(tick));
    const http = await serveHealth({ ...config.http, registry: metrics.registry, health });
    closers.push(() => http.close());

    let closed: Promise<void> | undefined;
    return {
      port: http.port,
      health,
      close: () => {
        closed ??= closeAll();
        return closed;
      },
    };
  } catch (error) {
    await closeAll();
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

/** PEM texts of the files that the configuration names. Rejects when one cannot be read. */
async function readCertificates(tls: NonNullable<EdgeConfig['mqtt']['tls']>) {
  const { ca, cert, key } = tls;
  return {
    ...(ca === undefined ? {} : { ca: await readFile(ca) }),
    ...(cert === undefined ? {} : { cert: await readFile(cert) }),
    ...(key === undefined ? {} : { key: await readFile(key) }),
  };
}

function reportOf(cameras: readonly LiveCamera[], publisher: PublisherStats): HealthReport {
  const faults = cameras
    .map((camera) => camera.status())
    .filter(({ state }) => state === 'fault')
    .map(({ camera, fault, detail }) => `Camera ${camera}: ${detail ?? fault}`);
  const problems = [
    ...faults,
    ...(publisher.connected ? [] : [`The broker: ${publisher.connectionProblem ?? 'not connected yet'}.`]),
    ...(publisher.storageProblem === undefined ? [] : [`The outbox: ${publisher.storageProblem}.`]),
  ];
  return { ok: problems.length === 0, problems };
}

function updateMetrics(metrics: AgentMetrics, publisher: PublisherStats): void {
  metrics.outboxBatches.set(publisher.batches);
  metrics.outboxBytes.set(publisher.bytes);
  metrics.eventsGivenUp.set(Object.values(publisher.dropped).reduce((sum, count) => sum + (count ?? 0), 0));
  metrics.brokerConnected.set(publisher.connected ? 1 : 0);
}
