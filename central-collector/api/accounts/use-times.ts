// When sessions and tokens were last used: in memory at once, on disk now and then, so that reading does not write.

import type { AccountStore } from './account-store.ts';

export type UseTimesOptions = {
  readonly store: AccountStore;
  readonly onFailure: (error: unknown) => void;
};

/** After a crash an idle time is counted from at most so long before the last use. */
const WRITE_EVERY_MS = 5 * 60_000;

export class UseTimes {
  readonly #store: AccountStore;
  readonly #onFailure: (error: unknown) => void;
  readonly #times = new Map<string, number>();
  #nextWriteMs = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor({ store, onFailure }: UseTimesOptions) {
    this.#store = store;
    this.#onFailure = onFailure;
  }

  of(digest: string): number | undefined {
    return this.#times.get(digest);
  }

  /** Only digests that the store knows: so it stays as small as the store. */
  note(digest: string, nowMs: number): void {
    this.#times.set(digest, nowMs);
    if (nowMs < this.#nextWriteMs) return;
    this.#nextWriteMs = nowMs + WRITE_EVERY_MS;
    this.#writing = this.write().catch(this.#onFailure);
  }

  /** Brings all times to disk. */
  async write(): Promise<void> {
    const times = new Map(this.#times);
    if (times.size === 0) return;
    await this.#store.change((state) => ({
      state: {
        ...state,
        sessions: state.sessions.map((each) => later(each, times)),
        tokens: state.tokens.map((each) => later(each, times)),
      },
      result: undefined,
    }));
    for (const [digest, atMs] of times) if (this.#times.get(digest) === atMs) this.#times.delete(digest);
  }

  /** Resolves when what was noted is on disk, or told as failed. */
  async settle(): Promise<void> {
    await this.#writing;
    await this.write().catch(this.#onFailure);
  }
}

function later<T extends { readonly digest: string; readonly lastUsedAtMs?: number }>(
  entry: T,
  times: ReadonlyMap<string, number>,
): T {
  const atMs = times.get(entry.digest);
  return atMs === undefined || atMs <= (entry.lastUsedAtMs ?? -1) ? entry : { ...entry, lastUsedAtMs: atMs };
}
