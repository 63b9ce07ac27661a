import { describe, expect, it } from 'vitest';
import {
  levelOfService,
  PCU_TABLES,
  pcDensity,
  pcuOf,
  pcuTable,
  ROAD_USERS,
  SERVICE_TABLES,
  type ServiceTableName,
} from '../../contract/index.ts';

describe('passenger car units', () => {
  it('make cars of what was counted, by the table of urban roads unless told', () => {
    expect(pcuOf({ car: 10, motorcycle: 40, bus: 1, person: 7 })).toBe(10 + 40 * 0.25 + 3);
    expect(pcuOf({ car: 10, motorcycle: 40 }, PCU_TABLES['tcvn-4054-2005'])).toBe(22);
    expect(pcuOf({})).toBe(0);
  });

  it('take the counts of a flow as they are', () => {
    expect(pcuOf({ car: { n: 3 }, motorcycle: { n: 1 } })).toBe(3.25);
  });

  it('with other factors say so', () => {
    const table = pcuTable('tcxdvn-104-2007', { motorcycle: 0.2 });
    expect(table.edition).toBe('TCXDVN 104:2007, urban, 30-50 km/h, with other factors');
    expect(pcuOf({ motorcycle: 10, car: 1 }, table)).toBe(3);
    expect(pcuTable().edition).toBe('TCXDVN 104:2007, urban, 30-50 km/h');
  });

  it('have a car as 1 and every road user in each table', () => {
    for (const { factors } of Object.values(PCU_TABLES)) {
      expect(Object.keys(factors).toSorted()).toEqual([...ROAD_USERS].sort());
      expect(factors.car).toBe(1);
    }
  });
});

describe('levels of service', () => {
  it.each([
    // The bounds belong to the better level.
    ['hcm-signalised', 0, 'A'],
    ['hcm-signalised', 10, 'A'],
    ['hcm-signalised', 10.1, 'B'],
    ['hcm-signalised', 35, 'C'],
    ['hcm-signalised', 55, 'D'],
    ['hcm-signalised', 80, 'E'],
    ['hcm-signalised', 80.1, 'F'],
    ['hcm-unsignalised', 20, 'C'],
    ['hcm-1994-signalised', 20, 'C'],
    ['hcm-1994-signalised', 61, 'F'],
  ] as [ServiceTableName, number, string][])('%s: a delay of %d s is %s', (name, delayS, level) => {
    expect(levelOfService({ delayS }, SERVICE_TABLES[name])).toEqual({
      level,
      edition: SERVICE_TABLES[name].edition,
    });
  });

  it.each([
    [11, 'A'],
    [12, 'B'],
    [26, 'C'],
    [35, 'D'],
    [44, 'E'],
    [46, 'F'],
  ])('hcm-freeway: %d cars per mile and lane are %s', (perMile, level) => {
    const densityPcPerKmLane = perMile / 1.609344;
    expect(levelOfService({ densityPcPerKmLane }, SERVICE_TABLES['hcm-freeway'])?.level).toBe(level);
  });

  it('beyond capacity is F, and nothing observed has none', () => {
    const table = SERVICE_TABLES['hcm-signalised'];
    expect(levelOfService({ delayS: 5, overCapacity: true }, table)?.level).toBe('F');
    expect(levelOfService({ delayS: Number.NaN }, table)).toBeUndefined();
  });

  it('refuse a measure that the table is not for', () => {
    expect(() => levelOfService({ delayS: 5 }, SERVICE_TABLES['hcm-freeway'])).toThrow(/Expected a density/);
  });
});

describe('the density of a road', () => {
  it('is flow in car units over space-mean speed and lanes', () => {
    // 450 cars and 600 motorcycles of 0.25 in a quarter hour: 2400 an hour, at 60 km/h on two lanes.
    const road = { observedMs: 900_000, spaceMeanSpeedKmh: 60, lanes: 2 };
    expect(pcDensity({ car: { n: 450 }, motorcycle: { n: 600 } }, road)).toBeCloseTo(20);
    expect(pcDensity({ car: 450 }, road, pcuTable(undefined, { car: 2 }))).toBeCloseTo(30);
  });

  it.each([
    { observedMs: 0, spaceMeanSpeedKmh: 60, lanes: 2 },
    { observedMs: 900_000, spaceMeanSpeedKmh: undefined, lanes: 2 },
    { observedMs: 900_000, spaceMeanSpeedKmh: 0, lanes: 2 },
  ])('is unknown where nothing was observed or no speed is known: %o', (road) => {
    expect(pcDensity({ car: 5 }, road)).toBeUndefined();
  });
});
