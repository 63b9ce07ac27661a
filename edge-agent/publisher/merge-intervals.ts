// Interval counts of one line or zone joined into longer intervals. Flows merge exactly, for they are sums;
// a zone's means are weighted with the time that was observed.

import {
  addSpeeds,
  type ClassFlow,
  countInterval,
  type Flow,
  isSameAccuracy,
  type SpanSums,
  type TrafficEvent,
  type Zone,
} from '../../contract/index.ts';

/**
 * The same counts in intervals of up to `bucketMs`, aligned to UTC. Intervals that cross a bucket's edge, or that
 * a clock set back has let happen twice, stay as they are; other events too. Order: first appearance.
 */
export function mergeIntervals(events: readonly TrafficEvent[], bucketMs: number): TrafficEvent[] {
  const merged: TrafficEvent[] = [];
  const indexOf = new Map<string, number>();
  for (const event of events) {
    const key = bucketKey(event, bucketMs);
    const index = key === undefined ? undefined : indexOf.get(key);
    const before = index === undefined ? undefined : merged[index];
    const both = before && merge(before, event);
    if (both && index !== undefined) {
      merged[index] = both;
    } else {
      if (key !== undefined) indexOf.set(key, merged.length);
      merged.push(event);
    }
  }
  return merged;
}

/** Two events with one key are of one thing and in one bucket; undefined for what is not merged. */
function bucketKey(event: TrafficEvent, bucketMs: number): string | undefined {
  if (event.type !== 'flow' && event.type !== 'zone') return undefined;
  const bucket = Math.floor(event.fromMs / bucketMs);
  if (event.toMs <= event.fromMs || Math.floor((event.toMs - 1) / bucketMs) !== bucket) return undefined;
  // A '/' is in no slug.
  const what = event.type === 'flow' ? [event.line, event.direction, event.lane ?? ''] : [event.zone];
  return [event.type, bucket, event.camera, ...what].join('/');
}

/** Undefined when both cannot be of one interval: more would have been observed than there was time. */
function merge(a: TrafficEvent, b: TrafficEvent): TrafficEvent | undefined {
  let both: Flow | Zone | undefined;
  if (a.type === 'flow' && b.type === 'flow') both = mergeFlows(a, b);
  if (a.type === 'zone' && b.type === 'zone') both = mergeZones(a, b);
  if (!both) return undefined;
  const lengthMs = both.toMs - both.fromMs;
  const occupiedMs = both.type === 'flow' ? (both.occupiedMs ?? 0) : 0;
  return both.observedMs <= lengthMs && occupiedMs <= lengthMs ? both : undefined;
}

function mergeFlows(a: Flow, b: Flow): Flow {
  const counts: Flow['counts'] = { ...a.counts };
  for (const [roadUser, flow] of Object.entries(b.counts) as [keyof Flow['counts'], ClassFlow][]) {
    const other = counts[roadUser];
    counts[roadUser] = other ? addClassFlows(other, flow) : flow;
  }
  const occupiedMs = addOptional(a.occupiedMs, b.occupiedMs);
  const headway = addSpans(a.headway, b.headway);
  const gap = addSpans(a.gap, b.gap);
  return {
    ...a,
    ...sumIntervals(a, b),
    counts,
    ...(occupiedMs !== undefined && { occupiedMs }),
    ...(headway && { headway }),
    ...(gap && { gap }),
  };
}

function addClassFlows(a: ClassFlow, b: ClassFlow): ClassFlow {
  const n = a.n + b.n;
  const speed = a.speed && b.speed ? addSpeeds(a.speed, b.speed) : (a.speed ?? b.speed);
  return { n, ...addBounds(a, b, n), ...(speed && { speed }) };
}

/**
 * Of one accuracy, the interval of the sum: narrower than the sum of the intervals. Of two, the ends add up: still
 * right, but too wide. Where one of them is not known, neither is the whole.
 */
function addBounds(a: ClassFlow, b: ClassFlow, n: number): Partial<ClassFlow> {
  if (a.accuracy && b.accuracy && isSameAccuracy(a.accuracy, b.accuracy)) {
    return { ...countInterval(n, a.accuracy), accuracy: a.accuracy };
  }
  if (a.low === undefined || a.high === undefined || b.low === undefined || b.high === undefined) return {};
  return { low: a.low + b.low, high: a.high + b.high };
}

function addSpans(a: SpanSums | undefined, b: SpanSums | undefined): SpanSums | undefined {
  return a && b ? { n: a.n + b.n, sumS: a.sumS + b.sumS, sumSqS2: a.sumSqS2 + b.sumSqS2 } : (a ?? b);
}

function mergeZones(a: Zone, b: Zone): Zone {
  const mean = (x: number, y: number) => {
    const observedMs = a.observedMs + b.observedMs;
    return observedMs === 0 ? 0 : (x * a.observedMs + y * b.observedMs) / observedMs;
  };
  const { spaceOccupancy, dwell, queue, ...common } = { ...a, ...sumIntervals(a, b) };
  const presentMax = Math.max(a.presentMax, b.presentMax);
  const space =
    spaceOccupancy !== undefined && b.spaceOccupancy !== undefined
      ? mean(spaceOccupancy, b.spaceOccupancy)
      : (spaceOccupancy ?? b.spaceOccupancy);
  const stays =
    dwell && b.dwell ? { n: dwell.n + b.dwell.n, sumS: dwell.sumS + b.dwell.sumS } : (dwell ?? b.dwell);
  const appeared = addOptional(a.appeared, b.appeared);
  const lost = addOptional(a.lost, b.lost);
  const longest = queue && b.queue ? longerQueue(queue, b.queue) : (queue ?? b.queue);
  return {
    ...common,
    entries: addRecords(a.entries, b.entries),
    exits: addRecords(a.exits, b.exits),
    ...(appeared !== undefined && { appeared }),
    ...(lost !== undefined && { lost }),
    // Rounding must not lift a mean over its maximum.
    presentMean: Math.min(mean(a.presentMean, b.presentMean), presentMax),
    presentMax,
    timeOccupancy: Math.min(mean(a.timeOccupancy, b.timeOccupancy), 1),
    ...(space !== undefined && { spaceOccupancy: Math.min(space, 1) }),
    ...(stays && { dwell: stays }),
    ...(longest && { queue: longest }),
  };
}

function longerQueue(a: NonNullable<Zone['queue']>, b: NonNullable<Zone['queue']>) {
  const maxM = a.maxM !== undefined && b.maxM !== undefined ? Math.max(a.maxM, b.maxM) : (a.maxM ?? b.maxM);
  return {
    maxVehicles: Math.max(a.maxVehicles, b.maxVehicles),
    ...(maxM !== undefined && { maxM }),
    truncated: a.truncated || b.truncated,
  };
}

function sumIntervals(a: Flow | Zone, b: Flow | Zone) {
  return {
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    observedMs: a.observedMs + b.observedMs,
    framesAnalysed: a.framesAnalysed + b.framesAnalysed,
    framesDropped: a.framesDropped + b.framesDropped,
  };
}

function addRecords(a: Zone['entries'], b: Zone['entries']): Zone['entries'] {
  const sum = { ...a };
  for (const [roadUser, n] of Object.entries(b) as [keyof Zone['entries'], number][]) {
    sum[roadUser] = (sum[roadUser] ?? 0) + n;
  }
  return sum;
}

function addOptional(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
