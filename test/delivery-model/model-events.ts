// Events that can be told apart wherever they are, also after minutes have been merged into hours, where a count alone
// would not say whose it is.

import type { Row } from '../../central-collector/store/database.ts';
import type { TrafficEvent } from '../../contract/index.ts';
import { flow, incident, passage, T0 } from '../edge-agent/publisher/sample-events.ts';

export type Kind = 'counts' | 'passages' | 'incidents';

/** The `n`-th event of all. Many passages share a millisecond, so that only their place in the stream parts them. */
export function makeEvent(kind: Kind, n: number): { id: string; event: TrafficEvent } {
  switch (kind) {
    case 'counts': {
      const bit = n % 60;
      // Sums of powers of two: a merged flow says which minutes are in it.
      const framesAnalysed = bit < 30 ? 2 ** bit : 0;
      const framesDropped = bit < 30 ? 0 : 2 ** (bit - 30);
      const counts = { car: { n: 1 } };
      return { id: `f${n}`, event: flow(n, 1, { counts, framesAnalysed, framesDropped }) };
    }
    case 'passages':
      return { id: `p${n}`, event: passage(n, { atMs: T0 + (n % 3) }) };
    case 'incidents':
      return { id: `i${n}`, event: incident(`i${n}`) };
  }
}

export function idsOf(event: TrafficEvent): string[] {
  if (event.type === 'passage') return [`p${event.track}`];
  if (event.type === 'incident') return [event.id];
  if (event.type === 'flow') return minutesOf(event.fromMs, event.framesAnalysed, event.framesDropped);
  throw new Error(`the model makes no ${event.type}`);
}

/** The events in a point of the database; none in those that are not about traffic. */
export function idsInPoint(measurement: string, row: Row): string[] {
  if (measurement === 'passage') return [`p${row.track}`];
  if (measurement === 'incident') return [String(row.id)];
  if (measurement === 'flow') {
    return minutesOf(Number(row.time), Number(row.frames_analysed), Number(row.frames_dropped));
  }
  return [];
}

function minutesOf(fromMs: number, framesAnalysed: number, framesDropped: number): string[] {
  const hour = Math.floor((fromMs - (T0 - (T0 % 3_600_000))) / 3_600_000);
  const bits = `${framesDropped.toString(2).padStart(30, '0')}${framesAnalysed.toString(2).padStart(30, '0')}`;
  return [...bits].flatMap((bit, at) => (bit === '1' ? [`f${hour * 60 + bits.length - 1 - at}`] : []));
}
