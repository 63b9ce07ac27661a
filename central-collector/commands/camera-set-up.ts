// The configuration of a camera as the centre knows it, follows it and changes it: the box has the last word, and what
// somebody changed there by hand becomes a version like any other.

import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { AgentAddress, CommandProblem, ResultOf } from '../../contract/index.ts';
import type { CommandSender } from './command-sender.ts';
import { CommandsError } from './commands-error.ts';
import type { Version, VersionBook } from './version-book.ts';

export type CityCamera = AgentAddress & { readonly camera: string };

export type Configuration = {
  readonly yaml: string;
  /** Whether the box said so just now. */
  readonly fromBox: boolean;
  readonly version: Version;
};

export type Change = {
  readonly yaml: string;
  /** The version that it was made from. */
  readonly baseRevision: number;
  readonly note: string | undefined;
  readonly by: string;
  /** Called before anything is sent; when it rejects, nothing is. */
  readonly audit: (facts: {
    readonly revision: number;
    readonly baseRevision: number;
    readonly sha256: string;
  }) => Promise<void>;
};

export type CameraSetUpOptions = {
  readonly sender: Pick<CommandSender, 'ask'>;
  readonly book: VersionBook;
  /** Mistakes in a text, as far as they can be seen without the box. */
  readonly check: (yaml: string) => readonly CommandProblem[];
  /** The text without the secrets that stand in it. */
  readonly hide: (yaml: string) => string;
  readonly log: Logger;
  readonly now?: () => number;
  /** How long `save` waits for the box before it answers with a version that is only sent, ms. Default 8 s. */
  readonly patienceMs?: number;
};

const PATIENCE_MS = 8000;

/** After so long the box does not act on a change any more, whatever its clock says, ms. */
const EXPIRED_MS = 120_000;

export class CameraSetUp {
  readonly #options: CameraSetUpOptions;
  readonly #now: () => number;
  /** By camera: what is done to one is done one after the other. */
  readonly #lines = new Map<string, Promise<unknown>>();
  /** Changes under way by camera, until the box has answered. */
  readonly #under = new Map<string, Promise<void>>();

  constructor(options: CameraSetUpOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** What the box runs; the last that is known while it cannot be asked. Rejects with a CommandsError. */
  configuration(camera: CityCamera): Promise<Configuration> {
    return this.#inLine(camera, async () => {
      const { book } = this.#options;
      try {
        const { yaml } = await this.#follow(camera);
        const version = await book.running(nameOf(camera));
        if (version !== undefined) return { yaml, fromBox: true, version };
      } catch (error) {
        const known = await book.running(nameOf(camera));
        const isAway = error instanceof CommandsError && error.code === 'unavailable';
        if (isAway && known !== undefined) return { yaml: known.yaml, fromBox: false, version: known };
        throw error;
      }
      throw new CommandsError('unavailable', 'the box tries a change just now: ask again in some seconds');
    });
  }

  /** Newest first. What became of a change that was not answered is asked for. */
  async versions(camera: CityCamera): Promise<readonly Version[]> {
    const { book, log } = this.#options;
    const open = await book.open(nameOf(camera));
    if (open.some(({ state }) => state === 'unanswered') && !this.#under.has(nameOf(camera))) {
      await this.#inLine(camera, () => this.#follow(camera)).catch((error: unknown) =>
        log.debug({ err: error }, 'what became of a change cannot be asked for'),
      );
    }
    return (await book.list(nameOf(camera))).toReversed();
  }

  /** Rejects with a CommandsError, `not-found`. */
  async version(camera: CityCamera, revision: number): Promise<Version> {
    const found = (await this.#options.book.list(nameOf(camera))).find((each) => each.revision === revision);
    if (found !== undefined) return found;
    throw new CommandsError('not-found', `there is no version ${revision} of ${nameOf(camera)}`);
  }

  /**
   * Sends a change and waits a moment for the box's word; longer, and the version is `sent`: `versions` tells what became of
   * it. Rejects with a CommandsError, `conflict` when the change was not made from what runs.
   */
  async save(camera: CityCamera, change: Change): Promise<Version> {
    const { patienceMs = PATIENCE_MS, book } = this.#options;
    const name = nameOf(camera);
    const { revision, done } = await this.#inLine(camera, () => this.#send(camera, change));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([done, late]);
    clearTimeout(timer);
    const version = (await book.list(name)).find((each) => each.revision === revision);
    if (version === undefined) throw new Error(`version ${revision} of ${name} is gone`);
    return version;
  }

  /** Makes the text of an older version the newest. */
  async rollBack(
    camera: CityCamera,
    { revision, ...change }: Pick<Change, 'by' | 'audit'> & { readonly revision: number },
  ): Promise<Version> {
    const { yaml } = await this.version(camera, revision);
    const { version } = await this.configuration(camera);
    const note = `back to version ${revision}`;
    return this.save(camera, { ...change, yaml, baseRevision: version.revision, note });
  }

  trajectories(camera: CityCamera, minutes: number): Promise<ResultOf<'trajectories'>> {
    return this.#options.sender.ask(camera, { name: 'trajectories', camera: camera.camera, minutes });
  }

  /** Waits for changes that are under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#under.values());
  }

  async #send(camera: CityCamera, change: Change): Promise<{ revision: number; done: Promise<void> }> {
    const { book, check, hide } = this.#options;
    const name = nameOf(camera);
    const box = await this.#follow(camera);
    const running = await book.running(name);
    const open = await book.open(name);
    if (open.length > 0) {
      throw new CommandsError(
        'conflict',
        'another change is being tried at the box: wait until it is settled',
      );
    }
    if (running === undefined || running.revision !== change.baseRevision) {
      const newest = running?.revision ?? 'none';
      throw new CommandsError(
        'conflict',
        `version ${newest} runs by now, not ${change.baseRevision}: read it again, and change that`,
      );
    }
    const revision = await this.#nextRevision(name, box);
    const yaml = hide(change.yaml);
    await change.audit({ revision, baseRevision: change.baseRevision, sha256: sha256(yaml) });
    const { by, note = null } = change;
    const version: Version = {
      ...{ v: 1, revision, atMs: this.#now(), by, note, yaml },
      ...{ state: 'sent', problems: [], hash: null },
    };
    const problems = [...check(change.yaml)];
    if (problems.length > 0) {
      await book.put(name, { ...version, state: 'refused', problems });
      return { revision, done: Promise.resolve() };
    }
    await book.put(name, version);
    const done = this.#deliver(camera, change.yaml, version, box.hash).finally(() =>
      this.#under.delete(name),
    );
    this.#under.set(name, done);
    return { revision, done };
  }

  /** Never rejects: what becomes of the change stands in its version. */
  async #deliver(camera: CityCamera, yaml: string, version: Version, baseHash: string): Promise<void> {
    const { sender, book, log } = this.#options;
    const name = nameOf(camera);
    const { revision } = version;
    const question = { name: 'set-configuration', camera: camera.camera, revision, yaml, baseHash } as const;
    let next: Version;
    try {
      const { hash, problems } = await sender.ask(camera, question);
      next = { ...version, state: 'applied', problems, hash };
      // As the box has it: a password that was written into it is hidden there.
      const there = await this.#asked(camera).catch(() => undefined);
      if (there?.hash === hash) next = { ...next, yaml: there.yaml };
    } catch (error) {
      next = { ...version, ...outcomeOf(error) };
    }
    await book
      .put(name, next)
      .catch((error: unknown) => log.error({ err: error, camera: name }, 'a version cannot be written'));
    log.info({ camera: name, revision, state: next.state }, 'a configuration was sent');
  }

  /** Asks the box, and brings the versions up to what it says. */
  async #follow(camera: CityCamera): Promise<ResultOf<'get-configuration'>> {
    const { book } = this.#options;
    const name = nameOf(camera);
    const box = await this.#asked(camera);
    const { last, hash, yaml } = box;
    if (!this.#under.has(name)) {
      for (const version of await book.open(name)) {
        const next = this.#settled(version, box);
        if (next !== undefined) await book.put(name, next);
      }
    }
    const isTried = last?.state === 'trying' || this.#under.has(name);
    const running = await book.running(name);
    if (isTried || running?.hash === hash) return box;
    const revision = await this.#nextRevision(name, box);
    await book.put(name, {
      ...{ v: 1, revision, atMs: this.#now(), by: null, note: null, yaml },
      ...{ state: 'found', problems: [], hash },
    });
    return box;
  }

  /** What became of a version that was not answered; undefined while that is not known. */
  #settled(version: Version, { last, hash, yaml }: ResultOf<'get-configuration'>): Version | undefined {
    if (last?.revision === version.revision && last.state !== 'trying') {
      if (last.state === 'rolled-back') return { ...version, state: 'rolled-back', problems: last.problems };
      const text = last.hash === hash ? { yaml } : {};
      return { ...version, ...text, state: 'applied', problems: last.problems, hash: last.hash };
    }
    const isOver = this.#now() - version.atMs > EXPIRED_MS || (last?.revision ?? 0) > version.revision;
    if (last?.revision === version.revision || !isOver) return undefined;
    return { ...version, state: 'refused', problems: [{ path: '', message: 'it never reached the box' }] };
  }

  #asked({ camera, ...box }: CityCamera): Promise<ResultOf<'get-configuration'>> {
    const address = { site: box.site, agent: box.agent };
    return this.#options.sender.ask(address, { name: 'get-configuration', camera });
  }

  async #nextRevision(name: string, { last }: ResultOf<'get-configuration'>): Promise<number> {
    const known = (await this.#options.book.list(name)).at(-1)?.revision ?? 0;
    return Math.max(known, last?.revision ?? 0) + 1;
  }

  #inLine<T>(camera: CityCamera, work: () => Promise<T>): Promise<T> {
    const name = nameOf(camera);
    const done = (this.#lines.get(name) ?? Promise.resolve()).then(work);
    const tail = done.then(
      () => undefined,
      () => undefined,
    );
    this.#lines.set(name, tail);
    void tail.then(() => {
      if (this.#lines.get(name) === tail) this.#lines.delete(name);
    });
    return done;
  }
}

function nameOf({ site, agent, camera }: CityCamera): string {
  return `${site}/${agent}/${camera}`;
}

function outcomeOf(error: unknown): Pick<Version, 'state' | 'problems'> {
  if (!(error instanceof CommandsError)) {
    return {
      state: 'unanswered',
      problems: [{ path: '', message: 'the centre failed at it; its log tells more' }],
    };
  }
  const problems = error.problems.length > 0 ? [...error.problems] : [{ path: '', message: error.message }];
  if (error.unanswered) return { state: 'unanswered', problems };
  return { state: error.refusal === 'rolled-back' ? 'rolled-back' : 'refused', problems };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
