// All that the centre asks of boxes, opened and closed as one.

import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AgentAddress, CommandProblem } from '../../contract/index.ts';
import { BoxPictures } from './box-pictures.ts';
import { CameraSetUp } from './camera-set-up.ts';
import { CommandSender } from './command-sender.ts';
import { PictureCache } from './picture-cache.ts';
import { SlitScans } from './slit-scans.ts';
import { VersionBook } from './version-book.ts';

export type CommandsOptions = {
  /** Folder of the centre. */
  readonly directory: string;
  /** Of pictures and clips that were fetched. */
  readonly maxPictureBytes: number;
  readonly presence: (box: AgentAddress) => 'online' | 'offline' | 'unknown';
  /** Mistakes in a camera's text, as far as they can be seen without the box. */
  readonly check: (yaml: string) => readonly CommandProblem[];
  /** The text without the secrets that stand in it. */
  readonly hide: (yaml: string) => string;
  readonly log: Logger;
};

export type Commands = {
  readonly sender: CommandSender;
  readonly setUp: CameraSetUp;
  readonly pictures: BoxPictures;
  readonly slitScans: SlitScans;
  readonly counts: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
  /** Ends every wait. Idempotent. */
  close(): Promise<void>;
};

/** Rejects with errors of the file system. */
export async function openCommands(options: CommandsOptions): Promise<Commands> {
  const { directory, maxPictureBytes, presence, check, hide, log } = options;
  const cache = new PictureCache(join(directory, 'pictures'), maxPictureBytes, log);
  await cache.open();
  const sender = new CommandSender({ presence, log });
  const book = new VersionBook(join(directory, 'configurations'));
  const setUp = new CameraSetUp({ sender, book, check, hide, log });
  return {
    sender,
    setUp,
    pictures: new BoxPictures({ sender, cache }),
    slitScans: new SlitScans({ sender, cache }),
    counts: sender.counts,
    get gauges() {
      return { picture_bytes: cache.bytes };
    },
    close: async () => {
      sender.close();
      await setUp.settled();
    },
  };
}
