// A recorded clip: every frame in order, ffmpeg waits for whoever takes them, and the same clip gives the
// same frames with the same times on every run.

import { secretsOf } from './connection.ts';
import { FaultReader } from './faults.ts';
import { sourceCommand } from './ffmpeg-command.ts';
import { type FfmpegProcess, startFfmpeg } from './ffmpeg-process.ts';
import { ffmpegVersion } from './ffmpeg-version.ts';
import type { Frame, FrameGeometry, FrameSource, SourceState } from './frame.ts';
import { frameGeometry } from './frame-geometry.ts';
import { type FrameReader, type RawFrame, readFrames } from './frame-reader.ts';
import { type InputKind, inputKind } from './input-kind.ts';
import { redact } from './redact.ts';
import { SourceError } from './source-error.ts';
import { DEFAULT_TIMING, type SourceOptions } from './source-options.ts';

/** Frames read ahead, so that ffmpeg decodes while the model works. */
const READ_AHEAD = 3;

/** Step given to a frame whose time is not after the one before, as broken files have them, ms. */
const LEAST_STEP_MS = 1;

type Waiter = { resolve(frame: Frame | undefined): void; reject(error: unknown): void };

export class ClipSource implements FrameSource {
  readonly reconnects = 0;
  readonly #options: SourceOptions;
  readonly #listeners = new Set<(state: SourceState) => void>();
  readonly #queue: RawFrame[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #recycle = (planes: Uint8Array<ArrayBuffer>) => this.#reader?.recycle(planes);

  #state: SourceState = { state: 'starting' };
  #ffmpeg: FfmpegProcess | undefined;
  #reader: FrameReader | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  /** Set once no more frames will be read. */
  #end: { error?: SourceError } | undefined;
  #broken: Error | undefined;
  #index = 0;
  #lastMs: number | undefined;
  #geometry: FrameGeometry | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  get state(): SourceState {
    return this.#state;
  }

  /** Begins to read. Called once, by openSource(). */
  start(): void {
    this.#running ??= this.#run().catch((error: unknown) => {
      const message = `The clip cannot be read: ${String(error)}`;
      this.#finish(
        error instanceof SourceError ? error : new SourceError('failed', message, { cause: error }),
      );
    });
  }

  /** Rejects with SourceError when the clip cannot be read, or not to its end; undefined at its end. */
  next(): Promise<Frame | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    });
  }

  onState(listener: (state: SourceState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    for (const { resolve } of this.#waiters.splice(0)) resolve(undefined);
    // ffmpeg has nothing to finish, and would not see SIGTERM while it waits for us to read.
    await this.#ffmpeg?.stop(0);
    await this.#running;
    if (this.#state.state !== 'ended') this.#setState({ state: 'ended' });
  }

  async #run(): Promise<void> {
    const options = this.#options;
    const ffmpegPath = options.ffmpegPath ?? 'ffmpeg';
    const [version, input] = await Promise.all([ffmpegVersion(ffmpegPath), inputKind(options.url)]);
    if (this.#closed) return;
    const { socketTimeoutMs } = { ...DEFAULT_TIMING, ...options.timing };
    const command = sourceCommand(input, { ...options, live: false, socketTimeoutMs }, version);
    const secrets = secretsOf(options);
    const faults = new FaultReader(secrets);
    this.#ffmpeg = startFfmpeg(ffmpegPath, command, (line) => {
      faults.readLine(line);
      this.#reader?.readLogLine(line);
      if (options.logger.isLevelEnabled('trace')) options.logger.trace(redact(line, secrets));
    });
    const { width, height } = options.shape;
    this.#reader = readFrames(
      this.#ffmpeg,
      width * height * 3,
      (frame) => {
        this.#queue.push(frame);
        if (this.#queue.length >= READ_AHEAD) this.#reader?.pause();
        this.#serve();
      },
      (error) => {
        this.#broken ??= error;
        void this.#ffmpeg?.stop(0);
      },
    );
    const exit = await this.#ffmpeg.exited;
    if (this.#closed) return;
    const hadFrames = this.#geometry !== undefined || this.#queue.length > 0;
    if (exit.error !== undefined || this.#broken !== undefined) throw exit.error ?? this.#broken;
    if (exit.code !== 0 || !hadFrames) throw unreadable(input, faults, hadFrames, exit.code);
    if (faults.decodeErrors > 0) {
      const { decodeErrors } = faults;
      options.logger.warn(
        { decodeErrors },
        'The clip is partly corrupt: some of its pictures are damaged or missing',
      );
    }
    this.#finish();
  }

  #finish(error?: SourceError): void {
    this.#end = error === undefined ? {} : { error };
    this.#serve();
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const raw = this.#queue.shift();
      if (raw !== undefined) {
        if (this.#queue.length < READ_AHEAD) this.#reader?.resume();
        this.#waiters.shift()?.resolve(this.#frame(raw));
        continue;
      }
      if (this.#end === undefined) return;
      const { error } = this.#end;
      if (error === undefined) this.#setState({ state: 'ended' });
      else this.#setState({ state: 'fault', fault: error.fault, detail: error.message });
      const waiter = this.#waiters.shift();
      if (error === undefined) waiter?.resolve(undefined);
      else waiter?.reject(error);
    }
  }

  #frame(raw: RawFrame): Frame {
    const { source } = raw;
    const discontinuity = this.#index === 0;
    let geometry = this.#geometry;
    if (geometry?.sourceWidth !== source.width || geometry.sourceHeight !== source.height) {
      const { shape, region, picture } = this.#options;
      geometry = frameGeometry(source, shape, region, picture);
      this.#geometry = geometry;
      this.#setState({ state: 'live', ...source });
    }
    const timeMs = raw.timeUs / 1000;
    const last = this.#lastMs;
    const cameraTimeMs = last === undefined ? timeMs : Math.max(timeMs, last + LEAST_STEP_MS);
    this.#lastMs = cameraTimeMs;
    const index = this.#index;
    this.#index += 1;
    const capturedAtMs = (this.#options.startAtMs ?? 0) + cameraTimeMs;
    return {
      planes: raw.planes,
      recycle: this.#recycle,
      index,
      cameraTimeMs,
      capturedAtMs,
      droppedBefore: 0,
      discontinuity,
      geometry,
    };
  }

  #setState(state: SourceState): void {
    if (this.#state.state === state.state && state.state !== 'live') return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

function unreadable(
  input: InputKind,
  faults: FaultReader,
  hadFrames: boolean,
  code: number | null,
): SourceError {
  const name = 'path' in input ? input.path : redact(input.url);
  const { fault, detail } = faults.atExit(hadFrames, code);
  const how = hadFrames ? 'cannot be read to its end' : 'cannot be read as video';
  const why =
    fault === 'undecodable' || fault === 'ended' ? 'It is damaged, or holds no pictures at all.' : detail;
  return new SourceError(fault, `${name} ${how}. ${why}`);
}
