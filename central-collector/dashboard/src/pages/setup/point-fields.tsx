// The points of a shape as numbers.

import { Button } from '../../parts/button.tsx';
import { insertCorner } from './model/actions.ts';
import type { Shape } from './model/drawing.ts';
import type { Editor } from './model/editor.ts';
import { middle, type Point } from './model/geometry.ts';
import { isPolygon, movePoint, removeHandle } from './model/shape-edits.ts';
import { t } from './words.ts';

export function PointFields({ editor, shape }: { readonly editor: Editor; readonly shape: Shape }) {
  const { value: selection } = editor.selection;
  const { handles } = shape;
  const isEnds = !isPolygon(shape.kind) && shape.kind !== 'calibration';
  return (
    <section class="points" aria-label={t('points')}>
      {handles.map(({ path, point }, i) => {
        const name = nameOf(i, isEnds);
        const set = (to: Point) =>
          editor.edit([movePoint(editor.drawing.value, path, to)], `type ${path.join('/')}`);
        const isHeld = selection?.shape === shape.id && selection.handle === i;
        const removal = removeHandle(shape, i);
        return (
          <div class={`point ${isHeld ? 'is-held' : ''}`} key={path.join('/')}>
            <button
              type="button"
              class="point-name"
              aria-pressed={isHeld}
              onClick={() => editor.select(shape.id, isHeld ? undefined : i)}
            >
              {name}
            </button>
            <Coordinate label={`${name} x`} value={point[0]} onChange={(x) => set([x, point[1]])} />
            <Coordinate label={`${name} y`} value={point[1]} onChange={(y) => set([point[0], y])} />
            {isPolygon(shape.kind) && (
              <Button
                look="quiet"
                icon="close"
                label={`${t('removePoint')} ${i + 1}`}
                disabled={removal === undefined}
                onClick={() => removal && editor.edit([removal])}
              />
            )}
          </div>
        );
      })}
      {isPolygon(shape.kind) && handles.length > 1 && (
        <Button
          icon="plus"
          onClick={() => {
            const [from, to] = [handles.at(-1)?.point, handles[0]?.point];
            if (from && to) insertCorner(editor, shape, middle({ from, to }));
          }}
        >
          {t('addCorner')}
        </Button>
      )}
    </section>
  );
}

/** Beyond the ends of a line: where its lanes end. */
function nameOf(i: number, isEnds: boolean): string {
  if (!isEnds) return t('point', { n: i + 1 });
  if (i < 2) return t(i === 0 ? 'pointA' : 'pointB');
  return t('laneEnd', { n: i - 1 });
}

/** A number of a point; arrows up and down are those of the browser. */
export function Coordinate({
  label,
  value,
  step = 1,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly step?: number | 'any';
  readonly onChange: (value: number) => void;
}) {
  return (
    <input
      class="input coordinate"
      type="number"
      inputMode="decimal"
      aria-label={label}
      step={step}
      value={value}
      onInput={({ currentTarget }) => {
        if (Number.isFinite(currentTarget.valueAsNumber)) onChange(currentTarget.valueAsNumber);
      }}
      onBlur={({ currentTarget }) => {
        currentTarget.value = String(value);
      }}
    />
  );
}
