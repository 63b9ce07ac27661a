// What the pool and its worker threads say to each other.

import type { FrameGeometry } from '../source/frame.ts';
import type { DetectorErrorCode } from './detector-error.ts';
import type { ExecutionProvider, InferenceOptions, InferenceResult } from './inference-session.ts';

/** Handed to a worker when it starts. */
export type WorkerStart = InferenceOptions;

export type WorkerRequest =
  | {
      readonly type: 'detect';
      readonly id: number;
      /** Transferred, not copied. */
      readonly planes: Uint8Array<ArrayBuffer>;
      readonly geometry: FrameGeometry;
      readonly minScore: number;
    }
  | { readonly type: 'close' };

/** A DetectorError without its prototype, which does not survive the way between threads. */
export type WorkerProblem = {
  readonly code: DetectorErrorCode;
  readonly summary: string;
  readonly problems: readonly string[];
};

export type WorkerAnswer =
  | {
      readonly type: 'ready';
      readonly executionProvider: ExecutionProvider;
      readonly warning: string | undefined;
    }
  | { readonly type: 'refused'; readonly problem: WorkerProblem }
  | {
      readonly type: 'detected';
      readonly id: number;
      readonly result: InferenceResult;
      /** Transferred back: a thread that kept them would hold tens of MiB until it collects its garbage. */
      readonly planes: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'failed'; readonly id: number; readonly problem: WorkerProblem };
