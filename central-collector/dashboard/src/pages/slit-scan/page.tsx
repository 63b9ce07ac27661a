// A counting line over time, with what was counted marked on it: for checking counts by eye. The address says what is
// looked at; what somebody says of it is kept in the browser.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { useParams, useSearchParams } from 'wouter-preact';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import type { SlitScanAnswer } from '../../../../api/schemas/slit-scan.ts';
import { may } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs } from '../../live/stream.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Choices } from './choices.tsx';
import './page.css';
import './strips.css';
import { scanOf } from './scan.ts';
import { ScanProblem } from './scan-problem.tsx';
import { Shown } from './shown.tsx';
import { latest, type ScanView, stripFor, viewFromSearch, viewToSearch } from './view.ts';
import { t } from './words.ts';

export function Page() {
  const { site = '', agent = '', camera = '' } = useParams();
  const id = `${site}/${agent}/${camera}`;
  const known = useGet<CameraAnswer>(`/cameras/${id}`);
  useEffect(() => {
    document.title = `${t('title')} ${known.data?.name ?? camera} – ngatu`;
  });
  if (known.data === undefined) {
    if (known.problem !== undefined) return <Problem problem={known.problem} onRetry={known.reload} />;
    return (
      <p role="status" aria-busy="true">
        {t('loading')}
      </p>
    );
  }
  return <OfCamera key={id} camera={known.data} />;
}

function OfCamera({ camera }: { readonly camera: CameraAnswer }) {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => viewFromSearch(text), [text]);
  const [showMarks, setShowMarks] = useState(true);
  const [width, setWidth] = useState(0);
  const lines = camera.lines.map(({ line }) => line);
  const line = view.line ?? lines[0] ?? null;
  const { fromMs, lengthS } = view;
  const asked =
    fromMs === null || line === null
      ? null
      : { line, from: new Date(fromMs).toISOString(), to: new Date(fromMs + lengthS * 1000).toISOString() };
  const path = `/cameras/${camera.id}/slit-scan`;
  const got = useGet<SlitScanAnswer>(asked === null ? null : path, asked ?? {}, { renew: false });
  const scan = useMemo(() => (got.data === undefined ? undefined : scanOf(got.data)), [got.data]);

  const change = (next: Partial<ScanView>, replace = false) =>
    setSearch(new URLSearchParams(viewToSearch({ ...view, ...next })), { replace });
  const now = () => {
    const next = latest(nowMs.peek(), lengthS);
    if (next === fromMs) got.reload();
    else change({ fromMs: next });
  };
  const move = (step: 1 | -1) => {
    if (fromMs !== null) change({ fromMs: fromMs + step * lengthS * 1000 });
  };

  useEffect(() => {
    if (fromMs === null) change({ fromMs: latest(nowMs.peek(), lengthS) }, true);
  }, [fromMs]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
      const isTaken =
        event.target instanceof Element &&
        event.target.closest('input, select, textarea, dialog, pre, .table-scroll, .mark') !== null;
      if (event.key === 'm' && !isTyping(event.target)) setShowMarks((show) => !show);
      else if (isTaken) return;
      else if (event.key === 'ArrowLeft') move(-1);
      else if (event.key === 'ArrowRight') move(1);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });

  return (
    <div class="scan">
      <header class="scan-head">
        <ButtonLink href={`/cameras/${camera.id}`} look="quiet" icon="left" label={t('back')} />
        <h1>
          <small>{t('title')}</small> {camera.name ?? camera.id}
        </h1>
        <div class="scan-actions">
          {may('configure') && (
            <ButtonLink icon="setup" href={`/setup/${camera.id}`}>
              {t('setup')}
            </ButtonLink>
          )}
          <Button icon="renew" busy={got.loading} onClick={got.reload}>
            {t('renew')}
          </Button>
        </div>
        <p class="scan-what">{t('what')}</p>
      </header>
      {line === null || fromMs === null ? (
        line === null && <Empty title={t('noLines')}>{t('noLinesHint')}</Empty>
      ) : (
        <>
          <Choices
            view={view}
            line={line}
            lines={lines.includes(line) ? lines : [line, ...lines]}
            fromMs={fromMs}
            usualStripS={stripFor(width)}
            showMarks={showMarks}
            onMarks={setShowMarks}
            onChange={change}
            onNow={now}
            onMove={move}
          />
          {got.problem !== undefined && <ScanProblem problem={got.problem} onRetry={got.reload} />}
          {scan === undefined && got.loading && (
            <p class="scan-wait" role="status" aria-busy="true">
              {t('loading')}
            </p>
          )}
          {scan !== undefined && (
            <Shown
              // Another line is another audit.
              key={`${scan.line} ${scan.fromMs} ${scan.toMs}`}
              scan={scan}
              stripS={view.stripS}
              width={width}
              onWidth={setWidth}
              showMarks={showMarks}
              onFrom={(next) => change({ fromMs: next })}
              onReload={got.reload}
            />
          )}
        </>
      )}
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
}
