// One strip of the slit scan: the pictures over its time, what is missing, the lanes, the marks, and a ruler below.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatTime } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { language } from '../../words/words.ts';
import { type Choosing, keyOnMark } from './keys.ts';
import { Mark } from './mark.tsx';
import type { Pictures } from './pictures.ts';
import type { Scan } from './scan.ts';
import { type Run, type Span, type Strip as StripLayout, shareOf, ticksOf } from './strips.ts';
import { reallyIs, type Thing } from './things.ts';
import { secondsText, timeText } from './time-text.ts';
import type { AuditWork } from './use-audit.ts';
import { t } from './words.ts';

export type StripProps = {
  readonly layout: StripLayout;
  readonly scan: Scan;
  /** Those of the whole interval, in their order. */
  readonly things: readonly Thing[];
  readonly pictures: Pictures;
  readonly height: number;
  readonly width: number;
  readonly showMarks: boolean;
  readonly work: AuditWork;
  readonly choosing: Choosing;
  /** The mark that the Tab key comes to. */
  readonly stop: string | undefined;
  /** Somebody is seen there without a mark. */
  readonly onMissed: (atMs: number, along: number) => void;
};

/** Of a mark: so near to it nobody else is meant. */
const BLOCK_MS = 50;
const EMPTY_HEIGHT = '2.25rem';

/** Drawn again only when something of it looks otherwise: of ten minutes there are forty, with hundreds of marks. */
export function Strip(props: StripProps) {
  const { layout, scan, things, pictures, height, width, showMarks, choosing, stop } = props;
  const newest = useRef(props);
  newest.current = props;
  const inside = things.filter(({ atMs }) => atMs >= layout.fromMs && atMs < layout.toMs);
  const looks = inside.map((thing) => lookOf(thing, choosing.chosen, stop)).join('\n');
  const loaded = layout.runs.filter(({ picture }) => pictures.there.has(picture)).length;
  return useMemo(
    () => <Drawn newest={newest} inside={inside} loaded={loaded} />,
    [layout, scan, looks, loaded, height, width, showMarks, language.value],
  );
}

/** All that decides how a mark looks. */
function lookOf(thing: Thing, chosen: string | null, stop: string | undefined): string {
  const said = thing.kind === 'missed' ? thing.missed.roadUser : `${thing.verdict?.is} ${reallyIs(thing)}`;
  return `${thing.key} ${said} ${thing.key === chosen} ${thing.key === stop}`;
}

function Drawn({
  newest,
  inside,
  loaded,
}: {
  readonly newest: { readonly current: StripProps };
  readonly inside: readonly Thing[];
  /** How many of its runs have their picture. */
  readonly loaded: number;
}) {
  const { layout, scan, pictures, height, width, showMarks, choosing, stop } = newest.current;
  // Minutes without anything need no room.
  const isEmpty = layout.runs.length === 0 && inside.length === 0;
  const label = t('stripLabel', {
    from: formatTime(layout.fromMs, true),
    to: formatTime(layout.toMs, true),
    n: inside.filter(({ kind }) => kind === 'counted').length,
  });
  const click = (event: MouseEvent & { readonly currentTarget: HTMLElement }) => {
    // What cannot be seen is not added.
    if (!showMarks) return;
    const box = event.currentTarget.getBoundingClientRect();
    const atMs = layout.fromMs + ((event.clientX - box.left) / box.width) * (layout.toMs - layout.fromMs);
    const isShown = layout.runs.some((run) => atMs >= run.fromMs - BLOCK_MS && atMs < run.toMs);
    if (isShown && atMs < scan.toMs) newest.current.onMissed(atMs, (event.clientY - box.top) / box.height);
  };
  const press = (event: KeyboardEvent, thing: Thing) => {
    const { things, work, choosing: now } = newest.current;
    return keyOnMark(event, thing, things, work, now);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form
    <div class="strip" role="group" aria-label={label}>
      {!isEmpty && <Axis scan={scan} />}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button beside adds one by keyboard */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it is a picture on which a place is shown */}
      <div class="strip-picture" style={{ height: isEmpty ? EMPTY_HEIGHT : `${height}px` }} onClick={click}>
        {!isEmpty && (
          <Canvas
            runs={layout.runs}
            span={layout}
            pictures={pictures}
            loaded={loaded}
            width={width}
            height={height}
          />
        )}
        {(isEmpty ? [] : scan.lanes.slice(0, -1)).map(({ lane, until }) => (
          <span key={lane} class="strip-lane" style={{ top: `${until * 100}%` }} aria-hidden="true" />
        ))}
        {layout.gaps.map((gap) => (
          <Gap key={gap.fromMs} gap={gap} strip={layout} held={scan.held} />
        ))}
        {showMarks &&
          inside.map((thing) => (
            <Mark
              key={thing.key}
              thing={thing}
              strip={layout}
              directions={scan.directions}
              isChosen={choosing.chosen === thing.key}
              isStop={stop === thing.key}
              onChoose={() => newest.current.choosing.choose(thing.key)}
              onKey={(event) => press(event, thing)}
            />
          ))}
      </div>
      <Ruler strip={layout} />
    </div>
  );
}

/** Ends and lanes of the line, from its beginning above to its end below. */
function Axis({ scan: { lanes } }: { readonly scan: Scan }) {
  return (
    <div class="strip-axis" aria-hidden="true">
      <b class="strip-end">A</b>
      {lanes.map(({ lane, until }, i) => (
        <span
          key={lane}
          class="strip-lane-name"
          title={slugText(lane)}
          style={{ top: `${((until + (lanes[i - 1]?.until ?? 0)) / 2) * 100}%` }}
        >
          {slugText(lane)}
        </span>
      ))}
      <b class="strip-end strip-end-b">B</b>
    </div>
  );
}

function Gap({ gap, strip, held }: { readonly gap: Span; readonly strip: Span; readonly held: Span | null }) {
  const left = shareOf(gap.fromMs, strip);
  const width = shareOf(gap.toMs, strip) - left;
  const told =
    held !== null && gap.toMs <= held.fromMs
      ? t('gapBefore', { time: timeText(held.fromMs) })
      : held !== null && gap.fromMs >= held.toMs
        ? t('gapAfter', { time: timeText(held.toMs) })
        : t('gap', { s: secondsText(gap.toMs - gap.fromMs) });
  return (
    <span class="strip-gap" style={{ left: `${left * 100}%`, width: `${width * 100}%` }} title={told}>
      <span class={width > 0.25 ? 'strip-gap-word' : 'unseen'}>{told}</span>
    </span>
  );
}

function Ruler({ strip }: { readonly strip: Span }) {
  return (
    <div class="strip-ruler" aria-hidden="true">
      {ticksOf(strip).map(({ atMs, isLabelled }) => (
        <span
          key={atMs}
          class={isLabelled ? 'tick tick-long' : 'tick'}
          style={{ left: `${shareOf(atMs, strip) * 100}%` }}
        >
          {isLabelled && atMs < strip.toMs && <b>{formatTime(atMs, true)}</b>}
        </span>
      ))}
    </div>
  );
}

function Canvas({
  runs,
  span,
  pictures,
  loaded,
  width,
  height,
}: {
  readonly runs: readonly Run[];
  readonly span: Span;
  readonly pictures: Pictures;
  readonly loaded: number;
  readonly width: number;
  readonly height: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = window.devicePixelRatio;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || canvas.current === null) return;
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    // Setting a size clears it.
    canvas.current.width = w;
    canvas.current.height = h;
    context.imageSmoothingQuality = 'high';
    for (const run of runs) {
      const image = pictures.there.get(run.picture);
      if (image === undefined) continue;
      const x = Math.round(shareOf(run.fromMs, span) * w);
      const end = Math.round(shareOf(run.toMs, span) * w);
      context.drawImage(image, run.x, 0, Math.max(1, run.width), run.height, x, 0, Math.max(1, end - x), h);
    }
  }, [runs, span, loaded, width, height, scale]);
  return <canvas ref={canvas} class="strip-canvas" />;
}
