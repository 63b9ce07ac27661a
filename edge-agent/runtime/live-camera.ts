// One camera of a running agent: its stages in a loop that never gives up, and what it knows of itself.

import type { Logger } from 'pino';
import type { CameraHealth, CameraStatus, TrafficEvent } from '../../contract/index.ts';
import type { SourceState } from '../source/frame.ts';
import type { AgentMetrics } from './metrics.ts';
import { type FrameResult, runStages, type Stages } from './stage-loop.ts';

export type LiveCameraOptions = {
  readonly camera: string;
  readonly name?: string;
  /** Name of the model card, for the status. */
  readonly model: string;
  readonly stages: Stages;
  readonly onEvents: (events: readonly TrafficEvent[]) => void;
  readonly onStatus: (status: CameraStatus) => void;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  /** UTC, ms. */
  readonly now: () => number;
};

export type LiveCamera = {
  readonly status: () => CameraStatus;
  /** What happened since the previous call. */
  readonly takeHealth: () => CameraHealth;
  /** Closes the source, lets the loop finish its frame, hands out the last events. Idempotent. */
  close(): Promise<void>;
};

/** How often intervals are closed by the clock when no frame closes them, ms. */
const CLOCK_TICK_MS = 1000;

/** Pause after the loop failed, so that a fault that comes with every frame does not burn the CPU, ms. */
const RESTART_DELAY_MS = 1000;

export function runLiveCamera(options: LiveCameraOptions): LiveCamera {
  const { camera, stages, metrics, now } = options;
  const logger = options.logger.child({ camera });
  let period = emptyPeriod(now());
  let status = statusOf(stages.source.state, options, now());
  let closing = false;

  const emit = (events: readonly TrafficEvent[]) => {
    if (events.length === 0) return;
    for (const event of events) metrics.events.inc({ camera, type: event.type });
    options.onEvents(events);
  };
  const setStatus = (next: CameraStatus) => {
    status = next;
    metrics.cameraLive.set({ camera }, status.state === 'live' ? 1 : 0);
    options.onStatus(status);
  };
  const stopListening = stages.source.onState((state) => setStatus(statusOf(state, options, now())));
  metrics.cameraLive.set({ camera }, 0);

  const onResult = (result: FrameResult) => {
    const { droppedBefore } = result.detections.frame;
    period.analysed++;
    period.dropped += droppedBefore;
    period.latenciesMs.push(result.latencyMs);
    metrics.framesAnalysed.inc({ camera });
    if (droppedBefore > 0) metrics.framesDropped.inc({ camera }, droppedBefore);
    metrics.latency.observe({ camera }, result.latencyMs / 1000);
    emit(result.events);
  };
  const onDetectionError = (error: unknown) => {
    period.dropped++;
    metrics.framesDropped.inc({ camera });
    logger.warn({ err: error }, 'a frame could not be analysed');
  };

  const loop = async () => {
    while (!closing) {
      try {
        await runStages({ stages, lookAhead: false, onResult, onDetectionError });
        break;
      } catch (error) {
        logger.error({ err: error }, 'camera loop failed, starting it again');
        stages.tracker.reset();
        await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
      }
    }
    emit(stages.analytics.flush());
  };
  const finished = loop();

  // A camera that went silent sends no frame that could close the running interval: the clock does.
  const clock = setInterval(() => emit(stages.analytics.advanceTo(now())), CLOCK_TICK_MS);

  return {
    status: () => status,
    takeHealth: () => {
      const atMs = now();
      const health = healthOf(camera, period, atMs, stages.source.reconnects);
      metrics.reconnects.set({ camera }, stages.source.reconnects);
      period = emptyPeriod(atMs);
      return health;
    },
    close: async () => {
      closing = true;
      clearInterval(clock);
      await stages.source.close();
      await finished;
      stopListening();
    },
  };
}

type Period = { sinceMs: number; analysed: number; dropped: number; latenciesMs: number[] };

function emptyPeriod(sinceMs: number): Period {
  return { sinceMs, analysed: 0, dropped: 0, latenciesMs: [] };
}

function healthOf(camera: string, period: Period, atMs: number, reconnects: number): CameraHealth {
  const sorted = period.latenciesMs.toSorted((a, b) => a - b);
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    camera,
    fps: (period.analysed * 1000) / Math.max(1, atMs - period.sinceMs),
    framesAnalysed: period.analysed,
    framesDropped: period.dropped,
    reconnects,
    ...(sorted.length > 0 ? { latencyMs: { p50: quantile(0.5), p95: quantile(0.95) } } : {}),
  };
}

function statusOf(
  source: SourceState,
  { camera, name, model }: Pick<LiveCameraOptions, 'camera' | 'name' | 'model'>,
  sinceMs: number,
): CameraStatus {
  const known = { camera, model, sinceMs, ...(name === undefined ? {} : { name }) };
  switch (source.state) {
    case 'starting':
      return { ...known, state: 'starting' };
    case 'live':
      return { ...known, state: 'live', width: source.width, height: source.height };
    case 'fault':
      return { ...known, state: 'fault', fault: source.fault, detail: source.detail };
    case 'ended':
      return { ...known, state: 'fault', fault: 'ended', detail: 'The source ended and will not come back.' };
  }
}
