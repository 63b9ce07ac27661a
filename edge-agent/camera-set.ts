// The cameras of a running agent: each can be started, started anew with another configuration, or stopped, while the others
// go on. Models are shared, and let go with the last camera that uses them.

import type { Logger } from 'pino';
import type { CameraConfig } from '../config/camera.ts';
import type { EdgeConfig } from '../config/edge.ts';
import type { TrafficEvent } from '../contract/index.ts';
import { RecentTracks } from './commands/recent-tracks.ts';
import { composeStages, type LoadedModel, loadModel } from './compose.ts';
import { composeAnalytics } from './compose-analytics.ts';
import {
  type BoxEvidence,
  type CameraStills,
  composeCameraEvidence,
  composeCameraStills,
  openBoxEvidence,
} from './compose-evidence.ts';
import {
  type BoxSlitScans,
  composeSlitScans,
  openBoxSlitScans,
  slitScanObserver,
} from './compose-slit-scans.ts';
import { seenIn } from './evidence/seen-frame.ts';
import type { StillCamera } from './evidence/still-camera.ts';
import { type LiveCamera, runLiveCamera } from './runtime/live-camera.ts';
import type { AgentMetrics } from './runtime/metrics.ts';
import type { SlitScanRecorder } from './slit-scans/recorder.ts';

export type CameraSetOptions = {
  readonly box: Pick<EdgeConfig, 'detector' | 'evidence' | 'slitScans'>;
  readonly onEvents: (events: readonly TrafficEvent[]) => void;
  /** A camera's status changed, or there are others. */
  readonly onStatus: () => void;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
};

export type RunningCamera = {
  readonly config: CameraConfig;
  readonly live: LiveCamera;
  readonly tracks: RecentTracks;
  /** Where its pictures may leave the box. */
  readonly stills: StillCamera | undefined;
  /** Where they are enabled. */
  readonly slitScans: SlitScanRecorder | undefined;
  close(): Promise<void>;
};

export class CameraSet {
  readonly #options: CameraSetOptions;
  readonly #models = new Map<string, LoadedModel>();
  readonly #cameras = new Map<string, RunningCamera>();
  #evidence: BoxEvidence | undefined;
  /** Also where no camera makes any: what was kept is let go when it is old. */
  readonly slitScans: BoxSlitScans;
  #closed = false;

  constructor(options: CameraSetOptions) {
    this.#options = options;
    this.slitScans = openBoxSlitScans(options.box.slitScans, options.logger);
  }

  /** In the order in which they were added. */
  list(): readonly RunningCamera[] {
    return [...this.#cameras.values()];
  }

  get(camera: string): RunningCamera | undefined {
    return this.#cameras.get(camera);
  }

  /** Pictures and clips of incidents; undefined while no camera keeps any. */
  get evidence(): BoxEvidence | undefined {
    return this.#evidence;
  }

  /**
   * Loads what these cameras need and is not there yet. Rejects with a CardError, a DetectorError or an EvidenceError, or
   * with what composeAnalytics throws; running cameras go on.
   */
  async prepare(cameras: readonly CameraConfig[]): Promise<void> {
    const { box, logger } = this.#options;
    for (const camera of cameras) {
      const name = this.#modelNameOf(camera);
      const loaded = this.#models.get(name) ?? (await loadModel(name, box.detector, logger));
      this.#models.set(name, loaded);
      composeAnalytics(camera, loaded.pool.roadUsers);
    }
    if (this.#evidence !== undefined || !cameras.some(({ evidence }) => evidence.enabled)) return;
    this.#evidence = await openBoxEvidence(box.evidence, logger);
  }

  /** Starts a camera that was prepared. Throws what composeStages throws. */
  start(camera: CameraConfig): void {
    this.#run(camera);
    this.#options.onStatus();
  }

  /**
   * Closes a camera, which hands out what it has counted, and starts it with another configuration. Rejects when it cannot
   * be built with it: then it runs, or runs again, as before.
   */
  async restart(camera: string, config: CameraConfig): Promise<void> {
    const before = this.#cameras.get(camera);
    if (before === undefined) throw new Error(`there is no camera ${camera} that could be restarted`);
    await this.prepare([config]);
    await before.close();
    if (this.#closed) return;
    try {
      this.#run(config, before.tracks);
    } catch (error) {
      this.#run(before.config, before.tracks);
      throw error;
    } finally {
      this.#options.onStatus();
      await this.#letModelsGo();
    }
  }

  /** Closes a camera for good. */
  async stop(camera: string): Promise<void> {
    const running = this.#cameras.get(camera);
    await running?.close();
    this.#cameras.delete(camera);
    this.#options.onStatus();
    await this.#letModelsGo();
  }

  /** Closes all cameras: their last events are handed out. Idempotent. */
  closeCameras(): Promise<void>[] {
    this.#closed = true;
    return this.list().map((camera) => camera.close());
  }

  /** After the cameras. */
  closeModels(): Promise<void>[] {
    return [...this.#models.values()].map(({ pool }) => pool.close());
  }

  #run(camera: CameraConfig, tracksBefore?: RecentTracks): void {
    const { onEvents, onStatus, metrics, logger } = this.#options;
    const name = this.#modelNameOf(camera);
    const model = this.#models.get(name);
    if (model === undefined) throw new Error(`model of camera ${camera.camera} was not loaded`);
    const { shape } = model.pool;
    const box = this.#evidence;
    const evidence = box && composeCameraEvidence(camera, { ...box, shape, logger, onEvents });
    const stills = composeCameraStills(camera, evidence, { shape, logger });
    const slitScans = composeSlitScans(camera, { ...this.slitScans, shape, logger });
    const copy = evidence?.copy ?? stills?.copy;
    const tracks = tracksOf(camera, tracksBefore);
    const stages = composeStages(
      camera,
      model,
      { mode: 'live', logger, now: Date.now, ...(copy && { copy }) },
      (frame) => {
        evidence?.keep(frame);
        stills?.stills.keep(frame);
        slitScans?.keep(frame);
      },
      slitScans === undefined ? [] : [slitScanObserver(slitScans)],
    );
    const live = runLiveCamera({
      camera: camera.camera,
      ...(camera.name === undefined ? {} : { name: camera.name }),
      model: model.card.name,
      picture: camera.picture,
      stages,
      ...(evidence === undefined ? {} : { evidence: { evidence, picture: camera.picture } }),
      onEvents,
      onResult: (result) => {
        tracks.add(result.tracked);
        stills?.stills.observe(result.tracked.frame.index, () => seenIn(result, camera.picture));
      },
      onStatus,
      metrics,
      logger,
      now: Date.now,
    });
    const close = () => closeCamera(live, stills, slitScans);
    const running = { config: camera, live, tracks, stills: stills?.stills, slitScans, close };
    this.#cameras.set(camera.camera, running);
  }

  #modelNameOf({ model }: CameraConfig): string {
    return model ?? this.#options.box.detector.model;
  }

  async #letModelsGo(): Promise<void> {
    const used = new Set(this.list().map(({ config }) => this.#modelNameOf(config)));
    for (const [name, { pool }] of this.#models) {
      if (used.has(name)) continue;
      this.#models.delete(name);
      await pool.close();
    }
  }
}

async function closeCamera(
  live: LiveCamera,
  stills: CameraStills | undefined,
  slitScans: SlitScanRecorder | undefined,
): Promise<void> {
  await live.close();
  await stills?.close();
  // With the passages that were certain only at the end.
  await slitScans?.close();
}

/** Those from before the restart stay to be seen, while the picture has the same size. */
function tracksOf({ picture }: CameraConfig, before: RecentTracks | undefined): RecentTracks {
  const { width, height } = before?.picture ?? {};
  if (before === undefined || width !== picture.width || height !== picture.height) {
    return new RecentTracks({ picture });
  }
  before.restart();
  return before;
}
