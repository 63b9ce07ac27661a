// What the simulated cameras would have told: counts of past intervals, and passages as they happen. By chance, and the
// same for the same seed.

import type { Flow, Incident, Journey, Passage, RoadUser, SpeedSums, Zone } from '../../../contract/index.ts';
import { SPEED_BIN_KMH } from '../../../contract/index.ts';
import type { Random } from '../../scenes/random.ts';
import { pickWeighted } from '../../scenes/random.ts';
import { CITY_MIX, type CityCamera, demandAt } from './plan.ts';

const DIRECTIONS = ['in', 'out'] as const;
const MS_PER_H = 3_600_000;
/** An interval with so few seen frames a second. */
const FPS = 10;

type Interval = { readonly fromMs: number; readonly toMs: number; readonly observedMs: number };

/** What crossed all lines of a camera in one interval; nothing for one that was not observed. */
export function flowsOf(camera: CityCamera, interval: Interval, random: Random): Flow[] {
  const lanes = camera.lanes.length > 0 ? camera.lanes : [undefined];
  return camera.lines.flatMap((line) =>
    DIRECTIONS.flatMap((direction) =>
      lanes.map((lane) => {
        const hours = interval.observedMs / MS_PER_H;
        const tide = tideOf(interval.fromMs, direction);
        const expected = (camera.peakPerHour * demandAt(interval.fromMs) * tide * hours) / lanes.length;
        const counts = CITY_MIX.map(([roadUser, share]) => {
          const n = poisson(expected * share, random);
          return [
            roadUser,
            { n, ...(n > 0 && { speed: speedsOf(n, speedAt(camera, interval.fromMs), random) }) },
          ];
        });
        const total = expected;
        return {
          type: 'flow',
          camera: camera.camera,
          line,
          direction,
          ...(lane !== undefined && { lane }),
          ...interval,
          ...framesOf(interval),
          counts: Object.fromEntries(counts),
          occupiedMs: Math.round(Math.min(interval.observedMs, total * 620)),
          ...(total >= 2 && { headway: headwaysOf(total, interval.observedMs) }),
        } satisfies Flow;
      }),
    ),
  );
}

/** How long it stood at the lights. */
export function zoneOf(camera: CityCamera, interval: Interval, random: Random): Zone {
  const load = demandAt(interval.fromMs) * (0.8 + 0.4 * random());
  const vehicles = Math.round(load * 14);
  return {
    type: 'zone',
    camera: camera.camera,
    zone: 'approach',
    ...interval,
    ...framesOf(interval),
    entries: { motorcycle: vehicles * 6, car: vehicles * 2 },
    exits: { motorcycle: vehicles * 6, car: vehicles * 2 },
    presentMean: load * 7,
    presentMax: Math.max(vehicles, Math.ceil(load * 7)),
    timeOccupancy: Math.min(1, load * 0.7),
    queue: { maxVehicles: vehicles, maxM: vehicles * 4.2, truncated: vehicles > 15 },
  };
}

/** Of one moment to the next, in order. */
export function passagesOf(camera: CityCamera, fromMs: number, toMs: number, random: Random): Passage[] {
  const passages = camera.lines.flatMap((line) =>
    DIRECTIONS.flatMap((direction) => {
      const perHour = camera.peakPerHour * demandAt(fromMs) * tideOf(fromMs, direction);
      const n = poisson((perHour * (toMs - fromMs)) / MS_PER_H, random);
      return Array.from({ length: n }, (): Passage => {
        const speedKmh = Math.max(4, speedAt(camera, fromMs) * (0.75 + 0.5 * random()));
        return {
          type: 'passage',
          camera: camera.camera,
          line,
          direction,
          ...(camera.lanes.length > 0 && { lane: pickLane(camera.lanes, random) }),
          roadUser: roadUserOf(random),
          roadUserShare: 0.9,
          confidence: 0.8,
          atMs: Math.round(fromMs + random() * (toMs - fromMs - 1)),
          track: 1 + Math.floor(random() * 1e6),
          speedKmh: Math.round(speedKmh * 10) / 10,
        };
      });
    }),
  );
  return passages.sort((a, b) => a.atMs - b.atMs);
}

/** Between the arms of a crossroads in one interval: most go straight on, some turn, few turn back. */
export function journeysOf(camera: CityCamera, { fromMs, toMs }: Interval, random: Random): Journey[] {
  const arms = camera.lines.length;
  if (arms < 3) return [];
  return camera.lines.flatMap((entryLine, entry) => {
    const hours = (toMs - fromMs) / MS_PER_H;
    const n = poisson(camera.peakPerHour * demandAt(fromMs) * hours * 0.9, random);
    return Array.from({ length: n }, (): Journey => {
      const turn = pickWeighted(random, [
        [arms / 2, 0.58],
        [1, 0.2],
        [arms - 1, 0.2],
        [0, 0.02],
      ]);
      const exitedAtMs = Math.round(fromMs + random() * (toMs - fromMs - 1));
      return {
        type: 'journey',
        camera: camera.camera,
        track: 1 + Math.floor(random() * 1e6),
        roadUser: roadUserOf(random),
        roadUserShare: 0.9,
        entryLine,
        entryDirection: 'in',
        exitLine: camera.lines[(entry + turn) % arms] ?? entryLine,
        exitDirection: 'out',
        enteredAtMs: exitedAtMs - Math.round(4000 + 9000 * random()),
        exitedAtMs,
      };
    });
  });
}

const KINDS: readonly [readonly [Incident['kind'], number], ...(readonly [Incident['kind'], number])[]] = [
  ['stopped-vehicle', 5],
  ['queue', 4],
  ['slow-traffic', 3],
  ['pedestrian', 2],
  ['wrong-way', 1],
];

/** One incident of the past: told and cleared. */
export function pastIncident(camera: CityCamera, atMs: number, random: Random): Incident[] {
  const kind = pickWeighted(random, KINDS);
  const lengthMs = Math.round(60_000 + random() * 1_500_000);
  const told = {
    type: 'incident' as const,
    id: `${camera.camera}-${kind}-${atMs}`,
    camera: camera.camera,
    kind,
    severity: kind === 'wrong-way' ? ('high' as const) : ('medium' as const),
    probability: 'probable' as const,
    confidence: Math.round((0.6 + 0.4 * random()) * 100) / 100,
    startedAtMs: atMs - 10_000,
    detectedAtMs: atMs,
    region: 'northbound',
    tracks: [],
    measures: { durationS: 10 },
  };
  return [
    { ...told, version: 1, state: 'detected', updatedAtMs: atMs },
    {
      ...told,
      version: 2,
      state: 'cleared',
      updatedAtMs: atMs + lengthMs,
      clearedAtMs: atMs + lengthMs,
      measures: { durationS: Math.round(lengthMs / 1000) },
    },
  ];
}

function framesOf({ observedMs }: Interval) {
  return { framesAnalysed: Math.round((observedMs / 1000) * FPS), framesDropped: 0 };
}

/** In the morning more come in, in the evening more go out. */
function tideOf(atMs: number, direction: (typeof DIRECTIONS)[number]): number {
  const hour = (atMs / MS_PER_H + 7) % 24;
  const inbound = hour < 12 ? 1 : 0.72;
  return direction === 'in' ? inbound : 1.72 - inbound;
}

/** Slower the fuller it is. */
function speedAt({ speedKmh }: CityCamera, atMs: number): number {
  return speedKmh * (1.15 - 0.5 * demandAt(atMs) ** 2);
}

function speedsOf(n: number, meanKmh: number, random: Random): SpeedSums {
  const histogram: number[] = [];
  let [sumKmh, sumPerKmh] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    const speed = Math.min(120, Math.max(4, meanKmh * (0.7 + 0.2 * (random() + random() + random()))));
    const bin = Math.floor(speed / SPEED_BIN_KMH);
    while (histogram.length <= bin) histogram.push(0);
    histogram[bin] = (histogram[bin] ?? 0) + 1;
    sumKmh += speed;
    sumPerKmh += 1 / speed;
  }
  return { n, sumKmh, sumPerKmh, histogram };
}

function headwaysOf(expected: number, observedMs: number) {
  const n = Math.floor(expected);
  const meanS = observedMs / 1000 / n;
  return { n, sumS: n * meanS, sumSqS2: n * 1.8 * meanS * meanS };
}

function pickLane(lanes: readonly string[], random: Random): string {
  return lanes[Math.floor(random() * lanes.length)] ?? '';
}

function roadUserOf(random: Random): RoadUser {
  const [first = ['car', 1] as const, ...rest] = CITY_MIX;
  return pickWeighted(random, [first, ...rest]);
}

/** Knuth's for small means, a rounded normal for large ones. */
function poisson(mean: number, random: Random): number {
  if (mean > 40) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = random(); product > limit; product *= random()) n += 1;
  return n;
}
