import { describe, expect, it } from 'vitest';
import type { IncidentAnswer } from '../../../central-collector/api/schemas/incidents.ts';
import {
  FIRST_FILTERS,
  filtersFromSearch,
  filtersToQuery,
  filtersToSearch,
} from '../../../central-collector/dashboard/src/pages/incidents/filters.ts';
import { measureLines } from '../../../central-collector/dashboard/src/pages/incidents/measures.ts';
import {
  keepChosen,
  neighbour,
  orderOf,
} from '../../../central-collector/dashboard/src/pages/incidents/order.ts';
import {
  FIRST_SETTINGS,
  nextRingMs,
  ringing,
  SILENCE,
  titleWith,
} from '../../../central-collector/dashboard/src/pages/incidents/ring.ts';
import {
  actionKey,
  isOpenTo,
  newerOf,
  verdictOfKey,
} from '../../../central-collector/dashboard/src/pages/incidents/verdicts.ts';

const SAID = { by: 'lan', at: '2026-11-22T07:01:00+07:00' };

function incident(id: string, changes: Partial<IncidentAnswer> = {}): IncidentAnswer {
  return {
    id,
    camera: 'hp/box/cam',
    cameraName: null,
    kind: 'stopped-vehicle',
    severity: 'medium',
    state: 'active',
    verdict: null,
    acknowledged: null,
    version: 1,
    confidence: 0.9,
    startedAt: '2026-11-22T07:00:00+07:00',
    detectedAt: '2026-11-22T07:00:00+07:00',
    updatedAt: '2026-11-22T07:00:00+07:00',
    clearedAt: null,
    clearedBy: null,
    region: null,
    lane: null,
    roadUser: null,
    box: null,
    measures: {},
    evidence: { snapshot: false, clip: false },
    unconfirmed: null,
    notes: 0,
    ...changes,
  };
}

const mapOf = (...all: IncidentAnswer[]) => new Map(all.map((one) => [one.id, one]));

describe('the order of active incidents', () => {
  const old = incident('old', { severity: 'high' });
  const seen = incident('seen', { severity: 'critical', acknowledged: SAID });
  const fresh = incident('fresh', { severity: 'high', detectedAt: '2026-11-22T07:05:00+07:00' });

  it('puts what nobody has answered for first, then the worst, then the newest', () => {
    expect(orderOf([], mapOf(seen, old, fresh), false)).toEqual(['fresh', 'old', 'seen']);
  });

  it('keeps rows where they are while somebody works in the list, and adds new ones below', () => {
    expect(orderOf(['seen', 'old'], mapOf(seen, old, fresh), true)).toEqual(['seen', 'old', 'fresh']);
  });

  it('leaves out what is over, also while held', () => {
    expect(orderOf(['seen', 'old'], mapOf(old), true)).toEqual(['old']);
  });

  it('goes on with j and k from where it is, and stops at the ends', () => {
    expect(neighbour(['a', 'b'], null, 1)).toBe('a');
    expect(neighbour(['a', 'b'], 'a', 1)).toBe('b');
    expect(neighbour(['a', 'b'], 'b', 1)).toBe('b');
    expect(neighbour([], 'b', 1)).toBeNull();
  });

  it('chooses what takes the place of a chosen row that went', () => {
    expect(keepChosen(['a', 'b', 'c'], ['a', 'c'], 'b')).toBe('c');
    expect(keepChosen(['a', 'b'], ['a'], 'b')).toBe('a');
    expect(keepChosen(['a'], [], 'a')).toBeNull();
  });
});

describe('the alarm', () => {
  const on = { ...FIRST_SETTINGS, sound: true };

  it('rings for active, unacknowledged incidents that are severe enough, the worst first', () => {
    const all = [
      incident('low', { severity: 'low' }),
      incident('medium'),
      incident('critical', { severity: 'critical' }),
      incident('known', { severity: 'critical', acknowledged: SAID }),
      incident('over', { severity: 'critical', state: 'cleared' }),
      incident('false', { severity: 'critical', verdict: 'false-alarm' }),
    ];
    expect(ringing(all, 'medium').map(({ id }) => id)).toEqual(['critical', 'medium']);
    expect(ringing(all, 'never')).toEqual([]);
  });

  it('stays silent until somebody turns the sound on', () => {
    expect(nextRingMs([incident('a')], SILENCE, FIRST_SETTINGS)).toBeNull();
    expect(nextRingMs([incident('a')], SILENCE, { ...on, volume: 0 })).toBeNull();
  });

  it('rings at once, then again with a pause until somebody acknowledges', () => {
    expect(nextRingMs([incident('a')], SILENCE, on)).toBeLessThanOrEqual(0);
    const rung = { atMs: 1000, ids: new Set(['a']) };
    expect(nextRingMs([incident('a')], rung, on)).toBe(11_000);
    expect(nextRingMs([incident('a', { severity: 'critical' })], rung, on)).toBe(5000);
    expect(nextRingMs([], rung, on)).toBeNull();
  });

  it('does not wait for the pause when another incident comes', () => {
    const rung = { atMs: 1000, ids: new Set(['a']) };
    expect(nextRingMs([incident('a'), incident('b')], rung, on)).toBe(2500);
  });

  it('is put off by a mute, also for new incidents', () => {
    expect(nextRingMs([incident('b')], SILENCE, { ...on, mutedUntilMs: 300_000 })).toBe(300_000);
  });

  it('says in the title of the tab how many wait', () => {
    expect(titleWith('Sự cố – ngatu', 3)).toBe('(3) Sự cố – ngatu');
    expect(titleWith('(3) Sự cố – ngatu', 0)).toBe('Sự cố – ngatu');
    expect(titleWith('(99+) Sự cố', 200)).toBe('(99+) Sự cố');
  });
});

describe('verdicts', () => {
  it('are offered only where they change something', () => {
    expect(isOpenTo(incident('a'), 'acknowledge')).toBe(true);
    expect(isOpenTo(incident('a', { acknowledged: SAID }), 'acknowledge')).toBe(false);
    expect(isOpenTo(incident('a', { state: 'cleared' }), 'clear')).toBe(false);
    expect(isOpenTo(incident('a', { state: 'cleared' }), 'false-alarm')).toBe(true);
    expect(isOpenTo(incident('a', { verdict: 'confirmed' }), 'confirm')).toBe(false);
  });

  it('have a key each', () => {
    expect(['a', 'c', 'f', 'e', 'n', 'x', 'A'].map(verdictOfKey)).toEqual([
      'acknowledge',
      'confirm',
      'false-alarm',
      'clear',
      'note',
      null,
      null,
    ]);
  });

  it('carry a key of their own for each action', () => {
    const keys = new Set(Array.from({ length: 100 }, actionKey));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('are not undone by an older word of the camera that comes late', () => {
    const newer = incident('a', { version: 3 });
    expect(newerOf(newer, incident('a', { version: 2 }))).toBe(newer);
    const said = incident('a', { version: 3, acknowledged: SAID });
    expect(newerOf(newer, said)).toBe(said);
  });
});

describe('filters of past incidents', () => {
  it('are in the address', () => {
    const filters = {
      ...FIRST_FILTERS,
      state: 'all' as const,
      kinds: ['crash' as const],
      severities: ['high' as const, 'critical' as const],
      camera: 'hp/box/cam',
      verdict: 'none' as const,
      from: '2026-11-01',
      to: '2026-11-30',
    };
    expect(filtersFromSearch(filtersToSearch(filters))).toEqual(filters);
    expect(filtersFromSearch('kind=ufo&from=yesterday&state=maybe')).toEqual(FIRST_FILTERS);
  });

  it('include the whole last day', () => {
    expect(filtersToQuery({ ...FIRST_FILTERS, to: '2026-11-30' }).to).toBe('2026-12-01');
  });
});

describe('measured values', () => {
  it('are told in words with units, and those that the page does not know by their name', () => {
    expect(
      measureLines({ newThing: 1.234, speedKmh: 63.4, standsS: 75 }).map(({ label, value }) => [
        label,
        value,
      ]),
    ).toEqual([
      ['Đứng yên', '1 phút'],
      ['Tốc độ', '63 km/h'],
      ['newThing', '1,23'],
    ]);
  });
});
