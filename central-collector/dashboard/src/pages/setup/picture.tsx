// The picture with everything that is drawn on it, and what pointers do there.

import { useEffect, useId, useRef } from 'preact/hooks';
import { DrawnShape } from './drawn-shape.tsx';
import { GroundGrid } from './ground-grid.tsx';
import { finishDrawing } from './model/actions.ts';
import type { Editor } from './model/editor.ts';
import { type Point, placed } from './model/geometry.ts';
import { isPolygon } from './model/shape-edits.ts';
import { nameStems } from './name-stems.ts';
import { keysOnPicture } from './picture-keys.ts';
import { PointerWork } from './pointer-work.ts';
import type { Scene } from './scene.ts';
import { Sketch } from './sketch.tsx';
import { Trajectories } from './trajectories.tsx';
import { t } from './words.ts';

export function Picture({
  editor,
  scene,
  problemIds,
}: {
  readonly editor: Editor;
  readonly scene: Scene;
  /** Of shapes with problems. */
  readonly problemIds: readonly string[];
}) {
  const svg = useRef<SVGSVGElement>(null);
  const work = useRef<PointerWork | undefined>(undefined);
  work.current ??= new PointerWork(editor, scene);
  const id = useId();
  const { value: view } = scene.view;
  const { value: size } = scene.size;
  const { value: unit } = scene.unit;
  const { value: tool } = editor.tool;
  const { value: drawing } = editor.drawing;
  const { value: selection } = editor.selection;

  useEffect(() => {
    const element = svg.current;
    if (element === null) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0 && height > 0)
        scene.unit.value = Math.max(scene.view.value.width / width, scene.view.value.height / height);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const stopWatching = scene.view.subscribe(measure);
    // Not passive: the page must not scroll while the picture is zoomed.
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      scene.zoom(Math.exp(-event.deltaY / 400), pointOf(element, event));
    };
    element.addEventListener('wheel', zoom, { passive: false });
    return () => {
      observer.disconnect();
      stopWatching();
      element.removeEventListener('wheel', zoom);
    };
  }, [scene]);

  // Whatever the tool was chosen with, keys draw at once; on a phone the picture may be out of sight.
  const drawn = tool.kind === 'draw' ? `${tool.what} ${tool.parent?.join('/')}` : undefined;
  useEffect(() => {
    if (drawn === undefined) return;
    svg.current?.focus({ preventScroll: true });
    svg.current?.scrollIntoView({ block: 'nearest' });
  }, [drawn]);

  const at = (event: PointerEvent | MouseEvent): Point =>
    svg.current === null ? [0, 0] : pointOf(svg.current, event);
  const isDrawing = tool.kind === 'draw';
  // Selected last: it lies on top and is taken hold of first.
  const shapes = [...drawing.shapes].sort(
    (a, b) => Number(a.id === selection?.shape) - Number(b.id === selection?.shape),
  );

  return (
    <>
      <svg
        ref={svg}
        class={`canvas ${isDrawing ? 'canvas-drawing' : ''} ${editor.broken.value ? 'canvas-resting' : ''}`}
        viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
        // Of SVG elements attributes are written as they are named there: tabIndex would be no focus at all.
        tabindex={0}
        role="application"
        aria-label={t('canvas')}
        aria-describedby={`${id}-keys`}
        onPointerDown={(event) => work.current?.down(event, at(event))}
        onPointerMove={(event) => work.current?.move(event, at(event))}
        onPointerUp={(event) => work.current?.up(event, at(event))}
        onPointerCancel={(event) => work.current?.cancel(event)}
        onPointerLeave={() => {
          if (!isDrawing) scene.cursor.value = undefined;
        }}
        onDblClick={(event) => {
          if (tool.kind === 'draw' && isPolygon(tool.what)) finishDrawing(editor, nameStems());
          else work.current?.double(at(event));
        }}
        onKeyDown={(event) => keysOnPicture(event, editor, scene)}
      >
        <rect class="canvas-ground" width={size.width} height={size.height} />
        {scene.still.value === undefined ? (
          <PlainGrid width={size.width} height={size.height} />
        ) : (
          <image
            href={scene.still.value.url}
            width={size.width}
            height={size.height}
            preserveAspectRatio="none"
          />
        )}
        {scene.showTrajectories.value && <Trajectories scene={scene} />}
        {scene.showGrid.value && scene.ground.value && <GroundGrid scene={scene} fit={scene.ground.value} />}
        {shapes.map((shape) => (
          <DrawnShape
            key={shape.id}
            shape={shape}
            drawing={drawing}
            unit={unit}
            isSelected={shape.id === selection?.shape}
            handle={shape.id === selection?.shape ? selection.handle : undefined}
            hasProblem={problemIds.includes(shape.id)}
            mayEdit={editor.mayEdit && !isDrawing}
            ground={scene.ground.value}
          />
        ))}
        {isDrawing && <Sketch editor={editor} scene={scene} />}
      </svg>
      <p class="unseen" id={`${id}-keys`}>
        {isDrawing ? t('canvasDrawKeys') : t('canvasKeys')}
      </p>
      <p class="unseen" role="status">
        {spokenPlace(editor, isDrawing ? scene.cursor.value && placed(scene.cursor.value, size) : undefined)}
      </p>
    </>
  );
}

/** Where the picture would be: lines every tenth, so that places can be told. */
function PlainGrid({ width, height }: { readonly width: number; readonly height: number }) {
  const tenths = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);
  const path = tenths.map((share) => `M${share * width} 0V${height}M0 ${share * height}H${width}`).join('');
  return <path class="canvas-plain" d={path} />;
}

function pointOf(svg: SVGSVGElement, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const matrix = svg.getScreenCTM();
  if (matrix === null) return [0, 0];
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  return [x, y];
}

/** What is selected and where it is, for those who do not see it. */
function spokenPlace(editor: Editor, cursor: Point | undefined): string {
  if (cursor !== undefined) return cursor.join(', ');
  const shape = editor.selected.value;
  if (shape === undefined) return '';
  const at = editor.selection.value?.handle;
  const point = at === undefined ? undefined : shape.handles[at]?.point;
  const name = shape.name === '' ? t(shape.kind) : shape.name;
  return point === undefined ? name : `${name}, ${t('point', { n: (at ?? 0) + 1 })}: ${point.join(', ')}`;
}
