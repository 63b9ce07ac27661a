// A question or form above the page. The browser's own dialog: it keeps the focus inside, and Escape closes it.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { common } from '../words/common.ts';
import { Button } from './button.tsx';

export type DialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  /** Buttons below, the most likely last. */
  readonly actions?: ComponentChildren;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
};

/** It is open for as long as it is rendered. */
export function Dialog({ title, onClose, actions, wide = false, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        <Button look="quiet" icon="close" label={common('close')} onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      {actions !== undefined && <footer class="dialog-actions">{actions}</footer>}
    </dialog>
  );
}
