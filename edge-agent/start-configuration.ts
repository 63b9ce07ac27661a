// The configuration that the agent starts with. A change of the centre that was cut off in its middle is tried once more; one
// that cannot even be read is taken back before anything else: the box is never left without a configuration that runs.

import { dirname, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { EdgeConfig } from '../config/edge.ts';
import { type LoadOptions, loadEdgeConfig } from '../config/load.ts';
import { ConfigError } from '../config/problems.ts';
import { commandsSchema } from '../config/remote.ts';
import { valueAt } from '../config/validate.ts';
import { readYamlFile } from '../config/yaml-file.ts';
import { CameraVersions } from './commands/camera-versions.ts';
import { settleUnproved, takeBack, type Unproved } from './commands/unproved.ts';

export type StartConfiguration = {
  readonly config: EdgeConfig;
  readonly unproved: readonly Unproved[];
  /** Puts the files back as they were before those; gives whether there were any. */
  takeBack(why: string): Promise<boolean>;
};

/** Throws ConfigError. */
export async function startConfiguration(path: string, options: LoadOptions): Promise<StartConfiguration> {
  const versions = await versionsOf(path);
  // A full disk must not keep the box from counting: then the files are taken as they are, and settled at the next start.
  const unproved = versions === undefined ? [] : await settleUnproved(versions).catch(() => []);
  const back = async (why: string) => {
    if (versions === undefined) return false;
    for (const change of unproved) await takeBack(versions, change, why);
    return unproved.length > 0;
  };
  try {
    return { config: await loadEdgeConfig(path, options), unproved, takeBack: back };
  } catch (error) {
    if (!(error instanceof ConfigError) || !(await back('the box cannot read it as its configuration')))
      throw error;
    return { config: await loadEdgeConfig(path, options), unproved: [], takeBack: async () => false };
  }
}

/** Says what a start took back; for logs. */
export function tellUnproved(unproved: readonly Unproved[], logger: Logger): void {
  for (const { camera, revision } of unproved) {
    logger.warn(
      { camera, revision },
      'a change of the centre was cut off; whether the camera runs with it is seen now',
    );
  }
}

/** Read from the file without its cameras, which may be what is wrong. */
async function versionsOf(path: string): Promise<CameraVersions | undefined> {
  const { value } = await readYamlFile(path);
  const section = commandsSchema.safeParse(valueAt(value, ['commands']) ?? {}).data;
  return section && new CameraVersions(resolve(dirname(resolve(path)), section.directory));
}
