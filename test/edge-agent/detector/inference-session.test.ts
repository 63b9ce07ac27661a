import { rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ROAD_USERS } from '../../../contract/index.ts';
import { openDetectionSession } from '../../../edge-agent/detector/inference-session.ts';
import { greyFrame, makeTinyModel, type TinyModel } from './tiny-model.ts';

describe('a detection session', () => {
  let model: TinyModel | undefined;
  afterEach(async () => {
    if (model) await rm(model.directory, { recursive: true });
    model = undefined;
  });

  const open = (tiny: TinyModel, executionProvider: 'cpu' | 'coreml' = 'cpu') =>
    openDetectionSession({ ...tiny, threads: 1, executionProvider });

  it.each(['float32', 'uint8'] as const)('gives boxes in source pixels from a %s input', async (type) => {
    // A uint8 model gets no normalisation: its scores are made small enough beforehand.
    const scores =
      type === 'uint8'
        ? [
            [0.9 / 255, 0],
            [0, 0.6 / 255],
          ]
        : undefined;
    model = await makeTinyModel({ type, ...(scores ? { scores } : {}) });
    const session = await open(model);
    const { planes, geometry } = greyFrame(255);
    const found = await session.detect(planes, geometry, 0.3);
    expect([...found.roadUsers].map((index) => ROAD_USERS[index])).toEqual(['car', 'person']);
    expect([...found.boxes]).toEqual([160, 80, 480, 240, 0, 0, 80, 160]);
    expect(found.scores[0]).toBeCloseTo(0.9, 5);
    expect(found.unknownLabels).toBe(0);
    await session.close();
  });

  it('leaves out what is below the least score of the call', async () => {
    model = await makeTinyModel();
    const session = await open(model);
    const { planes, geometry } = greyFrame(255);
    expect((await session.detect(planes, geometry, 0.7)).count).toBe(1);
    expect((await session.detect(planes, geometry, 0.95)).count).toBe(0);
    await session.close();
  });

  it('refuses a card with all that is wrong in it, expected and found', async () => {
    model = await makeTinyModel(
      {},
      {
        input: {
          name: 'image',
          width: 96,
          height: 32,
          type: 'uint8',
          colourOrder: 'rgb',
          fit: 'stretch',
        },
        output: { kind: 'boxes-scores', boxes: 'bboxes', scores: 'scores', coordinates: 'relative' },
        labels: ['car', 'person', 'truck'],
      },
    );
    await expect(open(model)).rejects.toMatchObject({
      code: 'refused',
      retryable: false,
      problems: [
        'input "image": expected uint8 [1, 3, 32, 96] (1, 3 planes, height, width of the card), found float32 [1, 3, 32, 64]',
        'output "bboxes": expected float32 [1, any, 4], found no such output; the model has "boxes" float32 [1, 2, 4]; "scores" float32 [1, 2, 2]',
        'output "scores": expected float32 [1, any, 3] (3 labels), found float32 [1, 2, 2]',
      ],
    });
  });

  it('refuses a file that is no ONNX model', async () => {
    model = await makeTinyModel();
    await writeFile(model.modelPath, 'not a model');
    await expect(open(model)).rejects.toMatchObject({ code: 'refused' });
  });

  it('says what size of frame it expects', async () => {
    model = await makeTinyModel();
    const session = await open(model);
    const { geometry } = greyFrame(0);
    await expect(session.detect(new Uint8Array(10), geometry, 0.3)).rejects.toThrow(
      'expected 6144 bytes (3 planes of 64x32), got 10',
    );
    await session.close();
  });

  it.skipIf(process.platform === 'darwin')(
    'falls back to cpu when the wished provider is not there, and says so',
    async () => {
      model = await makeTinyModel();
      const session = await open(model, 'coreml');
      expect(session.executionProvider).toBe('cpu');
      expect(session.warning).toContain('"coreml" cannot run model "tiny" here, using cpu');
      await session.close();
    },
  );
});
