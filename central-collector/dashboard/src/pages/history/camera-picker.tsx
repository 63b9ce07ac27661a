// Chooses cameras out of hundreds: a button that names them, and a dialog with a search.

import { useState } from 'preact/hooks';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TextField } from '../../parts/field.tsx';
import { matches } from './find.ts';
import { t } from './words.ts';

export function CameraPicker({
  cameras,
  chosen,
  onChange,
}: {
  readonly cameras: readonly CameraAnswer[];
  readonly chosen: readonly string[];
  readonly onChange: (cameras: readonly string[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const names = chosen.map((id) => cameras.find((camera) => camera.id === id)?.name ?? id);
  const found = cameras.filter(({ id, name }) => matches(`${name ?? ''} ${id}`, text));
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <div class="field picker">
      <span class="picker-label">{t('cameras')}</span>
      <Button icon="camera" onClick={() => setOpen(true)} aria-haspopup="dialog">
        <span class="picker-names">
          {names.length === 0
            ? t('chooseCameras')
            : names.length <= 2
              ? names.join(', ')
              : t('camerasChosen', { n: names.length })}
        </span>
      </Button>
      {open && (
        <Dialog
          title={t('chooseCameras')}
          onClose={() => setOpen(false)}
          actions={
            <>
              <Button disabled={chosen.length === 0} onClick={() => onChange([])}>
                {t('clearAll')}
              </Button>
              <Button look="primary" onClick={() => setOpen(false)}>
                {t('done')}
              </Button>
            </>
          }
        >
          <TextField
            label={t('findCamera')}
            type="search"
            value={text}
            autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p class="picker-hint">{t('addedUp')}</p>
          {found.length === 0 && <Empty title={t('noCamera')} />}
          <ul class="picker-list">
            {found.map(({ id, name }) => (
              <li key={id}>
                <label>
                  <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
                  <span>
                    {name ?? id} <small>{id}</small>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </div>
  );
}
