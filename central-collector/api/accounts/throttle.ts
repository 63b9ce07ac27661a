// Slows down who guesses passwords: after a few free attempts the wait doubles with each failure, by account and by
// address. In memory and bounded; names that nobody has are counted like others.

import { isIPv6 } from 'node:net';

export type ThrottleOptions = {
  readonly now: () => number;
  /** Counts kept for addresses, for accounts and for known places each. Default 10,000, the oldest go first. */
  readonly maxEntries?: number;
};

export type Attempt = {
  /** The password was right. */
  succeeded(): void;
  /** Nobody was asked for the password after all: it does not count. */
  withdrawn(): void;
  /** Failures of this address lately, or of this account where it is known; this attempt counts as one. */
  readonly failures: number;
};

type Rule = { readonly free: number; readonly firstWaitMs: number; readonly maxWaitMs: number };
type Count = { failures: number; readonly lastMs: number };

/**
 * Of an account the wait stays short, so that a stranger can't keep its owner out for long; 12 characters withstand
 * 1,440 guesses a day. Many desks may share one address.
 */
const BY_ACCOUNT: Rule = { free: 5, firstWaitMs: 1000, maxWaitMs: 60_000 };
const BY_ADDRESS: Rule = { free: 20, firstWaitMs: 1000, maxWaitMs: 15 * 60_000 };
/** Failures are forgotten so long after the last. */
const FORGET_MS = 3_600_000;

export class Throttle {
  readonly #now: () => number;
  readonly #addresses: Counts;
  readonly #accounts: Counts;
  /** Account and address of those who have signed in: strangers' failures elsewhere don't make them wait. */
  readonly #known: Counts;

  constructor({ now, maxEntries = 10_000 }: ThrottleOptions) {
    this.#now = now;
    this.#addresses = new Counts(BY_ADDRESS, maxEntries);
    this.#accounts = new Counts(BY_ACCOUNT, maxEntries);
    this.#known = new Counts(BY_ACCOUNT, maxEntries);
  }

  /**
   * Counts an attempt as failed until `succeeded`, so that many at once gain nothing. `waitMs`: the attempt is refused
   * and not counted; the password must not be looked at.
   */
  attempt(address: string, account: string): Attempt | { readonly waitMs: number } {
    const now = this.#now();
    const network = networkOf(address);
    const place = `${account} ${network}`;
    // Where a user has signed in before, failures of others at the same address or account don't count: nobody is
    // kept out of his own desk.
    const counted: readonly (readonly [Counts, string])[] = this.#known.has(place)
      ? [[this.#known, place]]
      : [
          [this.#addresses, network],
          [this.#accounts, account],
        ];
    const waitMs = Math.max(...counted.map(([counts, key]) => counts.waitMs(key, now)));
    if (waitMs > 0) return { waitMs };
    const [failures = 1] = counted.map(([counts, key]) => counts.fail(key, now));
    let open = true;
    const close = (finish: () => void) => {
      if (open) finish();
      open = false;
    };
    const takeBack = () => {
      for (const [counts, key] of counted) counts.takeBack(key);
    };
    return {
      failures,
      withdrawn: () => close(takeBack),
      succeeded: () =>
        close(() => {
          // Of the address one failure less, not none: a right password of one's own buys no guesses at others'.
          takeBack();
          if (!this.#known.has(place)) this.#accounts.forget(account);
          this.#known.remember(place, now);
        }),
    };
  }

  /** Entries in memory, for tests and metrics. */
  get size(): number {
    return this.#addresses.size + this.#accounts.size + this.#known.size;
  }
}

/** Failures by key, the least recently touched first. */
class Counts {
  readonly #rule: Rule;
  readonly #maxEntries: number;
  readonly #counts = new Map<string, Count>();

  constructor(rule: Rule, maxEntries: number) {
    this.#rule = rule;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#counts.size;
  }

  has(key: string): boolean {
    return this.#counts.has(key);
  }

  waitMs(key: string, now: number): number {
    const { failures, lastMs } = this.#counts.get(key) ?? { failures: 0, lastMs: 0 };
    const { free, firstWaitMs, maxWaitMs } = this.#rule;
    if (failures < free) return 0;
    return lastMs + Math.min(firstWaitMs * 2 ** (failures - free), maxWaitMs) - now;
  }

  /** Gives the failures lately. */
  fail(key: string, now: number): number {
    const before = this.#counts.get(key);
    const failures = 1 + (before !== undefined && now - before.lastMs < FORGET_MS ? before.failures : 0);
    this.#put(key, { failures, lastMs: now });
    return failures;
  }

  takeBack(key: string): void {
    const count = this.#counts.get(key);
    if (count !== undefined) count.failures -= 1;
  }

  forget(key: string): void {
    this.#counts.delete(key);
  }

  remember(key: string, now: number): void {
    this.#put(key, { failures: 0, lastMs: now });
  }

  #put(key: string, count: Count): void {
    this.#counts.delete(key);
    this.#counts.set(key, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > this.#maxEntries && oldest !== undefined) this.#counts.delete(oldest);
  }
}

/** One customer of IPv6 holds at least a /64 (RFC 6177): its first half counts. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const full = address.includes('::')
    ? [...groups(head), ...Array(Math.max(0, missing)).fill('0'), ...groups(tail)]
    : groups(head);
  const network = full.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
