import { describe, expect, it } from 'vitest';
import {
  recordedMs,
  runsOf,
  type ScanPiece,
  stripsOf,
  ticksOf,
} from '../../../central-collector/dashboard/src/pages/slit-scan/strips.ts';
import {
  latest,
  scanAddress,
  scanWithin,
  stripFor,
  viewFromSearch,
  viewToSearch,
} from '../../../central-collector/dashboard/src/pages/slit-scan/view.ts';

/** Blocks of 4 pixels each. */
function piece(fromMs: number, frames: readonly number[]): ScanPiece {
  return { fromMs, frames, width: frames.length * 4, height: 32, picture: `/${fromMs}` };
}

const even = (n: number, stepMs = 100) => Array.from({ length: n }, (_, i) => i * stepMs);
const spans = (list: readonly { readonly fromMs: number; readonly toMs: number }[]) =>
  list.map(({ fromMs, toMs }) => [fromMs, toMs]);

describe('runs of frames', () => {
  it.each([
    ['even frames are one run until the time of the last is over', [piece(0, even(10))], [[0, 1000]]],
    ['a single frame lasts as long as usual', [piece(0, [0])], [[0, 100]]],
    [
      'pieces that follow each other leave no gap between them',
      [piece(1000, even(5)), piece(0, even(10))],
      [
        [0, 1000],
        [1000, 1500],
      ],
    ],
    [
      'a frame that the box left out is stood in for by the one before, which is drawn by itself',
      [piece(0, [0, 100, 300, 400])],
      [
        [0, 100],
        [100, 300],
        [300, 500],
      ],
    ],
    [
      'a hole of up to a second is drawn over',
      [piece(0, [0, 100, 200, 1200, 1300])],
      [
        [0, 200],
        [200, 1200],
        [1200, 1400],
      ],
    ],
    [
      'a longer one is a gap',
      [piece(0, [0, 100, 200, 1201, 1301])],
      [
        [0, 300],
        [1201, 1401],
      ],
    ],
    [
      'a camera that drifts is told by several runs, so that each place is its own moment',
      [piece(0, [0, 100, 200, 300, 400, 530, 660])],
      [
        [0, 660],
        [660, 760],
      ],
    ],
  ])('%s', (_why, pieces, expected) => {
    expect(spans(runsOf(pieces))).toEqual(expected);
  });

  it('take their pixels from left to right without leaving any out', () => {
    const runs = runsOf([piece(0, [0, 100, 300, 400])]);
    expect(runs.map(({ x, width }) => [x, width])).toEqual([
      [0, 4],
      [4, 4],
      [8, 8],
    ]);
  });
});

describe('strips', () => {
  it('cut runs where a strip ends, in time and in pixels alike', () => {
    const strips = stripsOf([piece(500, even(20))], { fromMs: 0, toMs: 3000 }, 1000);
    expect(strips.map(({ runs }) => runs.map(({ x, width }) => [x, width]))).toEqual([
      [[0, 20]],
      [[20, 40]],
      [[60, 20]],
    ]);
    expect(strips.map(({ gaps }) => spans(gaps))).toEqual([[[0, 500]], [], [[2500, 3000]]]);
  });

  it('of a time when nothing was recorded are one gap each', () => {
    const [strip] = stripsOf([], { fromMs: 0, toMs: 1000 }, 1000);
    expect(spans(strip?.gaps ?? [])).toEqual([[0, 1000]]);
  });

  it('tell how much of an interval was recorded, whatever lies around it and is drawn over', () => {
    const pieces = [piece(-500, even(10)), piece(800, even(10))];
    expect(recordedMs(pieces, { fromMs: 0, toMs: 1000 })).toBe(700);
  });

  it('have a tick each second and a time at every fifth', () => {
    const ticks = ticksOf({ fromMs: 60_000, toMs: 75_000 });
    expect(ticks).toHaveLength(16);
    expect(ticks.filter(({ isLabelled }) => isLabelled).map(({ atMs }) => atMs)).toEqual([
      60_000, 65_000, 70_000, 75_000,
    ]);
  });
});

describe('the address of the page', () => {
  it('holds the whole view', () => {
    const fromMs = Date.parse('2026-11-22T07:00:00Z');
    const view = { line: 'north', fromMs, lengthS: 300, stripS: 30 } as const;
    expect(viewFromSearch(viewToSearch(view))).toEqual(view);
  });

  it('takes what it does not understand for what is usual', () => {
    expect(viewFromSearch('from=noon&s=7&strip=1&line=')).toMatchObject({
      ...{ fromMs: null, lengthS: 60, stripS: null },
    });
    expect(scanAddress('a/b/c')).toBe('/slit-scan/a/b/c');
  });

  it.each([
    ['all of a short time', [60_250, 100_000], 60_000, 60],
    ['the middle of a long one', [0, 3_600_000], 1_500_000, 600],
  ] as const)('leads from a plot to %s', (_what, range, fromMs, lengthS) => {
    const [path, search] = scanWithin('a/b/c', 'north', range).split('?');
    expect(path).toBe('/slit-scan/a/b/c');
    expect(viewFromSearch(search ?? '')).toEqual({ line: 'north', fromMs, lengthS, stripS: null });
  });

  it('begins with the last interval whose counts are there, in strips that fit the screen', () => {
    expect(latest(120_999, 60)).toBe(50_000);
    expect([330, 800, 1500].map(stripFor)).toEqual([10, 15, 30]);
  });
});
