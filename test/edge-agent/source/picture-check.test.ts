import { describe, expect, it } from 'vitest';
import type { PictureState, Thumbnail } from '../../../edge-agent/source/frame.ts';
import { PictureCheck } from '../../../edge-agent/source/picture-check.ts';

const WIDTH = 160;
const HEIGHT = 90;
const STEP_MS = 300;

type Painter = (x: number, y: number) => number;

/** A street without traffic: houses of different greys with windows, a road with a dashed line. */
const street: Painter = (x, y) => {
  if (x < 0) return street(-x, y);
  if (y < 40) {
    const house = Math.floor(x / 23);
    const window = x % 23 > 6 && x % 23 < 14 && (y + house * 3) % 13 > 5;
    return 70 + ((house * 57) % 90) + (window ? 45 : 0);
  }
  const dash = Math.abs(x - 80 - (y - 40) / 3) < 2 && y % 12 < 7;
  const kerb = Math.abs(x - 20 + (y - 40) / 4) < 1.5;
  const stain = (Math.floor(x / 9) * 31 + Math.floor(y / 7) * 17) % 12;
  return 95 + stain * 2 + (dash ? 100 : 0) + (kerb ? 60 : 0);
};

function thumbnailOf(paint: Painter, sharpness = 0.6): Thumbnail {
  const luma = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
    paint(at % WIDTH, Math.floor(at / WIDTH)),
  );
  const edges = { share: 0.2, sharpness };
  return { width: WIDTH, height: HEIGHT, luma, scaleX: 0.25, scaleY: 0.25, originX: 0, originY: 0, edges };
}

/** A car of 24 x 14 pixels that crosses the road, over and over. */
function withCar(paint: Painter, step: number): Painter {
  const left = ((step * 5) % (WIDTH + 48)) - 24;
  return (x, y) => (x >= left && x < left + 24 && y >= 58 && y < 72 ? 30 + ((x * 7) % 40) : paint(x, y));
}

class Camera {
  readonly check = new PictureCheck();
  #step = 0;

  see(seconds: number, paint: Painter, { moving = true, car = true, sharpness = 0.6 } = {}): PictureState[] {
    const states: PictureState[] = [];
    const still = this.#step;
    for (let i = 0; i < (seconds * 1000) / STEP_MS; i++) {
      const atMs = this.#step * STEP_MS;
      const when = { cameraTimeMs: atMs, capturedAtMs: atMs, discontinuity: this.#step === 0 };
      const thumbnail = thumbnailOf(car ? withCar(paint, moving ? this.#step : still) : paint, sharpness);
      states.push(this.check.update(thumbnail, when));
      this.#step++;
    }
    return states;
  }
}

function faultsIn(states: readonly PictureState[]): string[] {
  return [...new Set(states.flatMap(({ findings }) => findings.map(({ fault }) => fault)))];
}

const LEARNED_S = 20;

function learned(): Camera {
  const camera = new Camera();
  camera.see(LEARNED_S, street);
  return camera;
}

describe('the look of the picture', () => {
  it('is learned within a quarter of a minute, and finds nothing in a street with traffic', () => {
    const states = new Camera().see(60, street);
    expect(faultsIn(states)).toEqual([]);
    expect(states.findIndex((state) => state.learned) * STEP_MS).toBeLessThan(15_000);
  });

  it.each([
    ['black', 'black', () => 2, { car: false }],
    [
      'covered to the left',
      'obscured',
      (x: number, y: number) => (x < 70 ? 40 + (x + y) / 20 : street(x, y)),
      {},
    ],
    ['all covered', 'obscured', () => 60, {}],
    ['shifted by two hundredths of its width', 'moved', (x: number, y: number) => street(x + 3, y), {}],
    ['shifted far', 'moved', (x: number, y: number) => street(x + 30, y + 7), {}],
    ['out of focus', 'blurred', street, { sharpness: 0.4 }],
    ['still, all of a sudden', 'frozen', street, { moving: false }],
  ])('%s is found as %s within six seconds', (_, fault, paint, more) => {
    const states = learned().see(6, paint, more);
    expect(faultsIn(states)).toEqual([fault]);
  });

  it('estimates when it began', () => {
    const state = learned()
      .see(10, (x, y) => street(x + 30, y))
      .at(-1);
    const onsetMs = state?.findings[0]?.sinceMs ?? 0;
    expect(Math.abs(onsetMs - LEARNED_S * 1000)).toBeLessThan(2500);
  });

  it.each([
    ['a cloud before the sun', (x: number, y: number) => street(x, y) * 0.6],
    ['glare', (x: number, y: number) => Math.min(255, street(x, y) + 60)],
    ['a shadow over a quarter of it', (x: number, y: number) => street(x, y) * (x < 40 ? 0.5 : 1)],
    ['fog', (x: number, y: number) => 150 + (street(x, y) - 150) * 0.3],
  ])('%s is no fault', (_, paint) => {
    expect(faultsIn(learned().see(30, paint))).toEqual([]);
  });

  it('a sway of a pixel is no fault', () => {
    const camera = learned();
    const states = Array.from({ length: 60 }, (_, i) =>
      camera.see(0.3, (x, y) => street(x + (i % 3) - 1, y)),
    );
    expect(faultsIn(states.flat())).toEqual([]);
  });

  it('a night with lights is not black', () => {
    const night: Painter = (x, y) => (x % 40 < 3 && y > 20 && y < 24 ? 220 : 6);
    expect(faultsIn(new Camera().see(30, night))).toEqual([]);
  });

  it('traffic that comes to rest by itself is not frozen', () => {
    const camera = learned();
    // Slower and slower, then still.
    const paint = (step: number): Painter => {
      const left = 60 + 30 * (1 - Math.exp(-step / 8));
      return (x, y) => (x >= left && x < left + 20 && y >= 60 && y < 70 ? 30 : street(x, y));
    };
    const states = Array.from({ length: 80 }, (_, i) =>
      camera.see(0.3, paint(Math.min(i, 40)), { moving: false }),
    );
    expect(faultsIn(states.flat())).not.toContain('frozen');
  });

  it('a moved camera stays moved until it is turned back', () => {
    const camera = learned();
    const away = camera.see(50, (x, y) => street(x + 12, y));
    expect(away.slice(-100).every(({ findings }) => findings.some(({ fault }) => fault === 'moved'))).toBe(
      true,
    );
    expect(away.at(-1)?.findings[0]?.measures.shiftXShare).toBeCloseTo(-12 / WIDTH, 2);
    expect(faultsIn(camera.see(20, street).slice(-20))).toEqual([]);
  });

  it('a moved camera is right where it is when somebody says so', () => {
    const camera = learned();
    camera.see(20, (x, y) => street(x + 12, y));
    camera.check.acceptView();
    expect(faultsIn(camera.see(40, (x, y) => street(x + 12, y)))).toEqual([]);
    expect(faultsIn(camera.see(10, street))).toEqual(['moved']);
  });

  it('what road users hide says nothing: a queue that leaves uncovers no lost edges', () => {
    const check = new PictureCheck();
    const boxes = Float32Array.of(0, 160, 400, 360);
    const queue: Painter = (x, y) =>
      x < 100 && y >= 40 && y < 90 ? ((x * 13 + y * 29) % 97) + 60 : street(x, y);
    const found: string[] = [];
    for (let step = 0; step < 200; step++) {
      const isQueue = step < 100;
      const when = { cameraTimeMs: step * STEP_MS, capturedAtMs: step * STEP_MS, discontinuity: step === 0 };
      const thumbnail = thumbnailOf(withCar(isQueue ? queue : street, step));
      const state = check.update(thumbnail, when, isQueue ? { count: 1, boxes } : undefined);
      found.push(...faultsIn([state]));
    }
    expect(found).toEqual([]);
  });
});
