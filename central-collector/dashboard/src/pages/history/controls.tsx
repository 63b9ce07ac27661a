// What the history page shows: measure, cameras, lines, classes, period, interval and comparison.

import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { Button } from '../../parts/button.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Fold } from '../../parts/fold.tsx';
import { common, roadUserWord } from '../../words/common.ts';
import { timeZone } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import type { Every, Group } from './answers.ts';
import { CameraPicker } from './camera-picker.tsx';
import { canCompare, hasTypical, MEASURES, type Measure } from './measures.ts';
import { Menu } from './menu.tsx';
import { knows } from './query.ts';
import { COMPARISONS, datesOf, EVERY_CHOICES, QUICK_PERIODS, ROAD_USERS, type View } from './view.ts';
import { t } from './words.ts';

type ControlsProps = {
  readonly view: View;
  readonly cameras: readonly CameraAnswer[];
  /** What `auto` comes to. */
  readonly every: Every;
  readonly nowMs: number;
  readonly onChange: (next: Partial<View>) => void;
};

const MEASURE_GROUPS = {
  flow: 'groupFlow',
  speed: 'groupSpeed',
  headway: 'groupHeadway',
  occupancy: 'groupOccupancy',
  queue: 'groupQueue',
} as const;

const SPLITS = {
  direction: 'splitDirection',
  line: 'splitLine',
  lane: 'splitLane',
  roadUser: 'splitRoadUser',
  camera: 'splitCamera',
} as const satisfies Record<Group, string>;

const COMPARE_WORDS = {
  none: 'compareNone',
  yesterday: 'compareYesterday',
  week: 'compareWeek',
  year: 'compareYear',
  typical: 'compareTypical',
} as const;

export function Controls(props: ControlsProps) {
  return (
    <search>
      <Fold title={t('choices')} class="controls">
        <Subject {...props} />
        <Period {...props} />
      </Fold>
    </search>
  );
}

function Subject({ view, cameras, onChange }: ControlsProps) {
  const { lines, zones, roadUsers } = knows(view.measure);
  const camera = view.cameras.length === 1 ? cameras.find(({ id }) => id === view.cameras[0]) : undefined;
  const directions = [
    ...new Set(
      camera?.lines.flatMap(({ line, directions }) =>
        view.line === null || view.line === line ? directions : [],
      ),
    ),
  ];
  return (
    <div class="controls-row">
      <Field label={t('measure')}>
        {(control) => (
          <select
            class="input"
            value={view.measure}
            onChange={(event) => onChange({ measure: event.currentTarget.value as Measure })}
            {...control}
          >
            {Object.entries(MEASURE_GROUPS).map(([group, word]) => (
              <optgroup key={group} label={t(word)}>
                {measuresOf(group).map((measure) => (
                  <option key={measure} value={measure}>
                    {t(measure)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
      <CameraPicker
        cameras={cameras}
        chosen={view.cameras}
        onChange={(chosen) => onChange({ cameras: chosen, line: null, direction: null, zone: null })}
      />
      {lines && camera !== undefined && camera.lines.length > 0 && (
        <>
          <Choice
            label={common('line')}
            any={t('anyLine')}
            value={view.line}
            options={camera.lines.map(({ line }) => line)}
            onChange={(line) => onChange({ line, direction: null })}
          />
          <Choice
            label={common('direction')}
            any={t('anyDirection')}
            value={view.direction}
            options={directions}
            onChange={(direction) => onChange({ direction })}
          />
        </>
      )}
      {zones && camera !== undefined && camera.zones.length > 0 && (
        <Choice
          label={common('zone')}
          any={t('anyZone')}
          value={view.zone}
          options={camera.zones}
          onChange={(zone) => onChange({ zone })}
        />
      )}
      {roadUsers && (
        <Menu
          label={t('classes')}
          none={t('allClasses')}
          many={(n) => t('classesChosen', { n })}
          options={ROAD_USERS.map((value) => ({ value, label: roadUserWord(value) }))}
          chosen={view.roadUsers}
          onChange={(next) => onChange({ roadUsers: next })}
        />
      )}
      {!zones && (
        <Menu
          label={t('split')}
          none={t('notSplit')}
          many={(n) => t('splitChosen', { n })}
          options={(Object.keys(SPLITS) as Group[])
            .filter((group) => group !== 'roadUser' || roadUsers)
            .map((value) => ({ value, label: t(SPLITS[value]) }))}
          chosen={view.by}
          onChange={(by) => onChange({ by })}
        />
      )}
    </div>
  );
}

function Period({ view, every, nowMs, onChange }: ControlsProps) {
  const dates = datesOf(view.period, nowMs, timeZone());
  const setDate = (name: 'from' | 'to', value: string) => {
    if (value === '') return;
    const next = { ...dates, [name]: value };
    const period = next.from <= next.to ? next : { from: value, to: value };
    onChange({ period, zoom: null });
  };
  return (
    <div class="controls-row">
      <fieldset class="chips">
        <legend>{t('period')}</legend>
        {QUICK_PERIODS.map((period) => (
          <Button
            key={period}
            pressed={view.period === period}
            onClick={() => onChange({ period, zoom: null })}
          >
            {t(period)}
          </Button>
        ))}
      </fieldset>
      {(['from', 'to'] as const).map((name) => (
        <Field key={name} label={t(name)}>
          {(control) => (
            <input
              class="input"
              type="date"
              value={dates[name]}
              onChange={(event) => setDate(name, event.currentTarget.value)}
              {...control}
            />
          )}
        </Field>
      ))}
      <SelectField
        label={t('every')}
        value={view.every}
        options={[
          {
            value: 'auto',
            label: view.every === 'auto' ? t('auto', { every: t(every) }) : t('auto', { every: '…' }),
          },
          ...EVERY_CHOICES.map((value) => ({ value, label: t(value) })),
        ]}
        onChange={(next) => onChange({ every: next })}
      />
      <SelectField
        label={t('compare')}
        value={view.compare}
        {...(!canCompare(every) && view.compare !== 'none' && { hint: t('noCompare') })}
        options={COMPARISONS.filter(
          (value) => value !== 'typical' || value === view.compare || hasTypical(view.measure),
        ).map((value) => ({ value, label: t(COMPARE_WORDS[value]) }))}
        onChange={(compare) => onChange({ compare })}
      />
    </div>
  );
}

function Choice({
  label,
  any,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly any: string;
  readonly value: string | null;
  readonly options: readonly string[];
  readonly onChange: (value: string | null) => void;
}) {
  return (
    <SelectField
      label={label}
      value={value ?? ''}
      options={[
        { value: '', label: any },
        ...options.map((option) => ({ value: option, label: slugText(option) })),
      ]}
      onChange={(next) => onChange(next === '' ? null : next)}
    />
  );
}

function measuresOf(group: string): Measure[] {
  return (Object.keys(MEASURES) as Measure[]).filter((measure) => MEASURES[measure].group === group);
}
