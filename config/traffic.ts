// By which tables counts become passenger car units and levels of service, where they are shown.

import { z } from 'zod';
import {
  DEFAULT_PCU_TABLE,
  PCU_TABLE_NAMES,
  type PcuTable,
  pcuTable,
  ROAD_USERS,
  SERVICE_TABLE_NAMES,
  SERVICE_TABLES,
  type ServiceTable,
} from '../contract/index.ts';
import { section } from './sections.ts';

export type TrafficConfig = z.output<typeof trafficSchema>;

export const trafficSchema = section({
  carUnits: z
    .enum(PCU_TABLE_NAMES)
    .default(DEFAULT_PCU_TABLE)
    .describe(
      `Table of passenger car units: ${PCU_TABLE_NAMES.join(', ')}. Default ${DEFAULT_PCU_TABLE} (urban, 30 to 50 km/h).`,
    ),
  carUnitFactors: z
    .partialRecord(z.enum(ROAD_USERS), z.number().min(0).max(20))
    .default({})
    .describe(
      'Factors in place of those of the table, cars a vehicle, such as {motorcycle: 0.2}. Default none.',
    ),
  levelOfService: z
    .enum(SERVICE_TABLE_NAMES)
    .default('hcm-freeway')
    .describe(`Table of levels of service: ${SERVICE_TABLE_NAMES.join(', ')}. Default hcm-freeway.`),
  levelLimits: z
    .tuple([z.number(), z.number(), z.number(), z.number(), z.number()])
    .refine((limits) => limits.every((limit, i) => limit > (limits[i - 1] ?? 0)), {
      error: 'expected five numbers above 0, each more than the one before',
    })
    .optional()
    .describe(
      'The most that A, B, C, D and E have, in place of those of the table: cars per km and lane, or seconds of delay. Default: those of the table.',
    ),
}).prefault({});

export function pcuTableOf({ carUnits, carUnitFactors }: TrafficConfig): PcuTable {
  return pcuTable(carUnits, carUnitFactors);
}

export function serviceTableOf({ levelOfService, levelLimits }: TrafficConfig): ServiceTable {
  const table = SERVICE_TABLES[levelOfService];
  return levelLimits === undefined
    ? table
    : { ...table, edition: `${table.edition}, with other limits`, limits: levelLimits };
}
