// Says when what was counted does not reach the centre: connected or not, a batch that nobody confirms for long
// means that its database or its collector is away.

import type { Logger } from 'pino';

/** What waits in the outbox. */
export type Backlog = { readonly batches: number; readonly oldestAgeMs?: number };

export type BacklogWatch = {
  /** Takes in how things stand; one line in the log when the problem begins and one when it is over. */
  update(backlog: Backlog): void;
};

/** A centre that works confirms within a second; short disturbances are nobody's concern. */
const LATE_AFTER_MS = 60_000;

/** A sentence for people when the oldest batch has waited for more than a minute. */
export function backlogProblem({ batches, oldestAgeMs }: Backlog): string | undefined {
  if (oldestAgeMs === undefined || oldestAgeMs <= LATE_AFTER_MS) return undefined;
  return `The centre has not confirmed ${batches} batches, the oldest for ${Math.round(oldestAgeMs / 1000)} s; they are kept. Check the broker, the collector and its database.`;
}

export function createBacklogWatch(logger: Logger): BacklogWatch {
  let isLate = false;
  return {
    update(backlog) {
      const problem = backlogProblem(backlog);
      if (problem !== undefined && !isLate) logger.warn(problem);
      if (problem === undefined && isLate) logger.info('the centre has stored everything again');
      isLate = problem !== undefined;
    },
  };
}
