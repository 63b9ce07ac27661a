// Which line is looked at, from when, and for how long.

import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Fold } from '../../parts/fold.tsx';
import { dateOf, localTimeOf, momentOf } from '../../parts/plot-time.ts';
import { timeZone } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { LENGTHS_S, type ScanView, STRIPS_S } from './view.ts';
import { t } from './words.ts';

export type ChoicesProps = {
  readonly view: ScanView;
  readonly line: string;
  readonly lines: readonly string[];
  readonly fromMs: number;
  /** By the width of the screen. */
  readonly usualStripS: number;
  readonly showMarks: boolean;
  readonly onMarks: (show: boolean) => void;
  readonly onChange: (next: Partial<ScanView>) => void;
  readonly onNow: () => void;
  readonly onMove: (step: 1 | -1) => void;
};

const AUTO = 'auto';

export function Choices({
  view,
  line,
  lines,
  fromMs,
  usualStripS,
  showMarks,
  onMarks,
  onChange,
  onNow,
  onMove,
}: ChoicesProps) {
  return (
    <search class="scan-choices">
      <Fold title={t('choices')}>
        <div class="scan-fields">
          <SelectField
            label={t('line')}
            value={line}
            options={lines.map((one) => ({ value: one, label: slugText(one) }))}
            onChange={(next) => onChange({ line: next })}
          />
          <Moment key={fromMs} fromMs={fromMs} onChange={(next) => onChange({ fromMs: next })} />
          <SelectField
            label={t('length')}
            value={String(view.lengthS)}
            options={LENGTHS_S.map((s) => ({ value: String(s), label: lengthText(s) }))}
            onChange={(next) => {
              const lengthS = LENGTHS_S.find((s) => String(s) === next);
              if (lengthS !== undefined) onChange({ lengthS });
            }}
          />
          <SelectField
            label={t('strip')}
            value={view.stripS === null ? AUTO : String(view.stripS)}
            options={[
              { value: AUTO, label: t('auto', { s: usualStripS }) },
              ...STRIPS_S.map((s) => ({ value: String(s), label: t('seconds', { n: s }) })),
            ]}
            onChange={(next) => onChange({ stripS: STRIPS_S.find((s) => String(s) === next) ?? null })}
          />
        </div>
      </Fold>
      <div class="scan-moves">
        <Button icon="left" label={t('earlier')} onClick={() => onMove(-1)} />
        <Button icon="right" label={t('later')} onClick={() => onMove(1)} />
        <Button icon="clock" onClick={onNow}>
          {t('now')}
        </Button>
        <Button pressed={showMarks} onClick={() => onMarks(!showMarks)}>
          {t('marks')} <kbd>m</kbd>
        </Button>
      </div>
    </search>
  );
}

/** Date and time of the beginning by the clocks of the centre; taken over when both are whole. */
function Moment({
  fromMs,
  onChange,
}: {
  readonly fromMs: number;
  readonly onChange: (fromMs: number) => void;
}) {
  const zone = timeZone();
  const local = localTimeOf(fromMs, zone);
  const seconds = Math.floor((fromMs / 1000) % 60);
  const [date, setDate] = useState(dateOf(fromMs, zone));
  const [time, setTime] = useState([local.hour, local.minute, seconds].map(two).join(':'));
  const take = (nextDate: string, nextTime: string) => {
    const [year = 0, month = 0, day = 0] = nextDate.split('-').map(Number);
    const [hour = 0, minute = 0, second = 0] = nextTime.split(':').map(Number);
    if (nextDate === '' || nextTime === '' || year < 2000) return;
    const next = momentOf({ year, month, day, hour, minute }, zone) + second * 1000;
    // Leaving a field is no change.
    if (Math.floor(fromMs / 1000) * 1000 !== next) onChange(next);
  };
  return (
    <>
      <Field label={t('date')}>
        {(control) => (
          <input
            class="input"
            type="date"
            value={date}
            onInput={(event) => setDate(event.currentTarget.value)}
            onChange={(event) => take(event.currentTarget.value, time)}
            {...control}
          />
        )}
      </Field>
      <Field label={t('time')}>
        {(control) => (
          <input
            class="input"
            type="time"
            step="1"
            value={time}
            onInput={(event) => setTime(event.currentTarget.value)}
            // Each digit is a change of its own: it is taken when the field is left or Enter is pressed.
            onBlur={() => take(date, time)}
            onKeyDown={(event) => event.key === 'Enter' && take(date, time)}
            {...control}
          />
        )}
      </Field>
    </>
  );
}

export function lengthText(s: number): string {
  return s < 60 ? t('seconds', { n: s }) : t('minutes', { n: s / 60 });
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
