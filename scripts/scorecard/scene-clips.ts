// The rendered scenes that are judged, and the conditions they are grouped by.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../scenes/browser.ts';
import { readScene, type Scene } from '../scenes/scene-file.ts';
import type { TruthHeader } from '../scenes/truth-file.ts';

export const CONDITIONS = ['clear day', 'low sun or dusk', 'rain', 'fog', 'night'] as const;
export type Condition = (typeof CONDITIONS)[number];

const LIBRARY = 'scripts/scenes/library';

export type SceneClip = { readonly name: string; readonly clip: string; readonly truth: string };

export type SceneClips = {
  readonly found: readonly SceneClip[];
  /** Named, or in the library, but not rendered. */
  readonly missing: readonly string[];
};

/** Clips with truth in the folders, the earlier folder first; all of the library and of the folders unless named. */
export async function findSceneClips(
  folders: readonly string[],
  names: readonly string[] | undefined,
): Promise<SceneClips> {
  const library = await namesIn(join(repositoryRoot(), LIBRARY), '.yaml');
  const wanted = names ?? library;
  const found = wanted.flatMap((name) => {
    for (const folder of folders) {
      const [clip, truth] = [join(folder, `${name}.mp4`), join(folder, `${name}.truth.jsonl.gz`)];
      if (existsSync(clip) && existsSync(truth)) return [{ name, clip, truth }];
    }
    return [];
  });
  const known = new Set(found.map(({ name }) => name));
  return { found, missing: wanted.filter((name) => !known.has(name)) };
}

/** The scene file that a clip was rendered from; undefined when the library has none of its name. */
export async function librarySceneOf({ scene }: TruthHeader): Promise<Scene | undefined> {
  const path = join(repositoryRoot(), LIBRARY, `${scene}.yaml`);
  return existsSync(path) ? await readScene(path) : undefined;
}

/** Rain at night is night: what is hard about it is the dark. A cloudy day is a clear one: nothing is in the air. */
export function conditionOf({ tags }: TruthHeader): Condition {
  if (tags.time === 'night') return 'night';
  if (tags.weather === 'rain') return 'rain';
  if (tags.weather === 'fog') return 'fog';
  return tags.time === 'day' ? 'clear day' : 'low sun or dusk';
}

async function namesIn(folder: string, ending: string): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .toSorted();
}
