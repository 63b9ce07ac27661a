// Where a camera's analysed frames lie in its video, for the time that the video is kept.

import type { StreamMoment } from '../source/stream-copy.ts';

export type NotedFrame = StreamMoment & {
  readonly connection: number;
  /** Monotonic, ms. */
  readonly arrivedMs: number;
};

/** Frames that are kept however old they are: the last ones before an outage keep their place on the clock. */
const LEAST = 50;

export class FrameTimes {
  readonly #frames: NotedFrame[] = [];

  add(frame: NotedFrame): void {
    this.#frames.push(frame);
  }

  get last(): NotedFrame | undefined {
    return this.#frames.at(-1);
  }

  /** The first frame of that moment or later. */
  from(cameraTimeMs: number): NotedFrame | undefined {
    return this.#frames.find((frame) => frame.cameraTimeMs >= cameraTimeMs);
  }

  /** The frame closest to a moment of the camera's clock. */
  nearest(cameraTimeMs: number): NotedFrame | undefined {
    return closest(this.#frames, ({ cameraTimeMs: timeMs }) => Math.abs(timeMs - cameraTimeMs));
  }

  /** UTC of a time stamp, from the frame of its connection that is closest, ms. */
  utcOf(timeUs: number, connection: number): number | undefined {
    const own = this.#frames.filter((frame) => frame.connection === connection);
    const near = closest(own, (frame) => Math.abs(frame.timeUs - timeUs));
    return near && near.capturedAtMs + (timeUs - near.timeUs) / 1000;
  }

  /** Forgets frames that came before. */
  forget(beforeMs: number): void {
    const fresh = this.#frames.findIndex(({ arrivedMs }) => arrivedMs >= beforeMs);
    const old = fresh < 0 ? this.#frames.length : fresh;
    // In steps, because taking one from the front of a long list each time moves all the others.
    if (old > 2 * LEAST) this.#frames.splice(0, old - LEAST);
  }

  clear(): void {
    this.#frames.length = 0;
  }
}

function closest(
  frames: readonly NotedFrame[],
  distance: (frame: NotedFrame) => number,
): NotedFrame | undefined {
  let best: NotedFrame | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const frame of frames) {
    const away = distance(frame);
    if (away >= least) continue;
    least = away;
    best = frame;
  }
  return best;
}
