// One's own account: who one is and may do, password, sessions, tokens, and how this screen looks.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../../api/client.ts';
import { loadSession, may, session, signOut } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useWork } from '../../parts/use-work.ts';
import { chooseTheme, type Theme, theme } from '../../theme/theme.ts';
import { formatDate, formatDateTime } from '../../words/formats.ts';
import { chooseLanguage, type Language, language } from '../../words/words.ts';
import { PasswordForm } from './password-form.tsx';
import { permissionWord, roleWord, t } from './words.ts';
import './page.css';

export function Page() {
  useEffect(() => {
    document.title = `${t('title')} – ngatu`;
  });
  return (
    <div class="account">
      <h1>{t('title')}</h1>
      <div class="account-panels">
        <Who />
        <Password />
        <ThisSession />
        <Screen />
        <Tokens />
      </div>
    </div>
  );
}

function Who() {
  const { value: who } = session;
  if (!who) return null;
  return (
    <Panel title={t('who')}>
      <div class="form">
        <dl class="facts">
          <dt>{t('name')}</dt>
          <dd>{who.user}</dd>
          <dt>{t('role')}</dt>
          <dd>
            <Badge tone="accent">{roleWord(who.role)}</Badge>
          </dd>
        </dl>
        {may('users') ? (
          <DisplayName key={who.user} user={who.user} displayName={who.displayName ?? ''} />
        ) : (
          <>
            <dl class="facts">
              <dt>{t('displayName')}</dt>
              <dd>{who.displayName ?? '—'}</dd>
            </dl>
            <p class="field-hint">{t('displayNameAsk')}</p>
          </>
        )}
        <div>
          <h3 class="account-sub">{t('mayTitle')}</h3>
          <ul class="permissions">
            {who.permissions.map((permission) => (
              <li key={permission}>
                <Icon name="check" /> {permissionWord(permission)}
              </li>
            ))}
          </ul>
        </div>
      </div>
    </Panel>
  );
}

function DisplayName({ user, displayName }: { readonly user: string; readonly displayName: string }) {
  const [typed, setTyped] = useState(displayName);
  const { busy, problem, work } = useWork();
  const save = () =>
    work(async () => {
      await send('PATCH', `/users/${user}`, { displayName: typed.trim() === '' ? null : typed.trim() });
      await loadSession();
    });
  return (
    <form
      class="account-name"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={t('displayName')}
        hint={t('displayNameHint')}
        maxLength={64}
        autocomplete="name"
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <Button type="submit" busy={busy} disabled={typed.trim() === displayName}>
        {t('save')}
      </Button>
      {problem !== undefined && <Problem problem={problem} />}
    </form>
  );
}

function Password() {
  const [isChanged, setChanged] = useState(false);
  return (
    <Panel title={t('password')}>
      {isChanged && (
        <p class="account-done" role="status">
          <Icon name="check" /> {t('changed')}
        </p>
      )}
      <PasswordForm userName={session.value?.user ?? ''} onChanged={() => setChanged(true)} />
    </Panel>
  );
}

function ThisSession() {
  const [problem, setProblem] = useState<unknown>(undefined);
  const everywhere = async () => {
    await send('DELETE', '/session?everywhere=true');
    await loadSession();
    session.value = null;
  };
  const leave = (work: Promise<void>) => {
    work.catch(setProblem);
  };
  return (
    <Panel title={t('session')}>
      <div class="form">
        <p>{t('expires', { time: formatDateTime(session.value?.expiresAt, false) })}</p>
        <div class="button-line">
          <Button look="primary" onClick={() => leave(signOut())}>
            {t('signOut')}
          </Button>
          <Button onClick={() => leave(everywhere())}>{t('signOutEverywhere')}</Button>
        </div>
        <p class="field-hint">{t('everywhereHint')}</p>
        {problem !== undefined && <Problem problem={problem} />}
      </div>
    </Panel>
  );
}

function Screen() {
  return (
    <Panel title={t('page')}>
      <div class="form">
        <SelectField<Language>
          label={t('language')}
          value={language.value}
          options={[
            { value: 'vi', label: 'Tiếng Việt' },
            { value: 'en', label: 'English' },
          ]}
          onChange={chooseLanguage}
        />
        <SelectField<Theme>
          label={t('theme')}
          value={theme.value}
          options={[
            { value: 'night', label: t('night') },
            { value: 'day', label: t('day') },
          ]}
          onChange={chooseTheme}
        />
      </div>
    </Panel>
  );
}

type Token = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly expiresAt: string;
};

function Tokens() {
  const mayManage = may('tokens');
  const { data, problem, reload } = useGet<{ readonly tokens: readonly Token[] }>(
    mayManage ? '/tokens' : null,
  );
  const own = data?.tokens.filter(({ owner }) => owner === session.value?.user);
  return (
    <Panel title={t('tokens')}>
      <div class="form">
        {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
        {own !== undefined &&
          (own.length === 0 ? (
            <p class="field-hint">{t('noTokens')}</p>
          ) : (
            <dl class="facts">
              {own.map(({ id, name, expiresAt }) => [
                <dt key={`${id} name`}>{name}</dt>,
                <dd key={id}>{t('until', { time: formatDate(expiresAt) })}</dd>,
              ])}
            </dl>
          ))}
        {mayManage ? (
          <div class="button-line">
            <ButtonLink href="/administration?tab=tokens">{t('manageTokens')}</ButtonLink>
          </div>
        ) : (
          <p class="field-hint">{t('askTokens')}</p>
        )}
      </div>
    </Panel>
  );
}
