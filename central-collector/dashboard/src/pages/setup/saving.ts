// Saves, and follows what becomes of a version until the box has said so.

import { signal } from '@preact/signals';
import { ApiProblem } from '../../api/client.ts';
import type { CameraSetup, ConfigurationVersion } from './api.ts';
import type { Editor } from './model/editor.ts';

const ASK_EVERY_MS = 1000;
/** The centre gives up before; then this is the last word. */
const FOLLOW_FOR_MS = 180_000;

export type Conflict = { readonly revision: number; readonly text: string };

export class Saving {
  readonly #setup: CameraSetup;
  readonly #editor: Editor;
  readonly busy = signal(false);
  readonly problem = signal<unknown>(undefined);
  /** Somebody else saved meanwhile. */
  readonly conflict = signal<Conflict | undefined>(undefined);
  /** The newest version of which there is something to say. */
  readonly news = signal<ConfigurationVersion | undefined>(undefined);
  readonly versions = signal<readonly ConfigurationVersion[] | undefined>(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(setup: CameraSetup, editor: Editor) {
    this.#setup = setup;
    this.#editor = editor;
  }

  /** Resolves when the centre has taken it or not; then it is followed. */
  async save(note: string, baseRevision = this.#editor.base.value.revision): Promise<boolean> {
    const { value: text } = this.#editor.text;
    return this.#send(async () => {
      const version = await this.#setup.save(text, baseRevision, note);
      this.#editor.rebase({ revision: version.revision, text });
      return version;
    });
  }

  /** Saves upon what somebody else saved. */
  async saveOver(note: string): Promise<boolean> {
    const { value: conflict } = this.conflict;
    return conflict === undefined ? false : this.save(note, conflict.revision);
  }

  /** Takes what somebody else saved. */
  takeTheirs(): void {
    const { value: conflict } = this.conflict;
    if (conflict !== undefined) this.#editor.open(conflict);
    this.conflict.value = undefined;
  }

  async rollBack(revision: number): Promise<boolean> {
    return this.#send(async () => {
      const text = await this.#setup.versionText(revision);
      const version = await this.#setup.rollBack(revision);
      this.#editor.open({ revision: version.revision, text });
      return version;
    });
  }

  async loadVersions(): Promise<void> {
    try {
      this.versions.value = await this.#setup.versions();
    } catch (problem) {
      this.problem.value = problem;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #send(work: () => Promise<ConfigurationVersion>): Promise<boolean> {
    this.busy.value = true;
    this.problem.value = undefined;
    try {
      const version = await work();
      this.conflict.value = undefined;
      this.news.value = version;
      this.follow(version.revision);
      return true;
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.code === 'conflict') await this.#tellConflict(problem);
      else this.problem.value = problem;
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  async #tellConflict(problem: ApiProblem): Promise<void> {
    try {
      const [newest] = await this.#setup.versions();
      if (newest === undefined || newest.revision === this.#editor.base.value.revision) throw problem;
      const text = await this.#setup.versionText(newest.revision);
      this.conflict.value = { revision: newest.revision, text };
    } catch (failure) {
      this.problem.value = failure;
    }
  }

  /** Asks until the box has answered, or the centre has given up waiting. */
  follow(revision: number): void {
    const untilMs = Date.now() + FOLLOW_FOR_MS;
    const ask = async () => {
      try {
        const versions = await this.#setup.versions();
        if (this.#isClosed) return;
        this.versions.value = versions;
        const version = versions.find((each) => each.revision === revision);
        if (version !== undefined) this.news.value = version;
        if (version !== undefined && version.state !== 'sent') return;
      } catch {
        // The shell says that the centre does not answer; here is only: again.
      }
      if (!this.#isClosed && Date.now() < untilMs) this.#timer = setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void ask(), ASK_EVERY_MS);
  }
}
