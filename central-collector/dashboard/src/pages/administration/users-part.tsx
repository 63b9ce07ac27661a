// Users: who there is, with which role, and how they fare.

import { useState } from 'preact/hooks';
import { send } from '../../api/client.ts';
import { type Role, session } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs } from '../../live/stream.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { useWork } from '../../parts/use-work.ts';
import { formatDateTime, formatNumber } from '../../words/formats.ts';
import { roleWord } from '../account/words.ts';
import { SecretDialog } from './secret.tsx';
import { ROLES, type User, type UserAndPassword } from './types.ts';
import { UserDialog } from './user-dialog.tsx';
import { t } from './words.ts';

export function UsersPart() {
  const { data, problem, reload } = useGet<{ readonly users: readonly User[] }>('/users');
  const [isAdding, setAdding] = useState(false);
  const [changed, setChanged] = useState<string | undefined>(undefined);
  const [password, setPassword] = useState<UserAndPassword | undefined>(undefined);
  const user = data?.users.find(({ name }) => name === changed);

  const take = (answer: UserAndPassword) => {
    reload();
    setAdding(false);
    if (answer.oneTimePassword !== null) {
      setChanged(undefined);
      setPassword(answer);
    }
  };

  return (
    <div class="part" aria-busy={data === undefined && problem === undefined}>
      <div class="button-line">
        <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
          {t('addUser')}
        </Button>
      </div>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data && (
        <Table
          caption={t('users')}
          rows={data.users}
          rowKey={({ name }) => name}
          rowClass={({ disabled }) => (disabled ? 'is-off' : undefined)}
          columns={[
            {
              key: 'name',
              title: t('name'),
              render: ({ name, displayName }) => (
                <>
                  <strong>{name}</strong>
                  {name === session.value?.user && <span class="part-note"> ({t('you')})</span>}
                  {displayName !== null && <div class="part-note">{displayName}</div>}
                </>
              ),
            },
            { key: 'role', title: t('role'), render: ({ role }) => roleWord(role) },
            { key: 'state', title: t('state'), render: (each) => <UserState user={each} /> },
            {
              key: 'last',
              title: t('lastSignIn'),
              render: ({ lastSignInAt }) =>
                lastSignInAt === null ? t('never') : formatDateTime(lastSignInAt, false),
            },
            {
              key: 'sessions',
              title: t('sessions'),
              numeric: true,
              render: ({ sessions }) => formatNumber(sessions),
            },
            {
              key: 'change',
              title: <span class="unseen">{t('change')}</span>,
              render: ({ name }) => (
                <Button onClick={() => setChanged(name)} label={t('changeTitle', { name })}>
                  {t('change')}
                </Button>
              ),
            },
          ]}
        />
      )}
      {isAdding && <AddUser onAdded={take} onClose={() => setAdding(false)} />}
      {user !== undefined && (
        <UserDialog
          key={user.name}
          user={user}
          onChanged={take}
          onRemoved={() => {
            setChanged(undefined);
            reload();
          }}
          onClose={() => setChanged(undefined)}
        />
      )}
      {password?.oneTimePassword != null && (
        <SecretDialog
          title={t('passwordTitle', { name: password.name })}
          note={t('passwordOnce')}
          secret={password.oneTimePassword}
          onClose={() => setPassword(undefined)}
        />
      )}
    </div>
  );
}

function UserState({ user: { disabled, oneTimePasswordUntil } }: { readonly user: User }) {
  if (disabled) return <Badge tone="off">{t('disabled')}</Badge>;
  if (oneTimePasswordUntil === null) return <Badge tone="ok">{t('active')}</Badge>;
  return Date.parse(oneTimePasswordUntil) > nowMs.value ? (
    <Badge tone="warn">{t('oneTime')}</Badge>
  ) : (
    <Badge tone="bad">{t('oneTimeOver')}</Badge>
  );
}

function AddUser({
  onAdded,
  onClose,
}: {
  readonly onAdded: (answer: UserAndPassword) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const { busy, problem, work } = useWork();
  const add = () =>
    work(async () => {
      const body = { name, role, ...(displayName.trim() !== '' && { displayName: displayName.trim() }) };
      onAdded(await send<UserAndPassword>('POST', '/users', body));
    });
  return (
    <Dialog title={t('addUser')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          required
          pattern="[a-z0-9]([a-z0-9._\-]{0,30}[a-z0-9])?"
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          maxLength={32}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextField
          label={t('displayName')}
          hint={t('displayNameHint')}
          maxLength={64}
          autocomplete="off"
          value={displayName}
          onInput={({ currentTarget }) => setDisplayName(currentTarget.value)}
        />
        <SelectField
          label={t('role')}
          value={role}
          options={ROLES.map((value) => ({ value, label: roleWord(value) }))}
          onChange={setRole}
        />
        {problem !== undefined && <Problem problem={problem} />}
        <div class="button-line button-line-end">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t('addUser')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
