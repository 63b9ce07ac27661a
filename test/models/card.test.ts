import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsOf, modelCardSchema } from '../../models/card.ts';
import { builtInDirectory, readCard } from '../../models/library.ts';

const MINIMAL = {
  v: 1,
  name: 'my-model',
  title: 'My model',
  file: 'my-model.onnx',
  sha256: 'a'.repeat(64),
  licence: 'Apache-2.0',
  input: { name: 'images', width: 320, height: 320, colourOrder: 'rgb', fit: 'stretch' },
  output: { kind: 'yolov8', tensor: 'output0' },
  labels: ['car', null, 'person'],
  minScore: 0.3,
  nmsIou: 0.5,
};

const cards = (await readdir(builtInDirectory())).filter((file) => file.endsWith('.json'));

describe('the cards that come with ngatu', () => {
  it('are there', () => expect(cards.length).toBeGreaterThanOrEqual(12));

  it.each(cards)('%s is valid, and named as its file', async (file) => {
    const card = await readCard(join(builtInDirectory(), file));
    expect(card.name).toBe(basename(file, '.json'));
  });

  it('mark every model under a licence that binds the whole product as one for decoder tests', async () => {
    for (const file of cards) {
      const { licence, use } = await readCard(join(builtInDirectory(), file));
      if (licence.startsWith('AGPL')) expect(use, file).toBe('decoder-tests');
    }
  });
});

describe('a model card', () => {
  it('fills in what is usual', () => {
    expect(modelCardSchema.parse(MINIMAL)).toMatchObject({
      use: 'production',
      extraInputs: [],
      input: { layout: 'nchw', type: 'float32', mean: [0, 0, 0], std: [1, 1, 1], padValue: 114 },
    });
  });

  it('maps labels to road users by position, and knows the COCO list', () => {
    expect(labelsOf(modelCardSchema.parse(MINIMAL))).toEqual(['car', null, 'person']);
    const coco = labelsOf({ labels: 'coco-80' });
    expect(coco.length).toBe(80);
    expect([0, 1, 2, 3, 5, 7].map((index) => coco[index])).toEqual([
      'person',
      'bicycle',
      'car',
      'motorcycle',
      'bus',
      'truck',
    ]);
    expect(coco.filter((roadUser) => roadUser !== null).length).toBe(6);
  });

  it.each([
    ['a name with a folder', { name: '../x' }, 'name'],
    ['a file in a folder', { file: 'sub/my-model.onnx' }, 'file'],
    ['a short hash', { sha256: 'abc' }, 'sha256'],
    ['an unknown field', { treshold: 0.5 }, ''],
    ['an unknown output', { output: { kind: 'ssd', tensor: 'x' } }, 'output.kind'],
    ['a field of another output', { output: { kind: 'yolov8', tensor: 'x', strides: [8] } }, 'output'],
    ['a road user that does not exist', { labels: ['tram'] }, 'labels'],
    ['a division by zero', { input: { ...MINIMAL.input, std: [1, 0, 1] } }, 'input.std'],
    ['a url that is no web address', { url: 'file:///etc/passwd' }, 'url'],
  ])('refuses %s', (_, change, path) => {
    const parsed = modelCardSchema.safeParse({ ...MINIMAL, ...change });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
