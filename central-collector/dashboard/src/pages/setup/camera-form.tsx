// What of the camera itself is set here: its name for people, the interval of counts, how sure a detection must be.

import { TextField } from '../../parts/field.tsx';
import type { Editor } from './model/editor.ts';
import { isObject } from './model/plain-edit.ts';
import { NumberField } from './small-fields.tsx';
import { t } from './words.ts';

export function CameraForm({ editor }: { readonly editor: Editor }) {
  const { value, picture } = editor.drawing.value;
  const { name, intervalS, detection } = value;
  const minScore = isObject(detection) ? detection.minScore : undefined;
  return (
    <fieldset class="object-form" disabled={!editor.mayEdit}>
      <TextField
        label={t('cameraName')}
        value={typeof name === 'string' ? name : ''}
        maxLength={200}
        onInput={({ currentTarget }) => {
          const { value: typed } = currentTarget;
          if (typed !== '') editor.edit([{ what: 'set', path: ['name'], value: typed }], 'name');
          else if (name !== undefined) editor.edit([{ what: 'remove', path: ['name'] }], 'name');
        }}
        onBlur={() => editor.settle()}
      />
      <div class="field-pair">
        {(typeof intervalS === 'number' || intervalS === undefined) && (
          <NumberField
            label={t('interval')}
            hint={t('intervalHint')}
            value={intervalS ?? 60}
            min={1}
            max={3600}
            onChange={(seconds) =>
              seconds !== undefined &&
              editor.edit([{ what: 'set', path: ['intervalS'], value: seconds }], 'interval')
            }
            onDone={() => editor.settle()}
          />
        )}
        <NumberField
          label={t('minScore')}
          hint={t('minScoreHint')}
          value={typeof minScore === 'number' ? minScore : undefined}
          min={0.01}
          max={0.99}
          step={0.01}
          onChange={(score) => {
            if (score === undefined) {
              if (minScore !== undefined)
                editor.edit([{ what: 'remove', path: ['detection', 'minScore'] }], 'score');
            } else if (isObject(detection)) {
              editor.edit([{ what: 'set', path: ['detection', 'minScore'], value: score }], 'score');
            } else editor.edit([{ what: 'set', path: ['detection'], value: { minScore: score } }], 'score');
          }}
          onDone={() => editor.settle()}
        />
      </div>
      {picture !== undefined && (
        <p class="field-hint">{t('pictureSize', { width: picture.width, height: picture.height })}</p>
      )}
    </fieldset>
  );
}
