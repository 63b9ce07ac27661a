// Small events for tests of the roll-ups, each at a given moment.

import type { TrafficEvent } from '../../../contract/index.ts';

export function passage(atMs: number): TrafficEvent {
  return {
    ...{ type: 'passage', camera: 'c', line: 'l', direction: 'in', roadUser: 'car', roadUserShare: 1 },
    ...{ confidence: 1, atMs, track: 1 },
  };
}

export function flow(fromMs: number, n = 1): TrafficEvent {
  return {
    ...{ type: 'flow', camera: 'c', fromMs, toMs: fromMs + 60_000, observedMs: 60_000, framesAnalysed: 600 },
    ...{ framesDropped: 0, line: 'l', direction: 'in', counts: { car: { n } } },
  };
}

export function journey(exitedAtMs: number): TrafficEvent {
  return {
    ...{ type: 'journey', camera: 'c', track: 1, roadUser: 'car', roadUserShare: 1, entryLine: 'l' },
    ...{ exitLine: 'm', enteredAtMs: exitedAtMs - 1000, exitedAtMs },
  };
}
