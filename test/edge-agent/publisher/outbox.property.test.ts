// Any schedule of appends, confirmations, ageing, failing disks and restarts leaves the outbox with exactly what a
// plain list would hold; and every number ever given is confirmed, still there, or reported.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { DroppedRange, TrafficEvent } from '../../../contract/index.ts';
import { BATCH_CLASSES } from '../../../edge-agent/publisher/batch-class.ts';
import { Outbox } from '../../../edge-agent/publisher/outbox.ts';
import type { Database } from '../../../edge-agent/publisher/outbox-database.ts';
import { contentOf, flow, incident, passage, T0 } from './sample-events.ts';

type Step =
  | { do: 'append'; kinds: ('counts' | 'passages' | 'incidents')[]; leaving: boolean }
  | { do: 'confirm'; first: number; length: number }
  | { do: 'restart' }
  | { do: 'age'; ms: number }
  | { do: 'fail'; when: 'before' | 'after' };

const MAX_BYTES = 30_000;
const MAX_AGE_MS = 1_000_000;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      kinds: fc.array(fc.constantFrom(...BATCH_CLASSES), { minLength: 1, maxLength: 40 }),
      leaving: fc.boolean(),
    }),
  },
  {
    // Enough of the same to be merged, dropped, and to push out reports of what was dropped before.
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      kinds: fc
        .tuple(fc.constantFrom(...BATCH_CLASSES, 'counts' as const), fc.integer({ min: 40, max: 90 }))
        .map(([kind, n]) => Array.from({ length: n }, () => kind)),
      leaving: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('confirm' as const),
      first: fc.integer({ min: 1, max: 600 }),
      length: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('age' as const), ms: fc.integer({ min: 0, max: MAX_AGE_MS }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
);

/** One disk that can fail at its next write, and one outbox on it after the other. */
class Bench {
  readonly #directory: string;
  #failNext: 'before' | 'after' | undefined;
  elapsedMs = 0;
  outbox: Outbox;

  constructor(directory: string) {
    this.#directory = directory;
    this.outbox = this.#make();
  }

  async restart(): Promise<void> {
    await this.outbox.close();
    this.outbox = this.#make();
    await this.outbox.recover();
  }

  async append(events: TrafficEvent[], leaving: boolean, fail?: 'before' | 'after'): Promise<void> {
    const drafts = events.map((event) => ({
      class:
        event.type === 'flow'
          ? ('counts' as const)
          : event.type === 'passage'
            ? ('passages' as const)
            : ('incidents' as const),
      events: { [event.type]: 1 },
      json: [JSON.stringify(event)],
    }));
    this.#failNext = fail;
    if (fail) {
      await expect(this.outbox.append(drafts, { leaving })).rejects.toThrow();
      await this.outbox.recover();
    } else {
      await this.outbox.append(drafts, { leaving });
    }
    expect(this.outbox.failure).toBeUndefined();
  }

  async content() {
    const pages = await Promise.all(BATCH_CLASSES.map((c) => this.outbox.page(c, 0, 1e6, 1e9)));
    return pages.flat().map((batch) => ({ ...batch, ...contentOf(batch.body) }));
  }

  #make(): Outbox {
    return new Outbox({
      directory: this.#directory,
      maxBytes: MAX_BYTES,
      maxAgeMs: MAX_AGE_MS,
      logger: pino({ level: 'silent' }),
      now: () => T0 + this.elapsedMs,
      monotonicMs: () => this.elapsedMs,
      makeDatabase: (location) => this.#database(location),
    });
  }

  #database(location: string): Database {
    const database = new ClassicLevel<string, string>(location);
    const write = database.batch.bind(database) as (...args: unknown[]) => Promise<void>;
    const batch = async (...args: unknown[]) => {
      const failing = this.#failNext;
      this.#failNext = undefined;
      if (failing === 'before') throw new Error('no space');
      await write(...args);
      if (failing === 'after') throw new Error('lost the disk');
    };
    return Object.assign(database, { batch });
  }
}

/** Vehicles: merging changes how many events there are, never what they count. */
function vehiclesIn(events: readonly TrafficEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === 'flow' ? (event.counts.car?.n ?? 0) : 1), 0);
}

async function follow(steps: readonly Step[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-outbox-model-'));
  try {
    const bench = new Bench(directory);
    await bench.outbox.recover();
    const confirmed = new Set<number>();
    let vehicles = 0;
    let vehiclesConfirmed = 0;
    let minute = 0;
    const told: DroppedRange[] = [];
    for (const next of [...steps, { do: 'restart' } as const]) {
      if (next.do === 'append' || next.do === 'fail') {
        const kinds = next.do === 'append' ? next.kinds : (['passages', 'counts'] as const);
        const events = kinds.map((kind): TrafficEvent => {
          minute += 1;
          if (kind === 'counts') return flow(minute, 1);
          return kind === 'passages' ? passage(minute) : incident(`i${minute}`);
        });
        vehicles += events.length;
        await bench.append(
          events,
          next.do === 'append' && next.leaving,
          next.do === 'fail' ? next.when : undefined,
        );
      } else if (next.do === 'confirm') {
        const last = next.first + next.length;
        for (const { seq, events, dropped } of await bench.content()) {
          if (seq < next.first || seq > last) continue;
          confirmed.add(seq);
          vehiclesConfirmed += vehiclesIn(events);
          told.push(...((dropped ?? []) as DroppedRange[]));
        }
        await bench.outbox.acknowledge(T0, [[next.first, last]]);
      } else if (next.do === 'age') {
        bench.elapsedMs += next.ms;
        await bench.outbox.enforceLimits();
      } else {
        await bench.restart();
      }
      await check();
    }

    async function check(): Promise<void> {
      // The report of what was given up is a batch as any other, and may itself push something out.
      for (let n = 0; n < 5 && bench.outbox.hasReport; n += 1) await bench.outbox.append([]);
      expect(bench.outbox.hasReport).toBe(false);
      const content = await bench.content();
      const { totals } = bench.outbox;
      expect(totals.batches).toBe(content.length);
      expect(totals.bytes).toBe(content.reduce((sum, { bytes }) => sum + bytes, 0));
      expect(totals.bytes).toBeLessThanOrEqual(MAX_BYTES);
      const reports = [...told, ...content.flatMap(({ dropped }) => (dropped ?? []) as DroppedRange[])];
      const accounted = new Set([...confirmed, ...content.map(({ seq }) => seq)]);
      const gone = reports.flatMap(({ fromSeq, toSeq }) =>
        Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => fromSeq + i),
      );
      for (const seq of gone) {
        expect(accounted.has(seq), `${seq} is reported as dropped, yet there, or reported twice`).toBe(false);
        accounted.add(seq);
      }
      const highest = Math.max(0, ...accounted);
      expect(accounted.size, 'a number is neither there nor confirmed nor reported').toBe(highest);
      const vehiclesLost = reports.reduce(
        (sum, { events }) => sum + Object.values(events).reduce((a, b) => a + b, 0),
        0,
      );
      const here = vehiclesIn(content.flatMap(({ events }) => events));
      // A merged interval that is given up later counts as one event and holds several vehicles.
      const merged =
        content.length > 0 || vehiclesLost > 0 ? vehicles - vehiclesConfirmed - vehiclesLost - here : 0;
      expect(merged).toBeGreaterThanOrEqual(0);
      if (reports.every(({ events }) => events.flow === undefined)) expect(merged).toBe(0);
    }
    await bench.outbox.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('no schedule of appends, confirmations, failures and restarts loses or doubles anything', async () => {
  const runs = Number(process.env.NGATU_PROPERTY_RUNS ?? 60);
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), follow), {
    numRuns: runs,
    // Repeatable in CI; set another to explore.
    seed: Number(process.env.NGATU_PROPERTY_SEED ?? 1),
  });
}, 600_000);
