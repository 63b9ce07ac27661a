// The own password, changed. The rules stand there before anything is typed.

import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem } from '../../api/client.ts';
import { changePassword } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { problemText } from '../../parts/problem.tsx';
import { useWork } from '../../parts/use-work.ts';
import { formatDuration } from '../../words/formats.ts';
import { PasswordField } from './password-field.tsx';
import { keptRules } from './password-rules.ts';
import { t } from './password-words.ts';

/** The one-time password that was typed a moment ago, so that it need not be typed again. In memory only. */
export const typedPassword = signal('');

export type PasswordFormProps = {
  /** For password managers: whose password it is. */
  readonly userName: string;
  readonly onChanged: () => void;
  /** Put the cursor into the first field that is empty. */
  readonly focus?: boolean;
};

export function PasswordForm({ userName, onChanged, focus = false }: PasswordFormProps) {
  const [current, setCurrent] = useState(typedPassword.value);
  const [wanted, setWanted] = useState('');
  const [again, setAgain] = useState('');
  const { busy, problem, work } = useWork();
  const form = useRef<HTMLFormElement>(null);
  const kept = keptRules(current, wanted, again);

  useEffect(() => {
    if (!focus) return;
    const empty = [...(form.current?.querySelectorAll('input') ?? [])].find(({ value }) => value === '');
    empty?.focus();
  }, [focus]);

  const submit = () =>
    work(async () => {
      await changePassword(current, wanted);
      typedPassword.value = '';
      setCurrent('');
      setWanted('');
      setAgain('');
      onChanged();
    });

  return (
    <form
      class="form"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <input type="text" name="username" autocomplete="username" value={userName} readOnly hidden />
      <PasswordField
        label={t('current')}
        name="current"
        autocomplete="current-password"
        value={current}
        onInput={setCurrent}
      />
      <PasswordField
        label={t('new')}
        name="new"
        autocomplete="new-password"
        value={wanted}
        onInput={setWanted}
      />
      <PasswordField
        label={t('again')}
        name="again"
        autocomplete="new-password"
        value={again}
        onInput={setAgain}
        problem={kept.same === false && again.length >= wanted.length ? t('differs') : undefined}
      />
      <div>
        <p class="field-hint">{t('rules')}</p>
        <ul class="password-rules">
          <Rule kept={kept.length}>{t('length')}</Rule>
          <Rule kept={undefined}>{t('obvious')}</Rule>
          <Rule kept={kept.different}>{t('different')}</Rule>
          <Rule kept={kept.same}>{t('same')}</Rule>
        </ul>
      </div>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {whatWentWrong(problem)}
        </p>
      )}
      <p class="field-hint">{t('others')}</p>
      <Button
        type="submit"
        look="primary"
        busy={busy}
        disabled={kept.length !== true || kept.different === false || kept.same !== true}
      >
        {t('submit')}
      </Button>
    </form>
  );
}

function Rule({ kept, children }: { readonly kept: boolean | undefined; readonly children: string }) {
  return (
    <li class={kept === true ? 'met' : ''}>
      <Icon name={kept === true ? 'check' : 'minus'} />
      {children}
    </li>
  );
}

function whatWentWrong(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return problemText(problem);
  if (problem.code === 'sign-in-failed') return t('wrong');
  if (problem.code === 'weak-password') return t('weak');
  if (problem.code === 'too-many-attempts')
    return t('wait', { time: formatDuration((problem.retryAfterS ?? 1) * 1000) });
  return problemText(problem);
}
