import { afterEach, describe, expect, it, vi } from 'vitest';
import { incidentAnswer, incidentDetailAnswer } from '../../../central-collector/api/schemas/incidents.ts';
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

describe('an incident of the live stream', () => {
  it('is on the board at once, with the shape that the API promises', async () => {
    const { incidents } = await openIncidents();
    const answer = incidents.take(BOX, incident());
    expect(incidentAnswer.parse(answer)).toMatchObject({
      id: ID,
      camera: CAMERA,
      cameraName: 'Ngã tư Lạch Tray',
      state: 'active',
      detectedAt: '2026-03-02T08:00:00.000+07:00',
    });
    expect((await incidents.list(ALL)).incidents).toEqual([answer]);
  });

  it('counts once, however often and in whatever order its versions come', async () => {
    const { incidents } = await openIncidents();
    for (const version of [3, 1, 3, 2, 1]) incidents.take(BOX, incident(version));
    const { incidents: listed } = await incidents.list(ALL);
    expect(listed).toMatchObject([{ version: 3 }]);
    const { timeline } = await incidents.get(ID);
    expect(timeline.map((entry) => 'version' in entry && entry.version)).toEqual([1, 2, 3]);
  });

  it('is another one than that of another box with the same id', async () => {
    const { incidents } = await openIncidents();
    incidents.take(BOX, incident());
    incidents.take({ ...BOX, agent: 'box-018' }, incident());
    await incidents.judge(ID, { ...an, verdict: 'false-alarm' });
    const { incidents: listed } = await incidents.list(ALL);
    expect(listed.map(({ id, state }) => [id, state])).toEqual([
      [ID, 'cleared'],
      ['hai-phong.box-018.i-1', 'active'],
    ]);
  });

  it('counts among those that are active, of its camera and its site, with the worst severity', async () => {
    const { incidents } = await openIncidents();
    incidents.take(BOX, incident());
    incidents.take(BOX, incident(1, { id: 'i-2', severity: 'high' }));
    expect(incidents.activeOf(CAMERA)).toEqual({ count: 2, worst: 'high' });
    incidents.take(BOX, incident(2, { id: 'i-2', severity: 'high', state: 'cleared' }));
    expect(incidents.activeOf('hai-phong')).toEqual({ count: 1, worst: 'low' });
    await incidents.judge(ID, { ...an, verdict: 'clear' });
    expect(incidents.activeOf(CAMERA)).toEqual({ count: 0, worst: null });
  });

  it('keeps its evidence when a later version tells of none', async () => {
    const { incidents } = await openIncidents();
    const clip = { file: 'a.mp4', sha256: 'a'.repeat(64), bytes: 5, fromMs: T0, toMs: T0 + 1 };
    incidents.take(BOX, incident(2, { evidence: { clip } }));
    expect(incidents.take(BOX, incident(3)).evidence).toEqual({ snapshot: false, clip: true });
    expect(await incidents.evidenceOf(ID, 'clip')).toEqual({
      ...BOX,
      ...{ camera: 'nga-tu-1', kind: 'clip', file: 'a.mp4', sha256: 'a'.repeat(64), bytes: 5 },
    });
    await expect(incidents.evidenceOf(ID, 'snapshot')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a verdict', () => {
  it('is audited before it is given, and told with the incident as it is then', async () => {
    const { incidents, told } = await openIncidents();
    incidents.take(BOX, incident());
    const order: string[] = [];
    const audit = async (outcome: string) => {
      order.push(outcome, (await incidents.list(ALL)).incidents[0]?.state ?? '');
    };
    const answer = await incidents.judge(ID, { by: 'an', verdict: 'clear', note: ' gone\n at 8 ', audit });
    expect(order).toEqual(['asked', 'active']);
    expect(answer).toMatchObject({ state: 'cleared', clearedBy: 'an', acknowledged: { by: 'an' }, notes: 1 });
    await incidents.settled();
    expect(told).toMatchObject([
      {
        ...BOX,
        camera: 'nga-tu-1',
        data: { verdict: 'clear', by: 'an', note: 'gone at 8', incident: answer },
      },
    ]);
  });

  it('is not given when it cannot be audited', async () => {
    const { incidents, told } = await openIncidents();
    incidents.take(BOX, incident());
    const audit = () => Promise.reject(new Error('the disk is full'));
    await expect(incidents.judge(ID, { by: 'an', verdict: 'clear', audit })).rejects.toThrow('disk is full');
    expect((await incidents.get(ID)).state).toBe('active');
    expect(told).toEqual([]);
  });

  it('with a key is given once, however often it is sent', async () => {
    const { incidents, told } = await openIncidents();
    incidents.take(BOX, incident());
    const audit = vi.fn(noAudit);
    const note = { by: 'an', verdict: 'note' as const, note: 'x', key: 'key-12345', audit };
    const answers = await Promise.all([incidents.judge(ID, note), incidents.judge(ID, note)]);
    expect(answers.map(({ notes }) => notes)).toEqual([1, 1]);
    expect(audit).toHaveBeenCalledTimes(1);
    await incidents.settled();
    expect(told).toHaveLength(1);
    // Somebody else's key is somebody else's.
    expect(await incidents.judge(ID, { ...note, by: 'binh' })).toMatchObject({ notes: 2 });
    await expect(incidents.judge(ID, { ...note, note: 'y' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of two operators at once: both are kept, the later one of the centre holds', async () => {
    const { incidents } = await openIncidents();
    incidents.take(BOX, incident());
    const both = await Promise.all([
      incidents.judge(ID, { ...an, verdict: 'confirm' }),
      incidents.judge(ID, { ...an, by: 'binh', verdict: 'false-alarm' }),
    ]);
    expect(both.map(({ verdict }) => verdict)).toEqual(['confirmed', 'false-alarm']);
    const { verdict, acknowledged, timeline } = await incidents.get(ID);
    expect({ verdict, acknowledged: acknowledged?.by }).toEqual({
      verdict: 'false-alarm',
      acknowledged: 'an',
    });
    expect(timeline.filter(({ what }) => what === 'verdict')).toMatchObject([{ by: 'an' }, { by: 'binh' }]);
  });

  it('on what nobody knows is refused', async () => {
    const { incidents } = await openIncidents();
    for (const id of [ID, 'x', "a.b.'; DROP MEASUREMENT incident", '..']) {
      await expect(incidents.judge(id, { ...an, verdict: 'clear' })).rejects.toMatchObject({
        code: 'not-found',
      });
    }
  });

  it('comes back with the centre, though the database was away all the time', async () => {
    const rig = await openIncidents();
    rig.history.isAway = true;
    rig.incidents.take(BOX, incident());
    await rig.incidents.judge(ID, { ...an, verdict: 'false-alarm', note: 'a shadow' });
    const again = await rig.restart();
    // The camera reports on, as it does not know of operators.
    expect(again.incidents.take(BOX, incident(2))).toMatchObject({
      state: 'cleared',
      verdict: 'false-alarm',
    });
    expect(again.incidents.counts.verdicts_waiting).toBe(1);
    again.history.isAway = false;
    await vi.waitFor(() => expect(again.history.verdictRows).toMatchObject([{ note: 'a shadow', by: 'an' }]));
    await vi.waitFor(() => expect(again.incidents.counts.verdicts_waiting).toBe(0));
  });

  it('that the stream did not take is told after the next start', async () => {
    const rig = await openIncidents({ onVerdict: () => Promise.reject(new Error('disk full')) });
    rig.history.rows.push({ address: BOX, event: incident() });
    rig.incidents.take(BOX, incident());
    await rig.incidents.judge(ID, { ...an, verdict: 'confirm' });
    const told: unknown[] = [];
    const again = await rig.restart({ onVerdict: (one) => void told.push(one) });
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(told).toMatchObject([
      { data: { verdict: 'confirm', incident: { id: ID, verdict: 'confirmed' } } },
    ]);
    const third = await again.restart();
    await loaded(third.incidents);
    await third.incidents.settled();
    expect(told).toHaveLength(1);
  });

  it('that the database refuses for good stays here and says so; the others go there', async () => {
    const stored: number[] = [];
    const { incidents } = await openIncidents({
      storeVerdicts: async (verdicts) => {
        stored.push(...verdicts.map(({ number }) => number));
        return verdicts.filter(({ note }) => note === 'bad').map(({ number }) => ({ number, detail: 'no' }));
      },
    });
    incidents.take(BOX, incident());
    for (const note of ['a', 'bad', 'b']) await incidents.judge(ID, { ...an, verdict: 'note', note });
    await vi.waitFor(() => expect(stored).toContain(3));
    await vi.waitFor(() => expect(incidents.problems.join()).toContain('refuses 1 verdict'));
    expect((await incidents.get(ID)).notes).toBe(3);
  });

  it('is not given when the disk does not take it, and the audit log says so', async () => {
    const rig = await openIncidents();
    rig.incidents.take(BOX, incident());
    await rig.incidents.close();
    const audit = vi.fn(noAudit);
    await expect(rig.incidents.judge(ID, { by: 'an', verdict: 'clear', audit })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(audit.mock.calls).toEqual([['asked'], ['not-done']]);
  });
});

describe('a centre that starts', () => {
  it('has what the database knows, with verdicts, without telling anybody anew', async () => {
    const rig = await openIncidents();
    for (const version of [1, 2]) {
      rig.incidents.take(BOX, incident(version));
      rig.history.rows.push({ address: BOX, event: incident(version) });
    }
    await rig.incidents.judge(ID, { ...an, verdict: 'acknowledge' });
    const before = await rig.incidents.get(ID);
    await vi.waitFor(() => expect(rig.history.verdictRows).toHaveLength(1));
    const again = await rig.restart();
    await loaded(again.incidents);
    expect(await again.incidents.get(ID)).toEqual(before);
    expect(incidentDetailAnswer.parse(before).timeline).toHaveLength(3);
    expect(again.told).toEqual([]);
  });

  it('without its folder has the verdicts of the database', async () => {
    const rig = await openIncidents();
    rig.history.rows.push({ address: BOX, event: incident() });
    rig.incidents.take(BOX, incident());
    await rig.incidents.judge(ID, { ...an, verdict: 'false-alarm' });
    await vi.waitFor(() => expect(rig.history.verdictRows).toHaveLength(1));
    await rig.incidents.close();
    const other = await openIncidents({}, { history: rig.history, clock: rig.clock });
    await loaded(other.incidents);
    expect((await other.incidents.get(ID)).verdict).toBe('false-alarm');
  });

  it('while the database is away says so, goes on with what it hears, and reads the rest when it is back', async () => {
    const history = new MemoryHistory();
    history.isAway = true;
    const { incidents } = await openIncidents({}, { history });
    history.rows.push({ address: BOX, event: incident() });
    incidents.take(BOX, incident(1, { id: 'i-2' }));
    const { incidents: heard, problem } = await incidents.list(ALL);
    expect(heard).toMatchObject([{ id: 'hai-phong.box-017.i-2' }]);
    expect(problem).toContain('InfluxDB is away');
    await expect(incidents.get(ID)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await incidents.get('hai-phong.box-017.i-2')).problem).toContain('InfluxDB is away');
    history.isAway = false;
    await loaded(incidents);
    expect(await incidents.list(ALL)).toMatchObject({ incidents: [{ id: ID }, {}], problem: null });
  });

  it('hears of what reached the database by other ways', async () => {
    const { incidents, history } = await openIncidents({ refreshMs: 10 });
    await loaded(incidents);
    history.rows.push({ address: BOX, event: incident() });
    await vi.waitFor(() => expect(incidents.activeOf(CAMERA).count).toBe(1));
  });
});

describe('the folder of verdicts', () => {
  it('is of one centre; another one is told what to do', async () => {
    const { directory } = await openIncidents();
    await expect(openIncidents({}, { directory })).rejects.toThrow(
      /another collector uses it.*centre\.directory/,
    );
  });
});
