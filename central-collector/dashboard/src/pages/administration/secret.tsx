// Something that is shown once: to be copied, then gone.

import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { t } from './words.ts';

export function SecretDialog({
  title,
  note,
  secret,
  onClose,
}: {
  readonly title: string;
  readonly note: string;
  readonly secret: string;
  readonly onClose: () => void;
}) {
  const [copied, setCopied] = useState<boolean | undefined>(undefined);
  // Without https browsers give no clipboard: then it is selected and copied by hand.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t('done')}
        </Button>
      }
    >
      <div class="form">
        <p>{note}</p>
        <div class="secret">
          <code>{secret}</code>
          <Button onClick={() => void copy()} {...(copied === true && { icon: 'check' as const })}>
            {copied === true ? t('copied') : t('copy')}
          </Button>
        </div>
        <p role="status" class="field-hint">
          {copied === false && t('copyFailed')}
        </p>
      </div>
    </Dialog>
  );
}
