import { describe, expect, it } from 'vitest';
import type { DetectionSession } from '../../../edge-agent/detector/inference-session.ts';
import { modelCardSchema } from '../../../models/card.ts';
import { detectPicture, type OpenModel } from '../../../scripts/models/detect-picture.ts';
import { timesInTurns } from '../../../scripts/models/times-in-turns.ts';

const card = modelCardSchema.parse({
  v: 1,
  name: 'wide',
  title: 'Wide',
  file: 'wide.onnx',
  sha256: '0'.repeat(64),
  licence: 'Apache-2.0',
  input: { name: 'images', width: 64, height: 32, colourOrder: 'bgr', fit: 'letterbox-centre', padValue: 7 },
  output: { kind: 'yolov8', tensor: 'output' },
  labels: ['car'],
  minScore: 0.25,
  nmsIou: 0.5,
});

type Seen = Parameters<DetectionSession['detect']>;

/** A model that answers one car, slower from model to model, and remembers what it was shown. */
function model(name: string, inferenceMs: number, seen: (string | Seen)[]): OpenModel {
  return {
    card: { ...card, name },
    session: {
      executionProvider: 'cpu',
      warning: undefined,
      detect: async (...shown) => {
        seen.push(name, shown);
        return {
          count: 1,
          boxes: Float32Array.of(1, 2, 30, 40),
          scores: Float32Array.of(0.5),
          roadUsers: Uint8Array.of(0),
          unknownLabels: 0,
          convertMs: 0.5,
          inferenceMs,
          decodeMs: 0.25,
        };
      },
      close: async () => undefined,
    },
  };
}

const red = {
  width: 32,
  height: 32,
  rgb: Buffer.from(Array.from({ length: 32 * 32 }, () => [200, 10, 20]).flat()),
};

describe('a picture in front of a model', () => {
  it('is fitted as the card asks and answered in its own pixels', async () => {
    const seen: (string | Seen)[] = [];
    const { objects } = await detectPicture(model('wide', 5, seen), red, 0.01);
    expect(objects).toEqual([{ roadUser: 'car', score: 0.5, box: [1, 2, 30, 40] }]);
    const [planes, geometry, minScore] = seen[1] as Seen;
    expect(minScore).toBe(0.01);
    expect(geometry).toMatchObject({ scaleX: 1, scaleY: 1, offsetX: 16, offsetY: 0, sourceWidth: 32 });
    // First row of the blue plane, and the middle of the red one, which comes last.
    expect([...planes.subarray(0, 64)]).toEqual([
      ...Array(16).fill(7),
      ...Array(32).fill(20),
      ...Array(16).fill(7),
    ]);
    expect(planes[2 * 64 * 32 + 32]).toBe(200);
  });
});

describe('times of models', () => {
  it('are taken in turns that begin with another model each time, at the least score of the card', async () => {
    const seen: (string | Seen)[] = [];
    const models = [model('a', 4, seen), model('b', 8, seen)];
    async function* pictures() {
      yield red;
      yield red;
    }
    const times = await timesInTurns(models, pictures());
    expect(seen.filter((one) => typeof one === 'string')).toEqual(['a', 'b', 'b', 'a']);
    expect((seen[1] as Seen)[2]).toBe(0.25);
    expect(times[1]).toEqual({
      frames: 2,
      medianMs: 8.25,
      p95Ms: 8.25,
      medianWithConversionMs: 8.75,
      p95WithConversionMs: 8.75,
    });
  });
});
