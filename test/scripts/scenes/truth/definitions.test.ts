import { describe, expect, test } from 'vitest';
import { carriagewaysOf, isOnCarriageway } from '../../../../scripts/scenes/layout/carriageways.ts';
import { sceneSchema } from '../../../../scripts/scenes/scene-file.ts';
import { definitionMetAt, flowMet, queueLengthM } from '../../../../scripts/scenes/truth/definitions.ts';
import type { Truth, TruthIncident, TruthObject } from '../../../../scripts/scenes/truth-file.ts';
import { testScene } from '../scene-fixture.ts';

const { layout } = testScene();
const carriageways = carriagewaysOf(layout);
const southbound = carriageways.filter(({ name }) => name === 'southbound');

describe('a carriageway', () => {
  test('has the road of its direction, not the pavement or the other direction', () => {
    const names = (x: number) =>
      carriageways.filter((each) => isOnCarriageway(each, [x, 30])).map(({ name }) => name);
    expect([-12, -4, 0, 4, 12].map(names)).toEqual([[], ['southbound'], [], ['northbound'], []]);
  });

  test('of a roundabout is the ring, not its island', () => {
    const ring = sceneSchema.shape.layout.parse({ kind: 'roundabout', radiusM: 15 });
    const on = (x: number) => carriagewaysOf(ring).some((each) => isOnCarriageway(each, [x, 0]));
    expect([0, 11, 15, 19].map(on)).toEqual([false, false, true, false]);
  });

  test('of a crossroads ends at its stop line', () => {
    const crossroads = sceneSchema.shape.layout.parse({ kind: 'intersection' });
    const on = (y: number) =>
      carriagewaysOf(crossroads)
        .filter((each) => isOnCarriageway(each, [5, y]))
        .map(({ name }) => name);
    expect(on(-30)).toEqual(['south-in']);
    expect(on(-10)).toEqual([]);
  });
});

describe('the length of a queue', () => {
  test.each([
    ['nobody', [], 0],
    ['one car', [30], 4.7],
    ['three close together', [30, 37, 44], 18.7],
    ['two queues, the longer one counts', [30, 37, 80, 87, 94], 18.7],
  ])('%s', (_, places, lengthM) => {
    expect(queueLengthM(places.map((y, index) => car(index + 1, y, 0)))).toBeCloseTo(lengthM, 1);
  });

  test('leaves out who drives', () => {
    expect(queueLengthM([car(1, 30, 0), car(2, 37, 8)])).toBeCloseTo(4.7, 1);
  });
});

describe('traffic that is held up', () => {
  const jam = (t: number): TruthObject[] =>
    t < 10 ? [] : [20, 27, 34, 41, 48, 55, 62, 69].map((y, index) => car(index + 1, y, 0));

  test('is a queue after it has stood for half a minute', () => {
    const truth = truthOf(jam, 60);
    expect(southbound.flatMap((each) => flowMet('queue', truth, each))).toMatchObject([
      { fromS: 40, toS: 59 },
    ]);
    expect(definitionMetAt(incident('queue', 10), truth, carriageways)).toBe(40);
  });

  test('is still one queue when it lapses for a moment', () => {
    const truth = truthOf((t) => (t > 30 && t < 33 ? [] : jam(t)), 60);
    expect(southbound.flatMap((each) => flowMet('queue', truth, each))).toHaveLength(1);
  });

  test('is none when it dissolves before', () => {
    const truth = truthOf((t) => (t > 35 ? [] : jam(t)), 60);
    expect(definitionMetAt(incident('queue', 10), truth, carriageways)).toBeUndefined();
  });

  test('is none where vehicles wait for a signal', () => {
    const [approach] = southbound;
    const withSignal = approach && { ...approach, stopLine: [approach.left[0], approach.right[0]] as never };
    expect(withSignal && flowMet('queue', truthOf(jam, 60), withSignal)).toEqual([]);
  });
});

test('a camera is at fault after a few seconds, unless it recovers before', () => {
  const truth = truthOf(() => [], 60);
  expect(definitionMetAt(incident('camera-black', 10, 40), truth, [])).toBe(15);
  expect(definitionMetAt(incident('camera-black', 10, 13), truth, [])).toBeUndefined();
});

function car(id: number, y: number, speedMs: number): TruthObject {
  return {
    ...{ id, class: 'car', kind: 'sedan', box: [0, 0, 10, 10], visibleBox: [0, 0, 10, 10] },
    ...{ occlusion: 0, truncation: 0, ground: [-3, y], headingRad: -Math.PI / 2, speedMs },
    ...{ movement: 'southbound', lane: 1 },
  };
}

function incident(kind: TruthIncident['kind'], onset: number, end?: number): TruthIncident {
  return { record: 'incident', kind, onset, ids: [], ...(end === undefined ? {} : { end }) };
}

/** A frame a second. */
function truthOf(objects: (t: number) => TruthObject[], seconds: number): Truth {
  const frames = Array.from({ length: seconds }, (_, t) => ({
    ...{ record: 'frame' as const, frame: t, t, objects: objects(t) },
  }));
  return {
    header: { picture: { width: 640, height: 360, fps: 1 }, frames: seconds } as Truth['header'],
    frames,
    crossings: [],
    incidents: [],
  };
}
