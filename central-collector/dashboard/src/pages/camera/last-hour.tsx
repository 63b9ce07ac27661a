// The last hour by minute, each direction for itself on one scale. What was not observed is hatched, not empty.

import { useEffect, useRef } from 'preact/hooks';
import type { FlowsAnswer } from '../../../../api/schemas/history.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs, on } from '../../live/stream.ts';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { THIN_COVERAGE } from '../../tile/tile-numbers.ts';
import { common } from '../../words/common.ts';
import { formatNumber, formatShare, formatTime } from '../../words/formats.ts';
import { flowText } from '../../words/slugs.ts';
import { t } from './words.ts';

const MINUTE_MS = 60_000;
const MINUTES = 60;
const REFRESH_S = 60;
/** Intervals of several lines arrive together: one question for all of them. */
const SETTLE_MS = 1500;
const STEP = 10;
const HEIGHT = 64;

type Series = FlowsAnswer['series'][number];

export function LastHour({ camera }: { readonly camera: string }) {
  const to = Math.floor(nowMs.value / MINUTE_MS) * MINUTE_MS;
  const { data, problem, loading, reload } = useGet<FlowsAnswer>(
    '/flows',
    {
      camera,
      from: new Date(to - MINUTES * MINUTE_MS).toISOString(),
      to: new Date(to).toISOString(),
      every: '1m',
      by: ['line', 'direction'],
    },
    { refreshS: REFRESH_S },
  );
  const kept = useKept(data);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = on('flow', ({ subject }) => {
      if (subject !== camera) return;
      clearTimeout(timer);
      timer = setTimeout(reload, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [camera, reload]);

  if (kept === undefined) {
    if (problem !== undefined) return <Problem problem={problem} onRetry={reload} />;
    return <p aria-busy={loading}>{common('loading')}</p>;
  }
  if (kept.series.length === 0) return <Empty title={t('hourNone')} />;
  const most = Math.max(1, ...kept.series.flatMap(({ n }) => n.map((one) => one ?? 0)));
  return (
    <div class="hour">
      {kept.series.map((series) => (
        <Direction
          key={`${series.line} ${series.direction}`}
          series={series}
          intervals={kept.intervals}
          most={most}
        />
      ))}
      <p class="hour-axis" aria-hidden="true">
        <span>{formatTime(kept.from)}</span>
        <span>
          0–{formatNumber(most)} {t('perMinute')}
        </span>
        <span>{formatTime(kept.to)}</span>
      </p>
      <Legend />
    </div>
  );
}

function Legend() {
  const entries = [
    ['hour-bar', t('legendWhole')],
    ['hour-part', t('legendPart')],
    ['hour-gap', common('notObserved')],
  ] as const;
  return (
    <ul class="hour-legend">
      {entries.map(([look, word]) => (
        <li key={look}>
          <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
            <rect class={look} width="10" height="10" />
          </svg>{' '}
          {word}
        </li>
      ))}
    </ul>
  );
}

/** The answer before, while the next minute is asked for. */
function useKept(data: FlowsAnswer | undefined): FlowsAnswer | undefined {
  const kept = useRef<FlowsAnswer>();
  if (data !== undefined) kept.current = data;
  return kept.current;
}

function Direction({
  series,
  intervals,
  most,
}: {
  readonly series: Series;
  readonly intervals: readonly string[];
  readonly most: number;
}) {
  const name = flowText(series.line ?? '', series.direction ?? '');
  return (
    <figure class="hour-direction">
      <figcaption>{name}</figcaption>
      <svg
        class="hour-bars"
        viewBox={`0 0 ${intervals.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('hourTitle', { flow: name })}
      >
        {intervals.map((interval, i) => {
          const n = series.n[i] ?? null;
          const coverage = series.coverage[i] ?? 0;
          const height = n === null ? HEIGHT : (n / most) * (HEIGHT - 2) + 2;
          const time = formatTime(interval);
          const told =
            n === null
              ? t('minuteNone', { time })
              : coverage < THIN_COVERAGE
                ? t('minutePart', { time, n: formatNumber(n), share: formatShare(coverage) })
                : t('minute', { time, n: formatNumber(n) });
          return (
            <rect
              key={interval}
              class={n === null ? 'hour-gap' : coverage < THIN_COVERAGE ? 'hour-bar hour-part' : 'hour-bar'}
              x={i * STEP + (n === null ? 0 : 1)}
              y={HEIGHT - height}
              width={n === null ? STEP : STEP - 2}
              height={height}
            >
              <title>{told}</title>
            </rect>
          );
        })}
      </svg>
    </figure>
  );
}
