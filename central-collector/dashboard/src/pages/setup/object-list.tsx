// All that is drawn, to be selected by keyboard or finger, with what it would have counted.

import { useEffect, useRef } from 'preact/hooks';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { CameraForm } from './camera-form.tsx';
import { countedBy } from './counted.ts';
import type { Shape } from './model/drawing.ts';
import type { Editor } from './model/editor.ts';
import type { NewShape } from './model/shape-edits.ts';
import type { Scene } from './scene.ts';
import { ShapeForm } from './shape-form.tsx';
import { t } from './words.ts';

export type ObjectListProps = {
  readonly editor: Editor;
  readonly scene: Scene;
  /** How many problems each shape has. */
  readonly problemsOf: ReadonlyMap<string, readonly string[]>;
};

const GROUPS = [
  { kind: 'line', title: 'lines', none: 'noLines' },
  { kind: 'zone', title: 'zones', none: 'noZones' },
  { kind: 'carriageway', title: 'carriageways', none: 'noCarriageways' },
  { kind: 'calibration', title: 'calibration', none: 'noCalibration' },
] as const satisfies readonly { kind: NewShape; title: string; none: string }[];

export function ObjectList(props: ObjectListProps) {
  const { editor } = props;
  const { value: drawing } = editor.drawing;
  return (
    <div class="objects">
      {GROUPS.map(({ kind, title, none }) => {
        const shapes = drawing.shapes.filter((shape) => shape.kind === kind);
        return (
          <section key={kind} class={`objects-group group-${kind}`}>
            <header>
              <h2>{t(title)}</h2>
              {editor.mayEdit && (
                <Button
                  look="quiet"
                  icon="plus"
                  label={`${t(kind === 'calibration' ? 'calibrationPoint' : kind)} +`}
                  onClick={() => editor.draw(kind)}
                />
              )}
            </header>
            {shapes.length === 0 ? (
              <p class="objects-none">{t(none)}</p>
            ) : (
              <ul>
                {shapes.map((shape) => (
                  <Item key={shape.id} {...props} shape={shape} />
                ))}
              </ul>
            )}
          </section>
        );
      })}
      <section class="objects-group">
        <header>
          <h2>{t('cameraItself')}</h2>
        </header>
        <CameraForm editor={editor} />
      </section>
    </div>
  );
}

/** A line of the list; of what is selected the form, and its parts below it. */
function Item({ shape, ...props }: ObjectListProps & { readonly shape: Shape }) {
  const { editor, scene, problemsOf } = props;
  const { value: drawing } = editor.drawing;
  const selected = editor.selected.value;
  const isOpen = selected?.id === shape.id;
  const parts = drawing.shapes.filter(({ parent }) => parent === shape.id);
  const showsParts = isOpen || selected?.parent === shape.id;
  const counted = countedBy(drawing, shape, scene.shownTracks.value, scene.minutes.value);
  const problems = problemsOf.get(shape.id)?.length ?? 0;
  const item = useRef<HTMLLIElement>(null);

  // Selected on the picture: it is seen in the list too. On a phone the list is below the picture, which must stay.
  useEffect(() => {
    if (isOpen && window.matchMedia('(min-width: 60.01rem)').matches)
      item.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);

  return (
    <li class={`object ${isOpen ? 'is-open' : ''}`} ref={item}>
      <button
        type="button"
        class="object-name"
        aria-expanded={isOpen}
        onClick={() => editor.select(isOpen ? undefined : shape.id)}
      >
        <span class={`swatch swatch-${shape.kind}`} aria-hidden="true" />
        <span class="object-title">{shape.name === '' ? t(shape.kind) : shape.name}</span>
        {counted !== undefined && (
          <span class={`object-counted ${counted.isNone ? 'is-none' : ''}`}>{counted.short}</span>
        )}
        {problems > 0 && <Badge tone="bad">{problems}</Badge>}
      </button>
      {isOpen && <ShapeForm {...props} shape={shape} counted={counted} />}
      {showsParts && parts.length > 0 && (
        <ul class="object-parts">
          {parts.map((part) => (
            <Item key={part.id} {...props} shape={part} />
          ))}
        </ul>
      )}
    </li>
  );
}
