// Seeded random numbers: a scene must come out the same on every machine, so nothing here uses Math.random.

export type Random = () => number;

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, uniform in 0..1, good enough for pictures. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number from `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

export function pick<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(random() * list.length)] ?? list[0];
}

/** Picks by weight; weights need not sum to 1. */
export function pickWeighted<T>(
  random: Random,
  list: readonly [readonly [T, number], ...(readonly [T, number])[]],
): T {
  const total = list.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [value, weight] of list) {
    left -= weight;
    if (left <= 0) return value;
  }
  return list[0][0];
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Seconds to the next arrival of a Poisson stream. */
export function exponentialS(random: Random, perSecond: number): number {
  return -Math.log(1 - random()) / perSecond;
}
