// Saves, and follows what becomes of a version until the box has said so.

import { computed, signal } from '@preact/signals';
import { ApiProblem } from '../../api/client.ts';
import type { CameraSetup, ConfigurationVersion, VersionState } from './api.ts';
import type { Editor } from './model/editor.ts';

const ASK_EVERY_MS = 1000;
/** Of a version that was not answered in time. */
const LOOK_EVERY_MS = 10_000;

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
  /** The text that was sent last; what runs is the editor's base until the box has taken it. */
  readonly #sent = signal<{ readonly revision: number; readonly text: string } | undefined>(undefined);
  /** The text as it is now was sent, and the box may take it yet. */
  readonly isOnItsWay = computed(() => {
    const { value: sent } = this.#sent;
    const { value: news } = this.news;
    return (
      sent !== undefined &&
      sent.text === this.#editor.text.value &&
      news?.revision === sent.revision &&
      (news.state === 'sent' || news.state === 'unanswered')
    );
  });
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
      this.#sent.value = { revision: version.revision, text };
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
      this.#sent.value = { revision: version.revision, text };
      this.#editor.open(this.#editor.base.value, text);
      return version;
    });
  }

  /** When the page is opened: what became of the newest version, if it is not simply the one that runs. */
  async tellNewest(): Promise<void> {
    await this.loadVersions();
    const [newest, before] = this.versions.value ?? [];
    if (newest === undefined || newest.state === 'applied') return;
    // The first version of every camera was found on its box.
    if (newest.state === 'found' && before === undefined) return;
    this.news.value = newest;
    if (newest.state === 'sent' || newest.state === 'unanswered') this.follow(newest.revision);
  }

  async loadVersions(): Promise<void> {
    try {
      this.versions.value = await this.#setup.versions();
      this.problem.value = undefined;
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
      await this.#tell(version);
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

  /** Either something else runs by now, or another change is being tried: then there is nothing to choose yet. */
  async #tellConflict(problem: ApiProblem): Promise<void> {
    try {
      const { revision, yaml } = await this.#setup.configuration();
      if (revision === this.#editor.base.value.revision) throw problem;
      this.conflict.value = { revision, text: yaml };
    } catch (failure) {
      this.problem.value = failure;
    }
  }

  /** Asks until the box has answered; after a while now and then, for a box that comes back. */
  follow(revision: number): void {
    const ask = async () => {
      let state: VersionState = 'sent';
      try {
        const versions = await this.#setup.versions();
        if (this.#isClosed) return;
        this.versions.value = versions;
        const version = versions.find((each) => each.revision === revision);
        if (version !== undefined) await this.#tell(version);
        state = version?.state ?? state;
      } catch {
        // The shell says that the centre does not answer; here is only: again.
      }
      if (!this.#isClosed && (state === 'sent' || state === 'unanswered')) next(state);
    };
    const next = (state: 'sent' | 'unanswered') => {
      this.#timer = setTimeout(() => void ask(), state === 'sent' ? ASK_EVERY_MS : LOOK_EVERY_MS);
    };
    clearTimeout(this.#timer);
    next('sent');
  }

  /** Once the box has taken a text, that is what runs; as the box has it, with passwords hidden. */
  async #tell(version: ConfigurationVersion): Promise<void> {
    this.news.value = version;
    const { value: sent } = this.#sent;
    const { revision, state } = version;
    if (state !== 'applied' || sent?.revision !== revision) return;
    const text = await this.#setup.versionText(revision).catch(() => sent.text);
    this.#sent.value = undefined;
    if (this.#editor.text.value === sent.text) this.#editor.write(text);
    this.#editor.rebase({ revision, text });
  }
}
