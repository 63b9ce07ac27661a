import { beforeEach, expect, it } from 'vitest';
import { AlarmDays } from '../../../central-collector/incidents/alarm-days.ts';
import type { Alarm } from '../../../central-collector/incidents/incident-statistics.ts';

const DAY_MS = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);

let asked: [fromDay: number, toDay: number][] = [];
let clock = { nowMs: T0 };
let onRead: () => void = () => undefined;
beforeEach(() => {
  asked = [];
  clock = { nowMs: T0 };
  onRead = () => undefined;
});

const alarm = (atMs: number): Alarm => ({
  ...{ atMs, camera: 's/a/c', kind: 'queue', verdict: null, acknowledgeS: null },
});

/** Four alarms a day, at 0, 6, 12 and 18 h. */
const daysOf = (maxAlarms?: number) =>
  new AlarmDays({
    async *read(fromMs, toMs) {
      asked.push([(fromMs - T0) / DAY_MS, (toMs - T0) / DAY_MS]);
      onRead();
      for (let atMs = toMs - DAY_MS / 4; atMs >= fromMs; atMs -= DAY_MS / 4) yield [alarm(atMs)];
    },
    now: () => clock.nowMs,
    ...(maxAlarms !== undefined && { maxAlarms }),
  });

async function count(days: AlarmDays, fromDay: number, toDay: number): Promise<number> {
  let found = 0;
  for await (const { alarms } of days.between(T0 + fromDay * DAY_MS, T0 + toDay * DAY_MS)) {
    found += alarms.length;
  }
  return found;
}

it('days that are over are read once, however they are cut, and a month at a time', async () => {
  const days = daysOf();
  expect(await count(days, -60, -10)).toBe(200);
  expect(asked).toEqual([
    [-60, -29],
    [-29, -10],
  ]);
  // From the first midnight of the asker to one in the middle of a day here.
  expect(await count(days, -60 + 17 / 24, -10.5)).toBe(4 * 49 - 1);
  expect(await count(days, -70, -9)).toBe(244);
  expect(asked.slice(2)).toEqual([
    [-70, -60],
    [-10, -9],
  ]);
});

it('today is read each time', async () => {
  clock.nowMs = T0 + DAY_MS / 2;
  const days = daysOf();
  for (let time = 0; time < 2; time += 1) expect(await count(days, -1, 1)).toBe(8);
  expect(asked).toEqual([
    [-1, 1],
    [0, 1],
  ]);
});

it('a day of which something is said later is read anew, also when that was while it was read', async () => {
  const days = daysOf();
  await count(days, -20, -10);
  days.forget(T0 - 15 * DAY_MS + 5000);
  onRead = () => days.forget(T0 - 15 * DAY_MS + 9000);
  await count(days, -20, -10);
  onRead = () => undefined;
  for (let time = 0; time < 2; time += 1) await count(days, -20, -10);
  expect(asked.slice(1)).toEqual([
    [-15, -14],
    [-15, -14],
  ]);
});

it('what was read is believed for a quarter of its age', async () => {
  const days = daysOf();
  await count(days, -40, -39);
  await count(days, -4, -3);
  clock.nowMs = T0 + 2 * DAY_MS;
  await count(days, -40, -39);
  await count(days, -4, -3);
  clock.nowMs = T0 + 11 * DAY_MS;
  await count(days, -40, -39);
  expect(asked).toEqual([
    [-40, -39],
    [-4, -3],
    [-4, -3],
    [-40, -39],
  ]);
});

it('memory holds so many alarms, those of days that were not asked for longest go first', async () => {
  const days = daysOf(40);
  await count(days, -30, -20);
  await count(days, -30, -29);
  await count(days, -20, -19);
  asked = [];
  await count(days, -30, -29);
  expect(asked).toEqual([]);
  await count(days, -29, -28);
  expect(asked).toEqual([[-29, -28]]);
});

it('who asks for the same meanwhile waits for the first', async () => {
  const days = daysOf();
  expect(await Promise.all([count(days, -9, -5), count(days, -9, -5)])).toEqual([16, 16]);
  expect(asked).toEqual([[-9, -5]]);
});
