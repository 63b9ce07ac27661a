// What tools, keys and fields do to the drawing, through the editor.

import type { Shape } from './drawing.ts';
import type { Editor } from './editor.ts';
import { cornerIndex, moved, type Point } from './geometry.ts';
import type { Path } from './plain-edit.ts';
import {
  addCorner,
  addShape,
  type Drawn,
  FEWEST_POINTS,
  isPolygon,
  movePoint,
  moveShape,
  removeHandle,
  removeShape,
} from './shape-edits.ts';

/** Takes a point for the shape that is being drawn; it is made as soon as it has all. */
export function drawPoint(editor: Editor, point: Point, nameStems: Drawn['nameStems']): void {
  const { value: tool } = editor.tool;
  if (tool.kind !== 'draw' || !editor.mayEdit) return;
  const points = [...tool.points, point];
  editor.tool.value = { ...tool, points };
  if (!isPolygon(tool.what) && points.length === FEWEST_POINTS[tool.what]) finishDrawing(editor, nameStems);
}

export function canFinish(editor: Editor): boolean {
  const { value: tool } = editor.tool;
  return tool.kind === 'draw' && tool.points.length >= FEWEST_POINTS[tool.what];
}

/** Makes the shape. Calibration points are drawn one after the other until the tool is put away. */
export function finishDrawing(editor: Editor, nameStems: Drawn['nameStems']): void {
  const { value: tool } = editor.tool;
  if (tool.kind !== 'draw' || !canFinish(editor)) return;
  const { edits, id } = addShape(editor.drawing.value, {
    kind: tool.what,
    points: tool.points,
    parent: tool.parent,
    nameStems,
  });
  editor.edit(edits);
  if (tool.what === 'calibration') {
    editor.tool.value = { ...tool, points: [] };
    editor.select(
      id,
      (editor.drawing.value.shapes.find((shape) => shape.id === id)?.handles.length ?? 1) - 1,
    );
  } else {
    editor.stopDrawing();
    editor.select(id);
  }
}

export function takeBackPoint(editor: Editor): void {
  const { value: tool } = editor.tool;
  if (tool.kind === 'draw') editor.tool.value = { ...tool, points: tool.points.slice(0, -1) };
}

export function dragHandle(editor: Editor, path: Path, to: Point): void {
  editor.edit([movePoint(editor.drawing.value, path, to)], `drag ${path.join('/')}`);
}

/** Moves what is selected: a point, or the whole shape. Several at once are one step of undo. */
export function nudge(editor: Editor, dx: number, dy: number): void {
  const shape = editor.selected.value;
  if (shape === undefined) return;
  const handle = shape.handles[editor.selection.value?.handle ?? -1];
  const gesture = `nudge ${(handle?.path ?? shape.path).join('/')}`;
  editor.edit(
    handle === undefined
      ? moveShape(editor.drawing.value, shape, dx, dy)
      : [movePoint(editor.drawing.value, handle.path, moved(handle.point, dx, dy))],
    gesture,
  );
}

/** The selected point where it can go, else the whole shape. */
export function removeSelected(editor: Editor): void {
  const shape = editor.selected.value;
  const handle = editor.selection.value?.handle;
  if (shape === undefined || !editor.mayEdit) return;
  if (handle !== undefined) {
    const edit = removeHandle(shape, handle);
    if (edit === undefined) return;
    editor.edit([edit]);
    editor.select(shape.id, Math.max(0, handle - 1));
    return;
  }
  editor.edit(removeShape(editor.drawing.value, shape));
  editor.select(shape.parent);
}

/** A corner on the nearest edge, selected. */
export function insertCorner(editor: Editor, shape: Shape, point: Point): void {
  if (!isPolygon(shape.kind) || !editor.mayEdit) return;
  const index = cornerIndex(
    shape.handles.map((handle) => handle.point),
    point,
  );
  editor.edit([addCorner(editor.drawing.value, shape, index, point)]);
  editor.select(shape.id, index);
}

/** The next or previous point of the selected shape, around. */
export function selectNextHandle(editor: Editor, step: 1 | -1): void {
  const shape = editor.selected.value;
  if (shape === undefined || shape.handles.length === 0) return;
  const count = shape.handles.length;
  const at = editor.selection.value?.handle ?? (step === 1 ? -1 : 0);
  editor.select(shape.id, (at + step + count) % count);
}
