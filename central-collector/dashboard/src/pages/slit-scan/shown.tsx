// The strips of an interval, and beside them the chosen mark and what came of looking.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { nowMs } from '../../live/stream.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { formatDateTime, formatTime } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { Chosen } from './chosen.tsx';
import type { Choosing } from './keys.ts';
import { Legend } from './legend.tsx';
import { usePictures } from './pictures.ts';
import { type Scan, usualRoadUser } from './scan.ts';
import { Strip } from './strip.tsx';
import { recordedMs, stripsOf } from './strips.ts';
import { AccuracyPanel, SummaryPanel } from './summary.tsx';
import { thingsOf } from './things.ts';
import { secondsText } from './time-text.ts';
import { useAudit } from './use-audit.ts';
import { type ScanView, SETTLED_AFTER_MS, stripFor } from './view.ts';
import { t } from './words.ts';

export type ShownProps = {
  readonly scan: Scan;
  readonly stripS: ScanView['stripS'];
  /** Of a strip's picture, pixels; 0 until it is known. */
  readonly width: number;
  readonly onWidth: (width: number) => void;
  readonly showMarks: boolean;
  readonly onFrom: (fromMs: number) => void;
  readonly onReload: () => void;
};

/** Of a strip, pixels: as many as the line has in the analysed picture, within reason. */
const MIN_HEIGHT = 96;
const MAX_HEIGHT = 200;

export function Shown({ scan, stripS, width, onWidth, showMarks, onFrom, onReload }: ShownProps) {
  const work = useAudit(scan);
  const things = useMemo(() => thingsOf(scan, work.audit), [scan, work.audit]);
  const stripMs = (stripS ?? stripFor(width)) * 1000;
  const strips = useMemo(() => stripsOf(scan.pieces, scan, stripMs), [scan, stripMs]);
  const pictures = usePictures(scan.pieces.map(({ picture }) => picture));
  const { choosing, list } = useChoosing();
  const host = useWidth(onWidth);
  const height = Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, ...scan.pieces.map((piece) => piece.height)));
  const recorded = recordedMs(scan.pieces, scan);
  const isWaiting =
    pictures.there.size + pictures.failed.size < new Set(scan.pieces.map((p) => p.picture)).size;
  const isUnsettled = nowMs.peek() - scan.toMs < SETTLED_AFTER_MS;
  const thing = things.find(({ key }) => key === choosing.chosen);
  const add = (atMs: number, along: number) =>
    choosing.choose(work.addMissed({ atMs, along, roadUser: usualRoadUser(scan.passages) }), true);
  return (
    <div class="scan-body">
      <section
        class="scan-strips"
        aria-label={t('strips', {
          line: slugText(scan.line),
          from: formatDateTime(scan.fromMs),
          to: formatTime(scan.toMs, true),
        })}
        aria-busy={isWaiting}
      >
        <p class="scan-state">
          <span>{formatDateTime(scan.fromMs)}</span>
          <Badge tone={recorded === 0 ? 'off' : recorded < 0.98 * (scan.toMs - scan.fromMs) ? 'warn' : 'ok'}>
            {t('recorded', { s: secondsText(recorded), all: secondsText(scan.toMs - scan.fromMs) })}
          </Badge>
        </p>
        {recorded === 0 && <Nothing scan={scan} onFrom={onFrom} />}
        {isUnsettled && <p class="scan-note">{t('unsettled')}</p>}
        {scan.problem !== null && <p class="scan-note">{t('noneStored')}</p>}
        {pictures.failed.size > 0 && (
          <p class="scan-note">
            {t('broken')} <Button onClick={onReload}>{t('renew')}</Button>
          </p>
        )}
        <div ref={list}>
          <div class="strip strip-measure" ref={host} aria-hidden="true" />
          {width > 0 &&
            strips.map((layout) => (
              <Strip
                key={layout.fromMs}
                layout={layout}
                scan={scan}
                things={things}
                pictures={pictures}
                height={height}
                width={width}
                showMarks={showMarks}
                work={work}
                choosing={choosing}
                stop={thing?.key ?? things[0]?.key}
                onMissed={add}
              />
            ))}
        </div>
        <p class="unseen">{t('stripHelp')}</p>
        <Legend scan={scan} />
        <p class="scan-quiet scan-keys">{t('keys')}</p>
      </section>
      <aside class="scan-side" aria-label={t('summary')}>
        <Chosen
          thing={thing}
          scan={scan}
          work={work}
          choosing={choosing}
          onAdd={() => add(thing?.atMs ?? (scan.fromMs + scan.toMs) / 2, 0.5)}
        />
        <SummaryPanel scan={scan} work={work} />
        <AccuracyPanel scan={scan} work={work} />
      </aside>
    </div>
  );
}

function Nothing({ scan, onFrom }: { readonly scan: Scan; readonly onFrom: (fromMs: number) => void }) {
  const { held, fromMs, toMs } = scan;
  if (held === null) return <p class="scan-note">{t('nothingYet')}</p>;
  return (
    <p class="scan-note">
      {t('nothing')}. {t('nothingHint', { from: formatDateTime(held.fromMs), to: formatDateTime(held.toMs) })}{' '}
      <Button onClick={() => onFrom(Math.floor(held.fromMs / 1000) * 1000)}>{t('toOldest')}</Button>{' '}
      <Button onClick={() => onFrom(Math.ceil(held.toMs / 1000) * 1000 - (toMs - fromMs))}>
        {t('toNewest')}
      </Button>
    </p>
  );
}

function useChoosing() {
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const toFocus = useRef<string | null>(null);
  const choosing: Choosing = {
    chosen,
    choose: (key, focus = false) => {
      setChosen(key);
      // At once, where it is there: the next key is for it.
      if (focus && !focusOn(list.current, key)) toFocus.current = key;
    },
  };
  // Once the mark is there.
  useEffect(() => {
    if (toFocus.current !== null && focusOn(list.current, toFocus.current)) toFocus.current = null;
  });
  return { choosing, list };
}

function focusOn(list: HTMLElement | null, key: string | null): boolean {
  for (const mark of list?.querySelectorAll<HTMLElement>('[data-mark]') ?? []) {
    if (mark.dataset.mark !== key) continue;
    mark.focus();
    return true;
  }
  return false;
}

/** Of a strip's picture: from an empty one, so that it is known before any is drawn. */
function useWidth(onWidth: (width: number) => void) {
  const host = useRef<HTMLDivElement>(null);
  const newest = useRef(onWidth);
  newest.current = onWidth;
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const resized = new ResizeObserver(() => {
      const style = getComputedStyle(element);
      newest.current(Math.floor(element.clientWidth - Number.parseFloat(style.paddingLeft)));
    });
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  return host;
}
