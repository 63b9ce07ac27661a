// API tokens: for programs, with no more rights than they need.

import { useState } from 'preact/hooks';
import { send } from '../../api/client.ts';
import { session } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs } from '../../live/stream.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { useWork } from '../../parts/use-work.ts';
import { formatDate, formatDateTime } from '../../words/formats.ts';
import { SecretDialog } from './secret.tsx';
import { type NewToken, SCOPES, type Token, type User } from './types.ts';
import { type Scope, scopeWord, t } from './words.ts';

export function TokensPart() {
  const { data, problem, reload } = useGet<{ readonly tokens: readonly Token[] }>('/tokens');
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Token | undefined>(undefined);
  const [made, setMade] = useState<NewToken | undefined>(undefined);
  return (
    <div class="part" aria-busy={data === undefined && problem === undefined}>
      <div class="button-line">
        <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
          {t('addToken')}
        </Button>
      </div>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data?.tokens.length === 0 && <Empty title={t('noTokens')} />}
      {data && data.tokens.length > 0 && (
        <Table
          caption={t('tokens')}
          rows={data.tokens}
          rowKey={({ id }) => id}
          columns={[
            { key: 'name', title: t('tokenName'), render: ({ name }) => <strong>{name}</strong> },
            { key: 'owner', title: t('owner'), render: ({ owner }) => owner },
            {
              key: 'scopes',
              title: t('scopes'),
              render: ({ scopes }) => scopes.map((scope) => scopeWord(scope)).join('; '),
            },
            {
              key: 'expires',
              title: t('expires'),
              render: ({ expiresAt }) =>
                Date.parse(expiresAt) > nowMs.value ? (
                  formatDate(expiresAt)
                ) : (
                  <Badge tone="bad">{t('expired')}</Badge>
                ),
            },
            {
              key: 'used',
              title: t('lastUsed'),
              render: ({ lastUsedAt }) =>
                lastUsedAt === null ? t('never') : formatDateTime(lastUsedAt, false),
            },
            {
              key: 'end',
              title: <span class="unseen">{t('end')}</span>,
              render: (token) => <Button onClick={() => setEnding(token)}>{t('end')}</Button>,
            },
          ]}
        />
      )}
      {isAdding && (
        <AddToken
          onClose={() => setAdding(false)}
          onAdded={(token) => {
            setAdding(false);
            setMade(token);
            reload();
          }}
        />
      )}
      {ending !== undefined && (
        <EndToken
          token={ending}
          onClose={() => setEnding(undefined)}
          onEnded={() => {
            setEnding(undefined);
            reload();
          }}
        />
      )}
      {made !== undefined && (
        <SecretDialog
          title={t('tokenTitle', { name: made.name })}
          note={t('tokenOnce')}
          secret={made.token}
          onClose={() => setMade(undefined)}
        />
      )}
    </div>
  );
}

const LIFETIMES = ['30', '90', '180', '365', '730'] as const;

function AddToken({
  onAdded,
  onClose,
}: {
  readonly onAdded: (token: NewToken) => void;
  readonly onClose: () => void;
}) {
  const { data } = useGet<{ readonly users: readonly User[] }>('/users');
  const [name, setName] = useState('');
  const [owner, setOwner] = useState(session.value?.user ?? '');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const [days, setDays] = useState<(typeof LIFETIMES)[number]>('90');
  const { busy, problem, work } = useWork();
  const owners = data?.users.filter(({ disabled }) => !disabled).map((user) => user.name) ?? [owner];
  const add = () =>
    work(async () => {
      const body = { name: name.trim(), owner, scopes, lifetimeDays: Number(days) };
      onAdded(await send<NewToken>('POST', '/tokens', body));
    });
  return (
    <Dialog title={t('addToken')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextField
          label={t('tokenName')}
          hint={t('tokenNameHint')}
          required
          maxLength={64}
          autocomplete="off"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <SelectField
          label={t('owner')}
          hint={t('ownerHint')}
          value={owner}
          options={owners.map((value) => ({ value, label: value }))}
          onChange={setOwner}
        />
        <fieldset class="scopes">
          <legend>{t('scopes')}</legend>
          {SCOPES.map((scope) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={({ currentTarget }) =>
                  setScopes(
                    SCOPES.filter((each) => (each === scope ? currentTarget.checked : scopes.includes(each))),
                  )
                }
              />
              {scopeWord(scope)}
            </label>
          ))}
          {scopes.length === 0 && <p class="field-problem">{t('needScope')}</p>}
        </fieldset>
        <SelectField
          label={t('lifetime')}
          value={days}
          options={LIFETIMES.map((value) => ({ value, label: t('days', { n: value }) }))}
          onChange={setDays}
        />
        {problem !== undefined && <Problem problem={problem} />}
        <div class="button-line button-line-end">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" busy={busy} disabled={scopes.length === 0}>
            {t('addToken')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function EndToken({
  token: { id, name },
  onEnded,
  onClose,
}: {
  readonly token: Token;
  readonly onEnded: () => void;
  readonly onClose: () => void;
}) {
  const { busy, problem, work } = useWork();
  const end = () =>
    work(async () => {
      await send('DELETE', `/tokens/${id}`);
      onEnded();
    });
  return (
    <Dialog
      title={t('end')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={busy} onClick={() => void end()}>
            {t('end')}
          </Button>
        </>
      }
    >
      <p>{t('endSure', { name })}</p>
      {problem !== undefined && <Problem problem={problem} />}
    </Dialog>
  );
}
