// Everything of the selected thing as fields.

import type { ComponentChildren } from 'preact';
import { Button } from '../../parts/button.tsx';
import { SelectField } from '../../parts/field.tsx';
import { CalibrationForm } from './calibration-form.tsx';
import type { Counted } from './counted.ts';
import { LineForm } from './line-form.tsx';
import { removeSelected } from './model/actions.ts';
import type { Shape } from './model/drawing.ts';
import { lineOfPath } from './model/line-of.ts';
import { isObject, valueAt } from './model/plain-edit.ts';
import { isPolygon, rename } from './model/shape-edits.ts';
import type { ObjectListProps } from './object-list.tsx';
import { PointFields } from './point-fields.tsx';
import { NameField, NumberField } from './small-fields.tsx';
import { t } from './words.ts';

export type ShapeFormProps = ObjectListProps & {
  readonly shape: Shape;
  readonly counted?: Counted | undefined;
};

export function ShapeForm(props: ShapeFormProps) {
  const { editor, shape, counted, problemsOf } = props;
  const { value: drawing } = editor.drawing;
  const problems = problemsOf.get(shape.id) ?? [];
  const names = drawing.shapes
    .filter(({ kind, id, parent }) => kind === shape.kind && parent === shape.parent && id !== shape.id)
    .map(({ name }) => name);
  return (
    <fieldset class="object-form" disabled={!editor.mayEdit}>
      {problems.map((message) => (
        <p class="field-problem" key={message}>
          {message}
        </p>
      ))}
      {counted !== undefined && (
        <p class={`object-preview ${counted.isNone ? 'is-none' : ''}`}>
          {counted.long} <small>{t('previewHint')}</small>
        </p>
      )}
      {shape.name !== '' && (
        <NameField
          key={shape.id}
          label={t('name')}
          value={shape.name}
          taken={names}
          onChange={(name) => editor.edit(rename(drawing, shape, name))}
        />
      )}
      <Special {...props} />
      {shape.kind !== 'calibration' && <PointFields editor={editor} shape={shape} />}
      <div class="object-foot">
        <span class="field-hint">{t('inFile', { line: lineOfPath(editor.text.value, shape.path) })}</span>
        {shape.kind !== 'calibration' && (
          <Button
            look="danger"
            onClick={() => {
              editor.select(shape.id);
              removeSelected(editor);
            }}
          >
            {t('remove', { name: shape.name === '' ? t(shape.kind).toLowerCase() : shape.name })}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function Special(props: ShapeFormProps): ComponentChildren {
  switch (props.shape.kind) {
    case 'line':
      return <LineForm {...props} />;
    case 'zone':
      return <ZoneForm {...props} />;
    case 'carriageway':
      return <CarriagewayForm {...props} />;
    case 'calibration':
      return <CalibrationForm {...props} />;
    default:
      return null;
  }
}

function ZoneForm({ editor, shape }: ShapeFormProps) {
  const { value } = editor.drawing.value;
  const zone = valueAt(value, shape.path);
  const queue = isObject(zone) ? zone.queue : undefined;
  const from = isObject(queue) ? queue.from : undefined;
  const lines = editor.drawing.value.shapes.filter(({ kind }) => kind === 'line').map(({ name }) => name);
  const at = (key: string) => [...shape.path, key];
  return (
    <>
      <SelectField
        label={t('anchorIn')}
        value={isObject(zone) && zone.anchor === 'centre' ? 'centre' : 'bottom-centre'}
        options={[
          { value: 'bottom-centre', label: t('anchorBottom') },
          { value: 'centre', label: t('anchorCentre') },
        ]}
        onChange={(anchor) => editor.edit([{ what: 'set', path: at('anchor'), value: anchor }])}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={queue !== undefined}
          onChange={({ currentTarget }) =>
            editor.edit([
              currentTarget.checked
                ? { what: 'set', path: at('queue'), value: {} }
                : { what: 'remove', path: at('queue') },
            ])
          }
        />
        {t('queue')}
      </label>
      {isObject(queue) && (typeof from === 'string' || from === undefined) && (
        <SelectField
          label={t('queueFrom')}
          value={from ?? ''}
          options={[
            { value: '', label: t('queueAnywhere') },
            ...lines.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(name) =>
            editor.edit([
              name === ''
                ? { what: 'remove', path: [...at('queue'), 'from'] }
                : { what: 'set', path: [...at('queue'), 'from'], value: name },
            ])
          }
        />
      )}
    </>
  );
}

function CarriagewayForm({ editor, shape }: ShapeFormProps) {
  const carriageway = valueAt(editor.drawing.value.value, shape.path);
  if (!isObject(carriageway) || !isPolygon(shape.kind)) return null;
  const { speedLimitKmh, road } = carriageway;
  const path = (key: string) => [...shape.path, key];
  return (
    <>
      <NumberField
        label={t('speedLimit')}
        hint={t('speedLimitHint')}
        value={typeof speedLimitKmh === 'number' ? speedLimitKmh : undefined}
        min={5}
        max={200}
        step={5}
        onChange={(kmh) =>
          editor.edit(
            kmh !== undefined
              ? [{ what: 'set', path: path('speedLimitKmh'), value: kmh }]
              : speedLimitKmh === undefined
                ? []
                : [{ what: 'remove', path: path('speedLimitKmh') }],
          )
        }
      />
      <SelectField
        label={t('road')}
        value={road === 'motorway' ? 'motorway' : 'street'}
        options={[
          { value: 'street', label: t('street') },
          { value: 'motorway', label: t('motorway') },
        ]}
        onChange={(kind) => editor.edit([{ what: 'set', path: path('road'), value: kind }])}
      />
      <div class="button-row">
        {carriageway.direction === undefined && (
          <Button onClick={() => editor.draw('arrow', shape.path)}>{t('addArrow')}</Button>
        )}
        {carriageway.stopLine === undefined && (
          <Button onClick={() => editor.draw('stop-line', shape.path)}>{t('addStopLine')}</Button>
        )}
        <Button onClick={() => editor.draw('lane-area', shape.path)}>{t('addLane')}</Button>
        <Button onClick={() => editor.draw('exclude', shape.path)}>{t('addExclude')}</Button>
      </div>
    </>
  );
}
