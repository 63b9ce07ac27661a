// A quick look at an event: whether its schema would take it just as it is. Says yes only when that is certain, for the
// kinds of event that come thousands of times a second, with known fields only; everybody else has the schema look, which
// also knows why not. A test holds the two together: what is plain here, the schema gives back unchanged.

import { MAX_EPOCH_MS, MAX_SPEED_BINS, ROAD_USERS, SLUG, type TrafficEvent } from '../../contract/index.ts';

type Fields = Readonly<Record<string, unknown>>;

export function isPlainEvent(raw: unknown): raw is TrafficEvent {
  if (!isObject(raw)) return false;
  switch (raw.type) {
    case 'passage':
      return isPlainPassage(raw);
    case 'journey':
      return isPlainJourney(raw);
    case 'flow':
      return isPlainFlow(raw);
    default:
      return false;
  }
}

function isPlainPassage(raw: Fields): boolean {
  let required = 0;
  for (const key in raw) {
    const value = raw[key];
    switch (key) {
      case 'type':
        break;
      case 'camera':
      case 'line':
      case 'direction':
        if (!isSlug(value)) return false;
        required += 1;
        break;
      case 'lane':
        if (!isSlug(value)) return false;
        break;
      case 'roadUser':
        if (!isRoadUser(value)) return false;
        required += 1;
        break;
      case 'roadUserShare':
      case 'confidence':
        if (!isWithin(value, 1)) return false;
        required += 1;
        break;
      case 'atMs':
        if (!isEpochMs(value)) return false;
        required += 1;
        break;
      case 'track':
        if (!isCount(value) || value === 0) return false;
        required += 1;
        break;
      case 'speedKmh':
        if (!isWithin(value, 400)) return false;
        break;
      case 'headwayS':
      case 'gapS':
        if (!isPositive(value)) return false;
        break;
      default:
        return false;
    }
  }
  return required === 8;
}

function isPlainJourney(raw: Fields): boolean {
  let required = 0;
  for (const key in raw) {
    const value = raw[key];
    switch (key) {
      case 'type':
        break;
      case 'camera':
      case 'entryLine':
      case 'exitLine':
        if (!isSlug(value)) return false;
        required += 1;
        break;
      case 'entryDirection':
      case 'exitDirection':
        if (!isSlug(value)) return false;
        break;
      case 'roadUser':
        if (!isRoadUser(value)) return false;
        required += 1;
        break;
      case 'roadUserShare':
        if (!isWithin(value, 1)) return false;
        required += 1;
        break;
      case 'enteredAtMs':
      case 'exitedAtMs':
        if (!isEpochMs(value)) return false;
        required += 1;
        break;
      case 'track':
        if (!isCount(value) || value === 0) return false;
        required += 1;
        break;
      default:
        return false;
    }
  }
  return required === 8 && (raw.enteredAtMs as number) <= (raw.exitedAtMs as number);
}

function isPlainFlow(raw: Fields): boolean {
  let required = 0;
  for (const key in raw) {
    const value = raw[key];
    switch (key) {
      case 'type':
        break;
      case 'camera':
      case 'line':
      case 'direction':
        if (!isSlug(value)) return false;
        required += 1;
        break;
      case 'lane':
        if (!isSlug(value)) return false;
        break;
      case 'fromMs':
      case 'toMs':
        if (!isEpochMs(value)) return false;
        required += 1;
        break;
      case 'observedMs':
      case 'framesAnalysed':
      case 'framesDropped':
        if (!isCount(value)) return false;
        required += 1;
        break;
      case 'occupiedMs':
        if (!isCount(value)) return false;
        break;
      case 'counts':
        if (!areCounts(value)) return false;
        required += 1;
        break;
      case 'headway':
      case 'gap':
        if (!areSpans(value)) return false;
        break;
      default:
        return false;
    }
  }
  const lengthMs = (raw.toMs as number) - (raw.fromMs as number);
  const { observedMs, occupiedMs } = raw as { observedMs: number; occupiedMs?: number };
  return required === 9 && lengthMs > 0 && observedMs <= lengthMs && (occupiedMs ?? 0) <= lengthMs;
}

function areCounts(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const key in value) {
    if (!isRoadUser(key) || !isClassFlow(value[key])) return false;
  }
  return true;
}

/** Without bounds and accuracy: the schema looks at those. */
function isClassFlow(value: unknown): boolean {
  if (!isObject(value) || !isCount(value.n)) return false;
  for (const key in value) {
    if (key === 'n') continue;
    if (key !== 'speed' || !areSpeeds(value.speed, value.n)) return false;
  }
  return true;
}

function areSpeeds(value: unknown, most: number): boolean {
  if (!isObject(value)) return false;
  let required = 0;
  for (const key in value) {
    if (key === 'n' ? !isCount(value.n) : key !== 'histogram' && !isPositive(value[key])) return false;
    if (key !== 'n' && key !== 'sumKmh' && key !== 'sumPerKmh' && key !== 'histogram') return false;
    required += 1;
  }
  const { histogram } = value;
  if (required !== 4 || !Array.isArray(histogram) || histogram.length > MAX_SPEED_BINS) return false;
  let sum = 0;
  for (const bin of histogram as unknown[]) {
    if (!isCount(bin)) return false;
    sum += bin;
  }
  return sum === value.n && sum <= most;
}

function areSpans(value: unknown): boolean {
  if (!isObject(value) || !isCount(value.n)) return false;
  let required = 0;
  for (const key in value) {
    if (key !== 'n' && key !== 'sumS' && key !== 'sumSqS2') return false;
    if (key !== 'n' && !isPositive(value[key])) return false;
    required += 1;
  }
  return required === 3;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSlug(value: unknown): boolean {
  return typeof value === 'string' && SLUG.test(value);
}

function isRoadUser(value: unknown): boolean {
  return (ROAD_USERS as readonly unknown[]).includes(value);
}

function isEpochMs(value: unknown): boolean {
  return isCount(value) && value <= MAX_EPOCH_MS;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= most;
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
