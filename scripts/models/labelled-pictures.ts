// A manifest of labelled pictures: JSON Lines, a record a picture. What training learns from and what detectors are
// judged by, so that both read boxes in one way.

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { roadUserSchema } from '../../contract/index.ts';

/** x1, y1, x2, y2 in pixels of the picture, corners in this order; a box may end outside the picture. */
export const pictureBoxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([x1, y1, x2, y2]) => x2 >= x1 && y2 >= y1, 'expected x1 <= x2 and y1 <= y2');

export const labelledPictureSchema = z.object({
  /** Path of the picture, relative to the manifest's folder, or absolute. */
  image: z.string().min(1),
  /** Pixels. */
  width: z.int().min(1).max(16384),
  height: z.int().min(1).max(16384),
  split: z.enum(['train', 'test']),
  /** The collection that it comes from, such as `atl`. */
  source: z.string().min(1),
  /** The camera or rendered scene: a scene lies on one side of the split, never on both. */
  scene: z.string().min(1),
  time: z.enum(['day', 'night', 'dusk', 'low-sun']),
  kind: z.enum(['real', 'rendered']),
  /** Who labelled: people, an accurate detector, or the renderer, which knows. */
  labels: z.enum(['people', 'teacher', 'truth']),
  /** A `vehicle` is one of unknown class. A motorcycle or bicycle is rider and machine together. */
  boxes: z.array(z.object({ class: roadUserSchema, box: pictureBoxSchema })),
  /** Where nobody knows: what a detector finds there is neither right nor wrong. */
  ignore: z.array(pictureBoxSchema),
});

/** A record as it stands in a manifest. */
export type LabelledPicture = z.infer<typeof labelledPictureSchema>;

/** A manifest that cannot be read or says something else than a manifest does; `problems` are sentences for people. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = [], options?: ErrorOptions) {
    super([message, ...problems.map((problem) => `  - ${problem}`)].join('\n'), options);
    this.problems = problems;
  }
}

/** Most problems told at once: a manifest that is wrong in one line is often wrong in all. */
const MOST_PROBLEMS = 10;

/** Reads a manifest; `image` becomes an absolute path. Throws a ManifestError that names the lines that are wrong. */
export async function readLabelledPictures(manifest: string): Promise<LabelledPicture[]> {
  let text: string;
  try {
    text = await readFile(manifest, 'utf8');
  } catch (cause) {
    throw new ManifestError(`Manifest ${manifest} cannot be read; scripts/train/prepare.ts makes one.`, [], {
      cause,
    });
  }
  const pictures: LabelledPicture[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = labelledPictureSchema.safeParse(jsonOf(line));
    if (parsed.success)
      pictures.push({ ...parsed.data, image: resolve(dirname(manifest), parsed.data.image) });
    else
      problems.push(
        ...parsed.error.issues.map(
          (issue) => `line ${index + 1}: ${issue.path.join('.') || '(record)'}: ${issue.message}`,
        ),
      );
  }
  if (problems.length > 0) {
    const more = problems.length - MOST_PROBLEMS;
    throw new ManifestError(`Manifest ${manifest} is not valid:`, [
      ...problems.slice(0, MOST_PROBLEMS),
      ...(more > 0 ? [`and ${more} more`] : []),
    ]);
  }
  return pictures;
}

/** Undefined, which no schema takes, for a line that is no JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
