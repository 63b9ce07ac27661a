// A camera: connects again for ever, hands out its newest frames, and says what is wrong when nothing comes.

import type { Logger } from 'pino';
import { abortableWait } from '../abortable-wait.ts';
import { retryDelayMs } from '../retry-policy.ts';
import { CameraClock } from './camera-clock.ts';
import { type Connection, type ConnectionEnd, connect } from './connection.ts';
import type { Frame, FrameGeometry, FrameSource, SourceState } from './frame.ts';
import { frameGeometry, type Size } from './frame-geometry.ts';
import type { RawFrame } from './frame-reader.ts';
import { FrozenPicture } from './frozen-picture.ts';
import { isClip } from './input-kind.ts';
import { NewestFrames } from './newest-frames.ts';
import { redact } from './redact.ts';
import { SourceError } from './source-error.ts';
import { DEFAULT_TIMING, type SourceOptions, type SourceTiming } from './source-options.ts';

/** Damaged data can claim any size; a real change of resolution lasts. */
const PROOF_FRAMES = 3;

export class LiveSource implements FrameSource {
  readonly #options: SourceOptions;
  readonly #timing: SourceTiming;
  readonly #logger: Logger;
  readonly #monotonicMs: () => number;
  readonly #clock = new CameraClock();
  readonly #frozen = new FrozenPicture();
  readonly #listeners = new Set<(state: SourceState) => void>();
  readonly #waiters: ((frame: Frame | undefined) => void)[] = [];
  readonly #closing = new AbortController();
  readonly #recycle = (planes: Uint8Array<ArrayBuffer>) => this.#connection?.recycle(planes);

  #state: SourceState = { state: 'starting' };
  #reconnects = 0;
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  readonly #newest = new NewestFrames();
  #index = 0;
  #dropped = 0;
  /** Something was not seen since the last frame that came. */
  #gap = true;
  #gapGivenUp = false;
  #geometry: FrameGeometry | undefined;
  #connectionHasFrames = false;
  #framesOfNewSize = 0;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#logger = options.logger;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  get state(): SourceState {
    return this.#state;
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  /** Begins to connect. Called once, by openSource(). */
  start(): void {
    const { url } = this.#options;
    if (isClip(url)) this.#logger.info(`clip ${redact(url)}, played again and again at its own pace`);
    this.#running ??= this.#run();
  }

  next(): Promise<Frame | undefined> {
    const { frame, givenUp } = this.#newest.take(this.#monotonicMs());
    this.#giveUp(givenUp);
    if (frame !== undefined) return Promise.resolve(this.#deliver(frame));
    if (this.#closing.signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  onState(listener: (state: SourceState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      this.#newest.clear();
      for (const resolve of this.#waiters.splice(0)) resolve(undefined);
    }
    await this.#running;
    if (this.#state.state !== 'ended') this.#setState({ state: 'ended' });
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let attempt = 0;
    while (!signal.aborted) {
      const startedMs = this.#monotonicMs();
      const end = await this.#connectOnce();
      if (signal.aborted) return;
      this.#gap = true;
      this.#setState({ state: 'fault', fault: end.fault, detail: end.detail });
      const lastedMs = this.#monotonicMs() - startedMs;
      if (this.#connectionHasFrames && lastedMs >= this.#timing.steadyMs) attempt = 0;
      const { retry, unauthorisedRetry } = this.#timing;
      const policy = end.fault === 'unauthorised' ? unauthorisedRetry : retry;
      const waitMs = retryDelayMs(policy, attempt, this.#options.random ?? Math.random);
      attempt += 1;
      this.#logger.debug({ fault: end.fault, attempt, waitMs }, 'The camera is connected again after a wait');
      await abortableWait(waitMs, signal);
    }
  }

  async #connectOnce(): Promise<ConnectionEnd> {
    this.#connectionHasFrames = false;
    this.#clock.startConnection();
    this.#frozen.reset();
    try {
      this.#connection = await connect(this.#options, this.#timing, {
        onFrame: (frame) => this.#take(frame),
        onFault: (fault) => {
          this.#gap = true;
          this.#setState({ state: 'fault', ...fault });
        },
        signal: this.#closing.signal,
      });
      return await this.#connection.ended;
    } catch (error) {
      // A missing file, folder or ffmpeg: it may be there later.
      if (error instanceof SourceError) return { fault: error.fault, detail: error.message };
      this.#logger.error({ err: error }, 'The camera cannot be connected because of an internal error');
      return { fault: 'failed', detail: 'The connection failed because of an internal error; see the log.' };
    } finally {
      this.#connection = undefined;
    }
  }

  #take(raw: RawFrame): void {
    const nowMs = this.#monotonicMs();
    if (!this.#connectionHasFrames) {
      this.#connectionHasFrames = true;
      if (this.#geometry !== undefined) this.#reconnects += 1;
    }
    const frozenMs = this.#frozen.update(raw.planes, nowMs);
    if (frozenMs >= this.#timing.frozenAfterMs) {
      this.#takeFrozen(raw, frozenMs);
      return;
    }
    const geometry = this.#geometryOf(raw.source);
    if (geometry === undefined) {
      this.#drop(raw.planes);
      return;
    }
    const moment = this.#clock.locate(raw.timeUs / 1000, this.#options.now(), nowMs);
    if (moment === undefined) {
      this.#drop(raw.planes);
      return;
    }
    const { cameraTimeMs, capturedAtMs } = moment;
    this.#options.copy?.frame({ timeUs: raw.timeUs, cameraTimeMs, capturedAtMs });
    if (this.#state.state !== 'live') this.#setState({ state: 'live', ...raw.source });
    const frame = {
      planes: raw.planes,
      recycle: this.#recycle,
      index: this.#index,
      cameraTimeMs,
      capturedAtMs,
      droppedBefore: 0,
      discontinuity: moment.discontinuity || this.#gap,
      geometry,
    };
    this.#gap = false;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#giveUp(this.#newest.add(frame, nowMs));
    else waiter(this.#deliver(frame));
  }

  /** Numbers are given on delivery, so that dropped frames leave no holes in `index`. */
  #deliver(frame: Frame): Frame {
    const discontinuity = frame.discontinuity || this.#gapGivenUp;
    const delivered = { ...frame, index: this.#index, droppedBefore: this.#dropped, discontinuity };
    this.#index += 1;
    this.#dropped = 0;
    this.#gapGivenUp = false;
    return delivered;
  }

  /** A gap before a frame that gives way is a gap before the one that is delivered instead. */
  #giveUp(frames: readonly Frame[]): void {
    for (const { planes, discontinuity } of frames) {
      this.#gapGivenUp ||= discontinuity;
      this.#drop(planes);
    }
  }

  #drop(planes: Uint8Array<ArrayBuffer>): void {
    this.#dropped += 1;
    this.#recycle(planes);
  }

  #takeFrozen(raw: RawFrame, frozenMs: number): void {
    this.#gap = true;
    this.#recycle(raw.planes);
    if (this.#state.state !== 'fault') {
      const seconds = Math.round(frozenMs / 1000);
      const detail = `The camera goes on sending, but its picture has stood still for ${seconds} s. Restart the camera.`;
      this.#setState({ state: 'fault', fault: 'frozen', detail });
    }
    if (frozenMs >= this.#timing.frozenAfterMs + this.#timing.frozenReconnectMs) {
      this.#connection?.end({
        fault: 'frozen',
        detail: 'The picture still stands; the camera is connected anew.',
      });
    }
  }

  /** Undefined while a new size has yet to prove itself. */
  #geometryOf(source: Size): FrameGeometry | undefined {
    const before = this.#geometry;
    if (before?.sourceWidth === source.width && before.sourceHeight === source.height) {
      this.#framesOfNewSize = 0;
      return before;
    }
    this.#framesOfNewSize += 1;
    if (before !== undefined && this.#framesOfNewSize < PROOF_FRAMES) return undefined;
    this.#framesOfNewSize = 0;
    const { shape, region, picture } = this.#options;
    const geometry = frameGeometry(source, shape, region, picture);
    this.#geometry = geometry;
    if (before !== undefined) {
      this.#gap = true;
      const sizes = `${before.sourceWidth}x${before.sourceHeight} to ${source.width}x${source.height}`;
      const detail = `The camera's picture changed from ${sizes}. Check lines and zones if the view changed too.`;
      this.#setState({ state: 'fault', fault: 'resolution-changed', detail });
    }
    return geometry;
  }

  #setState(state: SourceState): void {
    const before = this.#state;
    if (state.state === 'fault' && before.state === 'fault' && before.fault === state.fault) {
      if (before.detail === state.detail) return;
    }
    this.#state = state;
    if (state.state === 'fault') this.#logger.warn({ fault: state.fault }, state.detail);
    else this.#logger.info(state, 'The source changed its state');
    for (const listener of this.#listeners) listener(state);
  }
}
