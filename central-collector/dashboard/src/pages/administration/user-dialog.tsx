// One user: role and name, and what ends sessions.

import { useState } from 'preact/hooks';
import { send } from '../../api/client.ts';
import { session } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useWork } from '../../parts/use-work.ts';
import { roleWord } from '../account/words.ts';
import { Act } from './acts.tsx';
import { ROLES, type User, type UserAndPassword } from './types.ts';
import { t } from './words.ts';

export function UserDialog({
  user,
  onChanged,
  onRemoved,
  onClose,
}: {
  readonly user: User;
  readonly onChanged: (answer: UserAndPassword) => void;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}) {
  const { name, disabled, sessions } = user;
  const [displayName, setDisplayName] = useState(user.displayName ?? '');
  const [role, setRole] = useState(user.role);
  const { busy, problem, work } = useWork();
  const [isRemoving, setRemoving] = useState(false);
  const isSelf = session.value?.user === name;
  const label = displayName.trim();
  const isSame = role === user.role && label === (user.displayName ?? '');
  const change = (body: Readonly<Record<string, unknown>>, after?: () => void) =>
    work(async () => {
      onChanged(await send<UserAndPassword>('PATCH', `/users/${name}`, body));
      after?.();
    });

  return (
    <Dialog title={t('changeTitle', { name })} onClose={onClose}>
      <div class="form">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = {
              ...(role !== user.role && { role }),
              ...(label !== (user.displayName ?? '') && { displayName: label === '' ? null : label }),
            };
            // What was refused stays there to be read.
            void change(wanted, onClose);
          }}
        >
          <TextField
            label={t('displayName')}
            maxLength={64}
            autocomplete="off"
            value={displayName}
            onInput={({ currentTarget }) => setDisplayName(currentTarget.value)}
          />
          <SelectField
            label={t('role')}
            hint={t('roleHint')}
            value={role}
            options={ROLES.map((value) => ({ value, label: roleWord(value) }))}
            onChange={setRole}
          />
          <div class="button-line button-line-end">
            <Button type="submit" look="primary" busy={busy} disabled={isSame}>
              {t('save')}
            </Button>
          </div>
        </form>
        {problem !== undefined && <Problem problem={problem} />}
        <ul class="acts">
          <Act hint={t('resetHint')}>
            <Button busy={busy} onClick={() => void change({ resetPassword: true })}>
              {t('reset')}
            </Button>
          </Act>
          <Act hint={t('signOutHint', { n: sessions })}>
            <Button busy={busy} disabled={sessions === 0} onClick={() => void change({ signOut: true })}>
              {t('signOut')}
            </Button>
          </Act>
          <Act hint={t('disableHint')}>
            <Button
              busy={busy}
              disabled={isSelf && !disabled}
              onClick={() => void change({ disabled: !disabled })}
            >
              {disabled ? t('enable') : t('disable')}
            </Button>
          </Act>
          <Act hint={isRemoving ? t('removeSure', { name }) : t('removeHint')}>
            {isRemoving && <Button onClick={() => setRemoving(false)}>{t('cancel')}</Button>}
            <Button
              look="danger"
              busy={busy}
              disabled={isSelf}
              onClick={() =>
                isRemoving
                  ? void work(async () => {
                      await send('DELETE', `/users/${name}`);
                      onRemoved();
                    })
                  : setRemoving(true)
              }
            >
              {t('remove')}
            </Button>
          </Act>
        </ul>
      </div>
    </Dialog>
  );
}
