import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Journey, type RoadUser, turningMatrix, turningTable } from '../../contract/index.ts';
import { journey } from './arbitraries.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 1, 12);

function from(entryLine: string, exitLine: string, minute: number, roadUser: RoadUser = 'car'): Journey {
  return {
    type: 'journey',
    camera: 'c',
    track: 1,
    roadUser,
    roadUserShare: 1,
    entryLine,
    exitLine,
    enteredAtMs: NOON + minute * MINUTE - 8000,
    exitedAtMs: NOON + minute * MINUTE,
  };
}

describe('a turning matrix', () => {
  it('counts journeys by quarter hour, entry, exit and class', () => {
    const journeys = [
      from('south', 'north', 1),
      from('south', 'east', 14.9, 'bus'),
      from('south', 'north', 3, 'motorcycle'),
      from('south', 'north', 15),
      from('south', 'south', 16),
    ];
    const cells = turningMatrix(journeys, { every: 15 * MINUTE });
    expect(
      cells.map(({ fromMs, toMs, entryLine, exitLine, counts, total }) => [
        (fromMs - NOON) / MINUTE,
        (toMs - NOON) / MINUTE,
        `${entryLine}>${exitLine}`,
        counts,
        total,
      ]),
    ).toEqual([
      [0, 15, 'south>east', { bus: 1 }, 1],
      [0, 15, 'south>north', { car: 1, motorcycle: 1 }, 2],
      [15, 30, 'south>north', { car: 1 }, 1],
      [15, 30, 'south>south', { car: 1 }, 1],
    ]);
    expect(cells[1]?.meanDurationS).toBe(8);
  });

  it('of a time has only journeys that ended in it, and says how much of an interval it is', () => {
    const journeys = [0, 5, 10, 15, 20].map((minute) => from('a', 'b', minute));
    const cells = turningMatrix(journeys, {
      from: NOON + 5 * MINUTE,
      to: NOON + 20 * MINUTE,
      every: 15 * MINUTE,
    });
    expect(
      cells.map(({ fromMs, toMs, total }) => [(fromMs - NOON) / MINUTE, (toMs - NOON) / MINUTE, total]),
    ).toEqual([
      [5, 15, 2],
      [15, 20, 1],
    ]);
  });

  it('of nothing is empty; of no interval is one of all', () => {
    expect(turningMatrix([])).toEqual([]);
    const [cell, ...more] = turningMatrix([from('a', 'b', 0), from('a', 'b', 99)]);
    expect([cell?.total, cell?.fromMs, cell?.toMs, more]).toEqual([2, NOON, NOON + 99 * MINUTE + 1, []]);
  });

  it('refuses intervals without a length', () => {
    expect(() => turningMatrix([], { every: 0 })).toThrow(RangeError);
  });

  it('counts every journey once, whatever the length of its intervals', () => {
    fc.assert(
      fc.property(
        fc.array(journey, { maxLength: 50 }),
        fc.constantFrom(1, 60_000, 900_000),
        (journeys, every) => {
          const total = turningMatrix(journeys, { every }).reduce((sum, cell) => sum + cell.total, 0);
          expect(total).toBe(journeys.length);
          for (const { fromMs, toMs, counts, total: ofCell } of turningMatrix(journeys, { every })) {
            expect(toMs - fromMs).toBe(every);
            expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(ofCell);
          }
        },
      ),
    );
  });
});

describe('a turning table', () => {
  it('has a row for each entry, a column for each exit, and the sums', () => {
    const movements = turningMatrix(
      [
        from('south', 'north', 1),
        from('south', 'north', 20),
        from('south', 'east', 2, 'bus'),
        from('east', 'north', 3),
        from('north', 'north', 3, 'bicycle'),
      ],
      { every: 15 * MINUTE },
    );
    expect(turningTable(movements)).toEqual({
      exits: ['east', 'north'],
      rows: [
        { entry: 'east', counts: [0, 1], total: 1 },
        { entry: 'north', counts: [0, 1], total: 1 },
        { entry: 'south', counts: [1, 2], total: 3 },
      ],
      totals: [1, 4],
      total: 5,
    });
    expect(turningTable(movements, ['bus']).total).toBe(1);
  });
});
