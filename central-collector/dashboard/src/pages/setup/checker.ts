// Has the centre look at the text while it is written, a moment after the last change.

import { computed, signal } from '@preact/signals';
import type { CameraSetup, SetupProblem } from './api.ts';
import type { Editor } from './model/editor.ts';
import { shapeOfProblem } from './model/problem-places.ts';
import { problemText } from './problem-words.ts';

export type Checked = { readonly text: string; readonly problems: readonly SetupProblem[] };

const QUIET_MS = 500;

export class Checker {
  readonly #setup: CameraSetup;
  readonly #editor: Editor;
  readonly checked = signal<Checked | undefined>(undefined);
  readonly failure = signal<unknown>(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | undefined;

  constructor(setup: CameraSetup, editor: Editor) {
    this.#setup = setup;
    this.#editor = editor;
  }

  /** Of the text as it is now; undefined while it is being looked at. */
  readonly problems = computed<readonly SetupProblem[] | undefined>(() => {
    const { value: broken } = this.#editor.broken;
    if (broken !== undefined) return [{ path: '', ...broken }];
    const { value: checked } = this.checked;
    return checked?.text === this.#editor.text.value ? checked.problems : undefined;
  });

  /** Messages by the id of the shape that they are of. */
  readonly ofShapes = computed<ReadonlyMap<string, readonly string[]>>(() => {
    const found = new Map<string, string[]>();
    const { shapes } = this.#editor.drawing.value;
    for (const { path, message } of this.problems.value ?? this.checked.value?.problems ?? []) {
      const id = shapeOfProblem(shapes, path)?.id;
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), `${path}: ${problemText(message)}`]);
    }
    return found;
  });

  open(): void {
    this.#stop = this.#editor.text.subscribe((text) => {
      clearTimeout(this.#timer);
      if (text === '' || this.#editor.broken.peek() !== undefined) return;
      this.#timer = setTimeout(() => void this.#check(text), QUIET_MS);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop?.();
  }

  async #check(text: string): Promise<void> {
    try {
      const problems = await this.#setup.check(text);
      // Answers may come in another order than they were asked for.
      if (text !== this.#editor.text.value) return;
      this.checked.value = { text, problems };
      this.failure.value = undefined;
    } catch (failure) {
      this.failure.value = failure;
    }
  }
}
