// What narrows the list of past incidents.

import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { SEVERITIES, type Severity } from '../../api/types.ts';
import { useGet } from '../../api/use-get.ts';
import { Button } from '../../parts/button.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Fold } from '../../parts/fold.tsx';
import { incidentKindWord, severityWord } from '../../words/common.ts';
import { FIRST_FILTERS, type Filters, filtersToSearch, KINDS } from './filters.ts';
import { t } from './words.ts';

const ANY = '';

export function FilterBar({
  filters,
  onChange,
}: {
  readonly filters: Filters;
  readonly onChange: (next: Filters) => void;
}) {
  const cameras = useGet<{ cameras: readonly CameraAnswer[] }>('/cameras', { limit: 1000 });
  const set = (next: Partial<Filters>) => onChange({ ...filters, ...next });
  const known = cameras.data?.cameras ?? [];
  const listed =
    filters.camera === null || known.some(({ id }) => id === filters.camera)
      ? known.map(({ id, name }) => ({ value: id, label: name ?? id }))
      : [
          ...known.map(({ id, name }) => ({ value: id, label: name ?? id })),
          { value: filters.camera, label: filters.camera },
        ];
  return (
    <search>
      <Fold title={t('filters')}>
        <div class="filters">
          <SelectField
            label={t('state')}
            value={filters.state}
            options={[
              { value: 'cleared', label: t('cleared') },
              { value: 'active', label: t('active') },
              { value: 'all', label: t('allStates') },
            ]}
            onChange={(state) => set({ state })}
          />
          <SelectField
            label={t('kind')}
            value={filters.kinds[0] ?? ANY}
            options={[
              { value: ANY, label: t('anyKind') },
              ...KINDS.map((value) => ({ value, label: incidentKindWord(value) })),
            ]}
            onChange={(kind) => set({ kinds: KINDS.filter((one) => one === kind) })}
          />
          <SelectField
            label={t('severity')}
            value={filters.severities[0] ?? ANY}
            options={[
              { value: ANY, label: t('anySeverity') },
              ...SEVERITIES.slice(1).map((value) => ({
                value,
                label: t('atLeast', { severity: severityWord(value).toLowerCase() }),
              })),
            ]}
            onChange={(least) =>
              set({
                severities: least === ANY ? [] : SEVERITIES.slice(SEVERITIES.indexOf(least as Severity)),
              })
            }
          />
          <SelectField
            label={t('camera')}
            value={filters.camera ?? ANY}
            options={[{ value: ANY, label: t('anyCamera') }, ...listed]}
            onChange={(camera) => set({ camera: camera === ANY ? null : camera })}
          />
          <SelectField
            label={t('verdict')}
            value={filters.verdict ?? ANY}
            options={[
              { value: ANY, label: t('anyVerdict') },
              { value: 'confirmed', label: t('confirmed') },
              { value: 'false-alarm', label: t('falseAlarmed') },
              { value: 'none', label: t('undecided') },
            ]}
            onChange={(verdict) => set({ verdict: verdict === ANY ? null : (verdict as Filters['verdict']) })}
          />
          <Field label={t('fromDate')}>
            {(control) => (
              <input
                class="input"
                type="date"
                value={filters.from ?? ''}
                max={filters.to ?? undefined}
                onChange={(event) => set({ from: event.currentTarget.value || null })}
                {...control}
              />
            )}
          </Field>
          <Field label={t('toDate')}>
            {(control) => (
              <input
                class="input"
                type="date"
                value={filters.to ?? ''}
                min={filters.from ?? undefined}
                onChange={(event) => set({ to: event.currentTarget.value || null })}
                {...control}
              />
            )}
          </Field>
          {filtersToSearch(filters) !== '' && (
            <Button look="quiet" onClick={() => onChange(FIRST_FILTERS)}>
              {t('resetFilters')}
            </Button>
          )}
        </div>
      </Fold>
    </search>
  );
}
