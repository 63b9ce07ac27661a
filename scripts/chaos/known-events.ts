// The events that simulated agents publish. Each follows from seed, agent and index alone, so that the truth is
// known without asking a process that may have been killed; and each tells its index, so that it can be found again.

import {
  type ClassFlow,
  type Flow,
  type Incident,
  type Journey,
  type Passage,
  ROAD_USERS,
  type RoadUser,
  type TrafficEvent,
  type Zone,
} from '../../contract/index.ts';
import { pick, type Random, seededRandom } from '../scenes/random.ts';

export type Stream = { readonly seed: number; readonly agent: number };

/** Events are dated from here on, whatever the agents' clocks say: in the past, so that none lies in the future. */
const T0_MS = Date.UTC(2026, 0, 1, 6, 0, 0);

/** Of twenty events in a row; the rest are passages. */
const TYPE_AT: Readonly<Record<number, TrafficEvent['type']>> = {
  0: 'flow',
  1: 'flow',
  6: 'journey',
  9: 'zone',
  13: 'incident',
  17: 'journey',
};
const PERIOD = 20;

const DIRECTIONS = ['towards', 'away'] as const;
const LINES = ['north', 'south', 'east'] as const;
const CAMERAS = ['nga-tu-1', 'nga-tu-2'] as const;

/** Type of the event with this index, from 0. */
export function typeAt(index: number): TrafficEvent['type'] {
  return TYPE_AT[index % PERIOD] ?? 'passage';
}

export function eventAt({ seed, agent }: Stream, index: number): TrafficEvent {
  const random = seededRandom(
    Math.imul(seed, 0x9e3779b1) ^ Math.imul(agent, 0x85ebca6b) ^ (index * 0x27d4eb2f),
  );
  const make = MAKERS[typeAt(index)];
  return make(random, index, agent);
}

/** Which event of its stream this is. */
export function indexOf(event: TrafficEvent): number {
  switch (event.type) {
    case 'passage':
    case 'journey':
      return event.track - 1;
    case 'flow':
    case 'zone':
      return event.framesAnalysed;
    case 'incident':
      return event.version - 1;
  }
}

type Maker = (random: Random, index: number, agent: number) => TrafficEvent;

const MAKERS: Readonly<Record<TrafficEvent['type'], Maker>> = {
  passage: passageAt,
  flow: flowAt,
  zone: zoneAt,
  incident: incidentAt,
  journey: journeyAt,
};

/** Three neighbours share a millisecond, and often their series: only their place in the stream tells them apart. */
function momentAt(index: number): number {
  return T0_MS + Math.floor(index / 3) * 120;
}

function passageAt(random: Random, index: number): Passage {
  return {
    type: 'passage',
    camera: pick(random, CAMERAS),
    line: pick(random, LINES),
    direction: pick(random, DIRECTIONS),
    ...(random() < 0.3 && { lane: `lane-${1 + Math.floor(random() * 3)}` }),
    roadUser: pick(random, ROAD_USERS),
    roadUserShare: random(),
    confidence: random(),
    atMs: momentAt(index),
    track: index + 1,
    ...(random() < 0.7 && { speedKmh: random() * 120 }),
    ...(random() < 0.5 && { headwayS: random() * 60, gapS: random() * 50 }),
  };
}

/** Two neighbours tell of the same second, as an agent does that was restarted within an interval. */
function intervalAt(random: Random, index: number) {
  const fromMs = T0_MS + Math.floor(index / 2) * 1000;
  return {
    camera: pick(random, CAMERAS),
    fromMs,
    toMs: fromMs + 60_000,
    observedMs: Math.floor(random() * 60_000),
    framesAnalysed: index,
    framesDropped: Math.floor(random() * 50),
  };
}

function flowAt(random: Random, index: number): Flow {
  const counted = ROAD_USERS.filter(() => random() < 0.4);
  const users: readonly RoadUser[] = counted.length > 0 ? counted : ['car'];
  return {
    type: 'flow',
    ...intervalAt(random, index),
    line: pick(random, LINES),
    direction: pick(random, DIRECTIONS),
    counts: Object.fromEntries(users.map((user) => [user, countsAt(random)])),
    occupiedMs: Math.floor(random() * 60_000),
    headway: { n: Math.floor(random() * 20), sumS: random() * 60, sumSqS2: random() * 900 },
  };
}

function countsAt(random: Random): ClassFlow {
  const histogram = Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * 4));
  const measured = histogram.reduce((sum, bin) => sum + bin, 0);
  return {
    n: measured + Math.floor(random() * 10),
    speed: { n: measured, sumKmh: measured * random() * 50, sumPerKmh: measured * random(), histogram },
  };
}

function zoneAt(random: Random, index: number): Zone {
  const presentMax = Math.floor(random() * 30);
  return {
    type: 'zone',
    ...intervalAt(random, index),
    zone: 'box-junction',
    entries: { car: Math.floor(random() * 30), motorcycle: Math.floor(random() * 90) },
    exits: { car: Math.floor(random() * 30) },
    presentMean: presentMax * random(),
    presentMax,
    timeOccupancy: random(),
    queue: { maxVehicles: Math.floor(random() * 9), truncated: random() < 0.5 },
  };
}

function incidentAt(random: Random, index: number, agent: number): Incident {
  const updatedAtMs = momentAt(index);
  return {
    type: 'incident',
    // Letters that line protocol has to escape.
    id: `ngã tư ${agent}, "${index}" = \\${Math.floor(random() * 1e6)}`,
    version: index + 1,
    camera: pick(random, CAMERAS),
    kind: pick(random, ['stopped-vehicle', 'wrong-way', 'congestion']),
    state: pick(random, ['detected', 'updated']),
    severity: pick(random, ['low', 'medium', 'high']),
    probability: 'probable',
    confidence: random(),
    startedAtMs: updatedAtMs - Math.floor(random() * 60_000),
    detectedAtMs: updatedAtMs,
    updatedAtMs,
    tracks: [index + 1],
    measures: { durationS: random() * 100 },
  };
}

function journeyAt(random: Random, index: number): Journey {
  const exitedAtMs = momentAt(index);
  return {
    type: 'journey',
    camera: pick(random, CAMERAS),
    track: index + 1,
    roadUser: pick(random, ROAD_USERS),
    roadUserShare: random(),
    entryLine: pick(random, LINES),
    exitLine: pick(random, LINES),
    exitDirection: pick(random, DIRECTIONS),
    enteredAtMs: exitedAtMs - Math.floor(random() * 60_000),
    exitedAtMs,
  };
}
