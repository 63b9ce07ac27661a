// What mouse, pen and fingers do on the picture: take hold of points and shapes, set points of a new one, push and pinch.

import { dragHandle, drawPoint, finishDrawing, insertCorner } from './model/actions.ts';
import type { Shape } from './model/drawing.ts';
import type { Editor } from './model/editor.ts';
import { distance, distanceToSegment, edgesOf, type Point } from './model/geometry.ts';
import type { Path } from './model/plain-edit.ts';
import { FEWEST_POINTS, isPolygon, moveShape } from './model/shape-edits.ts';
import { nameStems } from './name-stems.ts';
import type { Scene } from './scene.ts';

type Grip =
  | { readonly what: 'handle'; readonly path: Path; readonly offset: Point }
  | { readonly what: 'shape'; readonly shape: Shape }
  | { readonly what: 'ground' }
  | { readonly what: 'draw' };

type Hold = { readonly grip: Grip; readonly from: Point; readonly screen: Point; isMoved: boolean };

/** On the screen: closer is a click, not a drag. */
const CLICK_PX = 5;
/** On the screen: who comes so near to the first corner of a polygon closes it. */
const CLOSE_PX = 14;
const EDGE_PX = 12;

export class PointerWork {
  readonly #editor: Editor;
  readonly #scene: Scene;
  readonly #pointers = new Map<number, Point>();
  #hold: Hold | undefined;
  #frame: number | undefined;

  constructor(editor: Editor, scene: Scene) {
    this.#editor = editor;
    this.#scene = scene;
  }

  down(event: PointerEvent, at: Point): void {
    if (event.button > 1) return;
    const { target, currentTarget } = event;
    (currentTarget as Element).setPointerCapture(event.pointerId);
    const screen: Point = [event.clientX, event.clientY];
    this.#pointers.set(event.pointerId, screen);
    if (this.#pointers.size > 1) {
      this.#hold = undefined;
      return;
    }
    const grip = event.button === 1 ? ({ what: 'ground' } as const) : this.#gripOf(target as Element, at);
    this.#hold = { grip, from: at, screen, isMoved: false };
  }

  move(event: PointerEvent, at: Point): void {
    const before = this.#pointers.get(event.pointerId);
    const screen: Point = [event.clientX, event.clientY];
    if (before !== undefined) this.#pointers.set(event.pointerId, screen);
    this.#scene.cursor.value = at;
    if (before === undefined) return;
    if (this.#pointers.size === 2) {
      this.#pinch(event.pointerId, before, screen, at);
      return;
    }
    const hold = this.#hold;
    if (hold === undefined) return;
    if (!hold.isMoved && distance(hold.screen, screen) < CLICK_PX) return;
    hold.isMoved = true;
    if (hold.grip.what === 'ground' || (hold.grip.what === 'draw' && !this.#drawsByDrag())) {
      // The picture moves under the pointer: its place in the picture stays.
      this.#scene.push(hold.from[0] - at[0], hold.from[1] - at[1]);
      return;
    }
    this.#later(() => this.#drag(hold, at));
  }

  up(event: PointerEvent, at: Point): void {
    const wasPinch = this.#pointers.size > 1;
    this.#pointers.delete(event.pointerId);
    const hold = this.#hold;
    this.#hold = undefined;
    this.#now();
    if (hold === undefined || wasPinch) return;
    if (hold.grip.what === 'draw') this.#set(hold, at);
    else if (hold.grip.what === 'ground' && !hold.isMoved) this.#editor.select(undefined);
    this.#editor.settle();
  }

  cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    this.#hold = undefined;
    this.#editor.settle();
  }

  /** On an edge of the selected polygon: a corner more. */
  double(at: Point): void {
    const shape = this.#editor.selected.value;
    if (shape === undefined || !isPolygon(shape.kind)) return;
    const edges = edgesOf(shape.handles.map(({ point }) => point));
    if (edges.some((edge) => distanceToSegment(edge, at) < EDGE_PX * this.#scene.unit.value))
      insertCorner(this.#editor, shape, at);
  }

  #gripOf(target: Element, at: Point): Grip {
    const editor = this.#editor;
    if (editor.tool.value.kind === 'draw') return { what: 'draw' };
    const { shape: id, handle, edge } = (target.closest('[data-shape]') as SVGElement | null)?.dataset ?? {};
    const shape = editor.drawing.value.shapes.find((each) => each.id === id);
    if (shape === undefined) return { what: 'ground' };
    if (edge !== undefined && editor.mayEdit) {
      insertCorner(editor, shape, at);
      return this.#holdOf(editor.selected.value ?? shape, editor.selection.value?.handle ?? 0, at);
    }
    if (handle !== undefined) {
      editor.select(shape.id, Number(handle));
      return editor.mayEdit ? this.#holdOf(shape, Number(handle), at) : { what: 'ground' };
    }
    // The first press selects, so that nothing is moved by mistake.
    const wasSelected = editor.selection.value?.shape === shape.id;
    editor.select(shape.id);
    return wasSelected && editor.mayEdit && shape.kind !== 'calibration'
      ? { what: 'shape', shape }
      : { what: 'shape', shape: { ...shape, handles: [] } };
  }

  #holdOf(shape: Shape, index: number, [x, y]: Point): Grip {
    const handle = shape.handles[index];
    if (handle === undefined) return { what: 'ground' };
    return { what: 'handle', path: handle.path, offset: [handle.point[0] - x, handle.point[1] - y] };
  }

  #drag({ grip, from }: Hold, [x, y]: Point): void {
    const editor = this.#editor;
    if (grip.what === 'handle') dragHandle(editor, grip.path, [x + grip.offset[0], y + grip.offset[1]]);
    else if (grip.what === 'shape' && grip.shape.handles.length > 0) {
      const edits = moveShape(editor.drawing.value, grip.shape, x - from[0], y - from[1]);
      editor.edit(edits, `drag ${grip.shape.id}`);
    }
  }

  /** A line may be drawn by one stroke. */
  #drawsByDrag(): boolean {
    const { value: tool } = this.#editor.tool;
    return tool.kind === 'draw' && FEWEST_POINTS[tool.what] === 2 && tool.points.length === 0;
  }

  #set({ from, isMoved }: Hold, at: Point): void {
    const editor = this.#editor;
    const { value: tool } = editor.tool;
    if (tool.kind !== 'draw') return;
    const [first] = tool.points;
    if (isMoved) {
      if (!this.#drawsByDrag()) return;
      drawPoint(editor, from, nameStems());
      drawPoint(editor, at, nameStems());
      return;
    }
    const closes =
      first !== undefined &&
      isPolygon(tool.what) &&
      tool.points.length >= FEWEST_POINTS[tool.what] &&
      distance(first, at) < CLOSE_PX * this.#scene.unit.value;
    if (closes) finishDrawing(editor, nameStems());
    // The second press of a double one is no corner of its own.
    else if (distance(tool.points.at(-1) ?? [-99, -99], at) > 2 * this.#scene.unit.value)
      drawPoint(editor, at, nameStems());
  }

  #pinch(id: number, before: Point, now: Point, at: Point): void {
    const other = [...this.#pointers].find(([each]) => each !== id)?.[1];
    if (other === undefined) return;
    this.#scene.zoom(distance(other, now) / Math.max(1, distance(other, before)), at);
  }

  /** The newest of many moves, once a frame. */
  #work: (() => void) | undefined;
  #later(work: () => void): void {
    this.#work = work;
    this.#frame ??= requestAnimationFrame(() => this.#now());
  }

  #now(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const work = this.#work;
    this.#work = undefined;
    work?.();
  }
}
