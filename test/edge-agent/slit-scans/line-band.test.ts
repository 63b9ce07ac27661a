import { describe, expect, it } from 'vitest';
import { DrivenWays } from '../../../edge-agent/slit-scans/driven-ways.ts';
import { type LineBandOptions, lineBand } from '../../../edge-agent/slit-scans/line-band.ts';
import { frameGeometry, unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';

const PICTURE = { width: 200, height: 100 };
const BAND: LineBandOptions = {
  line: { from: [20, 50], to: [180, 50] },
  wayAt: () => 'right',
  picture: PICTURE,
  shape: PICTURE,
  geometry: unscaledGeometry(PICTURE),
  columns: 4,
};

/** [x, y] of each column at a row. */
function placesOf(band: ReturnType<typeof lineBand>, row: number, width = PICTURE.width) {
  return Array.from({ length: band.columns }, (_, column) => {
    const offset = band.offsets[column * band.height + row] ?? -1;
    return [offset % width, Math.floor(offset / width)];
  });
}

describe('the band across a line', () => {
  it('is as high as the line is long in the frame, within 32 and 256', () => {
    expect(lineBand(BAND).height).toBe(160);
    const short = { from: [20, 50], to: [30, 50] } as const;
    expect(lineBand({ ...BAND, line: short }).height).toBe(32);
    const shape = { width: 2000, height: 1000 };
    const geometry = { ...BAND.geometry, scaleX: 10, scaleY: 10 };
    expect(lineBand({ ...BAND, shape, geometry }).height).toBe(256);
  });

  it('shows first what is farthest on the way that is driven: the front of a vehicle', () => {
    // To the right of a line from left to right is downwards.
    expect(placesOf(lineBand(BAND), 0)).toEqual([
      [20, 51],
      [20, 50],
      [20, 49],
      [20, 48],
    ]);
    expect(placesOf(lineBand({ ...BAND, wayAt: () => 'left' }), 159)).toEqual([
      [179, 48],
      [179, 49],
      [179, 50],
      [179, 51],
    ]);
  });

  it('lies where the frame has the line when the picture is scaled, cut out and padded', () => {
    // Right half of the picture, in the middle of a square.
    const shape = {
      width: 200,
      height: 200,
      fit: 'letterbox-centre',
      colourOrder: 'rgb',
      padValue: 0,
    } as const;
    const geometry = frameGeometry({ width: 400, height: 200 }, shape, {
      x: 200,
      y: 0,
      width: 200,
      height: 200,
    });
    const line = { from: [150, 0], to: [150, 100] } as const;
    const band = lineBand({ ...BAND, line, shape, geometry, columns: 1 });
    expect(band.height).toBe(200);
    expect(placesOf(band, 0)).toEqual([[100, 0]]);
    expect(placesOf(band, 199)).toEqual([[100, 199]]);
  });

  it('stays in the frame where the line leaves it', () => {
    const line = { from: [-50, 0], to: [250, 99] } as const;
    const { offsets } = lineBand({ ...BAND, line });
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...offsets)).toBeLessThan(PICTURE.width * PICTURE.height);
  });

  it('of a line without a length in the frame is one place', () => {
    const line = { from: [20, 50], to: [20, 50] } as const;
    expect(placesOf(lineBand({ ...BAND, line, columns: 1 }), 7)).toEqual([[20, 50]]);
  });
});

describe('the way that a part of a line is driven', () => {
  const directions = { toLeft: 'away', toRight: 'towards' };

  it('is what its lanes say', () => {
    const lanes = [
      { lane: 'a', until: 0.5, direction: 'away' },
      { lane: 'b', until: 1, direction: 'towards' },
    ];
    const ways = new DrivenWays(lanes, directions);
    ways.add(0.2, 'right');
    expect([ways.at(0.2), ways.at(0.8)]).toEqual(['left', 'right']);
  });

  it('is learned from who crosses where nothing is said, and spreads to parts that nobody has crossed', () => {
    const ways = new DrivenWays([], directions);
    expect(ways.at(0.5)).toBe('right');
    expect(ways.add(0.1, 'left')).toBe(true);
    expect(ways.add(0.1, 'left')).toBe(false);
    expect([ways.at(0.1), ways.at(0.9)]).toEqual(['left', 'left']);
    expect(ways.add(0.9, 'right')).toBe(true);
    expect([ways.at(0.1), ways.at(0.2), ways.at(0.8), ways.at(1)]).toEqual([
      'left',
      'left',
      'right',
      'right',
    ]);
  });

  it('follows a lane that is turned round', () => {
    const ways = new DrivenWays([], directions);
    for (let i = 0; i < 1000; i++) ways.add(0.3, 'left');
    for (let i = 0; i < 60; i++) ways.add(0.3, 'right');
    expect(ways.at(0.3)).toBe('right');
  });
});
