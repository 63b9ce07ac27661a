// The sums by quarter hour and hour in a real InfluxDB: they equal the raw counts whatever comes late and whoever dies.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { flow, journey } from '../central-collector/store/rolled-up-events.ts';
import {
  DAY_MS,
  FOR_EVER,
  HOUR_MS,
  MINUTE_MS,
  QUARTER_MS,
  type RollupRig,
  rollupRig,
  sumsOf,
} from './rollup-rig.ts';

const T0 = Date.UTC(2026, 0, 15, 6);

let directory: string;
let influxdb: Influxdb;
const rigs: RollupRig[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-rollups-'));
  influxdb = await startInfluxdb({ directory });
});

afterAll(async () => {
  for (const rig of rigs) await rig.close();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function rigAt(startMs = T0): Promise<RollupRig> {
  const rig = await rollupRig(influxdb.url, `rollups-${rigs.length}`, startMs);
  rigs.push(rig);
  return rig;
}

async function expectExact(rig: RollupRig): Promise<void> {
  expect(await rig.sums('m15')).toEqual(sumsOf(rig.stored, QUARTER_MS));
  expect(await rig.sums('h1')).toEqual(sumsOf(rig.stored, HOUR_MS));
}

describe('roll-ups', () => {
  it('show what was counted a moment ago, and what comes a day late', async () => {
    const rig = await rigAt();
    const roller = rig.roller('one');
    await roller.run();
    await rig.store([flow(T0, 3), flow(T0 - MINUTE_MS, 4), journey(T0)]);
    await roller.run();
    await expectExact(rig);
    rig.clockMs += DAY_MS;
    await roller.run();
    await rig.store([flow(T0, 5), flow(T0 + 7 * HOUR_MS, 1)], { agent: 'b' });
    await roller.run();
    await expectExact(rig);
    expect([roller.problem, roller.counts.expired]).toEqual([undefined, 0]);
    expect(roller.lagMs).toBeLessThan(1000);
  });

  it('change nothing when they are made again', async () => {
    const rig = await rigAt();
    await rig.store([flow(T0, 3), flow(T0 + 1, 4)]);
    await rig.roller('one').run();
    const all = () => rig.database.query('SELECT * FROM "m15".flow, "m15".journey, "h1".flow');
    const before = await all();
    expect(before.length).toBeGreaterThan(0);
    rig.clockMs += HOUR_MS;
    const again = rig.roller('one');
    await again.run();
    expect(again.counts.windows).toBeGreaterThan(0);
    expect(await all()).toEqual(before);
  });

  it('are made by one of several collectors, and by another when that one is silent or leaves', async () => {
    const rig = await rigAt();
    const [one, two] = [rig.roller('one'), rig.roller('two')];
    await one.run();
    await two.run();
    expect([one.rounds, two.rounds]).toEqual([1, 0]);
    rig.clockMs += 4 * MINUTE_MS;
    await two.run();
    await one.run();
    expect([one.rounds, two.rounds]).toEqual([1, 1]);
    await two.close();
    await one.run();
    expect(one.rounds).toBe(2);
  });

  it('catch up with history that was there before, over a gap of years, wherever it was interrupted', async () => {
    const rig = await rigAt();
    const days = [0, 1, 2, 800].map((day) => T0 - day * DAY_MS);
    for (const at of days) await rig.store([flow(at, 1), flow(at - 5 * HOUR_MS, 2), journey(at)]);
    rig.clockMs += HOUR_MS;
    for (const diesAfter of [25, 40]) await rig.roller('one', { diesAfter }).run();
    const last = rig.roller('one');
    await last.run();
    expect([last.problem, last.backfilling]).toEqual([undefined, false]);
    await expectExact(rig);
  });

  it('are made of agents with any name that others than ours wrote', async () => {
    const rig = await rigAt();
    const names = [
      'site=it\'s,agent=it\'s\\ "b"',
      "site=or,agent=\\,'\\ OR\\ 1\\=1\\ --",
      'site=back,agent=a\\b',
    ];
    for (const name of names) await rig.write(`flow,${name} n=2i,observed_ms=60000i ${T0}000000`);
    const roller = rig.roller('one');
    await roller.run();
    expect(roller.problem).toBeUndefined();
    const sums = await rig.database.query('SELECT n FROM "h1".flow GROUP BY site, agent');
    expect(sums.map(({ agent, n }) => [agent, n])).toEqual([
      [",' OR 1=1 --", 2],
      ['a\\b', 2],
      ['it\'s "b"', 2],
    ]);
  });

  it('keep the sums of counts that are gone, also when late ones come and raw ones are kept longer again', async () => {
    const rig = await rigAt();
    await rig.store([flow(T0, 3), flow(T0 + MINUTE_MS, 4)]);
    const keep = { ...FOR_EVER, raw: '7d' };
    await rig.roller('one', { keep }).run();
    const before = [await rig.sums('m15'), await rig.sums('h1')];
    const [shard] = await rig.database
      .query('SHOW SHARDS')
      .then((rows) =>
        rows.filter((row) => row.database === rig.database.name && row.retention_policy === 'raw'),
      );
    await rig.database.query(`DROP SHARD ${shard?.id}`);
    rig.clockMs += 8 * DAY_MS;
    const roller = rig.roller('one', { keep });
    await roller.run();
    await rig.store([flow(T0 + 2 * MINUTE_MS, 1)]);
    for (const each of [roller, rig.roller('one')]) {
      await each.run();
      expect(each.problem).toBeUndefined();
      expect(each.counts.expired).toBe(1);
      expect([await rig.sums('m15'), await rig.sums('h1')]).toEqual(before);
    }
  });

  it('equal the raw counts after any order of batches, delays, rounds and deaths', async () => {
    const minute = fc.integer({ min: 0, max: 3 * 24 * 60 });
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ does: fc.constant('store'), minute, n: fc.nat(9), heldH: fc.nat(3) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ does: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 40 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ does: fc.constant('roll'), who: fc.nat(1), diesAfter: fc.nat(60) }),
      },
    );
    const schedule = fc.array(step as fc.Arbitrary<Step>, { minLength: 6, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const rig = await rigAt();
        for (const one of steps) await take(one, rig);
        // The one who had the turn may be dead: another one waits for it, and settles what was held back.
        rig.clockMs += HOUR_MS;
        const last = rig.roller('last');
        await last.run();
        expect(last.problem).toBeUndefined();
        await expectExact(rig);
      }),
      { numRuns: 8, seed: 5 },
    );
  });
});

type Step =
  | { does: 'store'; minute: number; n: number; heldH: number }
  | { does: 'wait'; minutes: number }
  | { does: 'roll'; who: number; diesAfter: number };

async function take(step: Step, rig: RollupRig): Promise<void> {
  if (step.does === 'wait') rig.clockMs += step.minutes * MINUTE_MS;
  else if (step.does === 'roll') {
    // Half of them live through their round.
    const diesAfter = step.diesAfter > 30 ? Number.POSITIVE_INFINITY : step.diesAfter;
    await rig.roller(`collector-${step.who}`, { diesAfter }).run();
  } else {
    const at = T0 - step.minute * MINUTE_MS;
    const agent = `box-${step.n % 3}`;
    await rig.store([flow(at, step.n), journey(at)], { agent, heldMs: step.heldH * HOUR_MS });
  }
}
