// Traffic of some days with everything that makes history hard, in a real InfluxDB with its roll-ups, and the same added up
// here in the plainest way, to hold answers against.

import type { Every } from '../../central-collector/api/schemas/common.ts';
import { localDate, localIso, weekdayOf } from '../../central-collector/local-time.ts';
import { History } from '../../central-collector/store/queries/history.ts';
import type { Flow, TrafficEvent } from '../../contract/index.ts';
import { MINUTE_MS, type RollupRig, rollupRig } from './rollup-rig.ts';

export type Minute = { readonly agent: string; readonly event: Flow };

export type HistoryRig = {
  readonly rollups: RollupRig;
  readonly history: History;
  readonly minutes: readonly Minute[];
  close(): Promise<void>;
};

/** The same for the same seed, 0 to 1. */
export const random = (at: number, salt: number) => {
  const x = Math.sin(at * 12.9898 + salt * 78.233) * 43_758.5453;
  return x - Math.floor(x);
};

export function flowOf(fromMs: number, salt: number, changes: Partial<Flow> = {}): Flow {
  const car = Math.floor(random(fromMs / MINUTE_MS, salt) * 9);
  return {
    ...{ type: 'flow', camera: 'c', line: 'l', direction: 'in', fromMs, toMs: fromMs + MINUTE_MS },
    ...{ observedMs: MINUTE_MS, framesAnalysed: 600, framesDropped: 0 },
    counts: { car: { n: car }, motorcycle: { n: 2 * car } },
    ...changes,
  };
}

/**
 * Camera c of the agents a and b, directions in and out: outages of an hour, minutes seen in part, and minutes that
 * were told in two parts, because the agent was restarted.
 */
export async function historyRig(
  url: string,
  name: string,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<HistoryRig> {
  const rollups = await rollupRig(url, name, span.toMs);
  const minutes: Minute[] = [];
  for (const [salt, agent] of ['a', 'b'].entries()) {
    let events: Flow[] = [];
    for (let atMs = span.fromMs; atMs < span.toMs; atMs += MINUTE_MS) {
      if (random(Math.floor(atMs / (60 * MINUTE_MS)), salt) < 0.1) continue;
      for (const [way, direction] of ['in', 'out'].entries())
        events.push(...partsOf(atMs, salt, way, direction));
      if (events.length > 900 || atMs + MINUTE_MS >= span.toMs) {
        await rollups.store(events as TrafficEvent[], { agent });
        minutes.push(...events.map((event) => ({ agent, event })));
        events = [];
      }
    }
  }
  const history = new History({
    database: rollups.database,
    timeZone: 'Asia/Ho_Chi_Minh',
    now: () => rollups.clockMs,
  });
  return { rollups, history, minutes, close: () => rollups.close() };
}

function partsOf(atMs: number, salt: number, way: number, direction: string): Flow[] {
  const seen = random(atMs / MINUTE_MS, 7 + salt);
  const whole = flowOf(atMs, salt + 3 * way, { direction });
  if (seen < 0.1) return [{ ...whole, observedMs: 20_000 }];
  if (seen < 0.95) return [whole];
  // A restart: two parts of a minute, each with what it saw.
  return [
    { ...whole, observedMs: 25_000 },
    { ...flowOf(atMs, salt + 3 * way + 1, { direction }), observedMs: 30_000 },
  ];
}

export type Wanted = {
  readonly from: string;
  readonly to: string;
  readonly every: Every;
  readonly tz: string;
  /** Of which minutes. */
  readonly of?: (minute: Minute) => boolean;
};

/** Beginning, vehicles and observed ms of one direction, by interval: minute by minute, by what the local clock shows. */
export function plainSums(minutes: readonly Minute[], { from, to, every, tz, of = () => true }: Wanted) {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const sums = new Map<string, { n: number; observedMs: number }>();
  for (const minute of minutes) {
    const { fromMs: atMs, counts, observedMs, direction } = minute.event;
    if (atMs < fromMs || atMs >= toMs || !of(minute)) continue;
    const key = labelOf(atMs, every, tz);
    const sum = sums.get(key) ?? { n: 0, observedMs: 0 };
    sum.n += Object.values(counts).reduce((total, { n }) => total + n, 0);
    if (direction === 'in') sum.observedMs += observedMs;
    sums.set(key, sum);
  }
  return sums;
}

/** What the interval of a moment is called; the same for all moments in it. */
export function labelOf(atMs: number, every: Every, tz: string): string {
  const text = localIso(atMs, tz);
  const { year, month, day } = localDate(atMs, tz);
  switch (every) {
    case '1M':
      return text.slice(0, 7);
    case '1w':
      return new Date(Date.UTC(year, month - 1, day - weekdayOf({ year, month, day })))
        .toISOString()
        .slice(0, 10);
    case '1d':
      return text.slice(0, 10);
    // With the offset, because an hour comes twice when clocks are put back.
    case '1h':
      return text.slice(0, 13) + text.slice(-6);
    default: {
      const step = Number.parseInt(every, 10);
      const minute = Math.floor(Number(text.slice(14, 16)) / step) * step;
      return text.slice(0, 14) + String(minute).padStart(2, '0') + text.slice(-6);
    }
  }
}
