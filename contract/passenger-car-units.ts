// Passenger car units: counts of all kinds of vehicles as so many cars, by a table that names its edition.
//
// The factors differ by country, road and speed, and studies contradict each other: so they are applied where counts
// are shown, by a table of one's own if need be, and only counts are stored. This file stands in contract/ beside
// derived.ts because the replay and the centre both show such figures and share nothing else.

import type { RoadUser } from './road-users.ts';

export type PcuTable = {
  /** Standard or study and its year, with the roads it holds for. */
  readonly edition: string;
  readonly factors: Readonly<Record<RoadUser, number>>;
};

/**
 * A camera does not tell lorries by their axles or buses by their seats: `truck` has the factor of two axles, `bus` that
 * of a large bus, `vehicle` (of a class that the model does not tell) that of a car. Pedestrians are no vehicles.
 *
 * Values as commonly quoted from the standards. Compare them with the printed text before they go into an official
 * report.
 */
export const PCU_TABLES = {
  /** Vietnam, urban roads, design speed 30 to 50 km/h: the default. */
  'tcxdvn-104-2007': {
    edition: 'TCXDVN 104:2007, urban, 30-50 km/h',
    factors: { car: 1, motorcycle: 0.25, bus: 3, truck: 2.5, bicycle: 0.3, person: 0, vehicle: 1 },
  },
  /** The same, 60 km/h and more. */
  'tcxdvn-104-2007-fast': {
    edition: 'TCXDVN 104:2007, urban, from 60 km/h',
    factors: { car: 1, motorcycle: 0.5, bus: 2.5, truck: 2, bicycle: 0.5, person: 0, vehicle: 1 },
  },
  /** Vietnam, roads outside of towns, flat and rolling. */
  'tcvn-4054-2005': {
    edition: 'TCVN 4054:2005, flat and rolling',
    factors: { car: 1, motorcycle: 0.3, bus: 2.5, truck: 2, bicycle: 0.2, person: 0, vehicle: 1 },
  },
} as const satisfies Readonly<Record<string, PcuTable>>;

export type PcuTableName = keyof typeof PCU_TABLES;

export const PCU_TABLE_NAMES = Object.keys(PCU_TABLES) as [PcuTableName, ...PcuTableName[]];

export const DEFAULT_PCU_TABLE: PcuTableName = 'tcxdvn-104-2007';

/** Factors of one's own, such as one that was measured, in place of the table's; the edition says so. */
export function pcuTable(
  base: PcuTableName = DEFAULT_PCU_TABLE,
  factors: Partial<Record<RoadUser, number | undefined>> = {},
): PcuTable {
  const own = Object.entries(factors).filter(([, factor]) => factor !== undefined);
  const { edition, factors: given } = PCU_TABLES[base];
  return own.length === 0
    ? PCU_TABLES[base]
    : { edition: `${edition}, with other factors`, factors: { ...given, ...Object.fromEntries(own) } };
}

/** So many cars; counts as in a turning movement, or as a flow has them. */
export function pcuOf(
  counts: Partial<Record<RoadUser, number | { readonly n: number } | undefined>>,
  table: PcuTable = PCU_TABLES[DEFAULT_PCU_TABLE],
): number {
  let sum = 0;
  for (const [roadUser, count] of Object.entries(counts)) {
    const n = typeof count === 'object' ? count.n : (count ?? 0);
    sum += n * table.factors[roadUser as RoadUser];
  }
  // Sums of decimals such as 0.25 and 0.3 end in noise far behind the point.
  return Math.round(sum * 1e6) / 1e6;
}
