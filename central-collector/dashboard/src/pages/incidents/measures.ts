// What the camera measured, as sentences: "stands for 42 s", "11 km/h". Whatever a newer box measures besides is shown
// by its own name rather than left out.

import { formatDuration, formatNumber, formatShare } from '../../words/formats.ts';
import { measureWord } from './measure-words.ts';

export type MeasureLine = { readonly key: string; readonly label: string; readonly value: string };

const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  durationS: (s) => formatDuration(s * 1000),
  standsS: (s) => formatDuration(s * 1000),
  unseenS: (s) => formatDuration(s * 1000),
  othersHalted: (n) => formatNumber(n),
  speedKmh: (kmh) => `${formatNumber(kmh)} km/h`,
  limitKmh: (kmh) => `${formatNumber(kmh)} km/h`,
  fromKmh: (kmh) => `${formatNumber(kmh)} km/h`,
  brakingMs2: (ms2) => `${formatNumber(ms2, 1)} m/s²`,
  distanceM: (m) => `${formatNumber(m)} m`,
  distanceSizes: (sizes) => formatNumber(sizes, 1),
  angleDeg: (degrees) => `${formatNumber(degrees)}°`,
  widthM: (m) => `${formatNumber(m, 1)} m`,
  heightM: (m) => `${formatNumber(m, 1)} m`,
  lengthM: (m) => `${formatNumber(m)} m`,
  vehicles: (n) => formatNumber(n),
  queuedVehicles: (n) => formatNumber(n),
  occupancy: (share) => formatShare(share),
  watchEnded: () => '',
};

/** Order of importance; others follow. */
const ORDER = Object.keys(FORMATS);

export function measureLines(measures: Readonly<Record<string, number>>): MeasureLine[] {
  return Object.entries(measures)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => {
      const format = FORMATS[key];
      return {
        key,
        label: format === undefined ? key : measureWord(key as Parameters<typeof measureWord>[0]),
        value: format === undefined ? formatNumber(value, Number.isInteger(value) ? 0 : 2) : format(value),
      };
    });
}

/** The one value that says most, for a row of a list. */
export function mainMeasure(measures: Readonly<Record<string, number>>): MeasureLine | undefined {
  const order = ['speedKmh', 'lengthM', 'queuedVehicles', 'standsS', 'distanceM', 'fromKmh', 'widthM'];
  const key = order.find((name) => measures[name] !== undefined);
  return key === undefined ? undefined : measureLines({ [key]: measures[key] ?? 0 })[0];
}

function rank(key: string): number {
  const place = ORDER.indexOf(key);
  return place < 0 ? ORDER.length : place;
}
