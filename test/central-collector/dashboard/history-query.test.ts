import { describe, expect, it } from 'vitest';
import { matches } from '../../../central-collector/dashboard/src/pages/history/find.ts';
import {
  askedOf,
  coarserQuery,
  coarsest,
  grainOf,
} from '../../../central-collector/dashboard/src/pages/history/query.ts';
import {
  alignedRange,
  FIRST_VIEW,
  startOfInterval,
  type View,
  zoomWithin,
} from '../../../central-collector/dashboard/src/pages/history/view.ts';
import {
  LEAST_SPAN_MS,
  movedBy,
  zoomedBy,
} from '../../../central-collector/dashboard/src/parts/plot-types.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const NOW = Date.parse('2026-11-22T19:00:00+07:00');
const at = (text: string) => Date.parse(text);
const view = (changes: Partial<View>): View => ({ ...FIRST_VIEW, cameras: ['hp/box/cam'], ...changes });

describe('what is asked of the API', () => {
  it('is the whole local day in steps that a screen can show', () => {
    expect(askedOf(view({}), NOW, ZONE).now).toEqual({
      camera: ['hp/box/cam'],
      line: null,
      direction: null,
      zone: undefined,
      roadUser: undefined,
      by: ['direction'],
      from: '2026-11-21T17:00:00.000Z',
      to: '2026-11-22T17:00:00.000Z',
      every: '5m',
      tz: ZONE,
    });
  });

  it('gets finer as people zoom in', () => {
    const zoom = [at('2026-11-22T07:00:10+07:00'), at('2026-11-22T09:29:50+07:00')] as const;
    const asked = askedOf(view({ zoom }), NOW, ZONE);
    expect(asked.every).toBe('1m');
    expect([asked.now.from, asked.now.to]).toEqual(['2026-11-22T00:00:00.000Z', '2026-11-22T02:30:00.000Z']);
    expect(asked.range).toEqual(zoom);
  });

  it('is the typical day of the days before the last that is shown, as long as what is shown', () => {
    const { typical, pasts } = askedOf(view({ compare: 'typical', line: 'north' }), NOW, ZONE);
    expect(pasts).toEqual([]);
    // 22 November 2026 is a Sunday.
    expect(typical?.('5m')).toMatchObject({
      ...{ measure: 'perHour', camera: ['hp/box/cam'], line: 'north', by: ['direction'], tz: ZONE },
      ...{ before: '2026-11-22', day: 'sunday', every: '15m' },
    });
    expect(typical?.('1h').every).toBe('1h');
  });

  it('is the typical day of all kinds of days where several days are shown', () => {
    const { typical } = askedOf(view({ compare: 'typical', period: 'week' }), NOW, ZONE);
    expect(typical?.('1h')).toMatchObject({ before: '2026-11-22', every: '1h' });
    expect(typical?.('1h')).not.toHaveProperty('day');
  });

  it('compares no weeks or months, which have no kind of day, and no letters with a typical day', () => {
    expect(askedOf(view({ compare: 'typical', every: '1M', period: 'year' }), NOW, ZONE).typical).toBeNull();
    expect(askedOf(view({ compare: 'typical', measure: 'los' }), NOW, ZONE).typical).toBeNull();
    expect(askedOf(view({ compare: 'week', every: '1M', period: 'year' }), NOW, ZONE).pasts).toEqual([]);
  });

  it('asks for one sum where nothing is to be kept apart', () => {
    expect(askedOf(view({ by: [] }), NOW, ZONE).now.by).toEqual(['none']);
    // Classes are not told apart in headways.
    expect(askedOf(view({ measure: 'headway', by: ['roadUser'] }), NOW, ZONE).now.by).toEqual(['none']);
  });

  it('asks queues by zone, not by line, direction or class', () => {
    const { path, now } = askedOf(
      view({ measure: 'queue', line: 'a', roadUsers: ['car'], zone: 'z' }),
      NOW,
      ZONE,
    );
    expect(path).toBe('/zones');
    expect(now).toMatchObject({ line: undefined, roadUser: undefined, by: undefined, zone: 'z' });
  });

  it('is another subject when the numbers mean something else, not when the period changes', () => {
    const subject = (changes: Partial<View>) => askedOf(view(changes), NOW, ZONE).subject;
    expect(subject({ period: 'year' })).toBe(subject({}));
    expect(subject({ measure: 'speed' })).not.toBe(subject({}));
    expect(subject({ roadUsers: ['car'] })).not.toBe(subject({}));
  });

  it('never asks for more intervals than the API answers', () => {
    expect(askedOf(view({ every: '1m', period: 'year' }), NOW, ZONE).every).toBe('1d');
  });
});

describe('a past of which only quarter hours or hours are kept', () => {
  const MINUTE = 60_000;
  const measured = (every: '5m' | '15m', coverage: number[]) => ({
    fromMs: 0,
    toMs: coverage.length * 5 * MINUTE,
    every,
    times: coverage.map((_, i) => i * (every === '5m' ? 5 : 15) * MINUTE),
    series: [{ names: {}, values: coverage, coverage }],
  });

  it.each([
    ['quarter hours', '5m', [1, 0, 0, 1, 0, 0, 1, 0, 0], '15m'],
    ['hours', '15m', [1, 0, 0, 0, 1, 0, 0, 0], '1h'],
    ['quarter hours with some minutes of today', '5m', [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 1], '15m'],
  ] as const)('is not taken for one full of holes: %s', (_, every, coverage, grain) => {
    expect(grainOf(measured(every, [...coverage]))).toBe(grain);
  });

  it.each([
    ['minutes', '5m', [1, 1, 1, 1, 1, 1]],
    ['minutes with a hole', '5m', [0, 1, 1, 0, 0, 1, 1, 1]],
    ['quarter hours that were asked for', '15m', [1, 1, 1, 1]],
    ['nothing at all', '5m', [0, 0, 0]],
  ] as const)('is told from %s', (_, every, coverage) => {
    expect(grainOf(measured(every, [...coverage]))).toBeNull();
  });

  it('is asked for by whole intervals, the coarsest of all that are compared', () => {
    expect(
      coarserQuery({ from: '2026-11-22T07:05:00.000Z', to: '2026-11-22T09:20:00.000Z', every: '5m' }, '15m'),
    ).toEqual({ from: '2026-11-22T07:00:00.000Z', to: '2026-11-22T09:30:00.000Z', every: '15m' });
    expect(coarsest([null, '15m', '1h'])).toBe('1h');
    expect(coarsest([null, null])).toBeNull();
  });
});

describe('whole intervals', () => {
  it.each([
    ['1h', '2026-11-22T19:00:00+07:00'],
    ['1d', '2026-11-22T00:00:00+07:00'],
    ['1w', '2026-11-16T00:00:00+07:00'],
    ['1M', '2026-11-01T00:00:00+07:00'],
  ] as const)('of %s begin where local clocks and calendars say', (every, begin) => {
    expect(startOfInterval(at('2026-11-22T19:34:56+07:00'), every, ZONE)).toBe(at(begin));
  });

  it('reach to the end of the one in which a stretch ends', () => {
    const [from, to] = alignedRange(
      [at('2026-01-31T12:00:00+07:00'), at('2026-02-10T00:00:00+07:00')],
      '1M',
      ZONE,
    );
    expect(from).toBe(at('2026-01-01T00:00:00+07:00'));
    expect(to).toBe(at('2026-03-01T00:00:00+07:00'));
  });

  it('stay as they are when they are whole already', () => {
    const whole: [number, number] = [at('2026-11-21T00:00:00+07:00'), at('2026-11-22T00:00:00+07:00')];
    expect(alignedRange(whole, '1d', ZONE)).toEqual(whole);
  });
});

describe('zooming', () => {
  it('keeps the moment under the pointer where it is', () => {
    const [from, to] = zoomedBy([0, 10_000_000], 0.5, 0.2);
    expect(from + (to - from) * 0.2).toBe(2_000_000);
  });

  it('stops at five minutes, and before the future', () => {
    const [from, to] = zoomedBy([0, LEAST_SPAN_MS], 0.1);
    expect(to - from).toBe(LEAST_SPAN_MS);
    expect(zoomWithin(movedBy([0, 100], 0.5), 120)).toEqual([20, 120]);
  });
});

describe('finding a camera', () => {
  it('needs neither marks nor order', () => {
    expect(matches('Ngã tư Lạch Tray – Đà Nẵng', 'da nang lach')).toBe(true);
    expect(matches('Cầu Rào', 'niem')).toBe(false);
    expect(matches('Cầu Rào', '')).toBe(true);
  });
});
