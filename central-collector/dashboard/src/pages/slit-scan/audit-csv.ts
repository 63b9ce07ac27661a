// What was counted and what was said of it as CSV: a row for each passage and for each one that was missed.

import type { Audit } from './audit.ts';
import { keyOf } from './audit.ts';
import type { ShownPassage } from './scan.ts';

const COLUMNS = [
  ...['camera', 'line', 'at', 'direction', 'lane', 'counted_as', 'speed_kmh', 'track', 'along'],
  ...['verdict', 'road_user'],
];

/** RFC 4180. `verdict`: right, nobody, twice, way, class, missed, or not-seen where the scan shows nothing. */
export function auditCsv(
  passages: readonly ShownPassage[],
  { verdicts, missed }: Audit,
  { camera, line }: { readonly camera: string; readonly line: string },
): string {
  const counted = passages.map((passage) => {
    const { atMs, direction, lane, roadUser, speedKmh, track, along } = passage;
    const verdict = verdicts.get(keyOf(passage));
    const said = passage.isSeen ? (verdict?.is ?? 'right') : 'not-seen';
    const really =
      said === 'right' || said === 'way'
        ? roadUser
        : passage.isSeen && verdict?.is === 'class'
          ? verdict.roadUser
          : null;
    const what = [camera, line, atMs, direction, lane, roadUser, speedKmh, track, along, said, really];
    return { atMs, what };
  });
  const unseen = missed.map(({ atMs, along, roadUser }) => ({
    atMs,
    what: [camera, line, atMs, null, null, null, null, null, along, 'missed', roadUser],
  }));
  const rows = [...counted, ...unseen]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, what }) => what.map((cell, i) => (i === 2 ? new Date(atMs).toISOString() : cell)));
  return [COLUMNS, ...rows].map((row) => `${row.map((cell) => text(cell)).join(',')}\r\n`).join('');
}

function text(cell: string | number | null | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'number' ? String(Math.round(cell * 1000) / 1000) : cell;
}
