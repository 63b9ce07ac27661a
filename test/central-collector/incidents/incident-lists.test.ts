// Lists and statistics: from memory on into the database.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { placeFrom } from '../../../central-collector/incidents/incident-walk.ts';
import type { Incidents } from '../../../central-collector/incidents/incidents.ts';
import {
  BOX,
  CAMERA,
  closeIncidents,
  ID,
  incident,
  MemoryHistory,
  noAudit,
  openIncidents,
  T0,
} from './samples.ts';

afterEach(closeIncidents);

const DAY_MS = 86_400_000;
const ALL = { fromMs: T0 - 400 * DAY_MS, toMs: T0 + 400 * DAY_MS, limit: 100 };
const an = { by: 'an', audit: noAudit };

const loaded = (incidents: Incidents) => vi.waitFor(() => expect(incidents.problems).toEqual([]));

/** Detected one minute apart, oldest first. */
const many = (count: number, more: Parameters<typeof incident>[1] = {}) =>
  Array.from({ length: count }, (_, at) =>
    incident(1, { id: `n-${at}`, detectedAtMs: T0 + at * 60_000, ...more }),
  );

describe('a list', () => {
  it('is paged without a gap or a repeat while new incidents come', async () => {
    const { incidents } = await openIncidents();
    await loaded(incidents);
    for (const event of many(25)) incidents.take(BOX, event);
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 10; page += 1) {
      const answer = await incidents.list({
        ...ALL,
        limit: 7,
        after: cursor === null ? undefined : placeFrom(cursor),
      });
      seen.push(...answer.incidents.map(({ id }) => id));
      incidents.take(BOX, incident(1, { id: `later-${page}`, detectedAtMs: T0 + DAY_MS + page }));
      cursor = answer.next;
      if (cursor === null) break;
    }
    expect(seen).toEqual(
      many(25)
        .map(({ id }) => `hai-phong.box-017.${id}`)
        .reverse(),
    );
  });

  it('tells apart what was detected in the same millisecond', async () => {
    const { incidents } = await openIncidents();
    await loaded(incidents);
    for (const event of many(5, { detectedAtMs: T0 })) incidents.take(BOX, event);
    const first = await incidents.list({ ...ALL, limit: 3 });
    const rest = await incidents.list({ ...ALL, limit: 3, after: placeFrom(first.next ?? '') });
    expect([...first.incidents, ...rest.incidents].map(({ id }) => id.slice(-3))).toEqual([
      ...['n-0', 'n-1', 'n-2', 'n-3', 'n-4'],
    ]);
    expect(rest.next).toBeNull();
  });

  it('goes on from memory into the database, for more incidents than memory has room for', async () => {
    const history = new MemoryHistory();
    history.pageRows = 10;
    for (const event of many(60)) {
      history.rows.push({ address: BOX, event });
      const end = incident(2, {
        ...event,
        version: 2,
        state: 'cleared',
        updatedAtMs: event.detectedAtMs + 500_000,
      });
      history.rows.push({ address: BOX, event: end });
    }
    const { incidents } = await openIncidents({ maxIncidents: 20 }, { history });
    await loaded(incidents);
    expect(incidents.counts.incidents).toBeLessThanOrEqual(20);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const answer = await incidents.list({
        ...ALL,
        limit: 9,
        after: cursor === undefined ? undefined : placeFrom(cursor),
      });
      expect(answer.problem).toBeNull();
      expect(answer.incidents.every(({ state }) => state === 'cleared')).toBe(true);
      seen.push(...answer.incidents.map(({ id }) => id));
      cursor = answer.next;
    }
    expect(seen).toEqual(
      many(60)
        .map(({ id }) => `hai-phong.box-017.${id}`)
        .reverse(),
    );
  });

  it('knows the end of what lasted longer than usual, wherever in the past it began', async () => {
    const history = new MemoryHistory();
    const weeks = incident(2, { state: 'cleared', detectedAtMs: T0, updatedAtMs: T0 + 20 * DAY_MS });
    for (const event of [incident(1), weeks]) history.rows.push({ address: BOX, event });
    // A year later.
    const clock = { nowMs: T0 + 365 * DAY_MS };
    const { incidents } = await openIncidents({}, { history, clock });
    await loaded(incidents);
    const after = { detectedAtMs: T0 + 60_000, id: '' };
    const { incidents: known } = await incidents.list({ ...ALL, after });
    expect(known).toMatchObject([{ version: 2, state: 'cleared' }]);
  });

  it('keeps what lasts in memory, also when there is no room for all', async () => {
    const history = new MemoryHistory();
    history.pageRows = 10;
    history.rows.push({ address: BOX, event: incident(1, { detectedAtMs: T0 - DAY_MS }) });
    for (const event of many(50)) {
      history.rows.push({ address: BOX, event: incident(1, { ...event, state: 'cleared' }) });
    }
    const { incidents } = await openIncidents({ maxIncidents: 20 }, { history });
    await loaded(incidents);
    expect(incidents.activeOf(CAMERA).count).toBe(1);
    const { queries } = history;
    expect(await incidents.list({ ...ALL, state: 'active' })).toMatchObject({ incidents: [{ id: ID }] });
    expect(history.queries).toBeGreaterThan(queries);
  });

  it('filters by state, verdict, camera, site, kind and severity', async () => {
    const { incidents } = await openIncidents();
    await loaded(incidents);
    incidents.take(BOX, incident());
    incidents.take(BOX, incident(1, { id: 'i-2', camera: 'nga-tu-2', kind: 'wrong-way', severity: 'high' }));
    incidents.take({ site: 'do-son', agent: 'b' }, incident(2, { id: 'i-3', state: 'cleared' }));
    await incidents.judge(ID, { ...an, verdict: 'confirm' });
    const ids = async (filter: object) =>
      (await incidents.list({ ...ALL, ...filter })).incidents.map(({ id }) => id.slice(-1));
    expect(await ids({ state: 'cleared' })).toEqual(['3']);
    expect(await ids({ verdict: 'confirmed' })).toEqual(['1']);
    expect((await ids({ verdict: 'none' })).sort()).toEqual(['2', '3']);
    expect(await ids({ camera: ['hai-phong/box-017/nga-tu-2'] })).toEqual(['2']);
    expect(await ids({ site: 'do-son' })).toEqual(['3']);
    expect(await ids({ kind: ['wrong-way'] })).toEqual(['2']);
    expect(await ids({ severity: ['high'] })).toEqual(['2']);
    expect(await ids({ fromMs: T0 + 1 })).toEqual([]);
    expect(await ids({ toMs: T0 })).toEqual([]);
  });
});

describe('a verdict on an incident that memory let go', () => {
  it('is given, listed, and kept', async () => {
    const history = new MemoryHistory();
    history.rows.push({ address: BOX, event: incident(1, { detectedAtMs: T0 - 90 * DAY_MS }) });
    const rig = await openIncidents({}, { history });
    await loaded(rig.incidents);
    expect(await rig.incidents.judge(ID, { ...an, verdict: 'confirm' })).toMatchObject({
      verdict: 'confirmed',
    });
    await vi.waitFor(() => expect(history.verdictRows).toHaveLength(1));
    const again = await rig.restart();
    await loaded(again.incidents);
    expect((await again.incidents.list(ALL)).incidents).toMatchObject([{ id: ID, verdict: 'confirmed' }]);
    expect((await again.incidents.list({ ...ALL, verdict: 'none' })).incidents).toEqual([]);
  });
});

describe('statistics', () => {
  it('tell by camera and kind how many alarms were real, and how soon somebody looked', async () => {
    const { incidents, clock } = await openIncidents();
    await loaded(incidents);
    for (const event of many(6)) incidents.take(BOX, event);
    incidents.take(BOX, incident(1, { id: 'w', kind: 'wrong-way' }));
    const verdicts = ['confirm', 'confirm', 'false-alarm', 'acknowledge', 'note'] as const;
    for (const [at, verdict] of verdicts.entries()) {
      // 10, 20, 30, 40 s after the alarm.
      clock.nowMs = T0 + at * 60_000 + (at + 1) * 10_000;
      const id = `hai-phong.box-017.n-${at}`;
      await incidents.judge(id, { ...an, verdict, ...(verdict === 'note' && { note: 'x' }) });
    }
    const { all, rows, problem } = await incidents.statistics(ALL);
    expect(problem).toBeNull();
    expect(rows).toEqual([
      {
        ...{ camera: CAMERA, cameraName: 'Ngã tư Lạch Tray', kind: 'stopped-vehicle' },
        ...{ alarms: 6, confirmed: 2, falseAlarms: 1, falseAlarmShare: 1 / 3 },
        ...{ acknowledged: 4, medianAcknowledgeS: 25 },
      },
      {
        ...{ camera: CAMERA, cameraName: 'Ngã tư Lạch Tray', kind: 'wrong-way' },
        ...{ alarms: 1, confirmed: 0, falseAlarms: 0, falseAlarmShare: null },
        ...{ acknowledged: 0, medianAcknowledgeS: null },
      },
    ]);
    expect(all).toMatchObject({ alarms: 7, falseAlarmShare: 1 / 3, medianAcknowledgeS: 25 });
  });

  it('of days long over follow what is said and told of them later, and stay when the database is away', async () => {
    const history = new MemoryHistory();
    for (const event of many(10)) history.rows.push({ address: BOX, event });
    const clock = { nowMs: T0 + 100 * DAY_MS };
    const { incidents } = await openIncidents({}, { history, clock });
    await loaded(incidents);
    const statistics = async () => (await incidents.statistics({ ...ALL, toMs: T0 + DAY_MS })).all;
    expect(await statistics()).toMatchObject({ alarms: 10, falseAlarms: 0, acknowledged: 0 });
    await incidents.judge('hai-phong.box-017.n-4', { ...an, verdict: 'false-alarm' });
    expect(await statistics()).toMatchObject({ alarms: 10, falseAlarms: 1, acknowledged: 1 });
    // A box that was away comes back with what nobody knew.
    const late = incident(1, { id: 'late', detectedAtMs: T0 + 3_600_000 });
    history.rows.push({ address: BOX, event: late });
    incidents.take(BOX, late);
    expect(await statistics()).toMatchObject({ alarms: 11, falseAlarms: 1 });
    history.isAway = true;
    expect(await statistics()).toMatchObject({ alarms: 11, falseAlarms: 1 });
  });

  it('are of what memory let go too, with its verdicts', async () => {
    const history = new MemoryHistory();
    const rig = await openIncidents({}, { history });
    for (const event of many(10)) history.rows.push({ address: BOX, event });
    for (const event of many(10)) rig.incidents.take(BOX, event);
    for (const at of [0, 1, 2]) {
      await rig.incidents.judge(`hai-phong.box-017.n-${at}`, { ...an, verdict: 'false-alarm' });
    }
    await vi.waitFor(() => expect(history.verdictRows).toHaveLength(3));
    await rig.incidents.close();
    // Months later, on another machine.
    const later = await openIncidents({}, { history, clock: { nowMs: T0 + 100 * DAY_MS } });
    await loaded(later.incidents);
    expect(later.incidents.counts.incidents).toBe(0);
    expect((await later.incidents.statistics(ALL)).all).toMatchObject({ alarms: 10, falseAlarms: 3 });
  });
});
