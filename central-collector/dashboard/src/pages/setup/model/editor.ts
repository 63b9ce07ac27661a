// The state of the editor: the text of the file is the only truth, the drawing is read from it, and all that is done on
// the picture, in fields or in the text is a change of the text that can be undone.

import { computed, signal } from '@preact/signals';
import { type Drawing, readDrawing, type Shape } from './drawing.ts';
import type { Point } from './geometry.ts';
import type { Path } from './plain-edit.ts';
import type { NewShape } from './shape-edits.ts';
import { changed, redone, settled, startUndo, type Undo, undone } from './undo.ts';
import { editYaml, type YamlEdit } from './yaml-edit.ts';

export type Selection = {
  /** Id of the shape. */
  readonly shape: string;
  /** Index of its handle; undefined: the whole. */
  readonly handle?: number | undefined;
};

export type Tool =
  | { readonly kind: 'select' }
  | {
      readonly kind: 'draw';
      readonly what: NewShape;
      readonly points: readonly Point[];
      readonly parent?: Path;
    };

/** What the text was made from. */
export type Base = { readonly revision: number; readonly text: string };

const NOTHING: Drawing = { value: {}, picture: undefined, shapes: [] };

export class Editor {
  readonly base = signal<Base>({ revision: 0, text: '' });
  readonly selection = signal<Selection | undefined>(undefined);
  readonly tool = signal<Tool>({ kind: 'select' });
  readonly #undo = signal<Undo>(startUndo(''));
  #lastDrawing = NOTHING;

  readonly text = computed(() => this.#undo.value.now.text);
  readonly canUndo = computed(() => this.#undo.value.past.length > 0);
  readonly canRedo = computed(() => this.#undo.value.future.length > 0);
  readonly isChanged = computed(() => this.text.value !== this.base.value.text);
  readonly #read = computed(() => readDrawing(this.text.value));
  /** Where the text stops being YAML: then the drawing is that of before, and can't be changed. */
  readonly broken = computed(() => ('problem' in this.#read.value ? this.#read.value.problem : undefined));
  readonly drawing = computed<Drawing>(() => {
    if ('drawing' in this.#read.value) this.#lastDrawing = this.#read.value.drawing;
    return this.#lastDrawing;
  });
  readonly selected = computed<Shape | undefined>(() =>
    this.drawing.value.shapes.find(({ id }) => id === this.selection.value?.shape),
  );

  /** Not while the text is no YAML: an edit would have nowhere to go. */
  get mayEdit(): boolean {
    return this.broken.value === undefined;
  }

  /** Begins with what runs, or with the draft that was made from it. */
  open(base: Base, draft?: string): void {
    this.base.value = base;
    this.#undo.value = startUndo(base.text);
    // Read once, so that there is a drawing to rest on when what is typed next, or a draft, is no YAML.
    this.#lastDrawing = this.drawing.value;
    if (draft !== undefined) this.#undo.value = changed(this.#undo.value, draft);
    this.selection.value = undefined;
    this.tool.value = { kind: 'select' };
  }

  /** What the text is compared with, and saved upon, from now on; the text stays. */
  rebase(base: Base): void {
    this.base.value = base;
  }

  write(text: string, gesture?: string): void {
    this.#undo.value = changed(this.#undo.value, text, gesture);
  }

  edit(edits: readonly YamlEdit[], gesture?: string): void {
    if (this.mayEdit && edits.length > 0) this.write(editYaml(this.text.value, edits), gesture);
  }

  settle(): void {
    this.#undo.value = settled(this.#undo.value);
  }

  undo(): void {
    this.#undo.value = undone(this.#undo.value);
    this.#dropLost();
  }

  redo(): void {
    this.#undo.value = redone(this.#undo.value);
    this.#dropLost();
  }

  select(shape: string | undefined, handle?: number): void {
    this.selection.value = shape === undefined ? undefined : { shape, handle };
  }

  draw(what: NewShape, parent?: Path): void {
    this.tool.value = { kind: 'draw', what, points: [], ...(parent !== undefined && { parent }) };
  }

  stopDrawing(): void {
    this.tool.value = { kind: 'select' };
  }

  #dropLost(): void {
    const { value: selection } = this.selection;
    const shape = this.selected.value;
    if (selection === undefined) return;
    if (shape === undefined) this.selection.value = undefined;
    else if ((selection.handle ?? 0) >= shape.handles.length) this.select(shape.id);
  }
}
