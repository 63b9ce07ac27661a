// Lets streams in and ends them: not more than the machine can serve, not more than one user needs, and none for
// somebody who may not see them any more.

import type { Principal } from '../accounts/actor.ts';
import { ProblemError } from '../problem.ts';

export type StreamDoorOptions = {
  /** Of all together. Default 1000. */
  readonly maxStreams?: number;
  /** Of one session or token. Default 50. */
  readonly maxOfPrincipal?: number;
  /** Whether somebody who was let in may still be there. */
  readonly stillHolds: (principal: Principal) => boolean;
  /** How often that is asked. Default 15 s. */
  readonly checkMs?: number;
};

export type Visit = {
  /** It has ended. Idempotent. */
  leave(): void;
};

type Visitor = { readonly principal: Principal; readonly expel: () => void };

const MAX_STREAMS = 1000;
const MAX_OF_PRINCIPAL = 50;
const CHECK_MS = 15_000;
/** Screens that were turned away try again then. */
const RETRY_S = 10;

export class StreamDoor {
  readonly #options: StreamDoorOptions;
  readonly #visitors = new Set<Visitor>();
  readonly #byPrincipal = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  readonly counts = { admitted: 0, refused: 0, expelled: 0 };

  constructor(options: StreamDoorOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#visitors.size;
  }

  /** Throws ProblemError. `expel` ends the stream of one who has lost the right to it. */
  enter(principal: Principal, expel: () => void): Visit {
    this.check(principal);
    const visitor = { principal, expel };
    this.#visitors.add(visitor);
    this.#byPrincipal.set(principal.digest, (this.#byPrincipal.get(principal.digest) ?? 0) + 1);
    this.counts.admitted += 1;
    this.#timer ??= setInterval(() => this.#look(), this.#options.checkMs ?? CHECK_MS).unref();
    return { leave: () => this.#leave(visitor) };
  }

  /** Throws ProblemError when there is no room for one more. */
  check(principal: Principal): void {
    const { maxStreams = MAX_STREAMS, maxOfPrincipal = MAX_OF_PRINCIPAL } = this.#options;
    const own = this.#byPrincipal.get(principal.digest) ?? 0;
    if (own >= maxOfPrincipal) {
      this.counts.refused += 1;
      throw new ProblemError(
        'too-many-requests',
        `this ${principal.kind} has ${own} streams open already, of ${maxOfPrincipal} at most; close some, or use another token`,
        { retryAfterS: RETRY_S },
      );
    }
    if (this.#visitors.size >= maxStreams) {
      this.counts.refused += 1;
      throw new ProblemError(
        'unavailable',
        `all ${maxStreams} streams of this centre are taken; try again later`,
        {
          retryAfterS: RETRY_S,
        },
      );
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #leave(visitor: Visitor): void {
    if (!this.#visitors.delete(visitor)) return;
    const { digest } = visitor.principal;
    const left = (this.#byPrincipal.get(digest) ?? 1) - 1;
    if (left === 0) this.#byPrincipal.delete(digest);
    else this.#byPrincipal.set(digest, left);
    if (this.#visitors.size === 0) this.close();
  }

  #look(): void {
    for (const visitor of [...this.#visitors]) {
      if (this.#options.stillHolds(visitor.principal)) continue;
      this.counts.expelled += 1;
      this.#leave(visitor);
      visitor.expel();
    }
  }
}
