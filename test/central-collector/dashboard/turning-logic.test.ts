import { describe, expect, it } from 'vitest';
import { anglesOf, layoutOf } from '../../../central-collector/dashboard/src/pages/turning/layout.ts';
import {
  armsOf,
  compassOf,
  inOrder,
  matrixOf,
  moved,
  totalsOf,
} from '../../../central-collector/dashboard/src/pages/turning/movements.ts';

import {
  turningFromSearch,
  turningToSearch,
} from '../../../central-collector/dashboard/src/pages/turning/view.ts';

const movement = (entryLine: string, exitLine: string, car: number, motorcycle = 0) => ({
  entryLine,
  exitLine,
  counts: { car, motorcycle },
  total: car + motorcycle,
  meanDurationS: 10,
});
const interval = (hour: number, coverage: number, ...movements: ReturnType<typeof movement>[]) => ({
  from: `2026-11-22T0${hour}:00:00+07:00`,
  to: `2026-11-22T0${hour + 1}:00:00+07:00`,
  coverage,
  movements,
});

const DAY = [
  interval(6, 1, movement('bac', 'nam', 10, 30), movement('nam', 'bac', 5)),
  interval(7, 0.5, movement('bac', 'dong', 4), movement('bac', 'bac', 1)),
  interval(8, 0),
];

describe('the matrix of turning movements', () => {
  it('adds up intervals, with sums by arm and how much was seen', () => {
    const matrix = matrixOf(DAY, ['bac', 'dong', 'nam'], []);
    expect(matrix.cells.map((row) => row.map(({ n }) => n))).toEqual([
      [1, 4, 40],
      [0, 0, 0],
      [5, 0, 0],
    ]);
    expect(matrix.entering).toEqual([45, 0, 5]);
    expect(matrix.leaving).toEqual([6, 4, 40]);
    expect(matrix.total).toBe(50);
    expect(matrix.coverage).toBe(0.5);
  });

  it('counts the chosen classes only', () => {
    expect(matrixOf(DAY, ['bac', 'dong', 'nam'], ['motorcycle']).total).toBe(30);
  });

  it('tells an interval that was not observed from one that was empty', () => {
    expect(totalsOf([...DAY, interval(5, 1)], [])).toEqual([45, 5, null, 0]);
  });
});

describe('the order of arms', () => {
  it('follows the compass where names say so, in Vietnamese and English', () => {
    expect(inOrder(['tay', 'nam', 'bac', 'dong'], [])).toEqual(['bac', 'dong', 'nam', 'tay']);
    expect(compassOf('huong-dong-bac')).toBe(0.5);
    expect(compassOf('line-north')).toBe(0);
    expect(compassOf('lach-tray')).toBeNull();
  });

  it('is what people made it, with new arms behind', () => {
    expect(inOrder(['a', 'b', 'c'], ['c', 'gone'])).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
  });

  it('knows every arm that was used', () => {
    expect(armsOf(DAY)).toEqual(['bac', 'dong', 'nam']);
  });
});

describe('the diagram', () => {
  it.each([2, 3, 4, 5, 6])('has room for %i arms, a ribbon for each movement', (count) => {
    const arms = Array.from({ length: count }, (_, i) => `arm-${i}`);
    const all = arms.flatMap((from) => arms.map((to) => movement(from, to, 10)));
    const { ribbons, arms: places } = layoutOf(matrixOf([interval(6, 1, ...all)], arms, []));
    expect(ribbons).toHaveLength(count * count);
    expect(places).toHaveLength(count);
    for (const { path } of ribbons) expect(path).not.toMatch(/NaN|Infinity/);
  });

  it('keeps traffic to the right: who comes from the north drives on the western side', () => {
    const { ribbons } = layoutOf(matrixOf(DAY, ['bac', 'dong', 'nam', 'tay'], []));
    const south = ribbons.find(({ from, to }) => from === 0 && to === 2);
    expect(south?.label[0]).toBeLessThan(0);
    expect(south?.label[1]).toBeLessThan(0);
  });

  it('puts right turns beside the kerb and U-turns beside the axis', () => {
    const arms = ['bac', 'dong', 'nam', 'tay'];
    const all = arms.map((to) => movement('bac', to, 10));
    const { ribbons } = layoutOf(matrixOf([interval(6, 1, ...all)], arms, []));
    const out = ribbons.map(({ to, label }) => [arms[to], -label[0]] as const).sort((a, b) => a[1] - b[1]);
    expect(out.map(([arm]) => arm)).toEqual(['bac', 'dong', 'nam', 'tay']);
  });

  it('draws widths by volume', () => {
    const { ribbons } = layoutOf(matrixOf(DAY, ['bac', 'dong', 'nam'], []));
    const widths = Object.fromEntries(ribbons.map(({ n, width }) => [n, width]));
    expect(widths[40]).toBeCloseTo((widths[4] ?? 0) * 10);
  });

  it('stands arms where the compass says, and around the circle otherwise', () => {
    expect(anglesOf(['bac', 'dong', 'nam', 'tay'])).toEqual([0, Math.PI / 2, Math.PI, (3 * Math.PI) / 2]);
    expect(anglesOf(['a', 'b', 'c', 'd', 'e'])[1]).toBeCloseTo((2 * Math.PI) / 5);
  });

  it('is empty without movements', () => {
    expect(layoutOf(matrixOf([], [], []))).toEqual({ arms: [], ribbons: [] });
  });
});

describe('the address of turning movements', () => {
  it('holds the view, and takes the usual for what it cannot read', () => {
    const view = {
      camera: 'hp/box/cam',
      date: '2026-11-20',
      every: '15m' as const,
      roadUsers: ['car' as const],
      interval: 7,
    };
    expect(turningFromSearch(turningToSearch(view))).toEqual(view);
    expect(turningFromSearch('date=today&every=1s&at=-1&class=tank')).toEqual({
      camera: null,
      date: null,
      every: '1h',
      roadUsers: [],
      interval: null,
    });
  });
});
