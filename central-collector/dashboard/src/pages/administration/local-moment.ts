// What a field of local date and time says, as a moment: on the clocks of the centre, not of the reader's machine.

/** `2026-11-22T07:00` on the clocks of a zone, in UTC; undefined for an empty or broken field. */
export function momentAt(local: string, timeZone: string): string | undefined {
  const asUtcMs = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) || Number.isNaN(asUtcMs)) return undefined;
  // The offset there and then; asked a second time, since it may change between the first guess and the answer.
  const first = asUtcMs - offsetMs(asUtcMs, timeZone);
  return new Date(asUtcMs - offsetMs(first, timeZone)).toISOString();
}

function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const shownMs = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return shownMs - Math.floor(atMs / 1000) * 1000;
}
