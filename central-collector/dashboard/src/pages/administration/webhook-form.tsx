// What a webhook is sent, and where to: to add one, and to change one.

import { useState } from 'preact/hooks';
import type { WebhookAnswer } from '../../../../api/schemas/stream.ts';
import { ApiProblem, send } from '../../api/client.ts';
import { SEVERITIES, type Severity } from '../../api/types.ts';
import { cameras, sites, usePlaces } from '../../live/cameras.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useWork } from '../../parts/use-work.ts';
import { common, severityWord } from '../../words/common.ts';
import { PickList } from './pick-list.tsx';
import { KINDS, kindWord, w, whyText } from './webhook-words.ts';

export type Wish = Pick<WebhookAnswer, 'name' | 'url' | 'type' | 'site' | 'camera' | 'severity' | 'paused'>;
export type NewWebhook = WebhookAnswer & { readonly secret: string };

const FIRST: Wish = {
  name: '',
  url: 'https://',
  type: ['incident', 'verdict'],
  site: [],
  camera: [],
  paused: false,
};

export function AddWebhook({
  onAdded,
  onClose,
}: {
  readonly onAdded: (webhook: NewWebhook) => void;
  readonly onClose: () => void;
}) {
  const { busy, problem, work } = useWork();
  return (
    <Dialog title={w('add')} onClose={onClose}>
      <WebhookForm
        first={FIRST}
        action={w('add')}
        busy={busy}
        problem={problem}
        onCancel={onClose}
        onSend={(wish) => void work(async () => onAdded(await send<NewWebhook>('POST', '/webhooks', wish)))}
      />
    </Dialog>
  );
}

export function WebhookForm({
  first,
  action,
  busy,
  problem,
  onSend,
  onCancel,
}: {
  readonly first: Wish;
  readonly action: string;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onSend: (wish: Wish) => void;
  readonly onCancel?: () => void;
}) {
  usePlaces();
  const [wish, setWish] = useState(first);
  const { name, url, type, site, camera, severity } = wish;
  const urlProblem = problemOfUrl(problem);
  const isSame = JSON.stringify(wish) === JSON.stringify(first);
  const severeKinds = type.includes('incident') || type.includes('verdict');
  const setSeverity = (next: Severity | '') => {
    const { severity: _, ...others } = wish;
    setWish(next === '' ? others : { ...others, severity: next });
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ ...wish, name: name.trim(), url: url.trim() });
      }}
    >
      <TextField
        label={w('name')}
        hint={w('nameHint')}
        required
        maxLength={100}
        autocomplete="off"
        value={name}
        onInput={({ currentTarget }) => setWish({ ...wish, name: currentTarget.value })}
      />
      <TextField
        label={w('url')}
        hint={w('urlHint')}
        problem={urlProblem}
        type="url"
        required
        pattern="\s*https?://.+"
        autocomplete="off"
        spellcheck={false}
        value={url}
        onInput={({ currentTarget }) => setWish({ ...wish, url: currentTarget.value })}
      />
      <fieldset class="scopes">
        <legend>{w('kinds')}</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={type.includes(kind)}
              onChange={({ currentTarget: { checked } }) =>
                setWish({
                  ...wish,
                  type: KINDS.filter((each) => (each === kind ? checked : type.includes(each))),
                })
              }
            />
            {kindWord(kind)}
          </label>
        ))}
        {type.length === 0 && <p class="field-problem">{w('needKind')}</p>}
        {(type.includes('passage') || type.includes('journey')) && <p class="field-hint">{w('many')}</p>}
      </fieldset>
      {severeKinds && (
        <SelectField
          label={w('severity')}
          value={severity ?? ''}
          options={[
            { value: '', label: w('anySeverity') },
            ...SEVERITIES.map((value) => ({ value, label: severityWord(value) })),
          ]}
          onChange={setSeverity}
        />
      )}
      <PickList
        title={w('sites')}
        summary={site.length === 0 ? w('allSites') : w('someSites', { n: site.length })}
        options={[...sites.value.values()].map((one) => ({ value: one.site, label: one.name }))}
        chosen={site}
        onChange={(next) => setWish({ ...wish, site: [...next] })}
      />
      <PickList
        title={w('cameras')}
        summary={camera.length === 0 ? w('allCameras') : w('someCameras', { n: camera.length })}
        options={[...cameras.value.values()].map((one) => ({ value: one.id, label: one.name ?? one.id }))}
        chosen={camera}
        onChange={(next) => setWish({ ...wish, camera: [...next] })}
      />
      {problem !== undefined && urlProblem === undefined && <Problem problem={problem} />}
      <div class="button-line button-line-end">
        {onCancel !== undefined && <Button onClick={onCancel}>{common('cancel')}</Button>}
        <Button type="submit" look="primary" busy={busy} disabled={type.length === 0 || isSame}>
          {action}
        </Button>
      </div>
    </form>
  );
}

/** What the centre finds wrong with the address belongs to its field. */
function problemOfUrl(problem: unknown): string | undefined {
  const errors = problem instanceof ApiProblem ? problem.errors : [];
  const found = errors.find(({ path }) => path === 'body.url');
  return found === undefined ? undefined : whyText(found.message);
}
