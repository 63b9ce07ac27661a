// Whether memory and handles stay flat over a run: measured after collecting garbage, judged by a line through the
// measurements.

import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Measured = {
  /** Inputs run before it. */
  readonly inputs: number;
  /** Heap and array buffers in use, MiB. */
  readonly heapMiB: number;
  /** Open file descriptors and what else keeps the process alive. */
  readonly handles: number;
};

/** What a run may seem to grow by: caches of compiled code and of the engine fill up slowly. */
const MAX_GROWTH_MIB = 8;
const MAX_HANDLES_MORE = 8;
/** Share of the measurements at the beginning that is left out: everything is compiled and cached for the first time. */
const WARM_UP_SHARE = 0.3;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function measure(inputs: number): Promise<Measured> {
  // Twice: what the first finds unreachable may have finalisers that hold other things.
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    await nextTurn();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const handles = countHandles();
  return { inputs, heapMiB: (heapUsed + arrayBuffers) / 2 ** 20, handles };
}

/** What grew, in words; undefined when nothing did. */
export function growthIn(all: readonly Measured[]): string | undefined {
  const measured = all.slice(Math.floor(all.length * WARM_UP_SHARE));
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined || measured.length < 4) return undefined;
  if (last.handles > first.handles + MAX_HANDLES_MORE) {
    return `open handles grew from ${first.handles} to ${last.handles} over ${last.inputs - first.inputs} inputs`;
  }
  const grownMiB = slope(measured) * (last.inputs - first.inputs);
  const rises = last.heapMiB - first.heapMiB > MAX_GROWTH_MIB / 2;
  return grownMiB > MAX_GROWTH_MIB && rises
    ? `the heap grew by ${grownMiB.toFixed(1)} MiB over ${last.inputs - first.inputs} inputs`
    : undefined;
}

/** Least squares, MiB an input. */
function slope(measured: readonly Measured[]): number {
  const meanX = measured.reduce((sum, { inputs }) => sum + inputs, 0) / measured.length;
  const meanY = measured.reduce((sum, { heapMiB }) => sum + heapMiB, 0) / measured.length;
  let products = 0;
  let squares = 0;
  for (const { inputs, heapMiB } of measured) {
    products += (inputs - meanX) * (heapMiB - meanY);
    squares += (inputs - meanX) ** 2;
  }
  return squares === 0 ? 0 : products / squares;
}

function countHandles(): number {
  const resources = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
  return resources + (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
}
