// What the control centre may see and change of a box and its cameras. Pictures stay on the box unless it says otherwise.

import { z } from 'zod';
import { pathSchema, section } from './sections.ts';

export type PicturesConfig = z.output<typeof picturesSchema>;
export type CommandsConfig = z.output<typeof commandsSchema>;

/** Of one camera. Nobody at the centre can loosen it: see `loosenedPictures`. */
export const picturesSchema = section({
  leave: z
    .boolean()
    .default(false)
    .describe(
      "Whether the centre may fetch this camera's pictures: a still for the set-up, snapshots of incidents, slit scans. Default false.",
    ),
  blur: z
    .boolean()
    .default(true)
    .describe('Whether only pictures leave in which faces and number plates are hidden. Default true.'),
  clips: z
    .boolean()
    .default(false)
    .describe('Whether clips of incidents may leave as well, in which nothing is hidden. Default false.'),
});

/** Of the box. */
export const commandsSchema = section({
  configure: z
    .boolean()
    .default(true)
    .describe("Whether the centre may change the cameras' files. Default true."),
  directory: pathSchema
    .default('./data/commands')
    .describe('Folder for earlier versions of those files, for their owner only. Default ./data/commands.'),
});

/** The keys of `pictures` that `next` would open and `current` keeps shut: only somebody at the box may do that. */
export function loosenedPictures(current: PicturesConfig, next: PicturesConfig): (keyof PicturesConfig)[] {
  const isOpen = { leave: true, blur: false, clips: true } as const;
  const keys = ['leave', 'blur', 'clips'] as const;
  return keys.filter((key) => next[key] === isOpen[key] && current[key] !== isOpen[key]);
}
