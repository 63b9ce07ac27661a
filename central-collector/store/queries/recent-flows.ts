// Counts by interval as agents sent them, put together again from their points.

import type { AgentAddress, ClassFlow, Flow, RoadUser } from '../../../contract/index.ts';
import { SPEED_BIN_KMH } from '../../../contract/index.ts';
import type { Series } from '../database.ts';
import { influxql } from './influxql.ts';
import { SPEED_BIN } from './kinds.ts';
import type { HistoryDatabase } from './reader.ts';

export type RecentFlow = AgentAddress & { readonly epoch: number; readonly seq: number; readonly flow: Flow };

const FIELDS = [
  ...[
    'n',
    'n_low',
    'n_high',
    'interval_ms',
    'observed_ms',
    'frames_analysed',
    'frames_dropped',
    'occupied_ms',
  ],
  ...['epoch', 'seq', 'position', 'speed_n', 'speed_sum_kmh', 'speed_sum_per_kmh'],
];
const TAGS = ['site', 'agent', 'camera', 'line', 'direction', 'lane', 'road_user'];

/** Of intervals that begin at `sinceMs` or later, oldest first. Throws StoreError. */
export async function recentFlows(database: HistoryDatabase, sinceMs: number): Promise<RecentFlow[]> {
  const series = await database.series(
    influxql({
      select: [...FIELDS, ...BINS].map((field) => ({ field, as: field })),
      from: { policy: 'raw', measurement: 'flow' },
      fromMs: Math.floor(sinceMs),
      groupBy: { tags: TAGS },
    }),
  );
  const flows = new Map<string, RecentFlow>();
  for (const one of series) takePoints(one, flows);
  return [...flows.values()].sort((a, b) => a.flow.fromMs - b.flow.fromMs);
}

const BINS = Array.from({ length: 80 }, (_, bin) => `speed_h${String(bin * SPEED_BIN_KMH).padStart(3, '0')}`);

function takePoints({ tags = {}, columns, values = [] }: Series, flows: Map<string, RecentFlow>): void {
  const { site = '', agent = '', camera = '', line = '', direction = '', lane, road_user } = tags;
  for (const value of values) {
    const at = (column: string) => {
      const found = value[columns.indexOf(column)];
      return typeof found === 'number' ? found : undefined;
    };
    const [fromMs = 0, epoch = 0, seq = 0] = [at('time'), at('epoch'), at('seq')];
    const key = [site, agent, camera, line, direction, lane, fromMs, epoch, seq, at('position')].join(' ');
    const occupiedMs = at('occupied_ms');
    const known: RecentFlow = flows.get(key) ?? {
      ...{ site, agent, epoch, seq },
      flow: {
        ...{ type: 'flow', camera, line, direction, fromMs, toMs: fromMs + (at('interval_ms') ?? 60_000) },
        ...(lane && { lane }),
        observedMs: at('observed_ms') ?? 0,
        framesAnalysed: at('frames_analysed') ?? 0,
        framesDropped: at('frames_dropped') ?? 0,
        ...(occupiedMs !== undefined && { occupiedMs }),
        counts: {},
      },
    };
    flows.set(key, known);
    known.flow.counts[road_user as RoadUser] = classFlowOf(columns, at);
  }
}

function classFlowOf(columns: readonly string[], at: (column: string) => number | undefined): ClassFlow {
  const [low, high, speedN] = [at('n_low'), at('n_high'), at('speed_n')];
  const histogram: number[] = [];
  for (const column of columns) {
    const [, kmh] = SPEED_BIN.exec(column) ?? [];
    const n = kmh === undefined ? undefined : at(column);
    if (n !== undefined && n > 0) histogram[Number(kmh) / SPEED_BIN_KMH] = n;
  }
  return {
    n: at('n') ?? 0,
    ...(low !== undefined && high !== undefined && { low, high }),
    ...(speedN !== undefined && {
      speed: {
        n: speedN,
        sumKmh: at('speed_sum_kmh') ?? 0,
        sumPerKmh: at('speed_sum_per_kmh') ?? 0,
        histogram: Array.from(histogram, (n) => n ?? 0),
      },
    }),
  };
}
