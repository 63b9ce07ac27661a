// Sites and cameras on the map, and beside it those that are not there yet. For engineers.

import { useState } from 'preact/hooks';
import type { CameraAnswer, SiteAnswer } from '../../../../api/schemas/places.ts';
import { centre } from '../../api/centre.ts';
import { cameras, sites, usePlaces } from '../../live/cameras.ts';
import { CityMap } from '../../map/city-map.tsx';
import { useMapFeatures } from '../../map/use-map-features.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TextField } from '../../parts/field.tsx';
import { language } from '../../words/words.ts';
import { plain } from '../administration/plain.ts';
import { PlaceDialog, type Placed } from './place-dialog.tsx';
import { placedCameras } from './placed-cameras.ts';
import './places.css';
import { p } from './words.ts';

type Row = { readonly key: string; readonly name: string; readonly note: string; readonly placed: Placed };

const SEEK_FROM = 9;

export function PlacesPart() {
  const { reload } = usePlaces();
  const { features } = useMapFeatures();
  const [placing, setPlacing] = useState<Row | undefined>(undefined);
  const [saved, setSaved] = useState<string | undefined>(undefined);
  const [sought, setSought] = useState('');
  const rows = rowsOf([...sites.value.values()], [...cameras.value.values()]);
  const found = rows.filter(({ name, key }) => plain(`${name} ${key}`).includes(plain(sought)));
  const missing = found.filter(({ placed }) => placed.position === null);
  const there = found.filter(({ placed }) => placed.position !== null);
  const shown = placedCameras();
  return (
    <div class="part">
      <p class="part-about">{p('about')}</p>
      {rows.length === 0 ? (
        <Empty title={p('nothing')}>{p('nothingHint')}</Empty>
      ) : (
        <div class="places">
          <div class="places-map">
            <CityMap
              cameras={shown}
              withoutPlace={0}
              features={features}
              tiles={centre.value?.tiles ?? null}
            />
          </div>
          <div class="places-lists">
            <p role="status" class="is-ok">
              {saved !== undefined && p('saved', { name: saved })}
            </p>
            {rows.length >= SEEK_FROM && (
              <TextField
                label={p('seek')}
                type="search"
                autocomplete="off"
                value={sought}
                onInput={({ currentTarget }) => setSought(currentTarget.value)}
              />
            )}
            <Rows title={p('missing')} rows={missing} onChoose={setPlacing} />
            <Rows title={p('placed')} rows={there} onChoose={setPlacing} />
            {rows.every(({ placed }) => placed.position !== null) && (
              <p class="field-hint">{p('allPlaced')}</p>
            )}
            {found.length === 0 && <p class="field-hint">{p('noMatch')}</p>}
          </div>
        </div>
      )}
      {placing !== undefined && (
        <PlaceDialog
          key={placing.key}
          placed={placing.placed}
          onClose={(isSaved) => {
            setPlacing(undefined);
            setSaved(isSaved ? placing.name : undefined);
            if (isSaved) reload();
          }}
        />
      )}
    </div>
  );
}

function Rows({
  title,
  rows,
  onChoose,
}: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly onChoose: (row: Row) => void;
}) {
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul class="places-rows">
        {rows.map((row) => {
          const isPlaced = row.placed.position !== null;
          return (
            <li key={row.key}>
              <span>
                <strong>{row.name}</strong>
                <span class="part-note">{row.note}</span>
              </span>
              <Button
                icon="pin"
                onClick={() => onChoose(row)}
                label={p(isPlaced ? 'changeThis' : 'placeThis', { name: row.name })}
              >
                {isPlaced ? p('change') : p('place')}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Each site and after it its cameras. */
function rowsOf(all: readonly SiteAnswer[], ofAll: readonly CameraAnswer[]): Row[] {
  const collator = new Intl.Collator(language.value, { numeric: true });
  return all
    .toSorted((a, b) => collator.compare(a.name, b.name))
    .flatMap(({ site, name, position, cameras: { total } }) => [
      {
        key: site,
        name,
        note: `${p('site')} ${site} · ${p('cameras', { n: total })}`,
        placed: { kind: 'site' as const, site, name, position },
      },
      ...ofAll
        .filter((camera) => camera.site === site)
        .toSorted((a, b) => collator.compare(a.name ?? a.id, b.name ?? b.id))
        .map((camera) => ({
          key: camera.id,
          name: camera.name ?? camera.id,
          note:
            camera.position !== null
              ? camera.id
              : `${camera.id} · ${position === null ? p('nowhere') : p('atSite')}`,
          placed: { kind: 'camera' as const, id: camera.id, site, position: camera.position },
        })),
    ]);
}
