// Moves through the intervals of a day: bars of their volumes, a slider below them, and a button that plays them.

import { useEffect, useState } from 'preact/hooks';
import type { TurningAnswer } from '../../../../api/schemas/history.ts';
import { nowMs } from '../../live/stream.ts';
import { Button } from '../../parts/button.tsx';
import { formatNumber, formatTime } from '../../words/formats.ts';
import { t } from './words.ts';

const STEP_MS = 900;

export function DaySlider({
  intervals,
  totals,
  chosen,
  choose,
}: {
  readonly intervals: TurningAnswer['intervals'];
  /** null: not observed. */
  readonly totals: readonly (number | null)[];
  readonly chosen: number | null;
  readonly choose: (interval: number | null) => void;
}) {
  const [playing, setPlaying] = useState(false);
  const last = lastObserved(totals);
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = chosen === null ? firstObserved(totals) : chosen + 1;
      if (next > last) setPlaying(false);
      else choose(next);
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, chosen, last, totals, choose]);
  const most = Math.max(1, ...totals.map((n) => n ?? 0));
  const interval = chosen === null ? undefined : intervals[chosen];
  const text =
    interval === undefined ? t('wholeDay') : `${formatTime(interval.from)}–${formatTime(interval.to)}`;
  return (
    <div class="day">
      <div class="day-head">
        <strong class="day-time">{text}</strong>
        <div class="day-moves">
          <Button pressed={chosen === null} onClick={() => choose(null)}>
            {t('wholeDay')}
          </Button>
          <Button
            icon="left"
            label={t('sliderHint')}
            disabled={chosen === null || chosen === 0}
            onClick={() => choose(Math.max(0, (chosen ?? 0) - 1))}
          />
          <Button
            icon="right"
            label={t('sliderHint')}
            disabled={chosen === intervals.length - 1}
            onClick={() => choose(chosen === null ? firstObserved(totals) : chosen + 1)}
          />
          <Button onClick={() => setPlaying(!playing)} pressed={playing}>
            {t(playing ? 'stop' : 'play')}
          </Button>
        </div>
      </div>
      <div class="day-slider">
        <svg
          class="day-bars"
          viewBox={`0 0 ${Math.max(1, totals.length) * 10} 40`}
          preserveAspectRatio="none"
          aria-hidden="true"
          focusable="false"
        >
          {totals.map((n, i) =>
            Date.parse(intervals[i]?.from ?? '') > nowMs.value ? null : n === null ? (
              <rect key={i} class="day-none" x={i * 10 + 1} y="0" width="8" height="40" />
            ) : (
              <rect
                key={i}
                class={i === chosen ? 'day-chosen' : ''}
                x={i * 10 + 1}
                y={40 - (n / most) * 38}
                width="8"
                height={Math.max(0.5, (n / most) * 38)}
              />
            ),
          )}
        </svg>
        <input
          type="range"
          aria-label={t('sliderHint')}
          aria-valuetext={`${text}${chosen === null ? '' : `: ${valueText(totals[chosen] ?? null)}`}`}
          min="0"
          max={Math.max(0, intervals.length - 1)}
          value={chosen ?? 0}
          class={chosen === null ? 'day-range day-range-whole' : 'day-range'}
          onInput={(event) => {
            setPlaying(false);
            choose(Number(event.currentTarget.value));
          }}
        />
        <div class="day-hours" aria-hidden="true">
          {[0, 6, 12, 18, 24].map((hour) => (
            <span key={hour}>{String(hour).padStart(2, '0')}:00</span>
          ))}
        </div>
      </div>
      {totals.some((n, i) => n === null && Date.parse(intervals[i]?.from ?? '') <= nowMs.value) && (
        <p class="turning-quiet day-note">
          <i /> {t('notSeen')}
        </p>
      )}
    </div>
  );
}

function valueText(n: number | null): string {
  return n === null ? t('notSeen') : t('vehicles', { n: formatNumber(n) });
}

function firstObserved(totals: readonly (number | null)[]): number {
  return Math.max(
    0,
    totals.findIndex((n) => n !== null),
  );
}

function lastObserved(totals: readonly (number | null)[]): number {
  return totals.findLastIndex((n) => n !== null);
}
