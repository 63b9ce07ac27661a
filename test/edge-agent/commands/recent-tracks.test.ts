import { describe, expect, it } from 'vitest';
import { commandResultSchema } from '../../../contract/index.ts';
import { RecentTracks } from '../../../edge-agent/commands/recent-tracks.ts';
import type { Track, TrackedFrame } from '../../../edge-agent/tracker/track.ts';

const PICTURE = { width: 1280, height: 720 };
const T0 = Date.UTC(2026, 0, 1);
const MIB = 1024 * 1024;

/** A frame of a source of half the size, with road users at these places of it. */
function frame(
  atMs: number,
  tracks: readonly (Partial<Track> & { id: number; x: number; y: number })[],
): TrackedFrame {
  return {
    frame: {
      index: 0,
      cameraTimeMs: atMs,
      capturedAtMs: T0 + atMs,
      droppedBefore: 0,
      discontinuity: false,
      geometry: {
        ...{ sourceWidth: 640, sourceHeight: 360, scaleX: 1, scaleY: 1 },
        ...{ offsetX: 0, offsetY: 0, originX: 0, originY: 0 },
      },
    },
    tracks: tracks.map(({ x, y, ...more }) => ({
      box: [x - 10, y - 20, x + 10, y],
      roadUser: 'motorcycle',
      roadUserShare: 1,
      score: 0.9,
      seen: true,
      confirmed: true,
      ...more,
    })),
    ended: [],
  };
}

const all = (tracks: RecentTracks, maxBytes = MIB) => tracks.since(T0, T0 + 600_000, maxBytes).tracks;

describe('where road users were', () => {
  it('is told in pixels of the configuration, thinned out to steps of a hundredth of the picture', () => {
    const tracks = new RecentTracks({ picture: PICTURE });
    for (let n = 0; n <= 100; n += 1) tracks.add(frame(n * 100, [{ id: 7, x: 100 + n, y: 200 }]));
    const [only] = all(tracks);
    expect(only).toMatchObject({ track: 7, roadUser: 'motorcycle', box: [380, 360, 420, 400] });
    // 200 pixels in steps of 12.8 at least, where a frame moves on by two.
    expect(only?.points.slice(0, 3)).toEqual([
      [200, 400, 0],
      [214, 400, 700],
      [228, 400, 1400],
    ]);
    expect(only?.points).toHaveLength(15);
  });

  it('has no points of those who stand, are not seen or not believed', () => {
    const tracks = new RecentTracks({ picture: PICTURE });
    for (let n = 0; n < 50; n += 1) {
      tracks.add(
        frame(n * 100, [
          { id: 1, x: 50, y: 50 },
          { id: 2, x: 50 + 10 * n, y: 90, seen: false },
          { id: 3, x: 50 + 10 * n, y: 99, confirmed: false },
        ]),
      );
    }
    expect(all(tracks).map(({ track, points }) => [track, points.length])).toEqual([[1, 1]]);
  });

  it('forgets the oldest when there is no more room, whatever the traffic', () => {
    const tracks = new RecentTracks({ picture: PICTURE, maxPoints: 100 });
    for (let n = 0; n < 1000; n += 1) tracks.add(frame(n * 10, [{ id: n + 1, x: 100, y: 100 }]));
    const told = all(tracks);
    expect(told).toHaveLength(100);
    expect([told[0]?.track, told.at(-1)?.track]).toEqual([901, 1000]);
  });

  it('is of the minutes that are asked for', () => {
    const tracks = new RecentTracks({ picture: PICTURE });
    for (const minute of [0, 1, 2, 3])
      tracks.add(frame(minute * 60_000, [{ id: minute + 1, x: 100, y: 100 + 20 * minute }]));
    const { tracks: last, fromMs } = tracks.since(T0 + 120_000, T0 + 180_000, MIB);
    expect(last.map(({ track, points }) => [track, points[0]?.[2]])).toEqual([
      [3, 0],
      [4, 60_000],
    ]);
    expect(fromMs).toBe(T0 + 120_000);
  });

  it('tells tracks of before and after a restart of the camera apart', () => {
    const tracks = new RecentTracks({ picture: PICTURE });
    tracks.add(frame(0, [{ id: 1, x: 100, y: 100 }]));
    tracks.restart();
    tracks.add(frame(1000, [{ id: 1, x: 500, y: 300 }]));
    expect(all(tracks).map(({ track, points }) => [track, points.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('fits into a reply in the heaviest traffic, and keeps first and last points', () => {
    const tracks = new RecentTracks({ picture: PICTURE });
    for (let n = 0; n < 2000; n += 1) {
      const road = Array.from({ length: 40 }, (_, k) => ({
        id: Math.floor(n / 40) * 40 + k + 1,
        x: (n % 40) * 16,
        y: 9 * k,
      }));
      tracks.add(frame(n * 100, road));
    }
    const maxBytes = 500 * 1024;
    const reply = tracks.since(T0, T0 + 600_000, maxBytes);
    expect(JSON.stringify(reply).length).toBeLessThan(maxBytes);
    expect(JSON.stringify(reply).length).toBeGreaterThan(maxBytes / 4);
    expect(() => commandResultSchema.parse(JSON.parse(JSON.stringify(reply)))).not.toThrow();
  });
});
