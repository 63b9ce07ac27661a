// A plot over time that people can zoom: drag, wheel, fingers, keys and buttons. What was not observed stays empty and
// hatched; a strip below says how much of each interval was seen. Values can be read by keyboard.

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { theme } from '../theme/theme.ts';
import { format, formatShare, formatTime, timeZone } from '../words/formats.ts';
import { language } from '../words/words.ts';
import { Button } from './button.tsx';
import './plot.css';
import { PlotChart, type PlotCursor } from './plot-chart.ts';
import { intervalAt, movedBy, type PlotProps, zoomedBy } from './plot-types.ts';
import { t } from './plot-words.ts';

const STEP = 0.25;
/** The tooltip stands on the side where there is room. */
const TIP_WIDTH = 270;

export function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<PlotChart | null>(null);
  const newest = useRef(props);
  newest.current = props;
  const [cursor, setCursor] = useState<PlotCursor | null>(null);
  const [read, setRead] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const help = useId();

  const shape = [
    theme.value,
    language.value,
    props.unit,
    props.levels?.length,
    ...props.series.map(({ key, colour, low, dashed }) => `${key}${colour}${low !== undefined}${dashed}`),
  ].join(' ');

  // Another theme, language or set of series is another plot.
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new PlotChart(element, newest.current, timeZone(), {
      onCursor: setCursor,
      onZoom: (range) => newest.current.onZoom(range),
    });
    chart.current = made;
    const resized = new ResizeObserver(() => made.resize(element.clientWidth, element.clientHeight));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.close();
      chart.current = null;
      setCursor(null);
    };
  }, [shape]);

  const { times, endMs, range, series, coverage, nowMs } = props;
  useEffect(() => {
    setRead(null);
    chart.current?.update(newest.current);
  }, [times, endMs, range[0], range[1], series, coverage, Math.floor(nowMs / 60_000), shape]);
  useEffect(() => chart.current?.hide(hidden), [hidden, shape]);

  const zoom = (factor: number) => props.onZoom(zoomedBy(range, factor));
  const move = (share: number) => props.onZoom(movedBy(range, share));
  const point = (place: number) => {
    const next = Math.min(times.length - 1, Math.max(0, place));
    setRead(next);
    chart.current?.point(next);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = read ?? cursor?.place ?? firstIn(props);
    const actions: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? move(-STEP) : point(at - 1)),
      ArrowRight: () => (event.shiftKey ? move(STEP) : point(at + 1)),
      PageUp: () => point(at - 12),
      PageDown: () => point(at + 12),
      Home: () => point(0),
      End: () => point(times.length - 1),
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      0: () => props.onZoom(null),
      Escape: () => {
        setRead(null);
        chart.current?.point(null);
      },
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };

  const shown = cursor === null ? null : cursor.place;
  return (
    <div class="plot">
      <div class="plot-head">
        <Legend series={series} hidden={hidden} toggle={(key) => setHidden((now) => toggled(now, key))} />
        <div class="plot-tools">
          <Button look="quiet" icon="left" label={t('earlier')} onClick={() => move(-STEP)} />
          <Button look="quiet" icon="minus" label={t('zoomOut')} onClick={() => zoom(2)} />
          <Button look="quiet" icon="plus" label={t('zoomIn')} onClick={() => zoom(0.5)} />
          <Button look="quiet" icon="right" label={t('later')} onClick={() => move(STEP)} />
          <Button look="quiet" disabled={!props.zoomed} onClick={() => props.onZoom(null)}>
            {t('all')}
          </Button>
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: no element means a plot */}
      <div
        class="plot-frame"
        role="group"
        aria-label={props.label}
        aria-describedby={help}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read its values
        tabIndex={0}
        onKeyDown={press}
        onBlur={() => setRead(null)}
      >
        <div class="plot-host" ref={host} />
        {shown !== null && cursor !== null && (
          <div class="plot-tip" style={tipPlace(cursor, host.current?.clientWidth ?? 0)} aria-hidden="true">
            <Values props={props} place={shown} hidden={hidden} />
          </div>
        )}
      </div>
      <p class="unseen" id={help}>
        {t('help')}
      </p>
      <p class="plot-note">
        <svg class="plot-hatch" viewBox="0 0 18 10" aria-hidden="true" focusable="false">
          <path d="M0 10 10 0M8 10 18 0" />
        </svg>
        {t('hatched')} · {t('strip')}
      </p>
      <div class="unseen" aria-live="polite">
        {read !== null && <Values props={props} place={read} hidden={hidden} />}
      </div>
    </div>
  );
}

function Legend({
  series,
  hidden,
  toggle,
}: {
  readonly series: PlotProps['series'];
  readonly hidden: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
}) {
  return (
    <ul class="plot-legend">
      {series.map(({ key, label, colour, dashed }) => (
        <li key={key}>
          <button type="button" aria-pressed={!hidden.has(key)} onClick={() => toggle(key)}>
            <svg viewBox="0 0 22 8" aria-hidden="true" focusable="false" style={{ color: `var(${colour})` }}>
              <path d="M1 4h20" stroke-dasharray={dashed ? '5 3' : undefined} />
            </svg>
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Values({
  props,
  place,
  hidden,
}: {
  readonly props: PlotProps;
  readonly place: number;
  readonly hidden: ReadonlySet<string>;
}) {
  const [from, to] = intervalAt(props, place);
  const share = props.coverage[place] ?? null;
  return (
    <>
      <p class="plot-tip-time">{intervalText(from, to)}</p>
      <dl>
        {props.series
          .filter(({ key }) => !hidden.has(key))
          .map(({ key, label, colour, values, low, high, more, dashed }) => {
            const value = values[place] ?? null;
            const least = low?.[place] ?? null;
            const most = high?.[place] ?? null;
            const extra = more?.(place) ?? null;
            return (
              <div key={key}>
                <dt>
                  <i style={{ borderTop: `2px ${dashed ? 'dashed' : 'solid'} var(${colour})` }} />
                  {label}
                </dt>
                <dd>
                  {value === null ? t(share === 0 ? 'notObserved' : 'nothing') : props.formatValue(value)}
                  {least !== null && most !== null && value !== null && (
                    <small>
                      {' '}
                      ({props.formatValue(least)}–{props.formatValue(most)})
                    </small>
                  )}
                  {extra !== null && <small> {extra}</small>}
                </dd>
              </div>
            );
          })}
      </dl>
      <p class="plot-tip-coverage">
        {share === null
          ? t('future')
          : share === 0
            ? t('notObserved')
            : `${t('coverage')}: ${formatShare(share)}`}
      </p>
    </>
  );
}

/** `CN 22/11 06:00–06:15`, of days their dates. */
export function intervalText(from: number, to: number): string {
  const day = (ms: number) =>
    format(ms, { weekday: 'short', day: '2-digit', month: '2-digit', year: 'numeric' });
  const isDays = (to - from) % 86_400_000 === 0 || to - from > 86_400_000;
  if (!isDays) return `${day(from)} ${formatTime(from)}–${formatTime(to)}`;
  return to - from <= 86_400_000 ? day(from) : `${day(from)} – ${day(to - 1)}`;
}

function firstIn({ times, range }: PlotProps): number {
  return Math.max(
    0,
    times.findIndex((from) => from >= range[0]),
  );
}

function tipPlace({ left, top }: PlotCursor, width: number): { left: string; top: string } {
  const beside = left + 16 + TIP_WIDTH > width ? left - TIP_WIDTH - 16 : left + 16;
  return { left: `${Math.max(0, beside)}px`, top: `${Math.max(0, top - 40)}px` };
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
