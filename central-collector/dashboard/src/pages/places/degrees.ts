// A position as people type it: degrees with a point or a comma, also both in one field as maps hand them out.

import type { Position } from '../../api/types.ts';

/** As they are typed. */
export type Typed = { readonly lat: string; readonly lon: string };

/** About a metre. */
const DIGITS = 5;

export const EXAMPLE: Typed = { lat: '20.85610', lon: '106.68220' };
export const NOWHERE: Typed = { lat: '', lon: '' };

export function typedOf({ lat, lon }: Position): Typed {
  return { lat: lat.toFixed(DIGITS), lon: lon.toFixed(DIGITS) };
}

/** Null for what is no position yet. */
export function positionOf({ lat, lon }: Typed): Position | null {
  const [north, east] = [degreesOf(lat, 'lat'), degreesOf(lon, 'lon')];
  return north === null || east === null ? null : { lat: north, lon: east };
}

export function degreesOf(text: string, axis: keyof Typed): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
  return Math.abs(value) <= (axis === 'lat' ? 90 : 180) ? value : null;
}

/** `20.8561, 106.6822`, pasted into one of the fields; null for anything else. */
export function pairOf(text: string): Typed | null {
  const [, lat = '', lon = ''] =
    /^\s*(-?\d+[.,]?\d*)\s*°?\s*[,;\s]\s*(-?\d+[.,]?\d*)\s*°?\s*$/.exec(text) ?? [];
  // "20,8561" is one number with a decimal comma.
  if (lat === '' || /^\s*-?\d+,\d+\s*$/.test(text)) return null;
  return { lat, lon };
}
