// The detector of a box at work: a few threads with one model that all cameras share in turn.

import type { Logger } from 'pino';
import type { RoadUser } from '../../contract/index.ts';
import type { ModelCard } from '../../models/card.ts';
import { abortableWait, within } from '../abortable-wait.ts';
import type { Frame, FrameInfo, FrameShape } from '../source/frame.ts';
import type { Detections } from './detections.ts';
import { DetectorError } from './detector-error.ts';
import { FairQueue } from './fair-queue.ts';
import { frameShapeOf, roadUsersOf } from './frame-shape.ts';
import type { ExecutionProvider, InferenceResult } from './inference-session.ts';
import type { InferenceThread } from './inference-thread.ts';

/** Totals since the pool was opened; a reader takes differences. */
export type DetectorStats = {
  readonly frames: number;
  /** Frames that came back without boxes: crashed, stuck or failed. */
  readonly framesLost: number;
  /** Frames turned away because their camera had enough waiting. */
  readonly framesRefused: number;
  readonly threadRestarts: number;
  readonly convertMs: number;
  readonly inferenceMs: number;
  readonly decodeMs: number;
  /** Now. */
  readonly waiting: number;
  readonly threadsAlive: number;
};

export type DetectorPool = {
  /** What the source must deliver. */
  readonly shape: FrameShape;
  /** The road users that the model can tell, in the order of ROAD_USERS. */
  readonly roadUsers: readonly RoadUser[];
  /** What runs the model. */
  readonly executionProvider: ExecutionProvider;
  /**
   * Finds the objects in a frame. The frame's planes are moved to the worker: afterwards they are empty here,
   * and their memory goes to the frame's `recycle`. At most
   * two frames a camera wait; cameras take turns. Rejects with a DetectorError; `retryable` says whether a later
   * frame may succeed.
   * @param minScore this camera's least score; default the pool's.
   */
  detect(frame: Frame, camera?: string, minScore?: number): Promise<Detections>;
  readonly stats: DetectorStats;
  /**
   * Finishes the frames that are being worked on, or rejects them after a second; rejects those that wait, ends the
   * threads. Idempotent.
   */
  close(): Promise<void>;
};

/** One is worked on or next, one is being read: more only makes boxes older. */
const MAX_WAITING_PER_CAMERA = 2;

/** Wait before a thread is started again, doubled with each one that dies before it did a frame. */
const FIRST_RESTART_DELAY_MS = 250;
const LONGEST_RESTART_DELAY_MS = 30_000;

/** An inference takes longer only when it is stuck; closing does not wait for it. */
const LAST_FRAMES_MS = 1000;

type Job = {
  readonly frame: Frame;
  readonly minScore: number;
  readonly resolve: (detections: Detections) => void;
  readonly reject: (error: unknown) => void;
};

export class ThreadPool implements DetectorPool {
  readonly shape: FrameShape;
  readonly roadUsers: readonly RoadUser[];
  readonly executionProvider: ExecutionProvider;
  readonly #card: Pick<ModelCard, 'name'>;
  readonly #minScore: number;
  readonly #startThread: () => Promise<InferenceThread>;
  readonly #logger: Logger;
  readonly #waiting = new FairQueue<Job>(MAX_WAITING_PER_CAMERA);
  readonly #threads = new Set<InferenceThread>();
  readonly #idle: InferenceThread[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #restarting = new Set<Promise<void>>();
  readonly #totals = {
    frames: 0,
    framesLost: 0,
    framesRefused: 0,
    threadRestarts: 0,
    convertMs: 0,
    inferenceMs: 0,
    decodeMs: 0,
  };
  readonly #closed = new AbortController();
  #deathsInARow = 0;
  #toldOfUnknownLabels = false;
  #closing: Promise<void> | undefined;

  constructor(
    card: ModelCard,
    minScore: number,
    threads: readonly InferenceThread[],
    startThread: () => Promise<InferenceThread>,
    logger: Logger,
  ) {
    this.shape = frameShapeOf(card);
    this.roadUsers = roadUsersOf(card);
    this.executionProvider = threads[0]?.executionProvider ?? 'cpu';
    this.#card = card;
    this.#minScore = minScore;
    this.#startThread = startThread;
    this.#logger = logger;
    for (const thread of threads) this.#adopt(thread);
  }

  get stats(): DetectorStats {
    return { ...this.#totals, waiting: this.#waiting.size, threadsAlive: this.#threads.size };
  }

  detect(frame: Frame, camera = '', minScore = this.#minScore): Promise<Detections> {
    return new Promise((resolve, reject) => {
      if (this.#closed.signal.aborted) return reject(closed());
      if (this.#isDown()) return reject(unavailable());
      if (!this.#waiting.add(camera, { frame, minScore, resolve, reject })) {
        this.#totals.framesRefused++;
        const summary = `Camera "${camera}" already has ${MAX_WAITING_PER_CAMERA} frames waiting; await one of them first.`;
        return reject(new DetectorError('queue-full', summary));
      }
      this.#dispatch();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    for (const job of this.#waiting.drain()) job.reject(closed());
    await within(LAST_FRAMES_MS, Promise.all(this.#running));
    await Promise.all(this.#restarting);
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #adopt(thread: InferenceThread): void {
    this.#threads.add(thread);
    this.#idle.push(thread);
    void thread.ended.then(() => this.#afterEnd(thread));
  }

  #dispatch(): void {
    while (this.#idle.length > 0) {
      const job = this.#waiting.take();
      if (!job) return;
      const thread = this.#idle.shift();
      if (!thread) return;
      const run = this.#run(thread, job).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #run(thread: InferenceThread, { frame, minScore, resolve, reject }: Job): Promise<void> {
    try {
      const result = await thread.detect(frame.planes, frame.geometry, minScore);
      this.#deathsInARow = 0;
      this.#record(result);
      const { count, boxes, scores, roadUsers, planes } = result;
      frame.recycle?.(planes);
      resolve({ frame: infoOf(frame), count, boxes, scores, roadUsers });
    } catch (error) {
      this.#totals.framesLost++;
      reject(error);
    }
    if (!thread.alive) return;
    this.#idle.push(thread);
    if (!this.#closed.signal.aborted) this.#dispatch();
  }

  #record({ convertMs, inferenceMs, decodeMs, unknownLabels }: InferenceResult): void {
    this.#totals.frames++;
    this.#totals.convertMs += convertMs;
    this.#totals.inferenceMs += inferenceMs;
    this.#totals.decodeMs += decodeMs;
    if (unknownLabels > 0 && !this.#toldOfUnknownLabels) {
      this.#toldOfUnknownLabels = true;
      this.#logger.warn(
        { model: this.#card.name, unknownLabels },
        'the model gives labels that its card does not list; they are ignored. Complete "labels" of the card',
      );
    }
  }

  #afterEnd(thread: InferenceThread): void {
    this.#threads.delete(thread);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#closed.signal.aborted) return;
    this.#deathsInARow++;
    this.#logger.error({ model: this.#card.name }, 'an inference thread died; it is started again');
    this.#turnAwayIfDown();
    const restart = this.#restart().finally(() => this.#restarting.delete(restart));
    this.#restarting.add(restart);
  }

  async #restart(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const waitMs = Math.min(
        FIRST_RESTART_DELAY_MS * 2 ** (this.#deathsInARow - 1),
        LONGEST_RESTART_DELAY_MS,
      );
      await abortableWait(waitMs, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      this.#totals.threadRestarts++;
      try {
        const thread = await this.#startThread();
        this.#adopt(thread);
        if (!this.#closed.signal.aborted) this.#dispatch();
        return;
      } catch (error) {
        this.#deathsInARow++;
        this.#logger.error({ model: this.#card.name, err: error }, 'an inference thread did not start again');
        this.#turnAwayIfDown();
      }
    }
  }

  /** No thread, and not for the first time: waiting frames would only grow old. */
  #isDown(): boolean {
    return this.#threads.size === 0 && this.#deathsInARow > 1;
  }

  #turnAwayIfDown(): void {
    if (!this.#isDown()) return;
    for (const job of this.#waiting.drain()) {
      this.#totals.framesLost++;
      job.reject(unavailable());
    }
  }
}

function infoOf(frame: Frame): FrameInfo {
  const { planes: _moved, recycle: _recycle, ...info } = frame;
  return info;
}

function closed(): DetectorError {
  return new DetectorError('closed', 'The detector was closed.');
}

function unavailable(): DetectorError {
  return new DetectorError('unavailable', 'No inference thread is alive; they are being started again.');
}
