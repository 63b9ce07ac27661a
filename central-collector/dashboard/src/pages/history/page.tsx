// Months of measurements: what people choose is in the address, so that a view can be sent to somebody else.

import { useEffect, useMemo } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { address } from '../../api/client.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs } from '../../live/stream.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Panel } from '../../parts/panel.tsx';
import { intervalText, Plot } from '../../parts/plot.tsx';
import { addDays, dateOf, startOfDate } from '../../parts/plot-time.ts';
import type { PlotLevel } from '../../parts/plot-types.ts';
import { Problem } from '../../parts/problem.tsx';
import { useCopied } from '../../parts/use-copied.ts';
import { timeZone } from '../../words/formats.ts';
import { scanWithin } from '../slit-scan/view.ts';
import { Controls } from './controls.tsx';
import { Figures } from './figures.tsx';
import './history.css';
import { LEVELS, MEASURES } from './measures.ts';
import { askedOf, coarserQuery, knows } from './query.ts';
import { drawnOf, MOST_DRAWN, unitText, valueText } from './series-view.ts';
import { TableView } from './table-view.tsx';
import { coverageOf } from './totals.ts';
import { type Found, useHistory } from './use-history.ts';
import { fromSearch, toSearch, type View, zoomWithin } from './view.ts';
import { t } from './words.ts';

const MINUTE_MS = 60_000;
/** Who looks at so short a time may want to see who passed then. */
const SCANNED_MS = 3 * 60 * MINUTE_MS;
const LOS: readonly PlotLevel[] = LEVELS.map((label, i) => ({
  value: i + 1,
  label,
  colour: `--los-${label.toLowerCase()}` as const,
}));

export function Page() {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => fromSearch(text), [text]);
  const zone = timeZone();
  const cameras = useGet<{ cameras: readonly CameraAnswer[] }>('/cameras', { limit: 1000 });
  const known = cameras.data?.cameras ?? [];
  const minute = Math.floor(nowMs.value / MINUTE_MS);
  const now = minute * MINUTE_MS;
  const asked = view.cameras.length === 0 ? null : askedOf(view, now, zone);
  // Only what is still going on changes by itself.
  const isOver = asked !== null && asked.range[1] < now - 10 * MINUTE_MS;
  const { found, problem, loading, reload } = useHistory(asked, view, zone, isOver ? 0 : minute);

  const [onlyCamera] = view.cameras.length === 1 ? view.cameras : [];
  const change = (next: Partial<View>, replace = false) =>
    setSearch(new URLSearchParams(toSearch({ ...view, ...next })), { replace });
  const zoom = (range: readonly [number, number] | null) => {
    const latest = startOfDate(addDays(dateOf(now, zone), 1), zone);
    change({ zoom: range === null ? null : zoomWithin(range, latest) }, true);
  };

  useEffect(() => {
    document.title = `${t('title')} – ngatu`;
  });
  const [first] = known;
  useEffect(() => {
    if (view.cameras.length === 0 && first !== undefined) change({ cameras: [first.id] }, true);
  });

  if (cameras.data !== undefined && known.length === 0 && view.cameras.length === 0)
    return <Empty title={t('noCameras')}>{t('noCamerasHint')}</Empty>;
  return (
    <div class="history">
      <h1 class="unseen">{t('title')}</h1>
      {cameras.problem !== undefined && <Problem problem={cameras.problem} onRetry={cameras.reload} />}
      <Controls
        view={view}
        cameras={known}
        every={found?.measured?.every ?? asked?.every ?? '5m'}
        nowMs={now}
        onChange={change}
      />
      <Panel
        title={t(view.measure)}
        actions={
          <>
            <span class="history-loading" role="status">
              {loading && asked !== null ? t('loading') : ''}
            </span>
            {(['plot', 'table'] as const).map((shown) => (
              <Button key={shown} pressed={view.shown === shown} onClick={() => change({ shown }, true)}>
                {t(shown === 'plot' ? 'asPlot' : 'asTable')}
              </Button>
            ))}
            {onlyCamera !== undefined && asked !== null && asked.range[1] - asked.range[0] <= SCANNED_MS && (
              <ButtonLink
                look="quiet"
                icon="scan"
                label={t('scan')}
                href={scanWithin(onlyCamera, view.line, asked.range)}
              >
                <span class="button-word">{t('scan')}</span>
              </ButtonLink>
            )}
            <CopyLink />
            {asked !== null && (
              <a
                class="button button-plain"
                href={address(asked.path, {
                  ...(found?.coarser ? coarserQuery(asked.now, found.coarser) : asked.now),
                  format: 'csv',
                })}
                download={`${view.measure}.csv`}
              >
                {t('csv')}
              </a>
            )}
          </>
        }
      >
        {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
        {found !== null && asked !== null && (
          <div class={loading ? 'history-found history-old' : 'history-found'} aria-busy={loading}>
            <Shown found={found} view={view} range={asked.range} now={now} cameras={known} onZoom={zoom} />
          </div>
        )}
        {found === null && problem === undefined && <div class="history-wait">{t('loading')}</div>}
      </Panel>
    </div>
  );
}

function Shown({
  found,
  view,
  range,
  now,
  cameras,
  onZoom,
}: {
  readonly found: Found;
  readonly view: View;
  readonly range: readonly [number, number];
  readonly now: number;
  readonly cameras: readonly CameraAnswer[];
  readonly onZoom: (range: readonly [number, number] | null) => void;
}) {
  const { measured, referenceProblem } = found;
  const { measure, compare } = view;
  const drawn = useMemo(() => drawnOf(found, compare, cameras), [found, compare, cameras]);
  const coverage = useMemo(() => (measured === null ? [] : coverageOf(measured, now)), [measured, now]);
  if (measured === null || measured.series.length === 0)
    return <Empty title={t('noSeries')}>{t('noSeriesHint')}</Empty>;
  const isKnown = measured.series.some(({ values }) => values.some((value) => value !== null));
  const wasSeen = coverage.some((share) => share !== null && share > 0);
  const hasBounds = drawn.series.some(({ low, dashed }) => low !== undefined && !dashed);
  return (
    <>
      <Figures found={found} measure={measure} compare={compare} nowMs={now} />
      {!isKnown && (
        <p class="history-nothing">
          <strong>{t(wasSeen ? 'noSeries' : 'noData')}.</strong> {t(wasSeen ? 'noSeriesHint' : 'noDataHint')}
        </p>
      )}
      {view.shown === 'plot' ? (
        <Plot
          label={t('plotLabel', { measure: t(measure), period: intervalText(range[0], range[1]) })}
          times={measured.times}
          endMs={measured.toMs}
          range={range}
          series={drawn.series}
          coverage={coverage}
          nowMs={now}
          unit={unitText(measure)}
          formatValue={(value) => valueText(value, measure)}
          digits={MEASURES[measure].digits}
          {...(MEASURES[measure].unit === 'level' && { levels: LOS })}
          onZoom={onZoom}
          zoomed={view.zoom !== null}
        />
      ) : (
        <TableView found={found} measure={measure} compare={compare} cameras={cameras} nowMs={now} />
      )}
      <Notes
        notes={[
          drawn.left > 0 && view.shown === 'plot' && t('moreSeries', { n: drawn.left, shown: MOST_DRAWN }),
          found.coarser !== null && t('coarserNote', { every: t(found.coarser) }),
          hasBounds && knows(measure).bounds && t('boundsNote'),
          compare === 'typical' && found.references.length > 0 && t('typicalNote'),
          compare === 'year' && t('yearNote'),
          measured.series.some(({ atLeast }) => atLeast?.some(Boolean)) && t('atLeastNote'),
          referenceProblem !== undefined && t('referenceFailed'),
        ]}
      />
    </>
  );
}

function Notes({ notes }: { readonly notes: readonly (string | false)[] }) {
  return (
    <>
      {notes.map(
        (note) =>
          note !== false && (
            <p key={note} class="history-note">
              {note}
            </p>
          ),
      )}
    </>
  );
}

function CopyLink() {
  const clipboard = useCopied();
  // The address bar has the link all the same.
  if (clipboard === undefined) return null;
  const { copied, copy } = clipboard;
  return (
    <Button
      look="quiet"
      icon={copied ? 'check' : 'link'}
      label={t(copied ? 'shared' : 'share')}
      onClick={() => copy(window.location.href)}
    >
      <span role="status" class="button-word">
        {t(copied ? 'shared' : 'share')}
      </span>
    </Button>
  );
}
