// Whatever is killed, cut off, doubled, delayed or forgotten between an event and the database, in any order: what the
// agent had on its disk is in the database exactly once or was reported as given up, and the ledger has no gap.

import fc from 'fast-check';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { DeliveryWorld, startOfTime } from '../../delivery-model/delivery-world.ts';
import { anyStep, type Step, take } from '../../delivery-model/schedule.ts';

const RUNS = Number(process.env.NGATU_PROPERTY_RUNS ?? 1000);

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Gives how many writes the outbox made. */
async function follow(collectors: number, steps: readonly Step[]): Promise<number> {
  vi.clearAllTimers();
  vi.setSystemTime(startOfTime());
  const world = await DeliveryWorld.begin(collectors);
  for (const step of steps) await take(world, step);
  await world.heal();
  await world.check();
  return world.disk.writes;
}

test('no schedule of faults loses, doubles or hides anything', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(anyStep, { maxLength: 60 }),
      async (n, steps) => {
        await follow(n, steps);
      },
    ),
    // Repeatable in CI; set another seed to explore, and let it end at the first failure to save time.
    {
      numRuns: RUNS,
      seed: Number(process.env.NGATU_PROPERTY_SEED ?? 1),
      endOnFailure: process.env.NGATU_PROPERTY_SHRINK === '0',
    },
  );
}, 3_600_000);
