// Fields of a counting line: what the two ways across it are called, what has to cross, lanes.

import { Button } from '../../parts/button.tsx';
import { SelectField } from '../../parts/field.tsx';
import { listed } from './model/drawing.ts';
import { isObject, valueAt } from './model/plain-edit.ts';
import { directionsOf, equalDivisions, movePoint, renameDirection, turnRound } from './model/shape-edits.ts';
import { freeName } from './model/slug.ts';
import { nameStems } from './name-stems.ts';
import type { ShapeFormProps } from './shape-form.tsx';
import { NameField, NumberField } from './small-fields.tsx';
import { t } from './words.ts';

const ANCHORS = [
  { value: 'bottom-centre', label: 'anchorBottom' },
  { value: 'centre', label: 'anchorCentre' },
  { value: 'ground', label: 'anchorGround' },
] as const;

export function LineForm({ editor, scene, shape }: ShapeFormProps) {
  const { value: drawing } = editor.drawing;
  const line = valueAt(drawing.value, shape.path);
  if (!isObject(line)) return null;
  const names = directionsOf(line);
  const lanes = listed(line.lanes);
  const hasEnds = lanes.some((lane) => isObject(lane) && lane.until !== undefined);
  const path = (key: string) => [...shape.path, key];
  const anchor = ANCHORS.find(({ value }) => value === line.anchor)?.value ?? 'bottom-centre';
  const [from, to] = shape.handles;

  return (
    <>
      <div class="field-pair">
        <NameField
          label={`← ${t('toLeft')}`}
          value={names.toLeft}
          taken={[names.toRight]}
          onChange={(name) => editor.edit(renameDirection(drawing, shape, 'toLeft', name))}
        />
        <NameField
          label={`→ ${t('toRight')}`}
          value={names.toRight}
          taken={[names.toLeft]}
          onChange={(name) => editor.edit(renameDirection(drawing, shape, 'toRight', name))}
        />
      </div>
      <p class="field-hint">{t('directionsHint')}</p>
      {from && to && (
        <div class="button-row">
          <Button onClick={() => editor.edit(turnRound(drawing, shape))}>{t('turnRound')}</Button>
        </div>
      )}
      <SelectField
        label={t('anchor')}
        value={anchor}
        options={ANCHORS.map(({ value, label }) => ({ value, label: t(label) }))}
        onChange={(value) => editor.edit([{ what: 'set', path: path('anchor'), value }])}
      />
      {hasEnds ? (
        <p class="field-hint">
          {t('lanes')}: {lanes.length}. {t('laneGiven')}
        </p>
      ) : (
        <NumberField
          label={t('laneCount')}
          hint={lanes.length === 0 ? t('laneNone') : t('laneHint')}
          value={lanes.length}
          min={0}
          max={20}
          step={1}
          onChange={(count) => {
            const wanted = Math.max(0, Math.min(20, Math.round(count ?? 0)));
            if (wanted === lanes.length) return;
            const kept = lanes.slice(0, wanted);
            const taken = kept.map((lane) => String(isObject(lane) ? lane.lane : ''));
            while (taken.length < wanted)
              taken.push(freeName(`${nameStems().lane}-${taken.length + 1}`, taken));
            if (wanted === 0) editor.edit([{ what: 'remove', path: path('lanes') }]);
            else if (wanted > lanes.length)
              editor.edit(
                taken.slice(lanes.length).map((lane, i) => ({
                  what: 'insert',
                  path: path('lanes'),
                  index: lanes.length + i,
                  value: { lane },
                })),
              );
            else
              editor.edit(
                lanes.slice(wanted).map((_, i) => ({
                  what: 'remove' as const,
                  path: [...path('lanes'), lanes.length - 1 - i],
                })),
              );
          }}
        />
      )}
      {lanes.length > 1 && !hasEnds && (
        <div class="button-row">
          <Button
            onClick={() =>
              editor.edit(
                equalDivisions(drawing, shape, scene.ground.value).map((point, i) =>
                  movePoint(drawing, [...path('lanes'), i, 'until'], point),
                ),
              )
            }
          >
            {t('laneSet')}
          </Button>
        </div>
      )}
      {lanes.length > 0 && (
        <ol class="lanes">
          {lanes.map((lane, i) => {
            const name = isObject(lane) ? String(lane.lane ?? '') : '';
            const driven = isObject(lane) && typeof lane.direction === 'string' ? lane.direction : '';
            const at = [...path('lanes'), i];
            return (
              <li key={at.join('/')} class="field-pair">
                <NameField
                  key={name}
                  label={`${t('lane-area')} ${i + 1}`}
                  value={name}
                  taken={lanes.flatMap((each, j) => (j !== i && isObject(each) ? [String(each.lane)] : []))}
                  onChange={(to) => editor.edit([{ what: 'set', path: [...at, 'lane'], value: to }])}
                />
                <SelectField
                  label={t('arrow')}
                  value={driven}
                  options={[
                    { value: '', label: '⇄' },
                    { value: names.toLeft, label: `← ${names.toLeft}` },
                    { value: names.toRight, label: `→ ${names.toRight}` },
                  ]}
                  onChange={(direction) =>
                    editor.edit([
                      direction === ''
                        ? { what: 'remove', path: [...at, 'direction'] }
                        : { what: 'set', path: [...at, 'direction'], value: direction },
                    ])
                  }
                />
              </li>
            );
          })}
        </ol>
      )}
    </>
  );
}
