// Stages for tests of the loop: a source that is fed by hand, one car, one line.

import { CameraAnalytics } from '../../../edge-agent/analytics/camera-analytics.ts';
import { CameraFaults } from '../../../edge-agent/analytics/camera-faults.ts';
import type { Detections } from '../../../edge-agent/detector/detections.ts';
import type { Stages } from '../../../edge-agent/runtime/stage-loop.ts';
import type { Frame, FrameInfo, FrameSource, SourceState } from '../../../edge-agent/source/frame.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import { Tracker } from '../../../edge-agent/tracker/tracker.ts';

export function frameAt(index: number): Frame {
  return {
    index,
    cameraTimeMs: index * 100,
    capturedAtMs: index * 100,
    droppedBefore: 0,
    discontinuity: index === 0,
    geometry: unscaledGeometry({ width: 640, height: 360 }),
    planes: new Uint8Array(3),
  };
}

/** One car that drives down the picture, 8 pixels a frame: over the line at frame 7. */
export function carIn(frame: FrameInfo): Detections {
  const y = 100 + frame.index * 8;
  return {
    frame,
    count: 1,
    boxes: Float32Array.of(300, y, 360, y + 40),
    scores: Float32Array.of(0.9),
    roadUsers: Uint8Array.of(0),
  };
}

export function stagesOf(source: FrameSource, detect: (frame: Frame) => Promise<Detections>): Stages {
  const analytics = new CameraAnalytics({
    camera: 'north',
    lines: [
      {
        line: 'stop',
        from: [0, 200],
        to: [640, 200],
        directions: { toLeft: 'away', toRight: 'towards' },
        anchor: 'bottom-centre',
      },
    ],
    faults: new CameraFaults({ camera: 'north' }),
    roadUsers: ['car'],
  });
  return { source, detect, tracker: new Tracker(), analytics };
}

/** A live source that gives the frames it is fed. */
export class FedSource implements FrameSource {
  readonly reconnects = 0;
  state: SourceState = { state: 'starting' };
  readonly #frames: Frame[] = [];
  readonly #listeners = new Set<(state: SourceState) => void>();
  #waiting: ((frame: Frame | undefined) => void) | undefined;
  #closed = false;

  feed(...frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    if (this.#waiting === undefined || this.#frames.length === 0) return;
    this.#waiting(this.#frames.shift());
    this.#waiting = undefined;
  }

  become(state: SourceState): void {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }

  next(): Promise<Frame | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  onState(listener: (state: SourceState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting?.(undefined);
    this.become({ state: 'ended' });
  }
}
