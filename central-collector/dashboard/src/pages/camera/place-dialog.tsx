// Says where a camera is: the map is moved below a cross, or degrees are typed.

import { useMemo, useState } from 'preact/hooks';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { centre } from '../../api/centre.ts';
import { send } from '../../api/client.ts';
import type { Position } from '../../api/types.ts';
import { cameras, sites } from '../../live/cameras.ts';
import { CityMap } from '../../map/city-map.tsx';
import { project } from '../../map/projection.ts';
import { useMapFeatures } from '../../map/use-map-features.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { t } from './words.ts';

/** About a metre. */
const DIGITS = 5;
const EXAMPLE = { lat: '20.85610', lon: '106.68220' };

export function PlaceDialog({
  camera,
  onClose,
}: {
  readonly camera: CameraAnswer;
  readonly onClose: (saved: boolean) => void;
}) {
  const { features } = useMapFeatures();
  const first = camera.position ?? sites.value.get(camera.site)?.position ?? otherPlace();
  const [typed, setTyped] = useState({
    lat: first?.lat.toFixed(DIGITS) ?? '',
    lon: first?.lon.toFixed(DIGITS) ?? '',
  });
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const position = positionOf(typed);
  const shown = useMemo(() => (first === null ? null : project(first)), [first]);

  const save = (next: Position | null) => {
    setBusy(true);
    send('PUT', `/cameras/${camera.id}/place`, { position: next }).then(
      () => onClose(true),
      (error: unknown) => {
        setProblem(error);
        setBusy(false);
      },
    );
  };
  return (
    <Dialog
      title={t('place')}
      wide
      onClose={() => onClose(false)}
      actions={
        <>
          {camera.position !== null && (
            <Button look="danger" busy={busy} onClick={() => save(null)}>
              {t('placeRemove')}
            </Button>
          )}
          <Button onClick={() => onClose(false)}>{common('cancel')}</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={position === null}
            onClick={() => position !== null && save(position)}
          >
            {t('placeSave')}
          </Button>
        </>
      }
    >
      <p>{t('placeHint')}</p>
      <div class="place-map">
        <CityMap
          cameras={[]}
          withoutPlace={0}
          features={features}
          tiles={centre.value?.tiles ?? null}
          aim={{
            start: shown,
            onAim: ({ lat, lon }) => setTyped({ lat: lat.toFixed(DIGITS), lon: lon.toFixed(DIGITS) }),
          }}
        />
      </div>
      <div class="place-fields">
        {(['lat', 'lon'] as const).map((axis) => (
          <TextField
            key={axis}
            label={t(axis)}
            value={typed[axis]}
            inputMode="decimal"
            problem={
              typed[axis] === '' || degreesOf(typed[axis], axis) !== null
                ? undefined
                : t('placeWrong', { example: EXAMPLE[axis] })
            }
            onInput={(event) => setTyped({ ...typed, [axis]: event.currentTarget.value })}
          />
        ))}
      </div>
      {problem !== undefined && <Problem problem={problem} />}
    </Dialog>
  );
}

/** Somewhere in the city is a better start than nowhere. */
function otherPlace(): Position | null {
  for (const { position } of cameras.value.values()) if (position !== null) return position;
  for (const { position } of sites.value.values()) if (position !== null) return position;
  return null;
}

function positionOf({ lat, lon }: { readonly lat: string; readonly lon: string }): Position | null {
  const [north, east] = [degreesOf(lat, 'lat'), degreesOf(lon, 'lon')];
  return north === null || east === null ? null : { lat: north, lon: east };
}

/** Also with a decimal comma. */
function degreesOf(text: string, axis: 'lat' | 'lon'): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
  return Math.abs(value) <= (axis === 'lat' ? 90 : 180) ? value : null;
}
