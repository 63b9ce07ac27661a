// The few numbers above the plot.

import type { ComponentChildren } from 'preact';
import { intervalText } from '../../parts/plot.tsx';
import { formatNumber, formatShare } from '../../words/formats.ts';
import { keyOf, type Measured } from './answers.ts';
import { changeOf } from './compare.ts';
import { MEASURES, type Measure } from './measures.ts';
import { withUnit } from './series-view.ts';
import { highestOf, meanCoverage, meanOf, peakHourOf, totalOf } from './totals.ts';
import type { Found } from './use-history.ts';
import type { Comparison } from './view.ts';
import { COMPARISON_WORDS, t } from './words.ts';

const CROWDED = 5;

export function Figures({
  found: { measured, references },
  measure,
  compare,
  nowMs,
}: {
  readonly found: Found;
  readonly measure: Measure;
  readonly compare: Comparison;
  readonly nowMs: number;
}) {
  if (measured === null) return null;
  const { unit } = MEASURES[measure];
  const change = compare === 'none' || unit === 'level' ? null : changeOfAll(measured, references);
  return (
    <dl class="figures">
      {unit === 'perHour' ? (
        <FlowFigures measured={measured} nowMs={nowMs} />
      ) : unit === 'level' ? (
        <LevelFigures measured={measured} />
      ) : (
        <ValueFigures measured={measured} measure={measure} />
      )}
      <Figure title={t('seen')} hint={t('seenOf')}>
        {formatShare(meanCoverage(measured.times, measured.toMs, measured.series, nowMs))}
      </Figure>
      {compare !== 'none' && change !== null && (
        <Figure title={t('change', { what: t(COMPARISON_WORDS[compare]) })} hint={t('changeHint')}>
          {change >= 0 ? '+' : '−'}
          {formatNumber(Math.abs(change) * 100, 1)} %
        </Figure>
      )}
    </dl>
  );
}

function FlowFigures({ measured, nowMs }: { readonly measured: Measured; readonly nowMs: number }) {
  const { n, low, high } = totalOf(measured, nowMs);
  const peak = peakHourOf(measured);
  return (
    <>
      <Figure
        title={t('total')}
        hint={
          low !== null && high !== null
            ? t('bounds', { low: formatNumber(low), high: formatNumber(high) })
            : null
        }
      >
        {formatNumber(n)}
      </Figure>
      {peak !== null && (
        <Figure
          title={t('peak')}
          hint={
            intervalText(peak.fromMs, peak.toMs) +
            (peak.factor === null ? '' : ` · ${t('factor', { factor: formatNumber(peak.factor, 2) })}`)
          }
        >
          {t('shortPerHour', { value: formatNumber(peak.n) })}
        </Figure>
      )}
    </>
  );
}

function ValueFigures({ measured, measure }: { readonly measured: Measured; readonly measure: Measure }) {
  const values = measured.series.flatMap((one) => {
    const mean = meanOf(one);
    return mean === null ? [] : [mean];
  });
  const tops = measured.series.flatMap(({ values: all }) => highestOf(all) ?? []);
  const top = tops.sort((a, b) => b.value - a.value)[0];
  const end = top === undefined ? 0 : (measured.times[top.place + 1] ?? measured.toMs);
  const mean = values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
  return (
    <>
      {values.length > 0 && (
        <Figure
          title={t('mean')}
          hint={measured.series.some(({ n }) => n !== undefined) ? t('weighted') : null}
        >
          {withUnit(mean, measure)}
        </Figure>
      )}
      {top !== undefined && (
        <Figure title={t('highest')} hint={intervalText(measured.times[top.place] ?? 0, end)}>
          {withUnit(top.value, measure)}
        </Figure>
      )}
    </>
  );
}

function LevelFigures({ measured }: { readonly measured: Measured }) {
  const known = measured.series.flatMap(({ values }) => values.filter((value) => value !== null));
  if (known.length === 0) return null;
  return (
    <Figure title={t('crowded')} hint={t('crowdedHint')}>
      {formatShare(known.filter((level) => level >= CROWDED).length / known.length)}
    </Figure>
  );
}

function Figure({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint: string | null;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="figure">
      <dt>{title}</dt>
      <dd>
        <b>{children}</b>
        {hint !== null && <small>{hint}</small>}
      </dd>
    </div>
  );
}

function changeOfAll({ series }: Measured, references: Found['references']): number | null {
  const now: (number | null)[] = [];
  const then: (number | null)[] = [];
  for (const { names, values } of series) {
    const reference = references.find((one) => keyOf(one.names) === keyOf(names));
    if (reference === undefined) continue;
    now.push(...values);
    then.push(...reference.values);
  }
  return changeOf(now, then);
}
