// What is being drawn, up to the cursor.

import type { Editor } from './model/editor.ts';
import { type Point, placed } from './model/geometry.ts';
import { isPolygon } from './model/shape-edits.ts';
import type { Scene } from './scene.ts';

export function Sketch({ editor, scene }: { readonly editor: Editor; readonly scene: Scene }) {
  const { value: tool } = editor.tool;
  const { value: unit } = scene.unit;
  if (tool.kind !== 'draw') return null;
  const cursor: Point | undefined = scene.cursor.value && placed(scene.cursor.value, scene.size.value);
  const points = cursor === undefined ? tool.points : [...tool.points, cursor];
  const path = `M${points.join('L')}${isPolygon(tool.what) && points.length > 2 ? 'Z' : ''}`;
  const arm = 14 * unit;
  return (
    <g class={`shape-${tool.what} sketch`}>
      {points.length > 1 && (
        <>
          <path class="stroke-edge" d={path} />
          <path class="stroke" d={path} />
        </>
      )}
      {tool.points.map(([x, y], i) => (
        <circle key={i} class="handle-dot" cx={x} cy={y} r={(i === 0 ? 7 : 5) * unit} />
      ))}
      {cursor !== undefined && (
        <path
          class="cross"
          d={`M${cursor[0] - arm} ${cursor[1]}h${2 * arm}M${cursor[0]} ${cursor[1] - arm}v${2 * arm}`}
        />
      )}
    </g>
  );
}
