// Sanity on recordings that are not part of the project: they are looked for in ../shared/data (or NGATU_DATA).

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CameraAnalytics } from '../../../edge-agent/analytics/camera-analytics.ts';
import { Tracker } from '../../../edge-agent/tracker/tracker.ts';
import { detectionsOf, frameAt, type Seen } from './make-detections.ts';

const data = process.env.NGATU_DATA ?? resolve(import.meta.dirname, '../../../../shared/data');
const crossroads = join(data, 'tracking/opendatacam/alexeydetections30FPS.json');
const kitti = join(data, 'tracking/kitti/labels');

describe.skipIf(!existsSync(crossroads))(`a congested crossroads (skipped without ${crossroads})`, () => {
  it.each([
    ['every frame', 1],
    ['every third frame', 3],
  ])('gives the hand count of 42 to 48 with %s, about 20 of them towards the camera', (_, step) => {
    const recorded: {
      frame_id: number;
      objects: {
        confidence: number;
        relative_coordinates: { center_x: number; center_y: number; width: number; height: number };
      }[];
    }[] = JSON.parse(readFileSync(crossroads, 'utf8'));
    // Their detector reported from 0.25 on, and a camera's file would say so.
    const tracker = new Tracker({ highScore: 0.25, lowScore: 0.08, adaptScores: false });
    const analytics = new CameraAnalytics({
      camera: 'crossroads',
      lines: [
        {
          line: 'middle',
          from: [0, 360],
          to: [1280, 360],
          directions: { toLeft: 'away', toRight: 'towards' },
          // The hand count is of what passed the line in the picture, not of wheels on the road.
          anchor: 'centre',
        },
      ],
      roadUsers: ['car'],
    });
    const events = recorded
      .filter((_, index) => index % step === 0)
      .flatMap(({ frame_id, objects }) => {
        const seen = objects.map(({ confidence, relative_coordinates: c }): Seen => {
          const [x, y, w, h] = [c.center_x * 1280, c.center_y * 720, c.width * 640, c.height * 360];
          return { box: [x - w, y - h, x + w, y + h], score: confidence };
        });
        return analytics.update(tracker.update(detectionsOf(frameAt((frame_id * 1000) / 30), seen)));
      });
    const passages = [...events, ...analytics.flush()].filter(({ type }) => type === 'passage');
    const towards = passages.filter((event) => event.type === 'passage' && event.direction === 'towards');
    expect(passages.length).toBeGreaterThanOrEqual(42);
    expect(passages.length).toBeLessThanOrEqual(48);
    expect(towards.length).toBeGreaterThanOrEqual(18);
    expect(towards.length).toBeLessThanOrEqual(22);
  });
});

describe.skipIf(!existsSync(kitti))(`cars seen from a moving car (skipped without ${kitti})`, () => {
  it('keep their ids with perfect boxes at 10 frames a second', () => {
    let switches = 0;
    let cars = 0;
    for (let sequence = 0; sequence <= 10; sequence++) {
      const name = `${String(sequence).padStart(4, '0')}.txt`;
      const rows = readFileSync(join(kitti, name), 'utf8')
        .trim()
        .split('\n')
        .map((row) => row.split(' '))
        .filter((columns) => columns[2] === 'Car');
      const tracker = new Tracker();
      const idOf = new Map<string, number>();
      const last = Math.max(...rows.map(([frame]) => Number(frame)));
      for (let index = 0; index <= last; index++) {
        const present = rows.filter(([frame]) => Number(frame) === index);
        const seen = present.map((columns): Seen => {
          const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = columns.slice(6, 10).map(Number);
          return { box: [x1, y1, x2, y2] };
        });
        const { tracks } = tracker.update(detectionsOf(frameAt(index * 100), seen));
        for (const [i, columns] of present.entries()) {
          const box = seen[i]?.box.map(Math.fround).join();
          const id = tracks.find((track) => track.confirmed && track.seen && track.box.join() === box)?.id;
          const car = columns[1] ?? '';
          const before = idOf.get(car);
          if (id !== undefined) {
            switches += before !== undefined && before !== id ? 1 : 0;
            idOf.set(car, id);
          }
        }
      }
      cars += idOf.size;
    }
    expect(cars).toBeGreaterThan(150);
    // 2 when this was written, over 13 728 boxes.
    expect(switches).toBeLessThanOrEqual(5);
  });
});
