// A worker thread as the pool sees it: started and ready, one frame at a time, and gone when it is gone.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FrameGeometry } from '../source/frame.ts';
import { DetectorError } from './detector-error.ts';
import type { WorkerAnswer, WorkerProblem, WorkerRequest, WorkerStart } from './inference-protocol.ts';
import type { ExecutionProvider, InferenceResult } from './inference-session.ts';

export type InferenceThread = {
  readonly executionProvider: ExecutionProvider;
  readonly warning: string | undefined;
  readonly alive: boolean;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Takes the planes' buffer away from the caller, and gives it back. One call at a time. Rejects with a DetectorError. */
  detect(planes: Uint8Array<ArrayBuffer>, geometry: FrameGeometry, minScore: number): Promise<ThreadResult>;
  /** Lets the session go and waits until the thread has ended, by force after a bound. */
  close(): Promise<void>;
};

export type ThreadResult = InferenceResult & { readonly planes: Uint8Array<ArrayBuffer> };

export type InferenceThreadOptions = {
  readonly workerUrl: URL;
  readonly inferenceTimeoutMs: number;
};

/** Time a thread gets to release its session before it is ended by force. */
const CLOSE_TIMEOUT_MS = 1500;

type Pending = {
  readonly resolve: (result: ThreadResult) => void;
  readonly reject: (error: DetectorError) => void;
  readonly timer: NodeJS.Timeout;
};

/** Starts a thread and waits until its model is loaded and checked. Rejects with a DetectorError. */
export function startInferenceThread(
  start: WorkerStart,
  { workerUrl, inferenceTimeoutMs }: InferenceThreadOptions,
): Promise<InferenceThread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl, { name: 'ngatu-inference', workerData: start, execArgv: [] });
    let alive = true;
    let nextId = 1;
    let failure: unknown;
    const pending = new Map<number, Pending>();

    const settle = (id: number): Pending | undefined => {
      const waiting = pending.get(id);
      if (waiting) clearTimeout(waiting.timer);
      pending.delete(id);
      return waiting;
    };
    const send = (request: WorkerRequest, transfer: readonly ArrayBuffer[] = []) =>
      worker.postMessage(request, [...transfer]);

    const ended = new Promise<void>((resolveEnded) => {
      worker.on('error', (error) => {
        failure = error;
      });
      worker.on('exit', (exitCode) => {
        alive = false;
        const reason = failure instanceof Error ? failure.message : `exit code ${exitCode}`;
        const crashed = new DetectorError('crashed', `The inference thread ended: ${reason}.`, {
          cause: failure,
        });
        for (const id of [...pending.keys()]) settle(id)?.reject(crashed);
        reject(crashed);
        resolveEnded();
      });
    });

    worker.on('message', (answer: WorkerAnswer) => {
      switch (answer.type) {
        case 'ready':
          resolve({
            executionProvider: answer.executionProvider,
            warning: answer.warning,
            get alive() {
              return alive;
            },
            ended,
            detect: (planes, geometry, minScore) =>
              new Promise((resolveFrame, rejectFrame) => {
                const id = nextId++;
                const timer = setTimeout(() => {
                  const summary = `An inference did not end within ${inferenceTimeoutMs} ms; its thread is replaced.`;
                  settle(id)?.reject(new DetectorError('stuck', summary));
                  alive = false;
                  void worker.terminate();
                }, inferenceTimeoutMs);
                pending.set(id, { resolve: resolveFrame, reject: rejectFrame, timer });
                send({ type: 'detect', id, planes, geometry, minScore }, [planes.buffer]);
              }),
            async close() {
              if (!alive) return ended;
              send({ type: 'close' });
              const force = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
              await ended;
              clearTimeout(force);
            },
          });
          break;
        case 'refused':
          reject(errorOf(answer.problem));
          break;
        case 'detected':
          settle(answer.id)?.resolve({ ...answer.result, planes: answer.planes });
          break;
        case 'failed':
          settle(answer.id)?.reject(errorOf(answer.problem));
          break;
      }
    });
  });
}

/**
 * The compiled worker: beside this file in dist/. Under vitest this file is TypeScript, which Node 20 cannot start
 * as a worker; then the one in dist/ of the same tree is used, and must have been built.
 */
export function defaultWorkerUrl(moduleUrl: string = import.meta.url): URL {
  const url = moduleUrl.endsWith('.ts')
    ? new URL('../../dist/edge-agent/detector/inference-worker.js', moduleUrl)
    : new URL('./inference-worker.js', moduleUrl);
  if (existsSync(fileURLToPath(url))) return url;
  throw new DetectorError('refused', `${fileURLToPath(url)} is missing. Run "npm run build".`);
}

function errorOf({ code, summary, problems }: WorkerProblem): DetectorError {
  return new DetectorError(code, summary, { problems });
}
