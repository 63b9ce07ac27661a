// Events that a webhook's receiver did not take: to be looked at, sent again or thrown away.

import { useState } from 'preact/hooks';
import type { DeadLetterAnswer, WebhookAnswer } from '../../../../api/schemas/stream.ts';
import { send } from '../../api/client.ts';
import { useGet } from '../../api/use-get.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { useWork } from '../../parts/use-work.ts';
import { common } from '../../words/common.ts';
import { formatDateTime, formatNumber } from '../../words/formats.ts';
import { KINDS, kindWord, w, whyText } from './webhook-words.ts';

type Sent = { readonly delivered: number; readonly failed: number };

/** Of one request: longer addresses do not reach every server. */
const MOST_IDS = 100;

export function DeadLettersDialog({
  webhook: { id, name },
  onChanged,
  onClose,
}: {
  readonly webhook: WebhookAnswer;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}) {
  const path = `/webhooks/${id}/dead-letters`;
  const { data, problem, reload } = useGet<{ readonly deadLetters: readonly DeadLetterAnswer[] }>(path);
  const acts = useWork();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [sent, setSent] = useState<Sent | undefined>(undefined);
  const [isThrowing, setThrowing] = useState(false);
  const letters = data?.deadLetters ?? [];
  const wanted = letters.map((letter) => letter.id).filter((one) => chosen.includes(one));
  const n = wanted.length === 0 ? letters.length : wanted.length;
  const done = () => {
    setChosen([]);
    setThrowing(false);
    reload();
    onChanged();
  };
  const sendAgain = () =>
    acts.work(async () => {
      setSent(undefined);
      setSent(await send<Sent>('POST', path, wanted.length === 0 ? {} : { ids: wanted }));
      done();
    });
  const throwAway = () =>
    acts.work(async () => {
      setSent(undefined);
      if (wanted.length === 0) await send('DELETE', path);
      for (let at = 0; at < wanted.length; at += MOST_IDS) {
        await send(
          'DELETE',
          `${path}?id=${wanted
            .slice(at, at + MOST_IDS)
            .map(encodeURIComponent)
            .join(',')}`,
        );
      }
      done();
    });
  return (
    <Dialog
      title={w('deadTitle', { name })}
      wide
      onClose={onClose}
      actions={
        letters.length > 0 && (
          <>
            {isThrowing && (
              <>
                <span class="dialog-question">{w('throwSure', { n })}</span>
                <Button onClick={() => setThrowing(false)}>{common('cancel')}</Button>
              </>
            )}
            <Button
              look="danger"
              busy={acts.busy}
              onClick={() => (isThrowing ? void throwAway() : setThrowing(true))}
            >
              {wanted.length === 0 ? w('throwAll') : w('throw')}
            </Button>
            {!isThrowing && (
              <Button look="primary" busy={acts.busy} onClick={() => void sendAgain()}>
                {wanted.length === 0 ? w('againAll') : w('again')}
              </Button>
            )}
          </>
        )
      }
    >
      <div class="part">
        <p role="status" class={sent !== undefined && sent.failed > 0 ? 'is-bad' : 'is-ok'}>
          {sent !== undefined && (
            <>
              {w('sent', { delivered: formatNumber(sent.delivered), failed: formatNumber(sent.failed) })}{' '}
              {sent.failed >= 3 && w('stopped')}
            </>
          )}
        </p>
        {(problem ?? acts.problem) !== undefined && (
          <Problem problem={problem ?? acts.problem} onRetry={reload} />
        )}
        {data !== undefined && letters.length === 0 && <Empty title={w('noDead')} />}
        {letters.length > 0 && (
          <Table
            caption={w('deadTitle', { name })}
            rows={letters}
            rowKey={(letter) => letter.id}
            columns={[
              {
                key: 'choose',
                title: <span class="unseen">{w('choose')}</span>,
                render: (letter) => (
                  <input
                    type="checkbox"
                    aria-label={w('chooseEvent', { time: formatDateTime(letter.at) })}
                    checked={chosen.includes(letter.id)}
                    onChange={({ currentTarget: { checked } }) =>
                      setChosen(checked ? [...chosen, letter.id] : chosen.filter((one) => one !== letter.id))
                    }
                  />
                ),
              },
              {
                key: 'at',
                title: w('givenUp'),
                render: ({ at }) => <span class="part-when">{formatDateTime(at)}</span>,
              },
              { key: 'event', title: w('event'), render: ({ type }) => eventText(type) },
              { key: 'subject', title: w('subject'), render: ({ subject }) => subject ?? '' },
              {
                key: 'attempts',
                title: w('attempts'),
                numeric: true,
                render: ({ attempts }) => formatNumber(attempts),
              },
              { key: 'why', title: w('why'), render: ({ why }) => whyText(why) },
            ]}
          />
        )}
      </div>
    </Dialog>
  );
}

/** `ngatu.incident.v1` in words. */
function eventText(type: string): string {
  const kind = KINDS.find((one) => type.split('.')[1] === one);
  return kind === undefined ? type : kindWord(kind);
}
