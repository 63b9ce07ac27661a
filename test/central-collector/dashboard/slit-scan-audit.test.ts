import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  accuracyYaml,
  type CountedPassage,
  keyOf,
  type Missed,
  summaryOf,
  sumOf,
  type Verdict,
  wilson,
} from '../../../central-collector/dashboard/src/pages/slit-scan/audit.ts';
import { auditCsv } from '../../../central-collector/dashboard/src/pages/slit-scan/audit-csv.ts';
import {
  keepAudit,
  readAudit,
  withChecked,
} from '../../../central-collector/dashboard/src/pages/slit-scan/audit-store.ts';
import { accuracySchema } from '../../../config/accuracy.ts';

const SPAN = { fromMs: 0, toMs: 60_000 };

function passage(track: number, roadUser: CountedPassage['roadUser']): CountedPassage {
  return { atMs: track * 1000, track, direction: 'towards', roadUser };
}

const PASSAGES = [
  passage(1, 'motorcycle'),
  passage(2, 'motorcycle'),
  passage(3, 'car'),
  passage(4, 'car'),
  passage(5, 'truck'),
];
const [, second, third, , fifth] = PASSAGES;

function said(verdicts: readonly [CountedPassage | undefined, Verdict][], missed: readonly Missed[] = []) {
  return {
    verdicts: new Map(verdicts.flatMap(([one, verdict]) => (one ? [[keyOf(one), verdict]] : []))),
    missed,
  };
}

describe('what somebody says of counts', () => {
  it('is right without a word', () => {
    const { all, byClass } = summaryOf(PASSAGES, said([]), SPAN);
    expect(all).toEqual({ counted: 5, found: 5, wrong: 0, missed: 0, of: 5 });
    expect(byClass.map(({ roadUser }) => roadUser)).toEqual(['motorcycle', 'car', 'truck']);
  });

  it('takes away who is not there or was counted twice, and adds who was missed', () => {
    const audit = said(
      [
        [second, { is: 'nobody' }],
        [third, { is: 'twice' }],
      ],
      [
        { atMs: 30_000, along: 0.5, roadUser: 'bus' },
        { atMs: 60_000, along: 0.5, roadUser: 'bus' },
      ],
    );
    const { all, byClass } = summaryOf(PASSAGES, audit, SPAN);
    expect(all).toEqual({ counted: 5, found: 3, wrong: 2, missed: 1, of: 4 });
    expect(Object.fromEntries(byClass.map(({ roadUser, tally }) => [roadUser, tally]))).toMatchObject({
      motorcycle: { counted: 2, found: 1, of: 1 },
      car: { counted: 2, found: 1, of: 1 },
      bus: { counted: 0, found: 0, missed: 1, of: 1 },
    });
  });

  it('of another class is a right count of everybody, a wrong one of its class and a missed one of the other', () => {
    const { all, byClass } = summaryOf(PASSAGES, said([[fifth, { is: 'class', roadUser: 'bus' }]]), SPAN);
    expect(all).toMatchObject({ counted: 5, found: 5, of: 5 });
    expect(Object.fromEntries(byClass.map(({ roadUser, tally }) => [roadUser, tally]))).toMatchObject({
      truck: { counted: 1, found: 0, wrong: 1, of: 0 },
      bus: { counted: 0, found: 0, missed: 1, of: 1 },
    });
  });

  it('of the other way is a right count of everybody, and a wrong and a missed one of its class', () => {
    const { all, byClass } = summaryOf(PASSAGES, said([[third, { is: 'way' }]]), SPAN);
    expect(all).toMatchObject({ counted: 5, found: 5, of: 5 });
    expect(byClass.find(({ roadUser }) => roadUser === 'car')?.tally).toEqual({
      ...{ counted: 2, found: 1, wrong: 1, missed: 1, of: 2 },
    });
    expect(accuracyYaml({ all, byClass }, '')).toContain('{ of: 5, found: 4, counted: 5 }');
  });

  it.each([
    [0, 0, null],
    [0, 10, [0, 0.2775]],
    [10, 10, [0.7225, 1]],
    [97, 100, [0.9155, 0.9897]],
  ])('%i of %i has the score interval of Wilson', (k, n, expected) => {
    const bounds = wilson(k, n);
    if (expected === null) expect(bounds).toBeNull();
    else expect([bounds?.low, bounds?.high].map((one) => Number(one?.toFixed(4)))).toEqual(expected);
  });

  it('becomes accuracy that a camera’s file takes, of everybody and of classes that were seen often', () => {
    const summary = summaryOf(PASSAGES, said([[fifth, { is: 'class', roadUser: 'bus' }]]), SPAN);
    const text = accuracyYaml(sumOf(Array.from({ length: 25 }, () => summary)), 'line south');
    // The truck that is a bus was no right count of either.
    expect(accuracySchema.parse(parse(text ?? '').accuracy)).toEqual([
      { of: 125, found: 100, counted: 125 },
      { roadUser: 'motorcycle', of: 50, found: 50, counted: 50 },
      { roadUser: 'car', of: 50, found: 50, counted: 50 },
    ]);
    expect(accuracyYaml(summary, '')?.split('\n')).toHaveLength(2);
    expect(accuracyYaml(summaryOf([], said([]), SPAN), '')).toBeNull();
  });
});

describe('an audit in the browser', () => {
  it('is there again, and what others wrote in its place is passed over', () => {
    const storage = memory();
    const summary = summaryOf(PASSAGES, said([]), SPAN);
    const audit = {
      ...said([[second, { is: 'twice' }]], [{ atMs: 1, along: 0.2, roadUser: 'car' }]),
      checked: [{ ...SPAN, recordedMs: 59_000, summary }],
    };
    keepAudit(storage, 'a/b/c/south', audit);
    expect(readAudit(storage, 'a/b/c/south')).toEqual(audit);
    expect(readAudit(storage, 'a/b/c/north')).toMatchObject({ missed: [], checked: [] });
    storage.setItem(
      'ngatu.slit-scan.a/b/c/south',
      '{"verdicts":{"x":{"is":"great"}},"missed":[7,null],"checked":{}}',
    );
    expect(readAudit(storage, 'a/b/c/south')).toEqual({ verdicts: new Map(), missed: [], checked: [] });
    storage.setItem('ngatu.slit-scan.a/b/c/south', '{');
    expect(readAudit(storage, 'a/b/c/south').verdicts.size).toBe(0);
  });

  it('counts no moment twice: an interval takes the place of those that it overlaps', () => {
    const summary = summaryOf([], said([]), SPAN);
    const at = (fromMs: number, toMs: number) => ({ fromMs, toMs, recordedMs: 0, summary });
    const checked = withChecked([at(0, 60), at(60, 120), at(200, 260)], at(30, 90));
    expect(checked.map(({ fromMs }) => fromMs)).toEqual([30, 200]);
  });

  it('is written as CSV with a row for each passage and each missed one, in the order of time', () => {
    const shown = PASSAGES.slice(0, 3).map((one, i) => ({
      ...one,
      ...{ lane: null, speedKmh: 31.23456, along: 0.5, stored: true, isSeen: i !== 2 },
    }));
    const audit = said(
      [[second, { is: 'class', roadUser: 'bicycle' }]],
      [{ atMs: 1500, along: 0.25, roadUser: 'car' }],
    );
    expect(auditCsv(shown, audit, { camera: 'a/b/c', line: 'south' }).split('\r\n')).toEqual([
      'camera,line,at,direction,lane,counted_as,speed_kmh,track,along,verdict,road_user',
      'a/b/c,south,1970-01-01T00:00:01.000Z,towards,,motorcycle,31.235,1,0.5,right,motorcycle',
      'a/b/c,south,1970-01-01T00:00:01.500Z,,,,,,0.25,missed,car',
      'a/b/c,south,1970-01-01T00:00:02.000Z,towards,,motorcycle,31.235,2,0.5,class,bicycle',
      'a/b/c,south,1970-01-01T00:00:03.000Z,towards,,car,31.235,3,0.5,not-seen,',
      '',
    ]);
  });
});

function memory() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}
