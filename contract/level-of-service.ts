// Level of service, A to F, of a road or a crossroads, by tables that name their edition: the bounds changed between
// editions of the Highway Capacity Manual, and a letter without its edition says nothing.
//
// Computed where it is shown, from sums that are stored (see derived.ts and passenger-car-units.ts).

import { type PcuTable, pcuOf } from './passenger-car-units.ts';
import type { RoadUser } from './road-users.ts';

export const SERVICE_LEVELS = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

export type ServiceLevel = (typeof SERVICE_LEVELS)[number];

export type ServiceTable = {
  /** Manual and edition, and what it holds for. */
  readonly edition: string;
  /**
   * `density`: passenger cars per km and lane. `delay`: seconds per vehicle that a crossroads costs. A counting line
   * does not give it; the difference between the times of journeys and those of a free road does.
   */
  readonly measure: 'density' | 'delay';
  /** The most that A, B, C, D and E have; above is F. */
  readonly limits: readonly [a: number, b: number, c: number, d: number, e: number];
};

const KM_PER_MILE = 1.609344;

export const SERVICE_TABLES = {
  /** Basic freeway segments: 11, 18, 26, 35, 45 passenger cars per mile and lane. */
  'hcm-freeway': {
    edition: 'HCM 2010 to 7th edition, basic freeway segments',
    measure: 'density',
    limits: [11 / KM_PER_MILE, 18 / KM_PER_MILE, 26 / KM_PER_MILE, 35 / KM_PER_MILE, 45 / KM_PER_MILE],
  },
  /** Control delay. */
  'hcm-signalised': {
    edition: 'HCM 2010 to 7th edition, signalised intersections, control delay',
    measure: 'delay',
    limits: [10, 20, 35, 55, 80],
  },
  'hcm-unsignalised': {
    edition: 'HCM 2010 to 7th edition, unsignalised intersections and roundabouts, control delay',
    measure: 'delay',
    limits: [10, 15, 25, 35, 50],
  },
  /** Stopped delay, which is less than control delay: for comparison with old studies. */
  'hcm-1994-signalised': {
    edition: 'HCM 1994 (TRB SR 209), signalised intersections, stopped delay',
    measure: 'delay',
    limits: [5, 15, 25, 40, 60],
  },
} as const satisfies Readonly<Record<string, ServiceTable>>;

export type ServiceTableName = keyof typeof SERVICE_TABLES;

export const SERVICE_TABLE_NAMES = Object.keys(SERVICE_TABLES) as [ServiceTableName, ...ServiceTableName[]];

/** A letter with what it was judged by. */
export type LevelOfService = { readonly level: ServiceLevel; readonly edition: string };

/** What is judged, in the table's measure. */
export type ServiceMeasure =
  | { readonly densityPcPerKmLane: number; readonly overCapacity?: boolean }
  | { readonly delayS: number; readonly overCapacity?: boolean };

/**
 * @param measure `overCapacity`: more comes than can go (v/c > 1), which is F whatever the measure
 * @returns undefined for a measure that is no number of 0 or more: nothing observed has no level
 * @throws RangeError for a measure that the table is not for
 */
export function levelOfService(measure: ServiceMeasure, table: ServiceTable): LevelOfService | undefined {
  const isDensity = 'densityPcPerKmLane' in measure;
  if (isDensity !== (table.measure === 'density')) {
    throw new RangeError(
      `Expected a ${table.measure} for the table "${table.edition}", got a ${isDensity ? 'density' : 'delay'}.`,
    );
  }
  const value = isDensity ? measure.densityPcPerKmLane : measure.delayS;
  if (!(value >= 0)) return undefined;
  const at = table.limits.findIndex((limit) => value <= limit);
  const level = measure.overCapacity || at === -1 ? 'F' : (SERVICE_LEVELS[at] ?? 'F');
  return { level, edition: table.edition };
}

/**
 * Passenger cars per km and lane: flow rate over space-mean speed and lanes (HCM 7th ed., ch. 12), the flow in
 * passenger car units. Undefined where nothing was observed or no speed is known.
 *
 * @param counts vehicles by class that crossed in `observedMs`
 */
export function pcDensity(
  counts: Partial<Record<RoadUser, number | { readonly n: number } | undefined>>,
  road: {
    readonly observedMs: number;
    readonly spaceMeanSpeedKmh: number | undefined;
    readonly lanes: number;
  },
  table?: PcuTable,
): number | undefined {
  const { observedMs, spaceMeanSpeedKmh, lanes } = road;
  if (!(observedMs > 0) || !(lanes > 0) || spaceMeanSpeedKmh === undefined || !(spaceMeanSpeedKmh > 0)) {
    return undefined;
  }
  return (pcuOf(counts, table) * 3_600_000) / observedMs / spaceMeanSpeedKmh / lanes;
}
