// Says where a camera or a site is, and what a site is called: by a click on the map, by moving it below a cross, or by
// degrees that are typed.

import { useMemo, useState } from 'preact/hooks';
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
import { useWork } from '../../parts/use-work.ts';
import { common } from '../../words/common.ts';
import { degreesOf, EXAMPLE, NOWHERE, pairOf, positionOf, typedOf } from './degrees.ts';
import { placedCameras } from './placed-cameras.ts';
import './places.css';
import { p } from './words.ts';

/** What is placed: a camera, or a site, which also has a name. */
export type Placed =
  | {
      readonly kind: 'camera';
      readonly id: string;
      readonly site: string;
      readonly position: Position | null;
    }
  | {
      readonly kind: 'site';
      readonly site: string;
      readonly name: string;
      readonly position: Position | null;
    };

export function PlaceDialog({
  placed,
  onClose,
}: {
  readonly placed: Placed;
  readonly onClose: (saved: boolean) => void;
}) {
  const { features } = useMapFeatures();
  const [first] = useState(() => placed.position ?? sites.value.get(placed.site)?.position ?? otherPlace());
  // Where it may be is no place that anybody gave it: nothing is typed before somebody has said so.
  const [typed, setTyped] = useState(placed.position === null ? NOWHERE : typedOf(placed.position));
  const [name, setName] = useState(placed.kind === 'site' ? placed.name : '');
  const { busy, problem, work } = useWork();
  const position = positionOf(typed);
  const isEmpty = typed.lat.trim() === '' && typed.lon.trim() === '';
  // A site may get a name now and a place later.
  const canSave = position !== null || (placed.kind === 'site' && isEmpty && name.trim() !== placed.name);
  const others = useMemo(
    () => placedCameras().filter(({ id }) => placed.kind === 'site' || id !== placed.id),
    [placed],
  );
  const at = position ?? first;

  const save = (next: Position | null | undefined) =>
    work(async () => {
      if (placed.kind === 'camera')
        await send('PUT', `/cameras/${placed.id}/place`, { position: next ?? null });
      else {
        const label = name.trim();
        await send('PUT', `/sites/${placed.site}`, {
          ...(label !== '' && label !== placed.name && { name: label }),
          ...(next !== undefined && { position: next }),
        });
      }
      onClose(true);
    });
  return (
    <Dialog
      title={placed.kind === 'site' ? p('siteTitle', { name: placed.name }) : p('title')}
      wide
      onClose={() => onClose(false)}
      actions={
        <>
          {placed.position !== null && (
            <Button look="danger" busy={busy} onClick={() => void save(null)}>
              {placed.kind === 'site' ? p('removeSite') : p('remove')}
            </Button>
          )}
          <Button onClick={() => onClose(false)}>{common('cancel')}</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={!canSave}
            onClick={() => void save(position ?? undefined)}
          >
            {p('save')}
          </Button>
        </>
      }
    >
      <div class="place">
        {placed.kind === 'site' && (
          <TextField
            label={p('name')}
            hint={p('nameHint', { site: placed.site })}
            maxLength={200}
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
        <p>{p('hint')}</p>
        <div class="place-map">
          <CityMap
            cameras={others}
            withoutPlace={0}
            features={features}
            tiles={centre.value?.tiles ?? null}
            aim={{
              at: at === null ? null : project(at),
              onAim: (next) => setTyped(typedOf(next)),
            }}
          />
        </div>
        <div class="place-fields">
          {(['lat', 'lon'] as const).map((axis) => (
            <TextField
              key={axis}
              label={p(axis)}
              value={typed[axis]}
              inputMode="decimal"
              autocomplete="off"
              placeholder={EXAMPLE[axis]}
              problem={
                typed[axis] === '' || degreesOf(typed[axis], axis) !== null
                  ? undefined
                  : p('wrong', { example: EXAMPLE[axis] })
              }
              onInput={({ currentTarget: { value } }) =>
                setTyped(pairOf(value) ?? { ...typed, [axis]: value })
              }
            />
          ))}
        </div>
        {problem !== undefined && <Problem problem={problem} />}
      </div>
    </Dialog>
  );
}

/** Somewhere in the city is a better start than nowhere. */
function otherPlace(): Position | null {
  for (const { position } of cameras.value.values()) if (position !== null) return position;
  for (const { position } of sites.value.values()) if (position !== null) return position;
  return null;
}
