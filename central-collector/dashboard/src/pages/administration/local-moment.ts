// What a field of local date and time says, as a moment: on the clocks of the centre, not of the reader's machine.

import { offsetMs } from '../../parts/plot-time.ts';

/** `2026-11-22T07:00` on the clocks of a zone, in UTC; undefined for an empty or broken field. */
export function momentAt(local: string, timeZone: string): string | undefined {
  const asUtcMs = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) || Number.isNaN(asUtcMs)) return undefined;
  // The offset there and then; asked a second time, since it may change between the first guess and the answer.
  const first = asUtcMs - offsetMs(asUtcMs, timeZone);
  return new Date(asUtcMs - offsetMs(first, timeZone)).toISOString();
}
