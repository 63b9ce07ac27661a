// From what the centre asks of boxes to what its routes answer: the set-up of cameras, and pictures of incidents.

import type { Logger } from 'pino';
import { hideSecrets } from '../config/hidden-secrets.ts';
import { checkCameraText } from '../config/load.ts';
import type { AgentAddress, CommandProblem } from '../contract/index.ts';
import type { ConfigurationVersion, SetupProblem } from './api/schemas/setup.ts';
import type { SetupSource } from './api/setup/setup-source.ts';
import { type Commands, openCommands } from './commands/open-commands.ts';
import type { Version } from './commands/version-book.ts';
import { localIso } from './local-time.ts';

export type CentreSetUpOptions = {
  /** Folder of the centre. */
  readonly directory: string;
  /** Of pictures and clips that were fetched. Default 512 MiB. */
  readonly pictureBytes?: number;
  /** What is known of a box; undefined of one that nobody has heard of. */
  readonly stateOf: (box: AgentAddress) => 'online' | 'offline' | 'unknown' | undefined;
  readonly log: Logger;
};

const DEFAULT_PICTURE_BYTES = 512 * 1024 * 1024;

/** A secret that was written at the centre is not kept there: who goes back to that version writes it again. */
const FORGOTTEN = '0'.repeat(16);

/** Rejects with errors of the file system. */
export function openSetUp({ directory, pictureBytes, stateOf, log }: CentreSetUpOptions): Promise<Commands> {
  return openCommands({
    directory,
    maxPictureBytes: pictureBytes ?? DEFAULT_PICTURE_BYTES,
    presence: (box) => stateOf(box) ?? 'unknown',
    check,
    hide: (yaml) => hideSecrets(yaml, () => FORGOTTEN),
    log,
  });
}

export function setUpSource({ setUp, pictures }: Commands, timeZone: string): SetupSource {
  const told = (version: Version) => versionAnswer(version, timeZone);
  return {
    still: (camera) => pictures.still(camera),
    configuration: async (camera) => {
      const { yaml, fromBox, version } = await setUp.configuration(camera);
      const { site, agent, camera: name } = camera;
      const { revision } = version;
      return { camera: `${site}/${agent}/${name}`, revision, yaml, fromBox, version: told(version) };
    },
    check: (yaml) => check(yaml).map(problemAnswer),
    save: async (camera, change) => told(await setUp.save(camera, change)),
    rollBack: async (camera, change) => told(await setUp.rollBack(camera, change)),
    versions: async (camera) => (await setUp.versions(camera)).map(told),
    version: async (camera, revision) => {
      const version = await setUp.version(camera, revision);
      return { version: told(version), yaml: version.yaml };
    },
    trajectories: async (camera, minutes) => {
      const { fromMs, toMs, picture, tracks } = await setUp.trajectories(camera, minutes);
      return { from: localIso(fromMs, timeZone), to: localIso(toMs, timeZone), picture, tracks };
    },
  };
}

function check(yaml: string): CommandProblem[] {
  return checkCameraText(yaml)
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, hint, line, column }) => ({
      path,
      message: hint === undefined ? message : `${message}. ${hint}`,
      line,
      column,
    }));
}

function versionAnswer({ revision, atMs, by, note, state, problems }: Version, timeZone: string) {
  const answer: ConfigurationVersion = {
    ...{ revision, at: localIso(atMs, timeZone), by, note, state },
    problems: problems.map(problemAnswer),
  };
  return answer;
}

function problemAnswer({ path, message, line, column }: CommandProblem): SetupProblem {
  return { path, message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
