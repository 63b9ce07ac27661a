import { describe, expect, it } from 'vitest';
import { inputConversionOf } from '../../../edge-agent/detector/input-tensor.ts';
import { modelCardSchema } from '../../../models/card.ts';

const inputSchema = modelCardSchema.shape.input;
const SIZE = 32 * 32;

function planesOf(first: number, second: number, third: number): Uint8Array {
  const planes = new Uint8Array(3 * SIZE);
  planes.fill(first, 0, SIZE);
  planes.fill(second, SIZE, 2 * SIZE);
  planes.fill(third, 2 * SIZE);
  return planes;
}

const base = { name: 'image', width: 32, height: 32, colourOrder: 'rgb', fit: 'stretch' };

describe('the numbers a model is given', () => {
  it.each([
    ['bytes as they are without mean and std', {}, [0, 128, 255]],
    ['0 to 1 with std 255', { std: [255, 255, 255] }, [0, 128 / 255, 1]],
    ['each plane with its own mean and std', { mean: [10, 128, 55], std: [10, 2, 100] }, [-1, 0, 2]],
  ])('are %s', (_, normalisation, expected) => {
    const convert = inputConversionOf(inputSchema.parse({ ...base, ...normalisation }));
    const values = convert(planesOf(0, 128, 255));
    expect(values).toBeInstanceOf(Float32Array);
    for (const [plane, value] of expected.entries()) {
      expect(values[plane * SIZE]).toBeCloseTo(value, 6);
      expect(values[(plane + 1) * SIZE - 1]).toBeCloseTo(value, 6);
    }
  });

  it('are the planes themselves for a uint8 input', () => {
    const convert = inputConversionOf(inputSchema.parse({ ...base, type: 'uint8' }));
    const planes = planesOf(1, 2, 3);
    expect(convert(planes)).toBe(planes);
  });
});
