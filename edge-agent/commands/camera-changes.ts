// Changes of the cameras' files while the agent runs, each as a whole or not at all: checked, written, tried, and taken back
// when the camera does not run with it. Other cameras go on counting.

import type { Logger } from 'pino';
import type { Command, CommandProblem, ResultOf } from '../../contract/index.ts';
import { abortableWait } from '../abortable-wait.ts';
import { replaceFile } from '../durable-file.ts';
import { type CameraVersions, type LastChange, sha256 } from './camera-versions.ts';
import { RefusedCommand } from './refusal.ts';
import { takeBack, type Unproved } from './unproved.ts';

/** The text of one camera and where it stands. */
export type PlacedText = {
  readonly file: string;
  readonly text: string;
  readonly whole: string;
  /** The whole file with another text of the camera; undefined when it cannot stand there. */
  embed(text: string): string | undefined;
};

export type Checked<Config> = {
  /** Undefined when it has mistakes. */
  readonly config: Config | undefined;
  readonly problems: readonly CommandProblem[];
};

/** What is known of configuration files. */
export type CameraFiles<Config> = {
  /** Undefined when no file can be read as this camera. */
  find(camera: string): Promise<PlacedText | undefined>;
  check(file: string, text: string): Promise<Checked<Config>>;
  /** What the centre cannot change. */
  forbidden(current: Config, next: Config): readonly CommandProblem[];
  same(a: Config, b: Config): boolean;
  hide(text: string, markOf: (secret: string) => string): string;
  reveal(
    text: string,
    known: ReadonlyMap<string, string>,
  ): { readonly text: string; readonly problems: readonly CommandProblem[] };
  secretsIn(text: string): readonly string[];
};

/** The running cameras. */
export type Cameras<Config> = {
  config(camera: string): Config | undefined;
  /** Pictures come and are analysed. */
  isLive(camera: string): boolean;
  /** Why it is not live, in words; `lasting` where another try of the same cannot help. */
  whyNotLive(camera: string): { readonly why: string; readonly lasting: boolean };
  /** Rejects when it cannot be built; then it runs as before. */
  restart(camera: string, config: Config): Promise<void>;
};

export type CameraChangesOptions<Config> = {
  readonly files: CameraFiles<Config>;
  readonly cameras: Cameras<Config>;
  readonly versions: CameraVersions;
  /** Whether the centre may change files. */
  readonly configure: boolean;
  /** How long a camera that was live may take to be live again, ms. Default 20 s: a connection and a keyframe. */
  readonly provingMs?: number;
  /** The same after a start of the agent, ms. Default 90 s: after a power cut the camera has to start, too. */
  readonly startingMs?: number;
  readonly logger: Logger;
  /** UTC, ms. */
  readonly now: () => number;
};

const DEFAULT_PROVING_MS = 20_000;
const DEFAULT_STARTING_MS = 90_000;
const POLL_MS = 100;
/** A camera that says so again and again for so long means it, ms. */
const LASTING_MS = 4000;

type SetConfiguration = Extract<Command, { name: 'set-configuration' }>;

/** Its calls are made one after the other. */
export class CameraChanges<Config> {
  readonly #options: CameraChangesOptions<Config>;
  readonly #closing = new AbortController();

  constructor(options: CameraChangesOptions<Config>) {
    this.#options = options;
  }

  /** Rejects with a RefusedCommand. */
  async get(camera: string): Promise<ResultOf<'get-configuration'>> {
    const { files, cameras, versions } = this.#options;
    const running = this.#running(camera);
    const place = await this.#find(camera);
    const yaml = files.hide(place.text, await versions.marks());
    const { config } = await files.check(place.file, place.text);
    const last = await versions.last(camera);
    const facts = { camera, yaml, hash: sha256(yaml) };
    const runs = config !== undefined && files.same(config, cameras.config(camera) ?? running);
    if (last === undefined) return { name: 'get-configuration', ...facts, runs };
    const { revision, state, atMs, hash, problems } = last;
    return { name: 'get-configuration', ...facts, runs, last: { revision, state, atMs, hash, problems } };
  }

  /** Rejects with a RefusedCommand; what it did then is in its code. */
  async set(command: SetConfiguration): Promise<ResultOf<'set-configuration'>> {
    const { files, cameras, versions, configure, now } = this.#options;
    const { camera, revision, dryRun = false } = command;
    const running = this.#running(camera);
    if (!configure) throw new RefusedCommand('not-allowed', NOT_FROM_CENTRE);
    const last = await versions.last(camera);
    if (last?.command === command.id) return resultOf(last);
    if (!dryRun && last !== undefined && revision <= last.revision) {
      throw new RefusedCommand('outdated', `expected a revision above ${last.revision}, got ${revision}`);
    }
    const place = await this.#find(camera);
    const { config, text, hash, whole, problems } = await this.#checked(command, place, running);
    if (dryRun)
      return { name: 'set-configuration', camera, revision, state: 'valid', hash, live: false, problems };
    const wasLive = cameras.isLive(camera);
    const change = { v: 1 as const, camera, revision, command: command.id, atMs: now(), hash, problems };
    const undo = { file: place.file, before: place.whole, after: whole, wasLive, starts: 0 };
    const trial: Unproved = { ...change, state: 'trying', live: false, undo };
    await this.#written(trial, place.text);
    // Only comments and order differ: nothing has to be interrupted.
    if (files.same(config, running)) return this.#finish({ ...trial, live: wasLive }, text);
    return this.#prove(trial, config, running, text);
  }

  /** After a start: whether the cameras run with what a crash left unproved. */
  async resume(changes: readonly Unproved[]): Promise<void> {
    const { cameras, logger, files, startingMs = DEFAULT_STARTING_MS } = this.#options;
    for (const change of changes) {
      const { camera, undo } = change;
      const live = !undo.wasLive || (await this.#untilLive(camera, startingMs));
      if (this.#closing.signal.aborted) return;
      if (live) {
        const place = await files.find(camera);
        await this.#finish({ ...change, live: cameras.isLive(camera) }, place?.text ?? '');
        continue;
      }
      const { why } = cameras.whyNotLive(camera);
      await takeBack(this.#options.versions, change, why);
      logger.warn({ camera, revision: change.revision, problem: why }, 'took back a change of the centre');
      const place = await files.find(camera);
      const config = place && (await files.check(place.file, place.text)).config;
      if (config !== undefined) await cameras.restart(camera, config);
    }
  }

  /** Ends every wait; what is not proved then is settled at the next start. Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  #running(camera: string): Config {
    const running = this.#options.cameras.config(camera);
    if (running !== undefined) return running;
    throw new RefusedCommand('unknown-camera', `this box has no camera ${camera}`);
  }

  async #find(camera: string): Promise<PlacedText> {
    const place = await this.#options.files.find(camera);
    if (place !== undefined) return place;
    throw new RefusedCommand(
      'failed',
      `no file of the box can be read as camera ${camera} any more: put its configuration right at the box`,
    );
  }

  async #checked({ camera, yaml, baseHash }: SetConfiguration, place: PlacedText, running: Config) {
    const { files, versions } = this.#options;
    const markOf = await versions.marks();
    if (baseHash !== undefined && baseHash !== sha256(files.hide(place.text, markOf))) {
      throw new RefusedCommand('base-differs', 'the file was changed since: read it again, and change that');
    }
    const known = [place.text, ...(await versions.kept(camera))].flatMap((text) => files.secretsIn(text));
    const revealed = files.reveal(yaml, new Map(known.map((secret) => [markOf(secret), secret])));
    const { config, problems } = await files.check(place.file, revealed.text);
    const forbidden = config === undefined ? [] : files.forbidden(running, config);
    const all = [...revealed.problems, ...problems, ...forbidden];
    if (config === undefined || all.some(({ severity }) => severity !== 'warning')) {
      throw new RefusedCommand('not-valid', all);
    }
    const whole = place.embed(revealed.text);
    if (whole === undefined) {
      const message =
        "the camera stands in the box's own file, in a section that others refer to: give it a file of its own at the box";
      throw new RefusedCommand('not-valid', [{ path: '', message }]);
    }
    const hash = sha256(files.hide(revealed.text, markOf));
    return { config, text: revealed.text, hash, whole, problems: all };
  }

  async #written(trial: Unproved, before: string): Promise<void> {
    const { versions } = this.#options;
    const { camera, undo } = trial;
    try {
      await versions.keep(camera, before);
      await versions.put(trial);
      if (undo.after !== undo.before) await replaceFile(undo.file, undo.after);
    } catch (cause) {
      const why = `the file cannot be written: ${cause instanceof Error ? cause.message : String(cause)}. Put cameras' files where the agent may write`;
      await takeBack(versions, trial, why).catch(() => undefined);
      throw new RefusedCommand('failed', why, { cause });
    }
  }

  async #prove(trial: Unproved, config: Config, before: Config, text: string) {
    const { cameras, provingMs = DEFAULT_PROVING_MS } = this.#options;
    const { camera, undo } = trial;
    try {
      await cameras.restart(camera, config);
    } catch (cause) {
      return this.#back(
        trial,
        `the camera cannot be run with it: ${cause instanceof Error ? cause.message : cause}`,
      );
    }
    if (!undo.wasLive || (await this.#untilLive(camera, provingMs))) {
      return this.#finish({ ...trial, live: cameras.isLive(camera) }, text);
    }
    if (this.#closing.signal.aborted) {
      throw new RefusedCommand('not-available', 'the agent stops; its next start tries the change again');
    }
    const why = `the camera was live before, and with this it is not: ${cameras.whyNotLive(camera).why}`;
    return this.#back(trial, why, before);
  }

  async #finish({ undo: _, ...trial }: Unproved, text: string): Promise<ResultOf<'set-configuration'>> {
    const { versions, logger } = this.#options;
    const applied: LastChange = { ...trial, state: 'applied' };
    await versions.put(applied);
    await versions.keep(trial.camera, text);
    logger.info(
      { camera: trial.camera, revision: trial.revision },
      'took over a configuration of the centre',
    );
    return resultOf(applied);
  }

  async #back(trial: Unproved, why: string, before?: Config): Promise<never> {
    const { versions, cameras, logger } = this.#options;
    const { camera, revision } = trial;
    logger.warn({ camera, revision, problem: why }, 'took back a change of the centre');
    const finished = await takeBack(versions, trial, why);
    if (before !== undefined) await cameras.restart(camera, before);
    throw new RefusedCommand('rolled-back', finished.problems);
  }

  async #untilLive(camera: string, withinMs: number): Promise<boolean> {
    const { cameras } = this.#options;
    const { signal } = this.#closing;
    const untilMs = performance.now() + withinMs;
    let hopelessMs: number | undefined;
    while (!signal.aborted) {
      if (cameras.isLive(camera)) return true;
      const nowMs = performance.now();
      hopelessMs = cameras.whyNotLive(camera).lasting ? (hopelessMs ?? nowMs) : undefined;
      if (nowMs >= untilMs || nowMs - (hopelessMs ?? nowMs) >= LASTING_MS) return false;
      await abortableWait(POLL_MS, signal);
    }
    return false;
  }
}

const NOT_FROM_CENTRE =
  "commands.configure of the box is false: its cameras' files are changed at the box alone";

/** The answer to a command, also when it comes again. */
function resultOf({
  camera,
  revision,
  state,
  hash,
  live,
  problems,
}: LastChange): ResultOf<'set-configuration'> {
  if (state === 'rolled-back') throw new RefusedCommand('rolled-back', problems);
  if (state === 'trying') throw new RefusedCommand('busy', 'this change is being tried; ask again');
  return { name: 'set-configuration', camera, revision, state, hash, live, problems };
}
