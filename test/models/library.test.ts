import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  builtInDirectory,
  cardNames,
  findCard,
  findModel,
  howToGet,
  listCards,
  readCard,
  sha256OfFile,
} from '../../models/library.ts';

describe('the library of models', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ngatu-library-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('finds a card by name among those that ngatu brings', async () => {
    const { card, cardPath } = await findCard('yolox_nano');
    expect(card.name).toBe('yolox_nano');
    expect(cardPath).toBe(join(builtInDirectory(), 'yolox_nano.json'));
  });

  it('prefers the card of a model directory over the built-in one of the same name', async () => {
    const own = { ...(await findCard('yolox_nano')).card, minScore: 0.77 };
    await writeFile(join(directory, 'yolox_nano.json'), JSON.stringify(own));
    expect((await findCard('yolox_nano', [directory])).card.minScore).toBe(0.77);
    const { cards } = await listCards([directory]);
    expect(cards.find(({ card }) => card.name === 'yolox_nano')?.card.minScore).toBe(0.77);
  });

  it('looks for the model file beside the card, then in the directories', async () => {
    const cards = join(directory, 'cards');
    const models = join(directory, 'models');
    await mkdir(cards);
    await mkdir(models);
    const own = { ...(await findCard('yolox_nano')).card, name: 'own', file: 'own.onnx' };
    const cardPath = join(cards, 'own.json');
    await writeFile(cardPath, JSON.stringify(own));
    await writeFile(join(models, 'own.onnx'), 'model');
    expect((await findModel(cardPath, [models])).modelPath).toBe(join(models, 'own.onnx'));
    await writeFile(join(cards, 'own.onnx'), 'model');
    expect((await findModel(cardPath, [models])).modelPath).toBe(join(cards, 'own.onnx'));
  });

  it.each([
    [
      'that has an address',
      'https://example.org/m.onnx',
      'Run "ngatu models fetch CARD" to download it, or "ngatu',
    ],
    ['that has none', undefined, 'Run "ngatu'],
  ])('says where it looked for a missing file %s, and every way to get it', async (_, url, advice) => {
    const own = { ...(await findCard('yolox_nano')).card, file: 'absent.onnx', url };
    const cardPath = join(directory, 'yolox_nano.json');
    await writeFile(cardPath, JSON.stringify(own));
    const error = await findModel('yolox_nano', [directory]).catch((reason: unknown) => reason);
    expect(String(error).replaceAll(cardPath, 'CARD').replaceAll(directory, 'DIRECTORY')).toContain(
      `The file absent.onnx of model "yolox_nano" is missing. ${advice} models add CARD FILE" with the file if you have it, or name the folder that holds it: --models-dir DIR, in the file of an edge box detector.modelDirectories. Looked in:\n  - DIRECTORY/absent.onnx`,
    );
  });

  it('names a card that comes with ngatu by its name', async () => {
    expect(howToGet(await findCard('yolox_nano'))).toContain('"ngatu models add yolox_nano FILE"');
  });

  it('knows the names of all cards without reading them', async () => {
    await writeFile(join(directory, 'broken.json'), '{');
    expect(await cardNames([directory, '/no/such/folder'])).toEqual(
      expect.arrayContaining(['broken', 'yolox_nano']),
    );
  });

  it('names the models there are when one is unknown', async () => {
    await expect(findCard('yolo_nano')).rejects.toThrow(/No model card "yolo_nano".*Known are: .*yolox_nano/);
  });

  it('tells every problem of a card with its path', async () => {
    const cardPath = join(directory, 'broken.json');
    await writeFile(cardPath, JSON.stringify({ v: 1, name: 'Broken', input: { width: 'wide' } }));
    await expect(readCard(cardPath)).rejects.toThrow(/name: expected[\s\S]*sha256: [\s\S]*input\.width: /);
    await writeFile(cardPath, '{');
    await expect(readCard(cardPath)).rejects.toThrow(/broken\.json cannot be read: /);
    const { broken, cards } = await listCards([directory]);
    expect(broken.length).toBe(1);
    expect(cards.length).toBeGreaterThanOrEqual(12);
  });

  it('computes the hash that sha256sum gives', async () => {
    const path = join(directory, 'file');
    await writeFile(path, 'abc');
    expect(await sha256OfFile(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('says what is wrong with a card in plain text, and not all of it when it is everything', async () => {
    const path = join(directory, 'card.json');
    const refusal = async (content: unknown) => {
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
      return readCard(path).catch((error: Error) => error.message);
    };
    expect(await refusal('\u001b[2J{')).toContain('\\u001b[2J');
    const { card } = await findCard('yolox_nano');
    expect(await refusal({ ...card, '\u001b[2J\u202e': 1 })).toContain('\\u001b[2J\\u202e');
    const message = await refusal({ ...card, labels: Array(5000).fill('\u0007') });
    expect(String(message).split('\n').length).toBeLessThan(60);
    expect(message).not.toMatch(/[^\P{Cc}\n]/u);
  });
});
