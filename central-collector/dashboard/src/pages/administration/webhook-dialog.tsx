// One webhook: to try it out, to change, pause or remove it.

import { useState } from 'preact/hooks';
import type { WebhookAnswer } from '../../../../api/schemas/stream.ts';
import { send } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useWork } from '../../parts/use-work.ts';
import { common } from '../../words/common.ts';
import { formatDateTime, formatNumber } from '../../words/formats.ts';
import { Act } from './acts.tsx';
import { WebhookForm, type Wish } from './webhook-form.tsx';
import { w, whyText } from './webhook-words.ts';

type Tried = { readonly taken: boolean; readonly why: string | null; readonly tookMs: number };

export function WebhookDialog({
  webhook,
  onChanged,
  onDeadLetters,
  onClose,
}: {
  readonly webhook: WebhookAnswer;
  readonly onChanged: () => void;
  readonly onDeadLetters: () => void;
  readonly onClose: () => void;
}) {
  const { id, name, state, problem: trouble, deadLetters, createdBy, createdAt } = webhook;
  const form = useWork();
  const acts = useWork();
  const [tried, setTried] = useState<Tried | undefined>(undefined);
  const [isRemoving, setRemoving] = useState(false);
  const path = `/webhooks/${id}`;
  const put = async (wish: Wish) => {
    await send('PUT', path, wish);
    onChanged();
  };
  const tryOut = () =>
    acts.work(async () => {
      setTried(undefined);
      setTried(await send<Tried>('POST', `${path}/test`));
    });
  const remove = () =>
    acts.work(async () => {
      await send('DELETE', path);
      onChanged();
      onClose();
    });
  const isStopped = state === 'paused' || state === 'off';

  return (
    <Dialog title={w('openThis', { name })} onClose={onClose}>
      <div class="form">
        <ul class="acts acts-first">
          <Act hint={<TriedText tried={tried} trouble={state === 'retrying' ? trouble : null} />}>
            <Button busy={acts.busy} onClick={() => void tryOut()}>
              {w('tryOut')}
            </Button>
          </Act>
          <Act hint={state === 'off' ? w('offHint') : state === 'paused' ? w('resumeHint') : w('pauseHint')}>
            <Button
              busy={acts.busy}
              onClick={() => void acts.work(() => put({ ...wishOf(webhook), paused: !isStopped }))}
            >
              {isStopped ? w('resume') : w('pause')}
            </Button>
          </Act>
          <Act hint={deadLetters === 0 ? w('noDead') : w('deadHint', { n: deadLetters })}>
            <Button disabled={deadLetters === 0} onClick={onDeadLetters}>
              {w('look')}
            </Button>
          </Act>
          <Act hint={isRemoving ? w('removeSure', { name }) : w('removeHint')}>
            {isRemoving && <Button onClick={() => setRemoving(false)}>{common('cancel')}</Button>}
            <Button
              look="danger"
              busy={acts.busy}
              onClick={() => (isRemoving ? void remove() : setRemoving(true))}
            >
              {w('remove')}
            </Button>
          </Act>
        </ul>
        {acts.problem !== undefined && <Problem problem={acts.problem} />}
        <WebhookForm
          first={wishOf(webhook)}
          action={common('save')}
          busy={form.busy}
          problem={form.problem}
          onSend={(wish) =>
            void form.work(async () => {
              await put({ ...wish, paused: webhook.paused });
              onClose();
            })
          }
        />
        <p class="field-hint">
          {w('createdBy')} {w('made', { who: createdBy, when: formatDateTime(createdAt, false) })}
        </p>
      </div>
    </Dialog>
  );
}

function TriedText({
  tried,
  trouble,
}: {
  readonly tried: Tried | undefined;
  /** Why what waits is not delivered. */
  readonly trouble: string | null;
}) {
  return (
    <span role="status">
      {tried === undefined ? (
        <>
          {w('tryHint')} {trouble !== null && <span class="is-bad">{whyText(trouble)}</span>}
        </>
      ) : tried.taken ? (
        <span class="is-ok">{w('taken', { ms: formatNumber(tried.tookMs) })}</span>
      ) : (
        <span class="is-bad">
          {w('notTaken')} {tried.why !== null && whyText(tried.why)}
        </span>
      )}
    </span>
  );
}

function wishOf({ name, url, type, site, camera, severity, paused }: WebhookAnswer): Wish {
  return { name, url, type, site, camera, ...(severity !== undefined && { severity }), paused };
}
