// What happened to a camera's frames since the last health report.

import type { CameraHealth } from '../../contract/index.ts';

export class FramePeriod {
  readonly #sinceMs: number;
  readonly #latenciesMs: number[] = [];
  #dropped = 0;

  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  analysed(latencyMs: number): void {
    this.#latenciesMs.push(latencyMs);
  }

  dropped(frames: number): void {
    this.#dropped += frames;
  }

  /** `atMs` by the clock of `sinceMs`; quantiles are left out when no frame was analysed. */
  health(camera: string, reconnects: number, atMs: number): CameraHealth {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    const quantile = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return {
      camera,
      fps: (sorted.length * 1000) / Math.max(1, atMs - this.#sinceMs),
      framesAnalysed: sorted.length,
      framesDropped: this.#dropped,
      reconnects,
      ...(sorted.length > 0 ? { latencyMs: { p50: quantile(0.5), p95: quantile(0.95) } } : {}),
    };
  }
}
