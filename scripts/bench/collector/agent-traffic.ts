// What the cameras of one box would report, made up: passages, journeys, flows with speeds, zones and incidents, by
// chance but the same for the same seed. Nothing here is measured; it gives messages their real sizes and rates.

import type {
  AgentAddress,
  ClassFlow,
  EventBatch,
  Flow,
  Incident,
  RoadUser,
  TrafficEvent,
  Zone,
} from '../../../contract/index.ts';
import { CONTRACT_VERSION, SPEED_BIN_KMH } from '../../../contract/index.ts';
import { BATCH_CLASSES, batchClassOf } from '../../../edge-agent/publisher/batch-class.ts';

export type TrafficOptions = {
  readonly address: AgentAddress;
  readonly cameras: number;
  /** Mean over the day, each camera; motorbikes come in waves of a minute, up to twice as many. */
  readonly passagesPerS: number;
  readonly seed: number;
  /** A full minute, UTC. */
  readonly fromMs: number;
};

/** A batch, and when an agent would send it. */
export type TimedBatch = { readonly atMs: number; readonly batch: EventBatch };

/** How long an event waits for others in the real agent. */
const BATCH_MS = 250;
const MINUTE_MS = 60_000;
const LINES = ['north', 'south'] as const;
const DIRECTIONS = ['in', 'out'] as const;
/** Road users of a street in Vietnam, by their share. */
const MIX: readonly (readonly [RoadUser, number])[] = [
  ['motorcycle', 0.7],
  ['car', 0.18],
  ['bicycle', 0.04],
  ['truck', 0.04],
  ['person', 0.03],
  ['bus', 0.01],
];
const JOURNEY_SHARE = 0.3;
const INCIDENT_PER_MINUTE = 0.1;

export class AgentTraffic {
  readonly #options: TrafficOptions;
  readonly #random: () => number;
  #minute = 0;
  #seq = 0;
  #track = 0;
  #carried: TrafficEvent[] = [];

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#random = numbersFrom(options.seed);
  }

  /** The batches of the next minute, in the order of sending. */
  nextMinute(): TimedBatch[] {
    const fromMs = this.#options.fromMs + this.#minute * MINUTE_MS;
    this.#minute += 1;
    const events = [...this.#carried, ...this.#passing(fromMs)];
    this.#carried = this.#interval(fromMs);
    events.sort((a, b) => toldAtMs(a) - toldAtMs(b));
    return this.#batched(events);
  }

  #passing(fromMs: number): TrafficEvent[] {
    const { cameras, passagesPerS } = this.#options;
    const events: TrafficEvent[] = [];
    for (let camera = 1; camera <= cameras; camera += 1) {
      const wave = 1 + Math.sin((fromMs / MINUTE_MS + camera) * 1.3) * 0.6;
      const perMs = (passagesPerS * wave) / 1000;
      for (let atMs = fromMs + this.#wait(perMs); atMs < fromMs + MINUTE_MS; atMs += this.#wait(perMs)) {
        events.push(...this.#roadUser(`cam-${camera}`, Math.floor(atMs)));
      }
      if (this.#random() < INCIDENT_PER_MINUTE / cameras) events.push(...this.#incident(camera, fromMs));
    }
    return events;
  }

  #roadUser(camera: string, atMs: number): TrafficEvent[] {
    this.#track += 1;
    const roadUser = this.#pick();
    const line = LINES[this.#random() < 0.5 ? 0 : 1];
    const direction = DIRECTIONS[this.#random() < 0.5 ? 0 : 1];
    const facts = { camera, roadUser, roadUserShare: this.#round(0.6, 1), track: this.#track };
    const confidence = this.#round(0.4, 0.95);
    const follows = { headwayS: this.#round(0.5, 9), gapS: this.#round(0.2, 8) };
    const passage: TrafficEvent = { type: 'passage', ...facts, line, direction, confidence, atMs };
    const full = { ...passage, speedKmh: this.#round(8, 60), ...(roadUser === 'person' ? {} : follows) };
    if (this.#random() > JOURNEY_SHARE) return [full];
    const way = { entryLine: 'north', entryDirection: 'in', exitLine: line, exitDirection: direction };
    return [full, { type: 'journey', ...facts, ...way, enteredAtMs: atMs - 4217, exitedAtMs: atMs }];
  }

  #incident(camera: number, fromMs: number): Incident[] {
    const startedAtMs = fromMs + Math.floor(this.#random() * 20_000);
    const detectedAtMs = startedAtMs + 8000;
    const common = {
      ...{ type: 'incident' as const, id: `cam-${camera}-${startedAtMs}-1`, camera: `cam-${camera}` },
      ...{ kind: 'stopped-vehicle' as const, severity: 'medium' as const, probability: 'probable' as const },
      ...{ confidence: 0.83, startedAtMs, detectedAtMs, region: 'carriageway', roadUser: 'car' as const },
      ...{ tracks: [this.#track + 1], box: [411.5, 200.25, 480, 262.75] as Incident['box'] },
      measures: { durationS: 8.1, distanceM: 31.4 },
    };
    return [
      { ...common, version: 1, state: 'detected', updatedAtMs: detectedAtMs },
      { ...common, version: 2, state: 'updated', updatedAtMs: detectedAtMs + 4000 },
      {
        ...{ ...common, version: 3, state: 'cleared' },
        ...{ updatedAtMs: detectedAtMs + 30_000, clearedAtMs: detectedAtMs + 30_000 },
      },
    ];
  }

  /** Told when the minute is over. */
  #interval(fromMs: number): TrafficEvent[] {
    const events: TrafficEvent[] = [];
    for (let at = 1; at <= this.#options.cameras; at += 1) {
      const camera = `cam-${at}`;
      const seen = { observedMs: MINUTE_MS, framesAnalysed: 600, framesDropped: 0 };
      const interval = { camera, fromMs, toMs: fromMs + MINUTE_MS, ...seen };
      for (const line of LINES) {
        for (const direction of DIRECTIONS) events.push(this.#flow({ ...interval, line, direction }));
      }
      events.push(this.#zone(interval));
    }
    return events;
  }

  #flow(facts: Pick<Flow, 'camera' | 'fromMs' | 'toMs' | 'observedMs' | 'line' | 'direction'>): Flow {
    const mean = (this.#options.passagesPerS * 60) / (LINES.length * DIRECTIONS.length);
    const counts: Partial<Record<RoadUser, ClassFlow>> = {};
    for (const [roadUser, share] of MIX) {
      const n = Math.round(mean * share * this.#round(0.5, 1.5));
      counts[roadUser] = { n, ...(roadUser !== 'person' && n > 0 && { speed: this.#speeds(n) }) };
    }
    const n = Math.round(mean);
    const spans = { n, sumS: this.#round(40, 59), sumSqS2: this.#round(200, 900) };
    return {
      ...{ type: 'flow', ...facts, framesAnalysed: 600, framesDropped: 0, counts },
      ...{ occupiedMs: Math.floor(this.#random() * 20_000), headway: spans, gap: spans },
    };
  }

  #speeds(n: number): ClassFlow['speed'] {
    const histogram: number[] = [];
    let sumKmh = 0;
    let sumPerKmh = 0;
    for (let at = 0; at < n; at += 1) {
      const kmh = this.#round(10, 55);
      sumKmh += kmh;
      sumPerKmh += 1 / kmh;
      const bin = Math.floor(kmh / SPEED_BIN_KMH);
      while (histogram.length <= bin) histogram.push(0);
      histogram[bin] = (histogram[bin] as number) + 1;
    }
    return { n, sumKmh, sumPerKmh, histogram };
  }

  #zone(facts: Pick<Zone, 'camera' | 'fromMs' | 'toMs' | 'observedMs'>): Zone {
    const entries = { motorcycle: 9, car: 3, truck: 1 };
    return {
      ...{ type: 'zone', ...facts, framesAnalysed: 600, framesDropped: 0, zone: 'crossing' },
      ...{ entries, exits: entries, appeared: 1, lost: 1, presentMean: this.#round(0.5, 4), presentMax: 9 },
      ...{ timeOccupancy: this.#round(0.1, 0.9), spaceOccupancy: this.#round(0.01, 0.3) },
      ...{ dwell: { n: 13, sumS: this.#round(30, 90) } },
      queue: { maxVehicles: 4, maxM: this.#round(5, 40), truncated: false },
    };
  }

  /** As the real agent does: the first event opens a batch of each class, 250 ms later all of them leave. */
  #batched(events: readonly TrafficEvent[]): TimedBatch[] {
    const batches: TimedBatch[] = [];
    for (let first = 0; first < events.length; ) {
      const sentAtMs = toldAtMs(events[first] as TrafficEvent) + BATCH_MS;
      let end = first;
      while (end < events.length && toldAtMs(events[end] as TrafficEvent) <= sentAtMs) end += 1;
      const gathered = events.slice(first, end);
      for (const one of BATCH_CLASSES) {
        const ofClass = gathered.filter(({ type }) => batchClassOf(type) === one);
        if (ofClass.length === 0) continue;
        this.#seq += 1;
        const { address, fromMs } = this.#options;
        const name = { v: CONTRACT_VERSION, ...address, epoch: fromMs, seq: this.#seq, sentAtMs };
        batches.push({ atMs: sentAtMs, batch: { ...name, events: ofClass } as EventBatch });
      }
      first = end;
    }
    return batches;
  }

  #pick(): RoadUser {
    let left = this.#random();
    for (const [roadUser, share] of MIX) {
      left -= share;
      if (left < 0) return roadUser;
    }
    return 'car';
  }

  /** To the next of independent arrivals. */
  #wait(perMs: number): number {
    return -Math.log(1 - this.#random()) / perMs;
  }

  /** Three decimals, as analytics rounds. */
  #round(low: number, high: number): number {
    return Math.round((low + this.#random() * (high - low)) * 1000) / 1000;
  }
}

/** The moment of the frame that an event became known with. */
export function toldAtMs(event: TrafficEvent): number {
  switch (event.type) {
    case 'passage':
      return event.atMs;
    case 'journey':
      return event.exitedAtMs;
    case 'incident':
      return event.updatedAtMs;
    case 'flow':
    case 'zone':
      return event.toMs;
  }
}

/** Mulberry32: small, quick, and good enough for made-up traffic. In [0, 1). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
