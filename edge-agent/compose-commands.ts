// What the centre may ask of this agent, wired to its cameras, its files and its evidence.

import type { Logger } from 'pino';
import type { CameraConfig } from '../config/camera.ts';
import { findCameraText } from '../config/camera-text.ts';
import type { EdgeConfig } from '../config/edge.ts';
import { hideSecrets, revealSecrets, secretsIn } from '../config/hidden-secrets.ts';
import { type InspectCamera, loadEdgeConfig, readCameraText } from '../config/load.ts';
import { ConfigError, type Problem, pathText } from '../config/problems.ts';
import { sameConfig } from '../config/same-config.ts';
import { forbiddenFromCentre } from '../config/set-from-centre.ts';
import type { CameraFault, CommandProblem, ResultOf } from '../contract/index.ts';
import type { CameraSet, RunningCamera } from './camera-set.ts';
import { CameraChanges, type CameraFiles } from './commands/camera-changes.ts';
import { stillJpeg } from './commands/camera-still.ts';
import type { CameraVersions } from './commands/camera-versions.ts';
import type { Handlers } from './commands/command-inbox.ts';
import { RefusedCommand } from './commands/refusal.ts';
import { slitScanAnswer } from './compose-slit-scans.ts';
import { EvidenceError } from './evidence/evidence-error.ts';
import { JobLine } from './evidence/job-line.ts';

/** Where the agent's configuration comes from, and how it is read again. */
export type ConfigurationFile = {
  readonly path: string;
  readonly inspectCamera?: InspectCamera;
};

export type CommandWiring = {
  /** As it runs. */
  readonly config: EdgeConfig;
  /** Absent where the configuration did not come from a file: then it cannot be changed. */
  readonly file: ConfigurationFile | undefined;
  readonly cameras: CameraSet;
  readonly versions: CameraVersions;
  readonly logger: Logger;
};

/** A reply with trajectories is no longer, bytes. */
const TRAJECTORY_BYTES = 500 * 1024;
const MINUTE_MS = 60_000;

const NO_FILE = 'this agent was started without a configuration file: nothing of it can be changed';

export type ComposedCommands = {
  readonly handlers: Handlers;
  readonly changes: CameraChanges<CameraConfig> | undefined;
};

export function composeCommands(wiring: CommandWiring): ComposedCommands {
  const { cameras, file } = wiring;
  const changes = file && composeChanges(wiring, file);
  const changing = () => {
    if (changes !== undefined) return changes;
    throw new RefusedCommand('not-allowed', NO_FILE);
  };
  const line = new JobLine();
  const running = (camera: string) => runningCamera(cameras, camera);
  const handlers: Handlers = {
    snapshot: ({ camera }) => snapshot(running(camera), cameras.evidence?.line ?? line),
    evidence: ({ file: name, offset, length }) => evidencePiece(cameras, name, offset, length),
    trajectories: async ({ camera, minutes }) => {
      const toMs = Date.now();
      return running(camera).tracks.since(toMs - minutes * MINUTE_MS, toMs, TRAJECTORY_BYTES);
    },
    'slit-scan': async (command) => slitScanAnswer(running(command.camera), cameras.slitScans.store, command),
    'get-configuration': async ({ camera }) => changing().get(camera),
    'set-configuration': async (command) => changing().set(command),
    reload: async () => {
      if (file === undefined) throw new RefusedCommand('not-allowed', NO_FILE);
      return reloadFiles(wiring, file);
    },
  };
  return { handlers, changes };
}

function composeChanges(
  { config, cameras, versions, logger }: CommandWiring,
  { path, inspectCamera }: ConfigurationFile,
): CameraChanges<CameraConfig> {
  const files: CameraFiles<CameraConfig> = {
    find: (camera) => findCameraText(path, camera),
    check: async (file, text) => {
      const { modelDirectories } = config.detector;
      const options = { env: process.env, secrets: 'required', advice: true, modelDirectories } as const;
      const reading = await readCameraText(file, text, { ...options, inspectCamera });
      return { config: reading.config, problems: reading.problems.map(inText) };
    },
    forbidden: (current, next) =>
      forbiddenFromCentre(current, next).map((problem) => ({ ...problem, path: pathText(problem.path) })),
    same: sameConfig,
    hide: hideSecrets,
    secretsIn,
    reveal: (text, known) => {
      const revealed = revealSecrets(text, known);
      return {
        text: revealed.text,
        problems: revealed.unknown.map((each) => unknownSecret(text, each.offset)),
      };
    },
  };
  return new CameraChanges({
    files,
    versions,
    cameras: {
      config: (camera) => cameras.get(camera)?.config,
      isLive: (camera) => isLive(cameras.get(camera)),
      whyNotLive: (camera) => whyNotLive(cameras.get(camera)),
      restart: (camera, next) => cameras.restart(camera, next),
    },
    configure: config.commands.configure,
    logger,
    now: Date.now,
  });
}

/** Takes over what was changed in the files by hand. Rejects with a RefusedCommand that tells every problem. */
export async function reloadFiles(
  { config, cameras }: Pick<CommandWiring, 'config' | 'cameras'>,
  { path, inspectCamera }: ConfigurationFile,
): Promise<ResultOf<'reload'>> {
  const next = await loadEdgeConfig(path, inspectCamera && { inspectCamera }).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    throw new RefusedCommand('not-valid', error.problems.map(inFile), { cause: error });
  });
  const wanted = new Map(next.cameras.map((camera) => [camera.camera, camera]));
  const removed = cameras.list().flatMap(({ config: { camera } }) => (wanted.has(camera) ? [] : [camera]));
  const restarted: string[] = [];
  const added: string[] = [];
  const problems: CommandProblem[] = [];
  for (const camera of removed) await cameras.stop(camera);
  for (const [name, camera] of wanted) {
    const current = cameras.get(name)?.config;
    if (current !== undefined && sameConfig(current, camera)) continue;
    try {
      if (current === undefined) {
        await cameras.prepare([camera]);
        cameras.start(camera);
      } else await cameras.restart(name, camera);
      (current === undefined ? added : restarted).push(name);
    } catch (error) {
      const message = `camera ${name} cannot be run with its file: ${error instanceof Error ? error.message : error}`;
      problems.push({ path: '', message });
    }
  }
  if (problems.length > 0) throw new RefusedCommand('failed', problems);
  const { cameras: _, ...box } = config;
  const needRestart = Object.entries(box).flatMap(([key, value]) =>
    sameConfig(value, next[key as keyof EdgeConfig]) ? [] : [key],
  );
  return { name: 'reload', restarted, added, removed, needRestart };
}

async function snapshot(
  { config, live, stills }: RunningCamera,
  line: JobLine,
): Promise<ResultOf<'snapshot'>> {
  const { camera, picture, pictures } = config;
  if (stills === undefined) throw new RefusedCommand('not-allowed', stayHere(camera, 'leave'));
  try {
    const { still, seen } = await stills.take(line);
    const { image, atMs, from } = still;
    const everybody = seen.roadUsers;
    const { jpeg, ...size } = await line.run(() =>
      stillJpeg({ image, picture, everybody, blur: pictures.blur }),
    );
    const facts = { ...size, atMs: Math.round(atMs), blurred: pictures.blur, from, picture };
    return { name: 'snapshot', jpeg: jpeg.toString('base64'), ...facts };
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    const { detail } = live.status();
    throw new RefusedCommand('not-available', detail ?? cause.message, { cause });
  }
}

async function evidencePiece(
  cameras: CameraSet,
  file: string,
  offset: number,
  length: number,
): Promise<ResultOf<'evidence'>> {
  const store = cameras.evidence?.store;
  const holder = store?.holderOf(file);
  const facts = holder?.record.evidence[holder.part];
  if (store === undefined || holder === undefined || facts === undefined) {
    throw new RefusedCommand('not-available', 'the box does not keep this file, or not any more');
  }
  const { camera } = holder.record.incident;
  const pictures = cameras.get(camera)?.config.pictures;
  if (!pictures?.leave) throw new RefusedCommand('not-allowed', stayHere(camera, 'leave'));
  if (holder.part === 'clip' && !pictures.clips)
    throw new RefusedCommand('not-allowed', stayHere(camera, 'clips'));
  if (
    pictures.blur &&
    holder.record.evidence.snapshot?.file === file &&
    !holder.record.evidence.snapshot.blurred
  ) {
    const message = `faces and number plates are not hidden in this picture, and camera ${camera} lets only such pictures leave where they are`;
    throw new RefusedCommand('not-allowed', message);
  }
  try {
    const data = await store.readPiece(file, offset, length);
    const { bytes, sha256 } = facts;
    return { name: 'evidence', file, offset, data: data.toString('base64'), bytes, sha256 };
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new RefusedCommand('not-available', cause.message, { cause });
  }
}

function stayHere(camera: string, key: 'leave' | 'clips'): string {
  const what = key === 'leave' ? 'pictures' : 'clips';
  return `the ${what} of camera ${camera} stay on the box: its file does not say pictures: {${key}: true}`;
}

function runningCamera(cameras: CameraSet, camera: string): RunningCamera {
  const running = cameras.get(camera);
  if (running !== undefined) return running;
  throw new RefusedCommand('unknown-camera', `this box has no camera ${camera}`);
}

function isLive(camera: RunningCamera | undefined): boolean {
  return camera !== undefined && camera.live.status().state === 'live' && camera.live.analysed() > 0;
}

/** What the camera says of the request itself, not of how busy it is. */
const LASTING_FAULTS: readonly (CameraFault | undefined)[] = ['unauthorised', 'not-found', 'unsupported'];

function whyNotLive(camera: RunningCamera | undefined): { why: string; lasting: boolean } {
  const { state, fault, detail } = camera?.live.status() ?? {};
  const why = detail ?? (state === 'live' ? 'its pictures are not analysed' : 'no picture came in time');
  return { why, lasting: LASTING_FAULTS.includes(fault) };
}

/** With its place in the text alone: whoever drew the lines does not see the box's folders. */
function inText({ severity, line, column, path, message, hint }: Problem): CommandProblem {
  return { severity, line, column, path: path.slice(0, 500), message: told(message, hint) };
}

/** Problems of several files say which. */
function inFile({ severity, file, line, column, path, message, hint }: Problem): CommandProblem {
  return { severity, line, column, path: path.slice(0, 500), message: told(`${file}: ${message}`, hint) };
}

function told(message: string, hint: string | undefined): string {
  return (hint === undefined ? message : `${message}. ${hint}`).slice(0, 2000);
}

function unknownSecret(text: string, offset: number): CommandProblem {
  const before = text.slice(0, offset).split('\n');
  const message = 'the box does not know the secret that this stands for any more: write the secret itself';
  return { path: '', line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}
