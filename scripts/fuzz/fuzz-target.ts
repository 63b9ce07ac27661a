// Runs one target on many inputs: counts, times, watches for growth, and keeps the inputs that break something.

import { type Random, seededRandom } from '../scenes/random.ts';
import { growthIn, type Measured, measure } from './growth.ts';
import { minimise } from './minimise.ts';
import type { FuzzTarget, OpenTarget, Outcome } from './target.ts';

export type Failure = {
  readonly target: string;
  /** Number of the input in its run: with the seed it can be made again. -1 for what no single input did. */
  readonly index: number;
  readonly what: string;
  /** The smallest input found that still does it. */
  readonly input: Uint8Array;
};

export type FuzzReport = {
  readonly target: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  readonly slowestMs: number;
  readonly heapMiB: readonly [first: number, last: number];
  readonly failures: readonly Failure[];
};

export type FuzzOptions = {
  readonly inputs: number;
  readonly seed: number;
  /** Empty, the target's own. */
  readonly folder: string;
  /** Ends earlier when this is over. */
  readonly seconds?: number;
  /** Told before each input. */
  readonly onInput?: (index: number) => void;
};

/** Longest that one input may take. */
export const MAX_INPUT_MS = 250;
/** A parser that answers later than this does not answer. */
const NO_ANSWER_MS = 15_000;
/** Different failures kept; a target that fails so often needs a look first. */
const MAX_FAILURES = 20;
const MEASUREMENTS = 20;

export async function fuzzTarget(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const { inputs, seed, folder, seconds = Number.POSITIVE_INFINITY, onInput } = options;
  const opened = await target.open({ folder, seed });
  const failures = new Map<string, Failure>();
  const counts: Record<Outcome, number> = { accepted: 0, refused: 0 };
  const measured: Measured[] = [];
  const startedMs = performance.now();
  const elapsedS = () => (performance.now() - startedMs) / 1000;
  let slowestMs = 0;
  let index = 0;
  try {
    for (; index < inputs && elapsedS() < seconds && failures.size < MAX_FAILURES; index++) {
      if (index % Math.max(1, Math.floor(inputs / MEASUREMENTS)) === 0) measured.push(await measure(index));
      onInput?.(index);
      const input = opened.make(randomOf(seed, target.name, index));
      const beganMs = performance.now();
      const result = await tryInput(opened, input);
      let tookMs = performance.now() - beganMs;
      if (tookMs > MAX_INPUT_MS) tookMs = await bestTimeMs(opened, input, tookMs);
      slowestMs = Math.max(slowestMs, tookMs);
      if (typeof result === 'string') counts[result] += 1;
      const broken = typeof result !== 'string' ? result : tooSlow(tookMs);
      if (broken === undefined || failures.has(broken.kind)) continue;
      const { what, kind } = broken;
      const smallest = await minimise(input, async (smaller) => {
        const again = await tryInput(opened, smaller);
        return typeof again !== 'string' && again.kind === kind;
      });
      failures.set(kind, { target: target.name, index, what, input: smallest });
    }
    measured.push(await measure(index));
  } finally {
    await opened.close?.();
  }
  const growth = growthIn(measured);
  if (growth !== undefined) {
    failures.set('growth', { target: target.name, index: -1, what: growth, input: new Uint8Array() });
  }
  return {
    target: target.name,
    inputs: index,
    ...counts,
    seconds: elapsedS(),
    slowestMs,
    heapMiB: [measured[Math.floor(measured.length / 3)]?.heapMiB ?? 0, measured.at(-1)?.heapMiB ?? 0],
    failures: [...failures.values()],
  };
}

/** The random numbers of one input: independent of those before, so that one input can be made alone. */
export function randomOf(seed: number, target: string, index: number): Random {
  let hash = 2166136261;
  for (const character of `${seed}/${target}/${index}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  }
  return seededRandom(hash);
}

/** Failures that differ in numbers and quoted text only, or that come from the same place, are one `kind`. */
type Broken = { readonly what: string; readonly kind: string };

async function tryInput(opened: OpenTarget, input: Uint8Array): Promise<Outcome | Broken> {
  try {
    const outcome = opened.run(input);
    return typeof outcome === 'string' ? outcome : await answered(outcome);
  } catch (error) {
    return brokenBy(error);
  }
}

async function answered(outcome: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${NO_ANSWER_MS / 1000} s`)), NO_ANSWER_MS);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A busy machine makes anything slow once: what counts then is the processor's time, at its best. */
async function bestTimeMs(opened: OpenTarget, input: Uint8Array, firstMs: number): Promise<number> {
  let best = firstMs;
  for (let tries = 0; tries < 4 && best > MAX_INPUT_MS; tries++) {
    const before = process.cpuUsage();
    await tryInput(opened, input);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function tooSlow(tookMs: number): Broken | undefined {
  if (tookMs <= MAX_INPUT_MS) return undefined;
  return { what: `took ${Math.round(tookMs)} ms, expected at most ${MAX_INPUT_MS} ms`, kind: 'slow' };
}

function brokenBy(error: unknown): Broken {
  if (!(error instanceof Error)) return { what: String(error), kind: 'no error' };
  const { name, message, stack = '' } = error;
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at .*\.(js|ts)[:)]/.test(line) && !/node:|node_modules/.test(line));
  const place = name === 'Violation' ? message : (frames[0] ?? message);
  return {
    what: `${name}: ${message}${name === 'Violation' ? '' : `\n${frames.slice(0, 4).join('\n')}`}`,
    kind: `${name} ${place.replace(/"[^"]*"?/g, '"…"').replace(/U\+[0-9a-f]+|\d+/g, 'n')}`.slice(0, 200),
  };
}
