// Generators of every message that the contract allows, for property tests.

import fc from 'fast-check';
import {
  type Ack,
  CAMERA_FAULTS,
  type EventBatch,
  type Flow,
  type Health,
  INCIDENT_KINDS,
  type Incident,
  type IncidentEvidence,
  type Journey,
  type Passage,
  ROAD_USERS,
  type Status,
  type Zone,
} from '../../contract/index.ts';

export const slug = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

const epochMs = fc.integer({ min: 0, max: 7_258_118_400_000 });
const count = fc.nat({ max: 1_000_000 });
/** JSON has no -0; a message that holds one would not come back the same. */
const number = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const share = number(0, 1);
const roadUser = fc.constantFrom(...ROAD_USERS);
const track = fc.integer({ min: 1, max: 2 ** 31 });

/** Some fields always, the others now and then: never present as undefined. */
function record<T, Optional extends keyof T>(
  fields: { [Key in keyof Required<T>]: fc.Arbitrary<Required<T>[Key]> },
  ...optional: Optional[]
): fc.Arbitrary<T> {
  const required = Object.keys(fields).filter((key) => !optional.includes(key as Optional)) as (keyof T)[];
  return fc.record(fields, {
    requiredKeys: required as never,
    noNullPrototype: true,
  }) as unknown as fc.Arbitrary<T>;
}

const perRoadUser = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(roadUser, value, { noNullPrototype: true }) as fc.Arbitrary<
    Partial<Record<(typeof ROAD_USERS)[number], T>>
  >;

const interval = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 7_258_000_000_000 }),
    lengthMs: fc.integer({ min: 1, max: 3_600_000 }),
    share,
  })
  .map(({ fromMs, lengthMs, share: seen }) => ({
    fromMs,
    toMs: fromMs + lengthMs,
    observedMs: Math.floor(lengthMs * seen),
  }));

export const passage: fc.Arbitrary<Passage> = record(
  {
    type: fc.constant('passage'),
    camera: slug,
    line: slug,
    direction: slug,
    lane: slug,
    roadUser,
    roadUserShare: share,
    confidence: share,
    atMs: epochMs,
    track,
    speedKmh: number(0, 400),
    headwayS: number(0, 1e5),
    gapS: number(0, 1e5),
  },
  'lane',
  'speedKmh',
  'headwayS',
  'gapS',
);

const speed = fc
  .record({
    histogram: fc.array(fc.nat({ max: 100 }), { maxLength: 80 }),
    sumKmh: number(0, 1e9),
    sumPerKmh: number(0, 1e9),
  })
  .map((sums) => ({ ...sums, n: sums.histogram.reduce((sum, bin) => sum + bin, 0) }));

const accuracy = fc
  .record({ found: fc.integer({ min: 1, max: 1000 }), missed: count, wrong: fc.option(count) })
  .map(({ found, missed, wrong }) => ({
    found,
    of: found + missed,
    ...(wrong === null ? {} : { counted: found + wrong }),
  }));

const bounds = fc.tuple(count, count, fc.option(accuracy)).map(([a, b, measured]) => ({
  low: Math.min(a, b),
  high: Math.max(a, b),
  ...(measured === null ? {} : { accuracy: measured }),
}));

const classFlow = fc
  .record({ speed: fc.option(speed), unmeasured: count, interval: fc.option(bounds) })
  .map(({ speed: sums, unmeasured, interval }) => ({
    n: (sums?.n ?? 0) + unmeasured,
    ...(sums === null ? {} : { speed: sums }),
    ...interval,
  }));

const spans = fc.record({ n: count, sumS: number(0, 1e9), sumSqS2: number(0, 1e12) });

export const flow: fc.Arbitrary<Flow> = fc
  .tuple(
    interval,
    record<Omit<Flow, 'fromMs' | 'toMs' | 'observedMs' | 'occupiedMs'>, 'lane' | 'headway' | 'gap'>(
      {
        type: fc.constant('flow'),
        camera: slug,
        framesAnalysed: count,
        framesDropped: count,
        line: slug,
        direction: slug,
        lane: slug,
        counts: perRoadUser(classFlow),
        headway: spans,
        gap: spans,
      },
      'lane',
      'headway',
      'gap',
    ),
    fc.option(share, { nil: undefined }),
  )
  .map(([times, rest, occupied]) => ({
    ...rest,
    ...times,
    ...(occupied === undefined ? {} : { occupiedMs: Math.floor(times.observedMs * occupied) }),
  }));

export const zone: fc.Arbitrary<Zone> = fc
  .tuple(
    interval,
    count,
    share,
    slug,
    slug,
    perRoadUser(count),
    perRoadUser(count),
    share,
    record({ appeared: count, lost: count }, 'appeared', 'lost'),
  )
  .map(([times, presentMax, part, camera, name, entries, exits, timeOccupancy, unseen]) => ({
    type: 'zone',
    camera,
    ...times,
    framesAnalysed: 1,
    framesDropped: 0,
    zone: name,
    entries,
    exits,
    ...unseen,
    presentMean: presentMax * part,
    presentMax,
    timeOccupancy,
  }));

const file = {
  file: fc.stringMatching(/^[a-z0-9-]{1,20}\/[a-z0-9.-]{1,40}$/),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  bytes: count,
};

export const incidentEvidence: fc.Arbitrary<IncidentEvidence> = fc.record(
  {
    snapshot: record({
      ...file,
      width: fc.integer({ min: 1, max: 10_000 }),
      height: fc.integer({ min: 1, max: 10_000 }),
      atMs: epochMs,
      blurred: fc.boolean(),
      from: fc.constantFrom('stream' as const, 'analysed' as const),
    }),
    clip: record({ ...file, fromMs: epochMs, toMs: epochMs }),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<IncidentEvidence>;

export const incident: fc.Arbitrary<Incident> = fc
  .record({
    type: fc.constant('incident' as const),
    id: fc.string({ minLength: 1, maxLength: 100 }),
    version: fc.integer({ min: 1 }),
    camera: slug,
    kind: fc.constantFrom(...INCIDENT_KINDS),
    state: fc.constantFrom('detected', 'updated', 'confirmed', 'rejected', 'cleared'),
    severity: fc.constantFrom('informational', 'low', 'medium', 'high', 'critical'),
    probability: fc.constantFrom('certain', 'probable', 'riskOf'),
    confidence: share,
    startedAtMs: epochMs,
    detectedAtMs: epochMs,
    updatedAtMs: epochMs,
    tracks: fc.array(track, { maxLength: 100 }),
    measures: fc.dictionary(fc.stringMatching(/^[a-z]{1,20}[A-Z][a-z]{0,10}$/), number(-1e9, 1e9), {
      noNullPrototype: true,
    }),
  })
  .chain((rest) =>
    fc.tuple(epochMs, fc.option(incidentEvidence, { nil: undefined })).map(([clearedAtMs, evidence]) => ({
      ...rest,
      ...(rest.state === 'cleared' ? { clearedAtMs } : {}),
      ...(evidence === undefined ? {} : { evidence }),
    })),
  ) as fc.Arbitrary<Incident>;

export const journey: fc.Arbitrary<Journey> = fc
  .tuple(
    epochMs,
    epochMs,
    slug,
    track,
    roadUser,
    share,
    slug,
    slug,
    record({ entryDirection: slug, exitDirection: slug }, 'entryDirection', 'exitDirection'),
  )
  .map(([a, b, camera, id, user, roadUserShare, entryLine, exitLine, directions]) => ({
    type: 'journey',
    camera,
    track: id,
    roadUser: user,
    roadUserShare,
    entryLine,
    exitLine,
    ...directions,
    enteredAtMs: Math.min(a, b),
    exitedAtMs: Math.max(a, b),
  }));

export const trafficEvent = fc.oneof(passage, flow, zone, incident, journey);

const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

export const eventBatch: fc.Arbitrary<EventBatch> = fc.record({
  v: fc.constant(1 as const),
  site: slug,
  agent: slug,
  epoch: epochMs,
  seq: sequence,
  sentAtMs: epochMs,
  events: fc.array(trafficEvent, { maxLength: 10 }),
});

const cameraStatus = fc
  .record({
    camera: slug,
    state: fc.constantFrom('starting', 'live', 'fault'),
    fault: fc.constantFrom(...CAMERA_FAULTS),
    sinceMs: epochMs,
  })
  .map(({ fault, ...rest }) => (rest.state === 'fault' ? { ...rest, fault } : rest));

export const status = fc.record({
  v: fc.constant(1),
  site: slug,
  agent: slug,
  state: fc.constantFrom('online', 'offline'),
  atMs: epochMs,
  startedAtMs: epochMs,
  version: fc.string({ maxLength: 50 }),
  cameras: fc.array(cameraStatus, { maxLength: 5 }),
}) as fc.Arbitrary<Status>;

export const health: fc.Arbitrary<Health> = record(
  {
    v: fc.constant(1),
    site: slug,
    agent: slug,
    atMs: epochMs,
    uptimeS: number(0, 1e9),
    cameras: fc.array(
      fc.record({
        camera: slug,
        fps: number(0, 60),
        framesAnalysed: count,
        framesDropped: count,
        reconnects: count,
      }),
      { maxLength: 5 },
    ),
    outbox: fc.record({ batches: count, bytes: count, dropped: count }),
    cpu: share,
    rssBytes: count,
    loadAverage: number(0, 1000),
    temperatureC: number(-60, 120),
    clockOffsetMs: number(-1e9, 1e9),
  },
  'cpu',
  'loadAverage',
  'temperatureC',
  'clockOffsetMs',
);

export const ack: fc.Arbitrary<Ack> = fc
  .record({
    agent: slug,
    epoch: epochMs,
    atMs: epochMs,
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat({ max: 1000 })), {
      minLength: 1,
      maxLength: 50,
    }),
  })
  .map(({ steps, ...rest }) => {
    let last = 0;
    const ranges = steps.map(([gap, length]): [number, number] => {
      const first = last + gap;
      last = first + length;
      return [first, last];
    });
    return { v: 1, ...rest, ranges };
  });
