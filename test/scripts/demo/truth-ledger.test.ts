import { describe, expect, it } from 'vitest';
import type { RoadUser } from '../../../contract/index.ts';
import type { SceneTruth } from '../../../scripts/demo/scene-truth.ts';
import { TruthLedger } from '../../../scripts/demo/truth-ledger.ts';

const AWAY = { line: 'south', direction: 'away' };
const START = 1_795_000_000_000;
const LENGTH = 15_000;
const ALWAYS = [{ fromMs: START - 60_000, toMs: Number.POSITIVE_INFINITY }];
/** Long after everything. */
const LATER = START + 3_600_000;

/** A clip of 15 s. */
function ledgerOf(...crossings: readonly (readonly [number, RoadUser?, string?])[]): TruthLedger {
  const truth: SceneTruth = {
    ...{ file: 'clip.truth.jsonl.gz', picture: { width: 640, height: 360 }, lengthMs: LENGTH },
    lines: [{ line: 'south', from: [0, 1], to: [2, 1], directions: { toLeft: 'away', toRight: 'towards' } }],
    crossings: crossings.map(([clipMs, roadUser = 'car', direction = 'away']) => ({
      ...{ clipMs, roadUser, direction, line: 'south' },
    })),
  };
  return new TruthLedger(truth);
}

function count(ledger: TruthLedger, ms: number, roadUser: RoadUser = 'car', direction = 'away'): void {
  ledger.takePassage({ ...AWAY, direction, roadUser, atMs: START + ms });
}

describe("counts against a scene's truth", () => {
  it('finds every crossing in every pass over the looped clip', () => {
    const ledger = ledgerOf([2000], [9000]);
    for (let pass = 0; pass < 3; pass += 1) {
      ledger.beginPass(START + pass * LENGTH);
      count(ledger, pass * LENGTH + 2300);
      count(ledger, pass * LENGTH + 8800);
    }
    expect(ledger.compare(ALWAYS, LATER)).toMatchObject({ crossings: 6, counted: 6, matched: 6, extra: 0 });
  });

  it.each<[string, number[], object]>([
    ['early and late by less than a bus needs', [4300, 10_900], { matched: 2, missed: 0, extra: 0 }],
    ['one that nobody saw', [5000], { matched: 1, missed: 1, extra: 0 }],
    ['one that was not there', [5000, 7300, 10_000], { matched: 2, missed: 0, extra: 1 }],
    // A count at the wrong moment is no right count, though the totals agree.
    ['the right number at the wrong time', [5000, 7400], { matched: 1, missed: 1, extra: 1 }],
    ['one vehicle counted twice', [5000, 5100, 10_000], { matched: 2, missed: 0, extra: 1 }],
  ])('tells of %s', (_, counted, expected) => {
    const ledger = ledgerOf([5000], [10_000]);
    ledger.beginPass(START);
    for (const ms of counted) count(ledger, ms);
    const result = ledger.compare(ALWAYS, LATER);
    expect(result).toMatchObject(expected);
    expect(result.counted).toBe(result.matched + result.extra);
    expect(result.crossings).toBe(result.matched + result.missed);
  });

  it('compares each direction with itself', () => {
    const ledger = ledgerOf([5000, 'car', 'away']);
    ledger.beginPass(START);
    count(ledger, 5000, 'car', 'towards');
    const { directions, ...sums } = ledger.compare(ALWAYS, LATER);
    expect(sums).toMatchObject({ matched: 0, missed: 1, extra: 1 });
    expect(directions).toMatchObject([
      { direction: 'away', crossings: 1, counted: 0 },
      { direction: 'towards', crossings: 0, counted: 1 },
    ]);
  });

  it('tells classes apart: a wrong one is found, but not right', () => {
    const ledger = ledgerOf([5000, 'bus'], [9000, 'truck'], [12_000, 'motorcycle']);
    ledger.beginPass(START);
    count(ledger, 5000, 'truck');
    // A model that knows no more than "vehicle" is right with it.
    count(ledger, 9000, 'vehicle');
    count(ledger, 12_000, 'vehicle');
    const result = ledger.compare(ALWAYS, LATER);
    expect(result).toMatchObject({ matched: 3, rightClass: 1 });
    expect(Object.fromEntries(result.directions[0]?.classes ?? [])).toEqual({
      bus: { counted: 0, crossings: 1 },
      truck: { counted: 1, crossings: 1 },
      motorcycle: { counted: 0, crossings: 1 },
      vehicle: { counted: 2, crossings: 0 },
    });
  });

  it('takes two that cross together for what they are', () => {
    const ledger = ledgerOf([5000, 'truck'], [5130, 'car']);
    ledger.beginPass(START);
    count(ledger, 5050, 'car');
    count(ledger, 5300, 'truck');
    expect(ledger.compare(ALWAYS, LATER)).toMatchObject({ matched: 2, rightClass: 2 });
  });

  it('does not call a crossing missed before the count can have come', () => {
    const ledger = ledgerOf([5000]);
    ledger.beginPass(START);
    expect(ledger.compare(ALWAYS, START + 9000)).toMatchObject({ crossings: 0, missed: 0 });
    expect(ledger.compare(ALWAYS, START + 10_001)).toMatchObject({ crossings: 1, missed: 1 });
    count(ledger, 5200);
    expect(ledger.compare(ALWAYS, START + 5300)).toMatchObject({ crossings: 1, matched: 1, missed: 0 });
  });

  it('holds nothing against the count beside a cut, where vehicles jump', () => {
    const ledger = ledgerOf([300], [14_500]);
    ledger.beginPass(START);
    ledger.beginPass(START + LENGTH);
    // A vehicle takes over the track of one that the cut has removed.
    count(ledger, 15_100, 'car', 'towards');
    expect(ledger.compare(ALWAYS, LATER)).toMatchObject({
      ...{ crossings: 0, counted: 0, missed: 0, extra: 0, notCompared: 1 },
    });
    count(ledger, 14_700);
    expect(ledger.compare(ALWAYS, LATER)).toMatchObject({ crossings: 1, counted: 1, matched: 1 });
  });

  it('asks for nothing that happened while the camera was not seen', () => {
    const ledger = ledgerOf([3000], [7000], [11_000]);
    ledger.beginPass(START);
    count(ledger, 7100);
    const seen = (fromMs: number, toMs: number) => [{ fromMs: START + fromMs, toMs: START + toMs }];
    expect(ledger.compare(seen(5000, 11_900), LATER)).toMatchObject({ crossings: 1, matched: 1, missed: 0 });
    expect(ledger.compare(seen(1900, 12_100), LATER)).toMatchObject({ crossings: 3, matched: 1, missed: 2 });
    const twice = [...seen(0, 5000), ...seen(9000, 13_000)];
    expect(ledger.compare(twice, LATER)).toMatchObject({ crossings: 3, matched: 1, missed: 2 });
    expect(ledger.compare([], LATER)).toMatchObject({ crossings: 1, matched: 1, missed: 0, extra: 0 });
  });

  it('expects nothing of the part of a pass that was never played', () => {
    const ledger = ledgerOf([5000], [12_000]);
    ledger.beginPass(START);
    // The camera was connected to anew, and began the clip again.
    ledger.beginPass(START + 8000);
    expect(ledger.compare(ALWAYS, LATER)).toMatchObject({ crossings: 3, missed: 3 });
  });
});
