// A webhook as it is kept, and the rules of its deliveries.

import type { WebhookAnswer } from '../../api/schemas/stream.ts';
import type { RetryPolicy } from '../../retry.ts';
import type { LastingKind } from '../stream-entry.ts';

export type WebhookWish = {
  readonly name: string;
  readonly url: string;
  readonly type: readonly LastingKind[];
  readonly site: readonly string[];
  readonly camera: readonly string[];
  readonly severity?: WebhookAnswer['severity'];
  readonly paused?: boolean;
};

/** As it lies in the database, beside its cursor. */
export type StoredWebhook = WebhookWish & {
  readonly id: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly secret: string;
  /** Why nothing is sent any more: the receiver said so. */
  readonly off?: string;
};

export type DeadLetter = {
  /** Of the event. */
  readonly id: string;
  readonly body: string;
  readonly atMs: number;
  readonly attempts: number;
  readonly why: string;
};

/** Of one database for all: `w!ID`, the cursor `c!ID`, dead letters `x!ID!EVENT`. */
export const WEBHOOK_KEYS = { webhook: 'w!', cursor: 'c!', dead: 'x!' } as const;

/** A receiver that restarts is back at once; one that is ill for hours is asked every half hour. */
export const WEBHOOK_RETRIES: RetryPolicy = {
  firstDelayMs: 5000,
  maxDelayMs: 30 * 60_000,
  factor: 3,
  jitter: 0.3,
};

/** An event that is older is given up at the next failure, and those after it have their turn. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/** Attempts for an event that the receiver refuses as such. */
export const MAX_REFUSALS = 3;

export const MAX_WEBHOOKS = 100;

/** Of one webhook: the oldest go first. */
export const MAX_DEAD_LETTERS = 1000;

export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: 'not-found' | 'conflict' | 'invalid-request';
  readonly retryable = false;

  constructor(code: WebhookError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
