import { describe, expect, it } from 'vitest';
import { momentAt } from '../../../central-collector/dashboard/src/pages/administration/local-moment.ts';

describe('a date and time typed into the filter of the audit log', () => {
  it.each([
    ['2026-11-22T07:00', 'Asia/Ho_Chi_Minh', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T06:59:30', 'Asia/Ho_Chi_Minh', '2026-11-21T23:59:30.000Z'],
    ['2026-11-22T07:00', 'UTC', '2026-11-22T07:00:00.000Z'],
    // An hour before clocks are put back, and an hour after.
    ['2026-10-25T01:30', 'Europe/Berlin', '2026-10-24T23:30:00.000Z'],
    ['2026-10-25T03:30', 'Europe/Berlin', '2026-10-25T02:30:00.000Z'],
    ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ])('%s on the clocks of %s is %s', (local, zone, moment) => {
    expect(momentAt(local, zone)).toBe(moment);
  });

  it.each(['', '2026-11-22', 'tomorrow'])('"%s" filters nothing', (local) => {
    expect(momentAt(local, 'UTC')).toBeUndefined();
  });
});
