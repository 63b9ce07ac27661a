import { describe, expect, it } from 'vitest';
import { join, slitScanSource } from '../../central-collector/centre-slit-scans.ts';
import type { StoredPassage } from '../../central-collector/store/queries/passages.ts';
import type { SlitScanMark } from '../../contract/index.ts';

const AT = Date.parse('2026-11-22T00:00:00Z');

function stored(atMs: number, track: number, more: Partial<StoredPassage> = {}): StoredPassage {
  return { atMs: AT + atMs, track, direction: 'towards', lane: null, roadUser: 'car', speedKmh: 31, ...more };
}

function mark(atMs: number, track: number, along: number, more: Partial<SlitScanMark> = {}): SlitScanMark {
  return { atMs: AT + atMs, track, direction: 'towards', roadUser: 'car', along, ...more };
}

describe('passages with their marks', () => {
  it.each([
    ['the same track, direction and moment', [stored(500, 7)], [mark(500, 7, 0.4)], [[7, 0.4, true]]],
    ['a stored one without a mark: where it was is not known', [stored(500, 7)], [], [[7, null, true]]],
    ['a mark that did not arrive yet', [], [mark(500, 7, 0.4)], [[7, 0.4, false]]],
    [
      'both ways of one track over the same line',
      [stored(500, 7), stored(900, 7, { direction: 'away' })],
      [mark(900, 7, 0.6, { direction: 'away' }), mark(500, 7, 0.4)],
      [
        [7, 0.4, true],
        [7, 0.6, true],
      ],
    ],
    [
      'the same id after the agent began again: somebody else',
      [stored(500, 7)],
      [mark(20_000, 7, 0.9)],
      [
        [7, null, true],
        [7, 0.9, false],
      ],
    ],
    [
      'two crossings of one track within a second: the nearest each, each mark once',
      [stored(500, 7), stored(900, 7)],
      [mark(510, 7, 0.1), mark(905, 7, 0.2)],
      [
        [7, 0.1, true],
        [7, 0.2, true],
      ],
    ],
  ])('%s', (_what, passages, marks, expected) => {
    expect(join(passages, marks).map(({ track, along, stored: is }) => [track, along, is])).toEqual(expected);
  });

  it('takes class, lane and speed from what the city counts', () => {
    const [joined] = join([stored(500, 7, { roadUser: 'bus', lane: 'inner' })], [mark(500, 7, 0.4)]);
    expect(joined).toMatchObject({ roadUser: 'bus', lane: 'inner', speedKmh: 31 });
  });

  it('says of none whether it is stored while the database cannot be asked', () => {
    expect(join(null, [mark(500, 7, 0.4)])).toMatchObject([{ stored: null, speedKmh: null, along: 0.4 }]);
  });
});

describe('the source of slit scans', () => {
  const line = { site: 'hai-phong', agent: 'box-1', camera: 'north', line: 'south' };
  const piece = {
    ...{ fromMs: AT - 30_000, toMs: AT + 29_900, width: 8, height: 4, frames: [0, 59_900] },
    ...{ marks: [mark(-10, 1, 0.1), mark(0, 2, 0.2), mark(9999, 3, 0.3), mark(10_000, 4, 0.4)] },
    ...{ final: true, sha256: 'a'.repeat(64) },
  };
  const slitScans = {
    read: async () => ({
      ...{ columns: 4, directions: { toLeft: 'away', toRight: 'towards' }, pieces: [piece] },
      lanes: [
        { lane: 'outer', until: 0.5, direction: 'away' },
        { lane: 'inner', until: 1 },
      ],
      ...{ oldestMs: AT - 86_400_000, newestMs: AT + 29_900 },
    }),
    picture: async () => Buffer.from(''),
  };

  it('answers in the time of the centre, with the marks of the time asked for alone', async () => {
    const source = slitScanSource({ slitScans, query: async () => [], timeZone: 'Asia/Ho_Chi_Minh' });
    const answer = await source.read(line, AT, AT + 10_000);
    expect(answer).toMatchObject({
      from: '2026-11-22T07:00:00.000+07:00',
      pieces: [{ from: '2026-11-22T06:59:30.000+07:00', sha256: 'a'.repeat(64) }],
      lanes: [{ direction: 'away' }, { direction: null }],
      held: { from: '2026-11-21T07:00:00.000+07:00', to: '2026-11-22T07:00:29.900+07:00' },
      problem: null,
    });
    expect(answer.passages.map(({ track }) => track)).toEqual([2, 3]);
  });

  it('shows what the box has also while the database is away, and says so', async () => {
    const query = () => Promise.reject(new Error('connection refused'));
    const source = slitScanSource({ slitScans, query, timeZone: 'UTC' });
    expect(await source.read(line, AT, AT + 10_000)).toMatchObject({
      passages: [{ stored: null }, { stored: null }],
      problem: expect.stringContaining('connection refused'),
    });
  });
});
