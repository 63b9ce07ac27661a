// How long the tracker takes for a frame full of road users.

import { ROAD_USERS } from '../../../contract/index.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import { Tracker } from '../../../edge-agent/tracker/tracker.ts';
import { seededRandom } from '../../scenes/random.ts';

export type TrackerTime = { readonly objects: number; readonly medianMs: number; readonly p95Ms: number };

const FRAMES = 3000;
/** Until the machine code is there. */
const WARM_UP_FRAMES = 500;
const PICTURE = { width: 1280, height: 720 };

/** `objects` cars in rows that drive to and fro at 10 frames a second, jittering, one box in ten missing. */
export function timeTracker(objects: number): TrackerTime {
  const tracker = new Tracker();
  const random = seededRandom(5);
  const columns = Math.ceil(Math.sqrt(objects * 2));
  const [stepX, stepY] = [PICTURE.width / columns, PICTURE.height / Math.ceil(objects / columns)];
  const took: number[] = [];
  for (let index = 0; index < FRAMES; index++) {
    const boxes: number[] = [];
    for (let car = 0; car < objects; car++) {
      if (random() < 0.1) continue;
      const x = (car % columns) * stepX + 30 * Math.sin(index / 20 + car) + 3 * random();
      const y = Math.floor(car / columns) * stepY + 3 * random();
      boxes.push(x + 30, y + 20, x + 30 + stepX * 0.8, y + 20 + stepY * 0.6);
    }
    const count = boxes.length / 4;
    const frame = {
      index,
      cameraTimeMs: index * 100,
      capturedAtMs: index * 100,
      droppedBefore: 0,
      discontinuity: false,
      geometry: unscaledGeometry(PICTURE),
    };
    const detections = {
      frame,
      count,
      boxes: Float32Array.from(boxes),
      scores: new Float32Array(count).fill(0.7),
      roadUsers: new Uint8Array(count).fill(ROAD_USERS.indexOf('car')),
    };
    const startedMs = performance.now();
    tracker.update(detections);
    if (index >= WARM_UP_FRAMES) took.push(performance.now() - startedMs);
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(share * (took.length - 1))] ?? Number.NaN;
  return { objects, medianMs: at(0.5), p95Ms: at(0.95) };
}
