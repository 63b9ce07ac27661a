// Name and password. What went wrong is told in plain words; after too many attempts it counts the wait down.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem } from '../../api/client.ts';
import { signIn } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { TextField } from '../../parts/field.tsx';
import { problemText } from '../../parts/problem.tsx';
import { formatDuration } from '../../words/formats.ts';
import { PasswordField } from '../account/password-field.tsx';
import { typedPassword } from '../account/password-form.tsx';
import { t } from './words.ts';

export function SignInForm() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [waitS, setWaitS] = useState(0);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    form.current?.querySelector('input')?.focus();
  }, []);
  useEffect(() => {
    if (waitS <= 0) return;
    const timer = setTimeout(() => setWaitS(waitS - 1), 1000);
    return () => clearTimeout(timer);
  }, [waitS]);

  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      // A one-time password is asked for again at once, to change it: so it is kept until the form after this one.
      typedPassword.value = password;
      const who = await signIn(name, password);
      if (!who.passwordChangeRequired) typedPassword.value = '';
    } catch (failure) {
      typedPassword.value = '';
      setProblem(failure);
      if (failure instanceof ApiProblem && failure.retryAfterS !== null)
        setWaitS(Math.ceil(failure.retryAfterS));
      else setPassword('');
      setBusy(false);
    }
  };

  return (
    <form
      class="form"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label={t('name')}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
        maxLength={64}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <PasswordField
        label={t('password')}
        name="password"
        autocomplete="current-password"
        value={password}
        onInput={setPassword}
      />
      <div class="sign-in-problem" role="alert">
        {problem !== undefined && <p class="field-problem">{whatWentWrong(problem, waitS)}</p>}
      </div>
      <Button type="submit" look="primary" busy={busy} disabled={waitS > 0}>
        {t('submit')}
      </Button>
    </form>
  );
}

function whatWentWrong(problem: unknown, waitS: number): string {
  const code = problem instanceof ApiProblem ? problem.code : '';
  if (code === 'sign-in-failed' || code === 'invalid-request') return t('wrong');
  if (code === 'too-many-attempts')
    return waitS > 0 ? t('wait', { time: formatDuration(waitS * 1000) }) : t('waitOver');
  return problemText(problem);
}
