// Events for property tests: as agents make them, and the same with something wrong in them.

import fc from 'fast-check';
import { INCIDENT_KINDS, ROAD_USERS } from '../../contract/index.ts';

const slug = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const count = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.maxSafeNat());
const epochMs = fc.oneof(fc.integer({ min: 0, max: 7_258_118_400_000 }), fc.constant(0));
const roadUser = fc.constantFrom(...ROAD_USERS);
const track = fc.maxSafeNat().map((n) => Math.max(1, n));
const spans = fc.record({ n: count, sumS: positive, sumSqS2: positive });

/** Objects with the keys in any order, the optional ones there or not. */
function shuffled<T extends object>(model: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.tuple(model, fc.infiniteStream(fc.nat())).map(([value, order]) => {
    const ranks = new Map(Object.keys(value).map((key) => [key, order.next().value as number]));
    const keys = Object.keys(value).sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    return Object.fromEntries(keys.map((key) => [key, value[key as keyof T]])) as T;
  });
}

const passage = fc.record(
  {
    ...{ type: fc.constant('passage'), camera: slug, line: slug, direction: slug, lane: slug, roadUser },
    ...{ roadUserShare: share, confidence: share, atMs: epochMs, track, headwayS: positive, gapS: positive },
    speedKmh: fc.double({ min: 0, max: 400, noNaN: true }),
  },
  {
    requiredKeys: [
      ...['type', 'camera', 'line', 'direction', 'roadUser', 'roadUserShare', 'confidence', 'atMs', 'track'],
    ] as never[],
  },
);

const journey = fc
  .record(
    {
      ...{ type: fc.constant('journey'), camera: slug, track, roadUser, roadUserShare: share },
      ...{ entryLine: slug, entryDirection: slug, exitLine: slug, exitDirection: slug },
      ...{ enteredAtMs: epochMs, exitedAtMs: epochMs },
    },
    {
      requiredKeys: [
        ...['type', 'camera', 'track', 'roadUser', 'roadUserShare', 'entryLine', 'exitLine'],
        ...['enteredAtMs', 'exitedAtMs'],
      ] as never[],
    },
  )
  .map((one) => {
    const { enteredAtMs = 0, exitedAtMs = 0 } = one as { enteredAtMs?: number; exitedAtMs?: number };
    return {
      ...one,
      enteredAtMs: Math.min(enteredAtMs, exitedAtMs),
      exitedAtMs: Math.max(enteredAtMs, exitedAtMs),
    };
  });

const speed = fc
  .tuple(fc.array(fc.nat({ max: 9 }), { maxLength: 80 }), positive, positive)
  .map(([histogram, sumKmh, sumPerKmh]) => ({
    ...{ n: histogram.reduce((sum, n) => sum + n, 0), sumKmh, sumPerKmh, histogram },
  }));

const accuracy = fc.tuple(
  fc.integer({ min: 1, max: 99 }),
  fc.nat({ max: 9 }),
  fc.nat({ max: 9 }),
  fc.boolean(),
);

const classFlow = fc
  .tuple(fc.option(speed), fc.nat({ max: 9 }), fc.option(fc.nat({ max: 9 })), fc.option(accuracy))
  .map(([speeds, more, bounds, counted]) => ({
    n: (speeds?.n ?? 0) + more,
    ...(bounds !== null && { low: bounds, high: bounds + more }),
    ...(counted && {
      accuracy: {
        ...{ found: counted[0], of: counted[0] + counted[1] },
        ...(counted[3] && { counted: counted[0] + counted[2] }),
      },
    }),
    ...(speeds && { speed: speeds }),
  }));

const interval = fc
  .tuple(epochMs, fc.integer({ min: 1, max: 3_600_000 }), share, count, count)
  .map(([start, lengthMs, seen, framesAnalysed, framesDropped]) => {
    const fromMs = Math.min(start, 7_258_118_400_000 - lengthMs);
    const observedMs = Math.floor(lengthMs * seen);
    return { fromMs, toMs: fromMs + lengthMs, observedMs, framesAnalysed, framesDropped };
  });

const flow = fc
  .tuple(
    interval,
    fc.record(
      { camera: slug, line: slug, direction: slug, lane: slug, headway: spans, gap: spans },
      { requiredKeys: ['camera', 'line', 'direction'] },
    ),
    fc.dictionary(roadUser, classFlow, { noNullPrototype: true }),
    fc.option(share),
  )
  .map(([times, names, counts, occupied]) => ({
    ...{ type: 'flow', ...times, ...names, counts },
    ...(occupied !== null && { occupiedMs: Math.floor((times.toMs - times.fromMs) * occupied) }),
  }));

const zone = fc
  .tuple(interval, slug, slug, share, count)
  .map(([times, camera, name, timeOccupancy, presentMax]) => ({
    ...{ type: 'zone', ...times, camera, zone: name, entries: { car: 2 }, exits: {} },
    ...{ presentMean: 0, presentMax, timeOccupancy },
  }));

const incident = fc
  .record({
    id: fc.string({ minLength: 1, maxLength: 100 }),
    camera: slug,
    kind: fc.constantFrom(...INCIDENT_KINDS),
  })
  .map((one) => ({
    ...{ type: 'incident', ...one, version: 1, state: 'detected', severity: 'low', probability: 'probable' },
    ...{ confidence: 1, startedAtMs: 1, detectedAtMs: 1, updatedAtMs: 1, tracks: [], measures: {} },
  }));

export const anyEvent: fc.Arbitrary<object> = fc.oneof(
  shuffled(passage),
  shuffled(journey),
  shuffled(flow),
  zone,
  incident,
);

const odd = fc.oneof(
  fc.constantFrom(-1, -0, 0.5, 1e21, 2 ** 53, 401, 1.000001, null, true, '', 'A', 'a b', '-a', 'a-', 'a\n'),
  fc.constantFrom(
    'é',
    'a'.repeat(64),
    '1',
    [],
    {},
    [1],
    { n: 1 },
    'car',
    'flow',
    'passage',
    7_258_118_400_001,
  ),
  fc.jsonValue(),
);

/** An event with one value, anywhere in it, replaced, taken away or added; as JSON gives it. */
export const brokenEvent: fc.Arbitrary<unknown> = fc
  .tuple(anyEvent, fc.nat(), odd, fc.constantFrom('replace', 'remove', 'add', 'reorder'))
  .map(([event, which, value, how]) => {
    const copy = JSON.parse(JSON.stringify(event));
    const places: [Record<string, unknown>, string][] = [];
    const visit = (at: Record<string, unknown>) => {
      for (const key of Object.keys(at)) {
        places.push([at, key]);
        if (typeof at[key] === 'object' && at[key] !== null) visit(at[key] as Record<string, unknown>);
      }
    };
    visit(copy);
    const [at, key] = places[which % places.length] as [Record<string, unknown>, string];
    const found = at[key];
    if (how !== 'add') delete at[key];
    if (how === 'reorder') at[key] = found;
    if (how === 'replace') at[key] = value;
    if (how === 'add') at[`${key}X`] = value;
    return JSON.parse(JSON.stringify(copy));
  });
