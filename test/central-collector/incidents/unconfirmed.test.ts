import { afterEach, expect, it } from 'vitest';
import { type BoxStanding, unconfirmedOf } from '../../../central-collector/incidents/unconfirmed.ts';
import { BOX, CAMERA, closeIncidents, ID, incident, noAudit, openIncidents, T0 } from './samples.ts';

afterEach(closeIncidents);

const MINUTE_MS = 60_000;
const THERE: BoxStanding = {
  ...{ state: 'online', sinceMs: T0 - MINUTE_MS, startedAtMs: T0 - MINUTE_MS, hasCamera: true },
};
const record = (over = false) =>
  ({ view: { state: over ? 'cleared' : 'active' }, event: incident(7) }) as Parameters<
    typeof unconfirmedOf
  >[0];
/** Of the seventh version. */
const TOLD_MS = T0 + MINUTE_MS;

it.each<[string, BoxStanding | undefined, ReturnType<typeof unconfirmedOf>]>([
  ['a box that is there', THERE, null],
  ['a box of which nothing is known', undefined, null],
  [
    'a box that this centre has not heard of since it started',
    { state: 'unknown', sinceMs: undefined, startedAtMs: undefined, hasCamera: false },
    null,
  ],
  [
    'a box that is away',
    { ...THERE, state: 'offline', sinceMs: T0 + 5 * MINUTE_MS },
    { sinceMs: T0 + 5 * MINUTE_MS, why: 'box-offline' },
  ],
  [
    'a box that is away, of which a word came late',
    { ...THERE, state: 'offline', sinceMs: T0 },
    { sinceMs: TOLD_MS, why: 'box-offline' },
  ],
  [
    'a box that was started anew',
    { ...THERE, startedAtMs: T0 + 9 * MINUTE_MS },
    { sinceMs: TOLD_MS, why: 'box-restarted' },
  ],
  [
    'a box that was started anew and is away again',
    { ...THERE, state: 'offline', startedAtMs: T0 + 9 * MINUTE_MS },
    { sinceMs: TOLD_MS, why: 'box-restarted' },
  ],
  ['a box without that camera', { ...THERE, hasCamera: false }, { sinceMs: TOLD_MS, why: 'camera-gone' }],
])('of %s the screen says whether it stands by its incident', (_which, standing, expected) => {
  expect(unconfirmedOf(record(), standing)).toEqual(expected);
  expect(unconfirmedOf(record(true), standing)).toBeNull();
});

it('an incident that its box has forgotten is told as such in lists and details, until somebody clears it', async () => {
  let standing = THERE;
  const { incidents, told } = await openIncidents({
    standingOf: (camera) => (camera === CAMERA ? standing : undefined),
  });
  expect(incidents.take(BOX, incident())).toMatchObject({ state: 'active', unconfirmed: null });
  standing = { ...THERE, startedAtMs: T0 + MINUTE_MS };
  const unconfirmed = { since: '2026-03-02T08:00:00.000+07:00', why: 'box-restarted' };
  expect(await incidents.get(ID)).toMatchObject({ state: 'active', unconfirmed });
  await incidents.judge(ID, { verdict: 'clear', by: 'an', audit: noAudit });
  expect(await incidents.get(ID)).toMatchObject({ state: 'cleared', unconfirmed: null });
  await incidents.settled();
  expect(told[0]?.data.incident).toMatchObject({ state: 'cleared', unconfirmed: null });
});
