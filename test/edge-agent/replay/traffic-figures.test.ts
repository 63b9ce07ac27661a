import { describe, expect, it } from 'vitest';
import { describeFigures, describeIncidents } from '../../../cli/describe-figures.ts';
import { type Flow, type Incident, type Journey, pcuTable, SERVICE_TABLES } from '../../../contract/index.ts';
import { IncidentList } from '../../../edge-agent/replay/incident-list.ts';
import { TrafficFigureSums } from '../../../edge-agent/replay/traffic-figures.ts';

const MINUTE_MS = 60_000;
const TABLES = { pcu: pcuTable(), service: SERVICE_TABLES['hcm-freeway'] };

function flow(minute: number, lane: string | undefined, counts: Flow['counts']): Flow {
  return {
    type: 'flow',
    camera: 'c',
    fromMs: minute * MINUTE_MS,
    toMs: (minute + 1) * MINUTE_MS,
    observedMs: MINUTE_MS,
    framesAnalysed: 600,
    framesDropped: 0,
    line: 'north',
    direction: 'away',
    ...(lane === undefined ? {} : { lane }),
    counts,
  };
}

/** Vehicles that all go at one speed. */
function at(kmh: number, n: number) {
  return {
    n,
    speed: {
      n,
      sumKmh: n * kmh,
      sumPerKmh: n / kmh,
      histogram: Array.from({ length: kmh / 5 + 1 }, (_, bin) => (bin === kmh / 5 ? n : 0)),
    },
  };
}

/** All at 60 km/h: the 85th of a hundred lies within their bin. */
const speedOf = (n: number) => ({ n, timeMeanKmh: 60, spaceMeanKmh: 60, v85Kmh: 64.25 });

function journey(entryLine: string, exitLine: string): Journey {
  return {
    type: 'journey',
    camera: 'c',
    track: 1,
    roadUser: 'car',
    roadUserShare: 1,
    entryLine,
    exitLine,
    enteredAtMs: 1000,
    exitedAtMs: 9000,
  };
}

describe('the figures of a clip', () => {
  it('are car units, density and level of service of each line and direction, over its lanes', () => {
    const sums = new TrafficFigureSums(TABLES);
    for (const minute of [0, 1]) {
      sums.add(flow(minute, 'left', { car: at(60, 30), person: { n: 4 } }));
      sums.add(flow(minute, 'right', { car: at(60, 20), motorcycle: at(60, 40) }));
    }
    // 100 cars and 80 motorcycles of 0.25 in two minutes: 3600 an hour, 60 a km on two lanes.
    expect(sums.figures().lines).toEqual([
      {
        line: 'north',
        direction: 'away',
        vehicles: 180,
        pcu: 120,
        pcuPerH: 3600,
        speed: speedOf(180),
        densityPcPerKmLane: 30,
        service: { level: 'F', edition: SERVICE_TABLES['hcm-freeway'].edition },
      },
    ]);
  });

  it.each([
    ['no speed is known', 'left', { car: { n: 3 } }, {}],
    ['the line does not say how many lanes there are', undefined, { car: at(60, 3) }, { speed: speedOf(3) }],
  ])('have no density where %s', (_, lane, counts, speed) => {
    const sums = new TrafficFigureSums(TABLES);
    sums.add(flow(0, lane, counts));
    expect(sums.figures().lines).toEqual([
      { line: 'north', direction: 'away', vehicles: 3, pcu: 3, pcuPerH: 180, ...speed },
    ]);
  });

  it('are printed with the editions of their tables, and movements as a matrix', () => {
    const sums = new TrafficFigureSums(TABLES);
    sums.add(flow(0, 'left', { car: at(60, 10) }));
    for (const exit of ['east', 'east', 'north']) sums.add(journey('south', exit));
    expect(describeFigures(sums.figures())).toEqual([
      '',
      'passenger car units by TCXDVN 104:2007, urban, 30-50 km/h; level of service by HCM 2010 to 7th edition, basic freeway segments',
      'line   direction  cars  cars/h  mean km/h  85 %  cars/km lane  level',
      'north  away         10     600       60.0  64.3          10.0      B',
      '',
      'turning movements, from entry line (rows) to exit line (columns)',
      '       east  north  total',
      'south     2      1      3',
      'total     2      1      3',
    ]);
  });

  it('are none where nobody drove', () => {
    const sums = new TrafficFigureSums(TABLES);
    sums.add(flow(0, undefined, { car: { n: 0 } }));
    expect(describeFigures(sums.figures())).toEqual([]);
  });
});

describe('the incidents of a clip', () => {
  const stopped: Incident = {
    type: 'incident',
    id: 'c-stopped-1',
    version: 1,
    camera: 'c',
    kind: 'stopped-vehicle',
    state: 'detected',
    severity: 'medium',
    probability: 'probable',
    confidence: 0.9,
    startedAtMs: 61_000,
    detectedAtMs: 71_000,
    updatedAtMs: 71_000,
    region: 'northbound',
    tracks: [],
    measures: {},
  };
  const lines = (messages: readonly Incident[]) => {
    const list = new IncidentList();
    for (const message of messages) list.add(message);
    return describeIncidents(list.incidents(1000));
  };

  it('are printed once each, as their last message tells them', () => {
    const over: Incident = {
      ...stopped,
      version: 2,
      state: 'cleared',
      severity: 'high',
      clearedAtMs: 85_400,
    };
    expect(lines([stopped, { ...stopped, id: 'c-2', kind: 'debris', detectedAtMs: 73_000 }, over])).toEqual([
      '',
      'incident         where       severity   began   alarm    over',
      'stopped-vehicle  northbound  high      1:00.0  1:10.0  1:24.4',
      'debris           northbound  medium    1:00.0  1:12.0       -',
    ]);
  });

  it('have no end where the clip ended first', () => {
    const cut: Incident = {
      ...stopped,
      version: 2,
      state: 'cleared',
      clearedAtMs: 90_000,
      measures: { watchEnded: 1 },
    };
    expect(lines([stopped, cut])[2]).toMatch(/1:10\.0 +-$/);
  });

  it('are nothing to print where there was none', () => {
    expect(lines([])).toEqual([]);
  });
});
