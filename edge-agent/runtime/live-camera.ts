// One camera of a running agent: its stages in a loop that never gives up, and what it knows of itself.

import type { Logger } from 'pino';
import type { CameraHealth, CameraStatus, TrafficEvent } from '../../contract/index.ts';
import { abortableWait, within } from '../abortable-wait.ts';
import type { CameraEvidence } from '../evidence/camera-evidence.ts';
import { seenIn } from '../evidence/seen-frame.ts';
import type { FrameInfo, SourceState } from '../source/frame.ts';
import { FramePeriod } from './frame-period.ts';
import type { AgentMetrics } from './metrics.ts';
import { pictureMismatch } from './picture-fit.ts';
import { type FrameResult, runStages, type Stages } from './stage-loop.ts';

export type LiveCameraOptions = {
  readonly camera: string;
  readonly name?: string;
  /** Name of the model card, for the status. */
  readonly model: string;
  readonly stages: Stages;
  /**
   * Size of the picture that lines were drawn in. A source of another size is told in the log; when lines do not fit it, also
   * in the status, as `detail` of a camera that is live: it goes on counting. Default: not compared.
   */
  readonly picture?: { readonly width: number; readonly height: number };
  /** Keeps pictures and clips of its incidents; closed with the camera. */
  readonly evidence?: {
    readonly evidence: CameraEvidence;
    /** Size that boxes in its pictures refer to. */
    readonly picture: { readonly width: number; readonly height: number };
  };
  readonly onEvents: (events: readonly TrafficEvent[]) => void;
  /** Hears of every analysed frame. Must be quick and must not throw. */
  readonly onResult?: (result: FrameResult) => void;
  readonly onStatus: (status: CameraStatus) => void;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  /** UTC, ms. */
  readonly now: () => number;
};

export type LiveCamera = {
  readonly status: () => CameraStatus;
  /** Frames that were analysed since it runs. */
  readonly analysed: () => number;
  /** Why incidents have no evidence at the moment, where they should. */
  readonly evidenceProblem: () => string | undefined;
  /** What happened since the previous call. */
  readonly takeHealth: () => CameraHealth;
  /**
   * Closes the source, gives the loop a moment to finish its frame, hands out the last events. The status stays what
   * it was. Idempotent.
   */
  close(): Promise<void>;
};

/** How often intervals are closed by the clock when no frame closes them, ms. */
const CLOCK_TICK_MS = 1000;

/** Pause after the loop failed, so that a fault that comes with every frame does not burn the CPU, ms. */
const RESTART_DELAY_MS = 1000;

/** Frames come, but for so long none could be analysed: then the camera is not live, whatever its source says, ms. */
const BLIND_AFTER_MS = 5000;

/** An inference takes this long only when it is stuck; closing does not wait for it any longer, ms. */
const LAST_FRAME_MS = 1000;

const BLIND: SourceState = {
  state: 'fault',
  fault: 'failed',
  detail: 'Pictures come, but cannot be analysed; see the log. If it lasts, restart the agent and report it.',
};

/** Starts the loop at once. */
export function runLiveCamera(options: LiveCameraOptions): LiveCamera {
  const { camera, stages, metrics, now } = options;
  const logger = options.logger.child({ camera });
  const closing = new AbortController();
  let period = new FramePeriod(now());
  let status = statusOf(stages.source.state, options, now());
  let closed: Promise<void> | undefined;
  let flushed = false;
  let analysed = 0;
  /** Set while nothing can be analysed: since when (monotonic, ms), and how many times in a row that failed. */
  let blind: { readonly sinceMs: number; failures: number; told: boolean } | undefined;

  let unreported = { frames: 0, passages: 0 };
  const countUnreported = () => {
    const { frames, passages } = stages.analytics.unreported;
    metrics.unreportedFrames.inc({ camera }, frames - unreported.frames);
    metrics.unreportedPassages.inc({ camera }, passages - unreported.passages);
    unreported = { frames, passages };
  };
  countUnreported();

  /** What is to be seen in the picture of an incident, also of one that came without a frame: that nothing comes any more. */
  let lastResult: FrameResult | undefined;
  const emit = (events: readonly TrafficEvent[]) => {
    if (events.length === 0) return;
    for (const event of events) metrics.events.inc({ camera, type: event.type });
    if (options.evidence !== undefined && lastResult && events.some(({ type }) => type === 'incident')) {
      const { evidence, picture } = options.evidence;
      evidence.observe(seenIn(lastResult, picture), events);
    }
    options.onEvents(options.evidence?.evidence.addTo(events) ?? events);
  };
  let toldMismatch: string | undefined;
  /** What is wrong with a live picture: that lines do not fit it. */
  const problemOf = (state: SourceState) => {
    if (state.state !== 'live' || options.picture === undefined) return undefined;
    const mismatch = pictureMismatch(options.picture, state);
    // Not again after every reconnection.
    if (mismatch !== undefined && mismatch.message !== toldMismatch) {
      logger.warn(`camera ${camera}: ${mismatch.message}`);
    }
    toldMismatch = mismatch?.message;
    return mismatch?.distorts ? mismatch.message : undefined;
  };
  const tell = (state: SourceState) => {
    const detail = problemOf(state);
    status = { ...statusOf(state, options, now()), ...(detail === undefined ? {} : { detail }) };
    metrics.cameraLive.set({ camera }, status.state === 'live' ? 1 : 0);
    options.onStatus(status);
  };
  const onState = (state: SourceState) => {
    tell(state);
    emit(stages.analytics.source(state, now()));
  };
  const stopListening = stages.source.onState((state) =>
    onState(blind?.told && state.state === 'live' ? BLIND : state),
  );
  metrics.cameraLive.set({ camera }, 0);

  const dropped = (frames: number) => {
    if (frames === 0) return;
    period.dropped(frames);
    metrics.framesDropped.inc({ camera }, frames);
  };
  const failed = (error: unknown, what: string) => {
    blind ??= { sinceMs: performance.now(), failures: 0, told: false };
    blind.failures++;
    // One line when it begins and one when it is over, not one for every frame.
    if (blind.failures === 1) logger.error({ err: error }, what);
    else logger.debug({ err: error }, what);
    if (blind.told || performance.now() - blind.sinceMs < BLIND_AFTER_MS) return;
    blind.told = true;
    onState(BLIND);
  };
  const succeeded = () => {
    if (blind === undefined) return;
    const { failures, told } = blind;
    blind = undefined;
    logger.info({ failures }, 'frames are analysed again');
    if (told) onState(stages.source.state);
  };

  const onResult = (result: FrameResult) => {
    if (flushed) return;
    period.analysed(result.latencyMs);
    dropped(result.detections.frame.droppedBefore);
    metrics.framesAnalysed.inc({ camera });
    metrics.latency.observe({ camera }, result.latencyMs / 1000);
    lastResult = result;
    analysed += 1;
    emit(result.events);
    options.onResult?.(result);
    countUnreported();
    succeeded();
  };
  const onDetectionError = (error: unknown, { droppedBefore }: FrameInfo) => {
    dropped(droppedBefore + 1);
    if (!closing.signal.aborted) failed(error, 'a frame could not be analysed');
  };

  const loop = async () => {
    while (!closing.signal.aborted) {
      try {
        await runStages({ stages, lookAhead: false, onResult, onDetectionError });
        return;
      } catch (error) {
        dropped(1);
        failed(error, 'the camera loop failed and is started again');
        stages.tracker.reset();
        stages.analytics.reset();
        await abortableWait(RESTART_DELAY_MS, closing.signal);
      }
    }
  };
  const finished = loop();

  // A camera that went silent sends no frame that could close the running interval: the clock does.
  const clock = setInterval(() => {
    try {
      emit(stages.analytics.advanceTo(now()));
      countUnreported();
    } catch (error) {
      failed(error, 'an interval could not be closed');
      stages.analytics.reset();
    }
  }, CLOCK_TICK_MS);

  const close = async () => {
    closing.abort();
    clearInterval(clock);
    // Ended on purpose is no fault that anybody should be told of.
    stopListening();
    await stages.source.close();
    const isDone = await within(LAST_FRAME_MS, finished);
    if (!isDone) logger.warn('closing without the frame that is still being analysed');
    flushed = true;
    await options.evidence?.evidence.close();
    emit(stages.analytics.flush());
  };
  return {
    status: () => status,
    analysed: () => analysed,
    evidenceProblem: () => options.evidence?.evidence.problem,
    takeHealth: () => {
      const atMs = now();
      const { reconnects } = stages.source;
      metrics.reconnects.set({ camera }, reconnects);
      const health = period.health(camera, reconnects, atMs);
      period = new FramePeriod(atMs);
      return health;
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** The contract's bound; a longer one would make the whole status unreadable. */
const MAX_DETAIL_LENGTH = 500;

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
      return {
        ...known,
        state: 'fault',
        fault: source.fault,
        detail: source.detail.slice(0, MAX_DETAIL_LENGTH),
      };
    case 'ended':
      return { ...known, state: 'fault', fault: 'ended', detail: 'The source ended and will not come back.' };
  }
}
