import { describe, expect, it } from 'vitest';
import { readPassages } from '../../../../central-collector/store/queries/passages.ts';

const ASKED = {
  ...{ site: 'hai-phong', agent: 'box-1', camera: 'north', line: 'south' },
  ...{ fromMs: 1000, toMs: 2000 },
};

describe('passages over a line', () => {
  it('are read by line and time, whatever the names hold', async () => {
    let asked = '';
    const query = async (influxql: string) => {
      asked = influxql;
      return [];
    };
    await readPassages(query, { ...ASKED, line: "x' OR time > 0 --" });
    expect(asked).toContain('FROM "raw"."passage" WHERE time >= 1000ms AND time < 2000ms');
    expect(asked).toContain(`"camera" = 'north' AND "line" = 'x\\' OR time > 0 --'`);
  });

  it('come oldest first; what others wrote there is passed over', async () => {
    const row = { time: 1500, direction: 'in', lane: null, road_user: 'car', track: 3, speed_kmh: 28.5 };
    const passages = await readPassages(
      async () => [
        row,
        { ...row, time: 1200, track: 2, lane: 'inner', speed_kmh: null },
        { ...row, road_user: 'rocket' },
        { ...row, track: null },
      ],
      ASKED,
    );
    expect(passages).toEqual([
      { atMs: 1200, direction: 'in', lane: 'inner', roadUser: 'car', track: 2, speedKmh: null },
      { atMs: 1500, direction: 'in', lane: null, roadUser: 'car', track: 3, speedKmh: 28.5 },
    ]);
  });
});
