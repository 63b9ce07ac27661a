// The bar that rings: on every page, for as long as an incident waits for somebody. Its sound, its mute and what it is
// set to; the tab's title says how many wait.

import { useEffect, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { may } from '../../api/session.ts';
import { SEVERITIES } from '../../api/types.ts';
import { nowMs } from '../../live/stream.ts';
import { SeverityBadge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Fold } from '../../parts/fold.tsx';
import { Icon } from '../../parts/icon.tsx';
import { severityWord } from '../../words/common.ts';
import { formatDuration } from '../../words/formats.ts';
import {
  change,
  loud,
  mute,
  rings,
  settings,
  soundState,
  startRinging,
  turnOff,
  turnOn,
  unmute,
} from './alarm-state.ts';
import './alarm.css';
import { incidentTitle, whereOf } from './incident-words.ts';
import { type RingLevel, titleWith } from './ring.ts';
import { useActiveIncidents } from './store.ts';
import { useActing, VerdictButtons, VerdictDialog } from './verdict-actions.tsx';
import { t } from './words.ts';

const HELD_MS = 800;

/** Of the shell. Nothing while nothing waits. */
export function AlarmBar() {
  useActiveIncidents();
  const acting = useActing();
  const waiting = loud.value;
  const [worst] = waiting;
  // With each second, too: pages set their own titles after this.
  const second = nowMs.value;
  useEffect(startRinging, []);
  // The second only makes it look again.
  useEffect(() => {
    const title = titleWith(document.title, waiting.length);
    if (title !== document.title) document.title = title;
  }, [waiting.length, second]);
  const held = useHeld(worst?.id);
  if (worst === undefined) return null;
  const muted = mutedMs() > 0;
  return (
    <section
      class={`banner alarm alarm-${worst.severity} ${muted ? 'alarm-muted' : ''}`}
      aria-label={t('ringingTitle', { n: waiting.length })}
      data-rings={rings.value}
    >
      <span class="alarm-sign">
        <Icon name="incident" size="1.5rem" />
      </span>
      <div class="alarm-text">
        <strong>
          <Link href={`/incidents/${encodeURIComponent(worst.id)}`}>{incidentTitle(worst)}</Link>
        </strong>
        <SeverityBadge severity={worst.severity} />
        <span>{whereOf(worst)}</span>
        <span>{formatDuration(nowMs.value - Date.parse(worst.detectedAt))}</span>
        {waiting.length > 1 && <Link href="/incidents">{t('more', { n: waiting.length - 1 })}</Link>}
      </div>
      <div class="alarm-tools">
        {may('verdict') && (
          <VerdictButtons incident={worst} acting={acting} only={['acknowledge']} held={held} />
        )}
        <SoundButtons />
      </div>
      <div class="unseen" role="alert">
        {t('ringingTitle', { n: waiting.length })}: {incidentTitle(worst)}, {whereOf(worst)}
      </div>
      <VerdictDialog acting={acting} />
    </section>
  );
}

/** True for a moment after another incident has taken this place: who presses then has seen the one before. */
function useHeld(id: string | undefined): boolean {
  const [settled, setSettled] = useState<string | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(id), HELD_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return settled !== id;
}

/** On, off, blocked, muted: state and the button that changes it. */
export function SoundButtons() {
  const { sound } = settings.value;
  const state = soundState.value;
  const left = mutedMs();
  if (!sound)
    return (
      <Button icon="mute" onClick={() => void turnOn()}>
        <span class="alarm-word">{t('turnSoundOn')}</span>
      </Button>
    );
  if (state !== 'on')
    return (
      <Button icon="mute" look="danger" onClick={() => void turnOn()}>
        <span class="alarm-word">{t('allowSound')}</span>
      </Button>
    );
  return left > 0 ? (
    <>
      <span class="alarm-muted-for">{t('mutedFor', { left: formatDuration(left) })}</span>
      <Button icon="sound" onClick={unmute}>
        <span class="alarm-word">{t('unmute')}</span>
      </Button>
    </>
  ) : (
    <Button icon="mute" onClick={() => mute()} aria-keyshortcuts="m">
      <span class="alarm-word">{t('mute')}</span>
    </Button>
  );
}

/** All that can be set, for the page of incidents. */
export function AlarmSettings() {
  const { sound, volume, level } = settings.value;
  const state = soundState.value;
  const levels: { value: RingLevel; label: string }[] = [
    ...SEVERITIES.map((value) => ({ value, label: severityWord(value) })),
    { value: 'never', label: t('ringNever') },
  ];
  return (
    <Fold title={t('sound')} class="alarm-fold">
      <div class="alarm-settings">
        <span class={`alarm-state ${sound && state === 'on' ? 'alarm-state-on' : ''}`} role="status">
          <Icon name={sound && state === 'on' ? 'sound' : 'mute'} />
          {t(!sound ? 'soundOff' : state === 'on' ? 'soundOn' : 'soundBlocked')}
        </span>
        <SoundButtons />
        {sound && (
          <Button look="quiet" onClick={turnOff}>
            {t('turnSoundOff')}
          </Button>
        )}
        <label class="alarm-volume">
          {t('volume')}
          <input
            type="range"
            min="0"
            max="100"
            step="5"
            value={Math.round(volume * 100)}
            onInput={(event) => change({ volume: Number(event.currentTarget.value) / 100 })}
          />
        </label>
        <SelectField
          label={t('ringFrom')}
          value={level}
          options={levels}
          onChange={(next) => change({ level: next })}
        />
      </div>
    </Fold>
  );
}

function mutedMs(): number {
  // The signal makes it count down; the mute itself goes by this machine's clock.
  return nowMs.value > 0 ? Math.max(0, settings.value.mutedUntilMs - Date.now()) : 0;
}
