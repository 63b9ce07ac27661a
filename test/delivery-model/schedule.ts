// What may happen to a delivery, one thing after the other, as fast-check makes it up.

import fc from 'fast-check';
import type { WriteFault } from './crashable-disk.ts';
import type { DeliveryWorld } from './delivery-world.ts';
import type { ModelCollector } from './model-collector.ts';
import type { RequestFate } from './model-database.ts';
import type { Kind } from './model-events.ts';

export type Step =
  | { do: 'add'; kinds: Kind[] }
  | { do: 'minutes'; kind: Kind; n: number }
  | { do: 'pass'; ms: number }
  | { do: 'connect' }
  | { do: 'cut'; reached: number }
  | { do: 'arrive'; n: number }
  | { do: 'deliver'; n: number; which: number; isDoubled: boolean }
  | { do: 'answer'; n: number; which: number; fate: RequestFate }
  | { do: 'ack'; n: number; which: number; fate: 'once' | 'doubled' | 'lost' }
  | { do: 'flow'; turns: number }
  | { do: 'forget' }
  | { do: 'kill'; keep: number | undefined }
  | { do: 'restart' }
  | { do: 'fault'; inWrites: number; fault: WriteFault }
  | { do: 'disk'; refuses: boolean }
  | { do: 'collector'; which: number; isStored: boolean }
  | { do: 'sync'; which: number }
  | { do: 'clock'; offMs: number };

const kinds: fc.Arbitrary<Kind> = fc.constantFrom('counts', 'passages', 'incidents');
const few = fc.integer({ min: 1, max: 6 });
const which = fc.nat({ max: 30 });

function step<const Name extends Step['do'], Fields>(
  weight: number,
  name: Name,
  fields: { [K in keyof Fields]: fc.Arbitrary<Fields[K]> },
) {
  return {
    weight,
    arbitrary: fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Step>,
  };
}

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  step(10, 'add', { kinds: fc.array(kinds, { minLength: 1, maxLength: 12 }) }),
  step(2, 'minutes', { kind: kinds, n: fc.integer({ min: 20, max: 80 }) }),
  step(12, 'pass', { ms: fc.constantFrom(30, 300, 300, 1000, 11_000, 40_000, 300_000) }),
  step(5, 'connect', {}),
  step(2, 'cut', { reached: fc.nat({ max: 4 }) }),
  step(8, 'arrive', { n: few }),
  step(8, 'deliver', { n: few, which, isDoubled: fc.boolean() }),
  step(8, 'answer', { n: few, which, fate: fc.constantFrom('stored', 'stored', 'answer-lost', 'refused') }),
  step(6, 'ack', { n: few, which, fate: fc.constantFrom('once', 'once', 'doubled', 'lost') }),
  step(6, 'flow', { turns: fc.integer({ min: 1, max: 30 }) }),
  step(1, 'forget', {}),
  step(2, 'kill', { keep: fc.option(fc.nat({ max: 3 }), { nil: undefined }) }),
  step(3, 'restart', {}),
  step(5, 'fault', {
    inWrites: fc.integer({ min: 1, max: 12 }),
    fault: fc.constantFrom('die-before', 'die-after', 'fail-before', 'fail-after'),
  }),
  step(1, 'disk', { refuses: fc.boolean() }),
  step(2, 'collector', { which, isStored: fc.boolean() }),
  step(2, 'sync', { which }),
  step(1, 'clock', { offMs: fc.constantFrom(0, -86_400_000, 3_600_000, -1_700_000_000_000) }),
);

export async function take(world: DeliveryWorld, next: Step): Promise<void> {
  const { network, database, disk, collectors } = world;
  const collector = (at: number) => collectors[at % collectors.length] as ModelCollector;
  switch (next.do) {
    case 'add':
      world.add(next.kinds);
      break;
    case 'minutes':
      for (let n = 0; n < next.n; n += 1) {
        world.add([next.kind]);
        await world.pass(300);
      }
      break;
    case 'pass':
      await world.pass(next.ms);
      break;
    case 'connect':
      world.connect();
      break;
    case 'cut':
      world.cut(next.reached);
      break;
    case 'arrive':
      for (let n = 0; n < next.n; n += 1) network.arrive();
      break;
    case 'deliver':
      for (let n = 0; n < next.n; n += 1)
        network.deliver(next.which, collector(next.which + n), next.isDoubled);
      // The collector waits a moment for company.
      await world.pass(25);
      break;
    case 'answer':
      for (let n = 0; n < next.n; n += 1) database.answer(next.which, next.fate);
      break;
    case 'ack':
      for (let n = 0; n < next.n; n += 1) world.takeAnswer(next.which, next.fate);
      break;
    case 'flow':
      // Everything works for a while.
      world.connect();
      for (let turn = 0; turn < next.turns; turn += 1) {
        network.arrive();
        network.deliver(0, collector(turn));
        database.answer(0, 'stored');
        world.takeAnswer(0, 'once');
        await world.pass(40);
      }
      break;
    case 'forget':
      network.forget();
      break;
    case 'kill':
      world.kill(next.keep === undefined ? undefined : { keep: next.keep });
      break;
    case 'restart':
      await world.restart();
      break;
    case 'fault':
      disk.faults.set(disk.writes + next.inWrites, next.fault);
      break;
    case 'disk':
      disk.refuses = next.refuses;
      break;
    case 'collector':
      world.killCollector(next.which, next.isStored);
      break;
    case 'sync':
      void collector(next.which).sync();
      break;
    case 'clock':
      world.clockOffMs = next.offMs;
      break;
  }
  await world.settle();
}
