// A calibrated road of two lanes, seen from above it, whose traffic goes away from the camera; and what is said of it.

import type { Incident } from '../../../../contract/index.ts';
import { toGround } from '../../../../edge-agent/analytics/calibration.ts';
import type { CarriagewayOptions } from '../../../../edge-agent/analytics/incidents/carriageway.ts';
import { Incidents, type IncidentsOptions } from '../../../../edge-agent/analytics/incidents/incidents.ts';
import {
  observationsOf,
  pixelOf,
  play,
  roadView,
  type SceneOptions,
  START_MS,
  type Waypoint,
} from '../../../support/observations.ts';

export const VIEW = roadView();

/** From x to x and y to y, metres. */
export function areaOf(fromX: number, toX: number, fromY = 14, toY = 75): (readonly [number, number])[] {
  return (
    [
      [fromX, fromY],
      [fromX, toY],
      [toX, toY],
      [toX, fromY],
    ] as const
  ).map(([x, y]) => pixelOf(VIEW.camera, x, y));
}

export const ROAD: CarriagewayOptions = {
  carriageway: 'outbound',
  area: areaOf(-3.5, 3.5),
  direction: { from: pixelOf(VIEW.camera, 0, 20), to: pixelOf(VIEW.camera, 0, 60) },
};

export function incidentsOn(
  changes: Partial<CarriagewayOptions> = {},
  options: Partial<IncidentsOptions> = {},
): Incidents {
  return new Incidents({
    camera: 'nga-tu-1',
    carriageways: [{ ...ROAD, ...changes }],
    toGround: ({ x, y }) => toGround(VIEW.calibration, [x, y]),
    ...options,
  });
}

/** What is told of a scene on the calibrated road. */
export function told(
  scene: Omit<SceneOptions, 'view'>,
  changes: Partial<CarriagewayOptions> = {},
  options: Partial<IncidentsOptions> = {},
): Incident[] {
  return play(incidentsOn(changes, options), { view: VIEW, ...scene }).filter(
    (event): event is Incident => event.type === 'incident',
  );
}

/** Kind and time, seconds from the start, of each alarm. */
export function alarms(incidents: readonly Incident[]): string[] {
  return incidents
    .filter(({ state }) => state === 'detected')
    .map(({ kind, detectedAtMs }) => `${kind} ${((detectedAtMs - START_MS) / 1000).toFixed(1)}`);
}

export function kinds(incidents: readonly Incident[]): string[] {
  return incidents.filter(({ state }) => state === 'detected').map(({ kind }) => kind);
}

/** Drives up to a place and stands there until a time, then drives on. */
export function stopsAt(y: number, fromS: number, untilS: number, { x = 1.75, kmh = 40 } = {}): Waypoint[] {
  const ms = kmh / 3.6;
  const way = y - 16;
  const beginS = Math.max(0, fromS - (2 * way) / ms);
  // Braking evenly, in steps that the script draws as straight lines.
  const braking = Array.from({ length: 11 }, (_, i): Waypoint => {
    const share = i / 10;
    return [beginS + share * (fromS - beginS), x, 16 + way * (1 - (1 - share) ** 2)];
  });
  return [...braking, [untilS, x, y], [untilS + 2, x, y + 4], [untilS + 6, x, y + 40]];
}

/** Drives along at one speed. */
export function drives(kmh: number, { x = 1.75, fromY = 16, toY = 70, atS = 0 } = {}): Waypoint[] {
  const lastsS = Math.abs(toY - fromY) / (kmh / 3.6);
  return [
    [atS, x, fromY],
    [atS + lastsS, x, toY],
  ];
}

export { observationsOf };
