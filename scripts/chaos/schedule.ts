// Which fault hits whom, when and for how long: all of it drawn from the seed before anything starts, so that a run
// can be had again. Pure.

import { createHash } from 'node:crypto';
import { between, exponentialS, type Random, seededRandom } from '../scenes/random.ts';
import { FAULTS, type Fault, type FaultSpec, type Place, partsHit } from './faults.ts';

export type ScheduleOptions = {
  readonly seed: number;
  readonly faults: number;
  readonly agents: number;
  readonly collectors: number;
  readonly minutes: number;
  /** Faults at once, at most. */
  readonly concurrency: number;
  /** Whether small disks can be mounted. */
  readonly disks: boolean;
};

/** Nothing fails while everybody still starts. */
const FIRST_MS = 1500;
/** A process that was ended takes a while to be back; the next fault of it comes later. */
const COMING_BACK_MS = 1200;
const LONG_SHARE = 0.06;
const LONG_MS = [12_000, 36_000] as const;
/** In a shorter run a long fault would be most of it. */
const MINUTES_FOR_LONG = 2;

export function makeSchedule(options: ScheduleOptions): Fault[] {
  const random = seededRandom(options.seed * 7919 + 17);
  const meanGapS = (options.minutes * 60) / options.faults;
  const specs: readonly FaultSpec[] = FAULTS.filter((spec) => options.disks || !('needsDisk' in spec));
  const freeAtMs = new Map<string, number>();
  const faults: Fault[] = [];
  let atMs = FIRST_MS;
  while (faults.length < options.faults) {
    atMs += exponentialS(random, 1 / meanGapS) * 1000;
    const ends = faults.map((fault) => fault.atMs + fault.lastsMs).filter((endMs) => endMs > atMs);
    // Too many at once: this one waits for the first of them to end.
    if (ends.length >= options.concurrency) atMs = Math.min(...ends);
    const spec = weighted(random, specs);
    const target = 1 + Math.floor(random() * countOf(spec.place, options));
    const parts = partsHit({ ...spec, target }, options.collectors);
    const lastsMs = Math.round(lasting(random, spec, options.minutes >= MINUTES_FOR_LONG));
    const chance = random();
    if (parts.some((each) => (freeAtMs.get(each) ?? 0) > atMs)) continue;
    for (const each of parts) freeAtMs.set(each, atMs + lastsMs + COMING_BACK_MS);
    faults.push({
      number: faults.length + 1,
      kind: spec.kind as Fault['kind'],
      place: spec.place,
      part: spec.part,
      target,
      atMs: Math.round(atMs),
      lastsMs,
      chance,
    });
  }
  return faults;
}

/** The same for equal schedules, whatever the machine. */
export function hashOf(schedule: readonly Fault[]): string {
  return createHash('sha256').update(JSON.stringify(schedule)).digest('hex').slice(0, 16);
}

/** When the last fault is over, by the run's own clock. */
export function lengthOf(schedule: readonly Fault[]): number {
  return Math.max(0, ...schedule.map(({ atMs, lastsMs }) => atMs + lastsMs));
}

function countOf(place: Place, { agents, collectors }: ScheduleOptions): number {
  return { agent: agents, collector: collectors, broker: 1, database: 1, centre: 1 }[place];
}

function weighted(random: Random, specs: readonly FaultSpec[]): FaultSpec {
  const total = specs.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  for (const spec of specs) {
    left -= spec.weight;
    if (left <= 0) return spec;
  }
  return specs[specs.length - 1] as FaultSpec;
}

function lasting(
  random: Random,
  { lastsMs: [least, most], mayBeLong }: FaultSpec,
  longFaults: boolean,
): number {
  const long = random() < LONG_SHARE;
  return mayBeLong && longFaults && long ? between(random, ...LONG_MS) : between(random, least, most);
}
