import { describe, expect, it } from 'vitest';
import {
  QUARTER_MS,
  quartersOfText,
  quartersText,
  rangesOfQuarters,
} from '../../../central-collector/store/quarter-hours.ts';
import type { TrafficEvent } from '../../../contract/index.ts';
import { flow, journey, passage } from './rolled-up-events.ts';

const numbered = (events: readonly TrafficEvent[]) => events.map((event) => ({ event }));

describe('the quarter hours of a batch', () => {
  it('are those of its counts and journeys; a passage alone is in no roll-up', () => {
    expect(quartersText(numbered([passage(5 * QUARTER_MS)]))).toBeUndefined();
    expect(quartersText(numbered([flow(5 * QUARTER_MS), flow(5 * QUARTER_MS + 60_000)]))).toBe('5');
    expect(quartersText(numbered([flow(6 * QUARTER_MS - 1), journey(6 * QUARTER_MS)]))).toBe('5-6');
  });

  it('do not reach from 1970 to now when the clock of a box is set within a batch', () => {
    const events = numbered([flow(0), flow(1_900_000 * QUARTER_MS), flow(1_900_001 * QUARTER_MS)]);
    const text = quartersText(events);
    expect(text).toBe('0 1900000-1900001');
    expect(quartersOfText(text)).toEqual([
      [0, 0],
      [1_900_000, 1_900_001],
    ]);
  });

  it('that stand in a mark of an older collector are none', () => {
    expect(quartersOfText(null)).toEqual([]);
    expect(quartersOfText('')).toEqual([]);
  });

  it('are joined where they follow each other, in whatever order they come', () => {
    expect(rangesOfQuarters([4, 2, 3, 9, 2])).toEqual([
      [2, 4],
      [9, 9],
    ]);
  });
});
