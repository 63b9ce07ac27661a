// The line above all pages: which centre, whether it is live, what time it is there, language, theme, who.

import { Link } from 'wouter-preact';
import { centre } from '../api/centre.ts';
import { session } from '../api/session.ts';
import { connection, nowMs } from '../live/stream.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { chooseTheme, theme } from '../theme/theme.ts';
import { format, formatDate, formatTime, timeZone } from '../words/formats.ts';
import { chooseLanguage, language } from '../words/words.ts';
import { t } from './words.ts';

const TONES = { live: 'ok', starting: 'off', stale: 'warn', cut: 'bad' } as const satisfies Record<
  string,
  Tone
>;

export function StatusBar() {
  const who = session.value;
  const { state } = connection.value;
  return (
    <header class="status-bar">
      <Link href="/" class="brand">
        <Icon name="turning" size="1.25rem" />
        <span>{centre.value?.name ?? 'ngatu'}</span>
      </Link>
      <span class={`status-connection status-${state}`} title={t(state)}>
        <Badge tone={TONES[state]}>
          <span class="status-word">{t(state)}</span>
        </Badge>
      </span>
      <Clock />
      <div class="status-tools">
        <Button
          look="quiet"
          label={language.value === 'vi' ? t('toEnglish') : t('toVietnamese')}
          onClick={() => chooseLanguage(language.value === 'vi' ? 'en' : 'vi')}
        >
          {language.value === 'vi' ? 'EN' : 'VI'}
        </Button>
        <Button
          look="quiet"
          icon={theme.value === 'night' ? 'sun' : 'moon'}
          label={theme.value === 'night' ? t('toDay') : t('toNight')}
          onClick={() => chooseTheme(theme.value === 'night' ? 'day' : 'night')}
        />
        {who && (
          <Link
            href="/account"
            class="status-user"
            aria-label={t('account', { user: who.displayName ?? who.user })}
          >
            <Icon name="user" />
            <span>{who.displayName ?? who.user}</span>
          </Link>
        )}
      </div>
    </header>
  );
}

/** A clock that is not kept by the centre would be a number that looks live: it stops with the connection. */
export function Clock() {
  const now = nowMs.value;
  const live = connection.value.state === 'live';
  return (
    <time class="clock" dateTime={new Date(now).toISOString()} title={t('clock', { zone: timeZone() })}>
      <span class="clock-date">
        {format(now, { weekday: 'short' })} {formatDate(now)}
      </span>{' '}
      <b>{live ? formatTime(now, true) : '--:--:--'}</b>
    </time>
  );
}
