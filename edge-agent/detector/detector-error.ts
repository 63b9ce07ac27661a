// The one error of the detector stage.

/**
 * - `refused`: the model or its card is wrong; `problems` lists everything, and nothing was started.
 * - `crashed`: the thread died with the frame; it is started again, the next frame may succeed.
 * - `stuck`: an inference took longer than the bound; its thread was replaced.
 * - `queue-full`: the camera already has as many frames waiting as it may.
 * - `unavailable`: no thread is alive at the moment; they are being started again.
 * - `failed`: the frame or the model is at fault; the same frame would fail again.
 * - `closed`: the pool was closed.
 */
export type DetectorErrorCode =
  | 'refused'
  | 'crashed'
  | 'stuck'
  | 'queue-full'
  | 'unavailable'
  | 'failed'
  | 'closed';

const RETRYABLE: ReadonlySet<DetectorErrorCode> = new Set(['crashed', 'stuck', 'queue-full', 'unavailable']);

export class DetectorError extends Error {
  override readonly name = 'DetectorError';
  readonly code: DetectorErrorCode;
  /** Whether a later frame may succeed without anybody changing anything. */
  readonly retryable: boolean;
  /** For commands: a refused model is bad configuration. */
  readonly exitCode: 1 | 2;
  /** The message without the problems. */
  readonly summary: string;
  readonly problems: readonly string[];

  constructor(
    code: DetectorErrorCode,
    summary: string,
    options: ErrorOptions & { readonly problems?: readonly string[] } = {},
  ) {
    const problems = options.problems ?? [];
    super([summary, ...problems.map((problem) => `  - ${problem}`)].join('\n'), options);
    this.code = code;
    this.summary = summary;
    this.exitCode = code === 'refused' ? 2 : 1;
    this.retryable = RETRYABLE.has(code);
    this.problems = problems;
  }
}
