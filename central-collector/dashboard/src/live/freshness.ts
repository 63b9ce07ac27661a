// Whether what the page shows can be taken for the present. Pure: it is told what arrives and what time it is.
//
//   starting ──hello──▶ live ──no heartbeat for 5 s──▶ stale ──12 s──▶ cut
//                        ▲ └────────── connection closed ───────────────▲│
//                        └──────────── hello, heartbeat ─────────────────┘

export type ConnectionState = 'starting' | 'live' | 'stale' | 'cut';

export type Connection = {
  readonly state: ConnectionState;
  /** When the last word of the centre came, by this machine's clock; null before the first. */
  readonly sinceMs: number | null;
};

/** The centre says that it is there every 2 s: one heartbeat may be late, two may not. */
export const STALE_AFTER_MS = 5000;
/** A connection that is silent for so long is given up and made anew, though nothing has closed it. */
export const CUT_AFTER_MS = 12_000;
/** So long a page may take to come up before it says that it is cut off. */
export const START_WITHIN_MS = 5000;

/** Two clocks: of the day, which goes on while a machine sleeps, and since the start, which nobody sets. */
export type Instant = { readonly wallMs: number; readonly steadyMs: number };

/** Offsets of late messages are too small: the largest of so many is the best. */
const OFFSETS_KEPT = 30;

export class Freshness {
  #startedAt: Instant;
  #lastWord: Instant | null = null;
  #open = false;
  /** Server's clock minus this machine's steady clock, of the last messages, ms. */
  #offsets: number[] = [];

  constructor(now: Instant) {
    this.#startedAt = now;
  }

  /** A hello or heartbeat of the centre came, made at `serverMs`. */
  heard(serverMs: number, now: Instant): void {
    // After a sleep the steady clock may have stood still: offsets from before are worth nothing.
    if (this.#lastWord !== null && elapsedMs(this.#lastWord, now) > CUT_AFTER_MS) this.#offsets = [];
    this.#open = true;
    this.#lastWord = now;
    this.#offsets.push(serverMs - now.steadyMs);
    if (this.#offsets.length > OFFSETS_KEPT) this.#offsets.shift();
  }

  /** The connection ended. */
  closed(): void {
    this.#open = false;
  }

  /** Another attempt, after somebody asked for it or signed in. */
  restarted(now: Instant): void {
    this.#startedAt = now;
    this.#lastWord = null;
    this.#open = false;
    this.#offsets = [];
  }

  at(now: Instant): Connection {
    const sinceMs = this.#lastWord?.wallMs ?? null;
    if (this.#lastWord === null) {
      const state = elapsedMs(this.#startedAt, now) < START_WITHIN_MS ? 'starting' : 'cut';
      return { state, sinceMs };
    }
    const silentMs = Math.max(elapsedMs(this.#lastWord, now), this.#lateMs(now));
    if (!this.#open || silentMs >= CUT_AFTER_MS) return { state: 'cut', sinceMs };
    return { state: silentMs >= STALE_AFTER_MS ? 'stale' : 'live', sinceMs };
  }

  /** The centre's clock, as well as it is known; this machine's before the first word. */
  serverNowMs(now: Instant): number {
    return this.#offsets.length === 0 ? now.wallMs : now.steadyMs + Math.max(...this.#offsets);
  }

  /** How much later the newest word came than the quickest one: a link that delivers old heartbeats is not live. */
  #lateMs(now: Instant): number {
    const newest = this.#offsets.at(-1);
    if (newest === undefined || this.#lastWord === null) return 0;
    return Math.max(...this.#offsets) - newest + (now.steadyMs - this.#lastWord.steadyMs);
  }
}

/** Of two clocks the one that saw more: a set clock or a sleep must not make old things look new. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.wallMs - from.wallMs, to.steadyMs - from.steadyMs);
}
