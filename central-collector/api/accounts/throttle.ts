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
  /** Failures of this address lately, this attempt counted as one. */
  readonly failures: number;
};

type Rule = { readonly free: number; readonly firstWaitMs: number; readonly maxWaitMs: number };
type Count = { failures: number; waitUntilMs: number; lastMs: number };

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
    const [accounts, key] = this.#known.has(place) ? [this.#known, place] : [this.#accounts, account];
    const waitMs = Math.max(this.#addresses.waitMs(network, now), accounts.waitMs(key, now));
    if (waitMs > 0) return { waitMs };
    const failures = this.#addresses.fail(network, now);
    accounts.fail(key, now);
    let open = true;
    return {
      failures,
      withdrawn: () => {
        if (!open) return;
        open = false;
        this.#addresses.takeBack(network);
        accounts.takeBack(key);
      },
      succeeded: () => {
        if (!open) return;
        open = false;
        // One failure less, not none: a right password of one's own doesn't buy guesses at others'.
        this.#addresses.takeBack(network);
        accounts.forget(key);
        this.#known.remember(place, now);
      },
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
    return (this.#counts.get(key)?.waitUntilMs ?? 0) - now;
  }

  /** Gives the failures lately. */
  fail(key: string, now: number): number {
    const before = this.#counts.get(key);
    const failures = 1 + (before !== undefined && now - before.lastMs < FORGET_MS ? before.failures : 0);
    const { free, firstWaitMs, maxWaitMs } = this.#rule;
    const waitMs = failures < free ? 0 : Math.min(firstWaitMs * 2 ** (failures - free), maxWaitMs);
    this.#put(key, { failures, waitUntilMs: now + waitMs, lastMs: now });
    return failures;
  }

  takeBack(key: string): void {
    const count = this.#counts.get(key);
    if (count === undefined) return;
    count.failures -= 1;
    count.waitUntilMs = 0;
  }

  forget(key: string): void {
    this.#counts.delete(key);
  }

  remember(key: string, now: number): void {
    this.#put(key, { failures: 0, waitUntilMs: 0, lastMs: now });
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
