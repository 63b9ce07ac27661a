// Hours of a street in simulated time: who parks keeps its identity, and nothing piles up.

import { describe, expect, it } from 'vitest';
import { Tracker } from '../../../edge-agent/tracker/tracker.ts';
import { boxAt, detectionsOf, frameAt, type Seen, seededRandom } from './make-detections.ts';

const STEP_MS = 200;
const HOURS = 3;
/** Until they have been seen often enough to be known as parked. */
const SETTLED_MS = 10_000;

/** Parked at the kerb, found in 6 of 10 frames, jittering. */
const PARKED = [
  { x: 300, y: 420 },
  { x: 420, y: 420 },
];

describe('three hours of a street with two parked cars', () => {
  it('keep the identities of the parked through flicker and lorries that stop before them for 40 s', () => {
    const random = seededRandom(21);
    const tracker = new Tracker();
    const byPlace = PARKED.map(() => new Map<number, number>());
    const began = new Set<number>();
    const ended = new Set<number>();
    let most = 0;
    let frames = 0;
    for (let timeMs = 0; timeMs < HOURS * 3_600_000; timeMs += STEP_MS) {
      const out = tracker.update(detectionsOf(frameAt(timeMs), street(timeMs / 1000, random)));
      frames++;
      most = Math.max(most, out.tracks.length);
      for (const { id, box, seen, roadUser } of out.tracks) {
        began.add(id);
        const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
        const place = PARKED.findIndex((parked) => Math.hypot(parked.x - x, parked.y - y) < 15);
        const ids = byPlace[place];
        if (timeMs > SETTLED_MS && ids !== undefined && seen && roadUser === 'car')
          ids.set(id, (ids.get(id) ?? 0) + 1);
      }
      // An identity that has ended never comes back.
      const back = out.tracks.some(({ id }) => ended.has(id));
      if (back) throw new Error(`an ended identity is back at ${timeMs} ms`);
      for (const id of out.ended) ended.add(id);
    }
    for (const ids of byPlace) {
      expect([...ids.keys()]).toHaveLength(1);
    }
    expect(most).toBeLessThan(20);
    expect(began.size).toBeGreaterThan(frames / 100);
    expect(began.size - ended.size).toBeLessThan(20);
  }, 120_000);
});

/** The parked cars, a car passing every 10 s, a lorry every 2 min that stops in front of the parked for 40 s. */
function street(timeS: number, random: () => number): Seen[] {
  const seen: Seen[] = [];
  const lorryS = timeS % 120;
  const lorryX = lorryS < 4 ? 80 + 70 * lorryS : lorryS < 44 ? 360 : 360 + 70 * (lorryS - 44);
  const hides = timeS > 60 && lorryX > 200 && lorryX < 560;
  if (timeS > 60 && lorryX < 1200) {
    seen.push({ box: boxAt(lorryX + random(), 430, 320, 180), roadUser: 'truck' });
  }
  if (!hides) {
    for (const { x, y } of PARKED) {
      if (random() < 0.6)
        seen.push({ box: boxAt(x + 3 * random(), y + 2 * random(), 90, 60), score: 0.45 + 0.4 * random() });
    }
  }
  const carX = -60 + 150 * (timeS % 10);
  if (carX > 0 && carX < 1280) seen.push({ box: boxAt(carX, 620, 90, 60) });
  return seen;
}
