// Occupancy, density and level of service of lines: persons are no vehicles, and lanes are counted.

import {
  DEFAULT_PCU_TABLE,
  levelOfService,
  PCU_TABLES,
  type RoadUser,
  SERVICE_TABLES,
  timeOccupancy,
} from '../../../contract/index.ts';
import { each, quotient } from './answer-columns.ts';
import { meanObservedMs } from './coverage.ts';
import type { Page } from './history-page.ts';
import type { Visit } from './reader.ts';
import { cameraId, type SumGroup, SumTable, type Tags } from './sum-table.ts';

/** A lane counts as one of a direction when it was watched for so much of the time of the best: others somebody drove the wrong way. */
const LANE_SHARE = 0.5;
const PCU = PCU_TABLES[DEFAULT_PCU_TABLE].factors;

export function occupancyTable(page: Page) {
  const { by, intervals, pieces, asked, query } = page;
  const table = new SumTable({ by, intervals: intervals.length, pieces, cameras: asked });
  const lanes = new Map<string, Map<string, Float64Array>>();
  // Vehicles on several lines or both ways have no density together.
  const isOneWay =
    (by.includes('camera') || query.camera?.length === 1) &&
    (by.includes('line') || query.line !== undefined) &&
    (by.includes('direction') || query.direction !== undefined);
  const visit: Visit = (tags, columns) => {
    const roadUser = tags.road_user as RoadUser;
    // Persons do not drive, but tell of the same time as everybody.
    const roles = columns.map((column) =>
      roadUser === 'person' && column.role === 'sum' ? { ...column, role: 'none' as const } : column,
    );
    const taker = table.series(tags, roles);
    const pcu = columns.findIndex(({ name }) => name === 'n');
    const observed = columns.findIndex(({ name }) => name === 'observed_ms');
    const units = table.sumOf(tags, 'pcu');
    const watched = laneOf(lanes, table.keyOf(tags), tags, intervals.length);
    const one = (piece: number, values: Float64Array) => {
      taker.one(piece, values);
      const interval = pieces[piece]?.interval;
      if (interval === undefined) return;
      units[interval] = (units[interval] ?? 0) + (values[pcu] || 0) * (PCU[roadUser] ?? 0);
      if (watched) watched[interval] = (watched[interval] ?? 0) + (values[observed] || 0);
    };
    return { one };
  };
  const columns = (group: SumGroup) => {
    const occupied = group.sum('occupied_ms');
    const streams = group.sum('observed_ms');
    const vehicles = group.sum('n');
    const measured = group.sum('speed_n');
    const perKmh = group.sum('speed_sum_per_kmh');
    const pcu = group.sum('pcu');
    const hours = (at: number) => meanObservedMs(group, at) / 3_600_000;
    const density = (of: Float64Array, at: number) =>
      isOneWay ? quotient(quotient(of[at], hours(at)), quotient(measured[at], perKmh[at])) : undefined;
    const counts = laneCounts(lanes.get(table.keyOfNames(group.names)), intervals.length);
    const levels = each(
      group,
      (at) => {
        const lanesOf = counts?.[at] ?? 0;
        return lanesOf === 0 ? undefined : quotient(density(pcu, at), lanesOf);
      },
      1e6,
    ).map((value) =>
      value === null
        ? null
        : (levelOfService({ densityPcPerKmLane: value }, SERVICE_TABLES['hcm-freeway'])?.level ?? null),
    );
    return {
      timeOccupancy: each(group, (at) => timeOccupancy(occupied[at] ?? 0, streams[at] ?? 0), 1e4),
      densityPerKm: each(group, (at) => density(vehicles, at), 100),
      levelOfService: levels,
    };
  };
  return { table, visit, columns };
}

/** Where the time that a lane was watched is added up, for each road user; undefined without lanes. */
function laneOf(
  lanes: Map<string, Map<string, Float64Array>>,
  group: string,
  tags: Tags,
  intervals: number,
): Float64Array | undefined {
  const { lane, line, road_user } = tags;
  if (!lane) return undefined;
  const own = lanes.get(group) ?? new Map<string, Float64Array>();
  lanes.set(group, own);
  const key = [
    cameraId({ site: tags.site ?? '', agent: tags.agent ?? '', camera: tags.camera ?? '' }),
    line,
    lane,
    road_user,
  ].join(' ');
  const values = own.get(key) ?? new Float64Array(intervals);
  own.set(key, values);
  return values;
}

/** Lanes in each interval. */
function laneCounts(lanes: Map<string, Float64Array> | undefined, intervals: number): number[] | undefined {
  if (lanes === undefined) return undefined;
  return Array.from({ length: intervals }, (_, at) => {
    const watched = new Map<string, number>();
    for (const [key, values] of lanes) {
      const lane = key.slice(0, key.lastIndexOf(' '));
      watched.set(lane, Math.max(watched.get(lane) ?? 0, values[at] ?? 0));
    }
    const best = Math.max(...watched.values());
    return best === 0 ? 0 : [...watched.values()].filter((ms) => ms >= LANE_SHARE * best).length;
  });
}
