// A password: it can be shown, and Caps Lock is told of.

import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { t } from '../sign-in/words.ts';
import './password.css';

export type PasswordFieldProps = {
  readonly label: string;
  readonly name: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  readonly problem?: string | undefined;
};

export function PasswordField({ label, hint, problem, onInput, ...input }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const look = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.('CapsLock') ?? false);
  return (
    <Field label={label} {...(hint !== undefined && { hint })} problem={problem}>
      {(control) => (
        <>
          <span class="password">
            <input
              class="input"
              {...input}
              {...control}
              type={isShown ? 'text' : 'password'}
              autocapitalize="none"
              spellcheck={false}
              required
              onInput={(event) => onInput(event.currentTarget.value)}
              onKeyDown={look}
              onKeyUp={look}
              onBlur={() => setCapsLock(false)}
            />
            <Button
              look="quiet"
              pressed={isShown}
              onClick={() => setShown(!isShown)}
              aria-controls={control.id}
            >
              {isShown ? t('hide') : t('show')}
            </Button>
          </span>
          <span role="status">{capsLock && <span class="password-caps">{t('capsLock')}</span>}</span>
        </>
      )}
    </Field>
  );
}
