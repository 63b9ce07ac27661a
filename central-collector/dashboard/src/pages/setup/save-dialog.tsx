// Before a version goes to the box: what it changes, what is wrong with it, and why it was made.

import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import type { SetupProblem } from './api.ts';
import { Difference } from './difference.tsx';
import type { Editor } from './model/editor.ts';
import type { Saving } from './saving.ts';
import { t } from './words.ts';

export function SaveDialog({
  editor,
  saving,
  problems,
  onClose,
}: {
  readonly editor: Editor;
  readonly saving: Saving;
  readonly problems: readonly SetupProblem[];
  readonly onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const { value: conflict } = saving.conflict;
  const { value: busy } = saving.busy;
  const { value: base } = editor.base;
  const { value: text } = editor.text;
  const finish = async (work: Promise<boolean>) => {
    if (await work) onClose();
  };

  if (conflict !== undefined) {
    return (
      <Dialog
        wide
        title={t('conflictTitle')}
        onClose={onClose}
        actions={
          <>
            <Button
              look="danger"
              onClick={() => {
                saving.takeTheirs();
                onClose();
              }}
            >
              {t('conflictTheirs')}
            </Button>
            <Button look="primary" busy={busy} onClick={() => void finish(saving.saveOver(note))}>
              {t('conflictMine')}
            </Button>
          </>
        }
      >
        <div class="form">
          <p>{t('conflictWhat', { revision: conflict.revision })}</p>
          <p class="field-hint">{t('conflictDifference')}</p>
          <Difference before={conflict.text} after={text} />
        </div>
      </Dialog>
    );
  }

  return (
    <Dialog
      wide
      title={t('saveTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('keepEditing')}</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={problems.length > 0}
            onClick={() => void finish(saving.save(note))}
          >
            {t('saveNow')}
          </Button>
        </>
      }
    >
      <div class="form">
        <p class="field-hint">{t('runsNow', { revision: base.revision })}</p>
        <Difference before={base.text} after={text} />
        {problems.length > 0 && (
          <p class="field-problem" role="alert">
            {t('saveWithProblems')}
          </p>
        )}
        <Field label={t('saveNote')} hint={t('saveNoteHint')}>
          {(control) => (
            <textarea
              class="input"
              rows={2}
              maxLength={500}
              value={note}
              onInput={({ currentTarget }) => setNote(currentTarget.value)}
              {...control}
            />
          )}
        </Field>
        {saving.problem.value !== undefined && <Problem problem={saving.problem.value} />}
      </div>
    </Dialog>
  );
}
