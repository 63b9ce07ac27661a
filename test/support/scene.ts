// The clip and the model that come with the project: tests that need real traffic use these, so that they run in
// every clone.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MODEL } from '../../models/default-model.ts';

const ROOT = join(import.meta.dirname, '../..');

/** 640 x 360, 12.5 frames a second, 15 s: ten crossings of the line `south`, six of them `away`. */
export const SCENE_CLIP = join(ROOT, 'test/fixtures/scenes/short-mixed.mp4');
export const SCENE_TRUTH = join(ROOT, 'test/fixtures/scenes/short-mixed.truth.jsonl.gz');

/** Where to count in it, as a camera's configuration says it; from the header of its truth. */
export const SCENE_CAMERA = {
  picture: { width: 640, height: 360 },
  lines: [
    {
      line: 'south',
      from: [42.85, 182.48],
      to: [460.16, 228.12],
      directions: { toLeft: 'away', toRight: 'towards' },
    },
  ],
};

export type TestModel = { readonly model: string; readonly modelDirectories: readonly string[] };

/**
 * The default model; `NGATU_TEST_MODEL` takes another, a card file with its ONNX file beside it.
 * Undefined, with a sentence on stderr, when the file is not there: for `describe.skipIf`.
 */
export function sceneModel(): TestModel | undefined {
  const card = process.env.NGATU_TEST_MODEL ?? join(ROOT, 'models', `${DEFAULT_MODEL}.json`);
  const missing = [card, card.replace(/\.json$/, '.onnx')].filter((path) => !existsSync(path));
  if (missing.length === 0) return { model: card, modelDirectories: [] };
  process.stderr.write(`skipped: the default model is missing: ${missing.join(', ')}\n`);
  return undefined;
}
