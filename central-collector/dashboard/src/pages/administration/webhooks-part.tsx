// Webhooks: which there are, and how they fare.

import { useState } from 'preact/hooks';
import type { WebhookAnswer } from '../../../../api/schemas/stream.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs } from '../../live/stream.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { common, severityWord } from '../../words/common.ts';
import { formatDuration, formatNumber } from '../../words/formats.ts';
import { DeadLettersDialog } from './dead-letters.tsx';
import { SecretDialog } from './secret.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';
import { AddWebhook, type NewWebhook } from './webhook-form.tsx';
import { kindWord, stateWord, w, whyText } from './webhook-words.ts';

const REFRESH_S = 5;

const TONES: Readonly<Record<WebhookAnswer['state'], Tone>> = {
  idle: 'ok',
  delivering: 'accent',
  retrying: 'bad',
  paused: 'off',
  off: 'bad',
};

type Open = { readonly id: string; readonly what: 'webhook' | 'dead-letters' };

export function WebhooksPart() {
  const { data, problem, reload } = useGet<{ readonly webhooks: readonly WebhookAnswer[] }>(
    '/webhooks',
    {},
    { refreshS: REFRESH_S },
  );
  const [isAdding, setAdding] = useState(false);
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [made, setMade] = useState<NewWebhook | undefined>(undefined);
  const opened = data?.webhooks.find(({ id }) => id === open?.id);
  return (
    <div class="part" aria-busy={data === undefined && problem === undefined}>
      <p class="part-about">{w('about')}</p>
      <div class="button-line">
        <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
          {w('add')}
        </Button>
      </div>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data?.webhooks.length === 0 && <Empty title={w('none')}>{w('noneHint')}</Empty>}
      {data && data.webhooks.length > 0 && (
        <Table
          caption="Webhook"
          rows={data.webhooks}
          rowKey={({ id }) => id}
          rowClass={({ state }) => (state === 'paused' || state === 'off' ? 'is-off' : undefined)}
          columns={[
            {
              key: 'name',
              title: w('name'),
              render: ({ name, url }) => (
                <>
                  <strong>{name}</strong>
                  <div class="part-note part-url">{url}</div>
                </>
              ),
            },
            { key: 'kinds', title: w('kinds'), render: (webhook) => <Wanted webhook={webhook} /> },
            { key: 'state', title: w('state'), render: (webhook) => <State webhook={webhook} /> },
            {
              key: 'last',
              title: w('last'),
              render: ({ lastDeliveredAt }) =>
                lastDeliveredAt === null
                  ? w('never')
                  : common('ago', { age: formatDuration(nowMs.value - Date.parse(lastDeliveredAt)) }),
            },
            {
              key: 'waiting',
              title: w('waiting'),
              numeric: true,
              render: ({ waiting }) => formatNumber(waiting),
            },
            {
              key: 'dead',
              title: w('dead'),
              numeric: true,
              render: ({ id, name, deadLetters }) =>
                deadLetters === 0 ? (
                  formatNumber(0)
                ) : (
                  <Button
                    onClick={() => setOpen({ id, what: 'dead-letters' })}
                    label={w('deadOpen', { n: formatNumber(deadLetters), name })}
                  >
                    {formatNumber(deadLetters)}
                  </Button>
                ),
            },
            {
              key: 'open',
              title: <span class="unseen">{w('open')}</span>,
              render: ({ id, name }) => (
                <Button onClick={() => setOpen({ id, what: 'webhook' })} label={w('openThis', { name })}>
                  {w('open')}
                </Button>
              ),
            },
          ]}
        />
      )}
      {isAdding && (
        <AddWebhook
          onClose={() => setAdding(false)}
          onAdded={(webhook) => {
            setAdding(false);
            setMade(webhook);
            reload();
          }}
        />
      )}
      {opened !== undefined && open?.what === 'webhook' && (
        <WebhookDialog
          key={opened.id}
          webhook={opened}
          onChanged={reload}
          onDeadLetters={() => setOpen({ id: opened.id, what: 'dead-letters' })}
          onClose={() => setOpen(undefined)}
        />
      )}
      {opened !== undefined && open?.what === 'dead-letters' && (
        <DeadLettersDialog webhook={opened} onChanged={reload} onClose={() => setOpen(undefined)} />
      )}
      {made !== undefined && (
        <SecretDialog
          title={w('secretTitle', { name: made.name })}
          note={w('secretOnce')}
          secret={made.secret}
          onClose={() => {
            setMade(undefined);
            // The next thing that people want to know is whether it works.
            setOpen({ id: made.id, what: 'webhook' });
          }}
        />
      )}
    </div>
  );
}

function Wanted({ webhook: { type, site, camera, severity } }: { readonly webhook: WebhookAnswer }) {
  const narrowed = [
    ...(severity === undefined ? [] : [`≥ ${severityWord(severity)}`]),
    ...(site.length === 0 ? [] : [site.length <= 2 ? site.join(', ') : w('someSites', { n: site.length })]),
    ...(camera.length === 0
      ? []
      : [camera.length === 1 ? (camera[0] ?? '') : w('someCameras', { n: camera.length })]),
  ];
  return (
    <div class="part-kinds">
      {type.map((kind) => kindWord(kind)).join(', ')}
      {narrowed.length > 0 && <div class="part-note">{narrowed.join(' · ')}</div>}
    </div>
  );
}

function State({ webhook: { state, problem } }: { readonly webhook: WebhookAnswer }) {
  return (
    <>
      <Badge tone={TONES[state]}>{stateWord(state)}</Badge>
      {problem !== null && state === 'retrying' && <div class="part-note">{whyText(problem)}</div>}
    </>
  );
}
