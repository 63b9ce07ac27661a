// The incidents that are going on: chosen by mouse or j and k, answered for by one key. Rows keep their places while
// somebody works here.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { connection, nowMs } from '../../live/stream.ts';
import { SeverityBadge, StateShape } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { formatDuration, formatMoment } from '../../words/formats.ts';
import { mute } from './alarm-state.ts';
import { IncidentSummary } from './incident-summary.tsx';
import { incidentTitle, whereOf } from './incident-words.ts';
import { mainMeasure } from './measures.ts';
import { keepChosen, neighbour, orderOf } from './order.ts';
import { activeIncidents, incidentsState, latestIncidents, load } from './store.ts';
import { type Acting, useActing, VerdictButtons, VerdictDialog } from './verdict-actions.tsx';
import { verdictOfKey } from './verdicts.ts';
import { t } from './words.ts';

/** After the last movement of the pointer over the list, and after a key. */
const POINTED_MS = 30_000;
const PRESSED_MS = 6000;
/** After the pointer has left. */
const LEFT_MS = 1500;
/** What was meant for a row that has moved must not hit the one in its place. */
const MOVED_MS = 1200;
const SORTED_MS = 600;

export function ActiveList() {
  const acting = useActing();
  const { rows, held, added, hold, release, hasJustMoved } = useRows();
  const [chosen, setChosen] = useState<string | null>(null);
  const before = useRef<readonly string[]>([]);
  const order = rows.map(({ id }) => id);
  const kept = keepChosen(before.current, order, chosen);
  before.current = order;
  const movedAtMs = useRef(0);
  useEffect(() => {
    if (kept === chosen) return;
    movedAtMs.current = Date.now();
    setChosen(kept);
  }, [kept, chosen]);
  const first = order[0] ?? null;
  useEffect(() => {
    if (chosen === null) setChosen(first);
  }, [chosen, first]);
  useKeys({
    order,
    chosen: kept,
    choose: setChosen,
    acting,
    hold: () => hold(PRESSED_MS),
    ready: () => Date.now() - movedAtMs.current > MOVED_MS,
  });
  const { known, problem } = incidentsState.value;
  const shown = rows.find(({ id }) => id === kept);

  return (
    <div class="active" data-held={held}>
      <div class="active-list">
        {problem !== undefined && <Problem problem={problem} onRetry={() => void load()} />}
        {connection.value.state !== 'live' && known && <p class="incident-warning">{t('notLive')}</p>}
        {!known && problem === undefined && <p class="incident-quiet">{common('loading')}</p>}
        {known && rows.length === 0 && <Empty title={t('noneActive')}>{t('noneActiveHint')}</Empty>}
        {rows.length > 0 && (
          <>
            <div class="active-hold" role="status">
              {held && (
                <>
                  <span>{added > 0 ? t('newBelow', { n: added }) : t('held')}</span>
                  <Button look="quiet" onClick={release}>
                    {t('sortNow')}
                  </Button>
                </>
              )}
            </div>
            <ul
              class="incident-rows"
              onPointerMove={() => hold(POINTED_MS)}
              onPointerLeave={() => hold(LEFT_MS)}
              onFocusCapture={() => hold(PRESSED_MS)}
              onClickCapture={(event) => {
                const row = (event.target as Element).closest<HTMLElement>('[data-incident]');
                if (!hasJustMoved(row?.dataset.incident)) return;
                event.preventDefault();
                event.stopPropagation();
              }}
              aria-label={t('activeTitle')}
            >
              {rows.map((incident) => (
                <Row
                  key={incident.id}
                  incident={incident}
                  isChosen={incident.id === kept}
                  choose={() => setChosen(incident.id)}
                  acting={acting}
                />
              ))}
            </ul>
          </>
        )}
      </div>
      {rows.length > 0 && (
        <aside class="active-chosen">
          {shown === undefined ? (
            <p class="incident-quiet">{t('chooseOne')}</p>
          ) : (
            <IncidentSummary key={shown.id} incident={shown} acting={acting} />
          )}
        </aside>
      )}
      <VerdictDialog acting={acting} />
    </div>
  );
}

function Row({
  incident,
  isChosen,
  choose,
  acting,
}: {
  readonly incident: IncidentAnswer;
  readonly isChosen: boolean;
  readonly choose: () => void;
  readonly acting: Acting;
}) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const { severity, acknowledged, state, verdict, unconfirmed } = incident;
  const isOver = state !== 'active';
  const waits = acknowledged === null && !isOver;
  const measure = mainMeasure(incident.measures);
  const age = Date.parse(incident.clearedAt ?? '') || nowMs.value;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: j, k and the link inside choose it by keyboard
    <li
      ref={row}
      class={`incident-row incident-${severity} ${isChosen ? 'incident-chosen' : ''} ${isOver ? 'incident-over' : ''} ${waits ? 'incident-waits' : ''}`}
      aria-current={isChosen ? 'true' : undefined}
      data-incident={incident.id}
      onClick={choose}
    >
      <SeverityBadge severity={severity} />
      <div class="incident-what">
        <Link
          href={`/incidents/${encodeURIComponent(incident.id)}`}
          aria-label={t('openIncident', { what: `${incidentTitle(incident)}, ${whereOf(incident)}` })}
          onFocus={choose}
        >
          {incidentTitle(incident)}
        </Link>
        <span class="incident-where">{whereOf(incident)}</span>
        {measure !== undefined && (
          <span class="incident-measure">
            {measure.label}: {measure.value}
          </span>
        )}
      </div>
      <div class="incident-age">
        <b>{formatDuration(age - Date.parse(incident.detectedAt))}</b>
        <span>{t('since', { time: formatMoment(incident.detectedAt, nowMs.value, true) })}</span>
      </div>
      <div class="incident-said">
        {isOver ? (
          <span class="incident-word">{t(verdict === 'false-alarm' ? 'falseAlarmed' : 'justCleared')}</span>
        ) : waits ? (
          <VerdictButtons incident={incident} acting={acting} only={['acknowledge']} />
        ) : (
          <span class="incident-word">
            <StateShape tone="ok" /> {acknowledged?.by}
          </span>
        )}
        {waits && <span class="incident-word incident-word-waits">{t('notAcknowledged')}</span>}
        {unconfirmed !== null && (
          <span class="incident-word incident-unconfirmed">{t('unconfirmedShort')}</span>
        )}
        {verdict === 'confirmed' && <span class="incident-word incident-confirmed">{t('confirmed')}</span>}
      </div>
    </li>
  );
}

/** Rows in their order, held in place while the pointer is over them or keys have just been pressed. */
function useRows() {
  const [held, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const order = useRef<readonly string[]>([]);
  const moved = useRef<{ atMs: number; ids: ReadonlySet<string> }>({ atMs: 0, ids: new Set() });
  const began = useRef<ReadonlySet<string>>(new Set());
  const release = () => {
    clearTimeout(timer.current);
    setHeld(false);
  };
  const hold = (forMs: number) => {
    if (!held) began.current = new Set(order.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHeld(false), forMs);
    setHeld(true);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const latest = latestIncidents.value;
  const candidates = new Map(activeIncidents.value);
  // What has just ended stays in its place, marked, until the list may move.
  if (held)
    for (const id of order.current) {
      const one = latest.get(id);
      if (one !== undefined) candidates.set(id, one);
    }
  const next = orderOf(order.current, candidates, held);
  const places = new Map(order.current.map((id, place) => [id, place]));
  const jumped = next.filter((id, place) => places.has(id) && places.get(id) !== place);
  if (jumped.length > 0) moved.current = { atMs: Date.now(), ids: new Set(jumped) };
  order.current = next;
  const rows = order.current.flatMap((id) => candidates.get(id) ?? []);
  const added = held ? order.current.filter((id) => !began.current.has(id)).length : 0;
  const hasJustMoved = (id: string | undefined) =>
    id !== undefined && moved.current.ids.has(id) && Date.now() - moved.current.atMs < SORTED_MS;
  return { rows, held, added, hold, release, hasJustMoved };
}

/** Single keys work unless somebody types, or has just pressed g to go to another page. */
function useKeys({
  order,
  chosen,
  choose,
  acting,
  hold,
  ready,
}: {
  readonly order: readonly string[];
  readonly chosen: string | null;
  readonly choose: (id: string | null) => void;
  readonly acting: Acting;
  readonly hold: () => void;
  readonly ready: () => boolean;
}): void {
  const [, navigate] = useLocation();
  const press = useRef<(event: KeyboardEvent) => void>(() => undefined);
  const wentAtMs = useRef(Number.NEGATIVE_INFINITY);
  press.current = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
      return;
    if (event.key === 'g') wentAtMs.current = event.timeStamp;
    if (event.timeStamp - wentAtMs.current < GO_MS) return;
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : null;
    if (step !== null) {
      hold();
      choose(neighbour(order, chosen, step));
      event.preventDefault();
      return;
    }
    if (event.key === 'm') mute();
    if (chosen === null || event.repeat) return;
    if (event.key === 'Enter' && event.target === document.body)
      navigate(`/incidents/${encodeURIComponent(chosen)}`);
    const verdict = verdictOfKey(event.key);
    const incident = latestIncidents.peek().get(chosen);
    if (verdict === null || incident === undefined || !ready()) return;
    hold();
    event.preventDefault();
    acting.begin(incident, verdict);
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press.current(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** After g, letters are places to go to. */
export const GO_MS = 1500;

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog') !== null
  );
}
