// What keys do while the picture has the focus: everything that a mouse can do there.

import {
  drawPoint,
  finishDrawing,
  insertCorner,
  nudge,
  removeSelected,
  selectNextHandle,
  takeBackPoint,
} from './model/actions.ts';
import type { Editor } from './model/editor.ts';
import { moved, type Point, placed } from './model/geometry.ts';
import { showing } from './model/view.ts';
import { nameStems } from './name-stems.ts';
import type { Scene } from './scene.ts';

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const FAST_PX = 10;
const ZOOM = 1.25;

export function keysOnPicture(event: KeyboardEvent, editor: Editor, scene: Scene): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  const isDrawing = editor.tool.value.kind === 'draw';
  const done = arrow
    ? moveBy(editor, scene, arrow, event.shiftKey ? FAST_PX : 1)
    : keyOfView(event.key, scene) ||
      (isDrawing ? keyOfDrawing(event.key, editor, scene) : keyOfSelection(event.key, editor));
  if (!done) return;
  event.preventDefault();
  // Keys of the page must not do something else with it.
  event.stopPropagation();
}

function moveBy(editor: Editor, scene: Scene, [x, y]: Point, step: number): boolean {
  if (editor.tool.value.kind === 'draw') {
    const cursor = placed(moved(cursorOf(scene), x * step, y * step), scene.size.value);
    scene.cursor.value = cursor;
    scene.view.value = showing(scene.view.value, scene.size.value, cursor);
    return true;
  }
  if (editor.selected.value === undefined) {
    const { width } = scene.view.value;
    scene.push((x * width) / 20, (y * width) / 20);
    return true;
  }
  nudge(editor, x * step, y * step);
  return true;
}

function keyOfView(key: string, scene: Scene): boolean {
  if (key === '+' || key === '=') scene.zoom(ZOOM, scene.cursor.value);
  else if (key === '-') scene.zoom(1 / ZOOM, scene.cursor.value);
  else if (key === '0') scene.showAll();
  else return false;
  return true;
}

function keyOfDrawing(key: string, editor: Editor, scene: Scene): boolean {
  if (key === 'Enter' || key === ' ') drawPoint(editor, cursorOf(scene), nameStems());
  else if (key === 'Backspace' || key === 'Delete') takeBackPoint(editor);
  else if (key === 'f' || key === 'F') finishDrawing(editor, nameStems());
  else if (key === 'Escape') editor.stopDrawing();
  else return false;
  return true;
}

function keyOfSelection(key: string, editor: Editor): boolean {
  const shape = editor.selected.value;
  if (shape === undefined) return false;
  if (key === 'Escape') {
    const isPoint = editor.selection.value?.handle !== undefined;
    editor.select(isPoint ? shape.id : undefined);
  } else if (key === 'n' || key === 'N') selectNextHandle(editor, 1);
  else if (key === 'p' || key === 'P') selectNextHandle(editor, -1);
  else if (key === 'Delete' || key === 'Backspace') removeSelected(editor);
  else if (key === 'Insert') {
    const at = editor.selection.value?.handle ?? 0;
    const from = shape.handles[at]?.point;
    const to = shape.handles[(at + 1) % shape.handles.length]?.point;
    if (from && to) insertCorner(editor, shape, [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
  } else return false;
  return true;
}

/** In the middle of what is seen until it has been moved. */
function cursorOf(scene: Scene): Point {
  const { x, y, width, height } = scene.view.value;
  return placed(scene.cursor.value ?? [x + width / 2, y + height / 2], scene.size.value);
}
