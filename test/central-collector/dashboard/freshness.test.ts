import { beforeEach, describe, expect, it } from 'vitest';
import {
  CUT_AFTER_MS,
  Freshness,
  type Instant,
  STALE_AFTER_MS,
  START_WITHIN_MS,
} from '../../../central-collector/dashboard/src/live/freshness.ts';

/** The centre's clock is an hour ahead of this machine's. */
const AHEAD_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 22, 12);

let now: Instant;
let freshness: Freshness;

beforeEach(() => {
  now = { wallMs: NOON_MS, steadyMs: 1000 };
  freshness = new Freshness(now);
});

describe('whether the page shows the present', () => {
  it('is starting at first, and cut off when the centre does not say hello in time', () => {
    expect(state()).toBe('starting');
    pass(START_WITHIN_MS - 1);
    expect(state()).toBe('starting');
    pass(1);
    expect(state()).toBe('cut');
    expect(freshness.at(now).sinceMs).toBeNull();
  });

  it('is live from the first word on, as long as heartbeats come', () => {
    for (let beat = 0; beat < 10; beat++) {
      hear();
      expect(state()).toBe('live');
      pass(2000);
      expect(state()).toBe('live');
    }
  });

  it('is stale after five seconds of silence, cut off after twelve, and knows since when', () => {
    hear();
    const heardAtMs = now.wallMs;
    pass(STALE_AFTER_MS - 1);
    expect(state()).toBe('live');
    pass(1);
    expect(freshness.at(now)).toEqual({ state: 'stale', sinceMs: heardAtMs });
    pass(CUT_AFTER_MS - STALE_AFTER_MS);
    expect(freshness.at(now)).toEqual({ state: 'cut', sinceMs: heardAtMs });
  });

  it('is cut off at once when the connection closes', () => {
    hear();
    freshness.closed();
    expect(state()).toBe('cut');
    hear();
    expect(state()).toBe('live');
  });

  it.each<[string, Partial<Instant>]>([
    ['the machine slept, and its steady clock with it', { wallMs: 3_600_000 }],
    ['the steady clock went on and somebody set the clock back', { steadyMs: 60_000, wallMs: -600_000 }],
  ])('is cut off when %s', (_, { wallMs = 0, steadyMs = 0 }) => {
    hear();
    now = { wallMs: now.wallMs + wallMs, steadyMs: now.steadyMs + steadyMs };
    expect(state()).toBe('cut');
  });

  it('is not live when heartbeats come as if from the past: the link delivers what it had kept back', () => {
    for (let beat = 0; beat < 3; beat++) {
      hear();
      pass(2000);
    }
    hear(STALE_AFTER_MS + 1000);
    expect(state()).toBe('stale');
    hear();
    expect(state()).toBe('live');
  });

  it('forgets what it knew when it starts again', () => {
    hear();
    freshness.restarted(now);
    expect(freshness.at(now)).toEqual({ state: 'starting', sinceMs: null });
  });
});

describe("the centre's clock", () => {
  it("is this machine's until the centre has spoken", () => {
    expect(freshness.serverNowMs(now)).toBe(NOON_MS);
  });

  it('goes on between heartbeats, and takes the quickest of them for right', () => {
    hear();
    pass(2000);
    hear(700);
    expect(freshness.serverNowMs(now)).toBe(now.wallMs + AHEAD_MS);
    pass(1500);
    expect(freshness.serverNowMs(now)).toBe(now.wallMs + AHEAD_MS);
  });

  it('is right again after a sleep in which the steady clock stood still', () => {
    hear();
    now = { ...now, wallMs: now.wallMs + 8 * 3_600_000 };
    hear();
    expect(freshness.serverNowMs(now)).toBe(now.wallMs + AHEAD_MS);
    expect(state()).toBe('live');
  });
});

function pass(ms: number): void {
  now = { wallMs: now.wallMs + ms, steadyMs: now.steadyMs + ms };
}

/** A word of the centre that was so long on its way. */
function hear(lateMs = 0): void {
  freshness.heard(now.wallMs + AHEAD_MS - lateMs, now);
}

function state(): string {
  return freshness.at(now).state;
}
