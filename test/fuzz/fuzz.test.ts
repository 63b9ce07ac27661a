// The short version of `npm run fuzz`: the same targets and checks, fewer inputs, one process.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzTarget, randomOf } from '../../scripts/fuzz/fuzz-target.ts';
import { TARGETS } from '../../scripts/fuzz/targets.ts';

const SOME = expect.toSatisfy((count: number) => count > 0);

/** In all, and the time for them: a busy machine gets through fewer. */
const INPUTS = 50_000;
const SECONDS = 20;
const SEED = 20_261_122;

const total = TARGETS.reduce((sum, { weight }) => sum + weight, 0);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-fuzz-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('strange, broken and hostile inputs', () => {
  it.each(TARGETS)('break nothing: $about', { timeout: 120_000 }, async (target) => {
    const own = join(folder, target.name);
    await mkdir(own);
    const share = target.weight / total;
    const report = await fuzzTarget(target, {
      inputs: Math.ceil(INPUTS * share),
      seconds: Math.max(0.5, SECONDS * share),
      seed: SEED,
      folder: own,
    });
    const broken = report.failures.map(({ what, index, input }) => ({
      what,
      index,
      base64: Buffer.from(input).toString('base64').slice(0, 2000),
    }));
    expect(broken).toEqual([]);
    // A target that takes nothing, or everything, tests little.
    if (report.inputs > 100) expect(report).toMatchObject({ accepted: SOME, refused: SOME });
  });

  it.each(TARGETS)('are the same for the same seed: $name', async (target) => {
    const made = async () => {
      const opened = await target.open({ folder, seed: SEED });
      const inputs = Array.from({ length: 5 }, (_, index) => opened.make(randomOf(SEED, target.name, index)));
      await opened.close?.();
      return inputs.map((input) => Buffer.from(input).toString('base64'));
    };
    expect(await made()).toEqual(await made());
  });
});
