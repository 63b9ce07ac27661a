// Everything that the set-up page holds while it is open.

import { signal } from '@preact/signals';
import type { CameraSetup, ConfigurationAnswer } from './api.ts';
import { Checker } from './checker.ts';
import type { Draft } from './model/draft.ts';
import { Editor } from './model/editor.ts';
import { Saving } from './saving.ts';
import { Scene } from './scene.ts';

export class WorkbenchState {
  readonly setup: CameraSetup;
  readonly editor: Editor;
  readonly scene: Scene;
  readonly checker: Checker;
  readonly saving: Saving;
  isInReach = true;
  /** Revision that the draft which was found was made from; undefined without one. */
  readonly draftOf = signal<number | undefined>(undefined);

  constructor(setup: CameraSetup) {
    this.setup = setup;
    this.editor = new Editor();
    this.scene = new Scene(setup, this.editor);
    this.checker = new Checker(setup, this.editor);
    this.saving = new Saving(setup, this.editor);
  }

  open({ revision, yaml, fromBox }: ConfigurationAnswer, draft: Draft | undefined): void {
    const isDraft = draft !== undefined && draft.text !== yaml;
    this.editor.open({ revision, text: yaml }, isDraft ? draft.text : undefined);
    this.isInReach = fromBox;
    this.draftOf.value = isDraft ? draft.revision : undefined;
    void this.saving.tellNewest();
    this.scene.showAll();
    this.checker.open();
    void this.scene.loadStill();
    void this.scene.loadTrajectories();
  }

  close(): void {
    this.scene.close();
    this.checker.close();
    this.saving.close();
  }
}
