// Asks before somebody leaves with changes that are not saved: by a link of the page, or by closing the tab.

import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { t } from './words.ts';

export function LeaveGuard({ isChanged }: { readonly isChanged: boolean }) {
  const [target, setTarget] = useState<string | undefined>(undefined);
  const [, navigate] = useLocation();

  useEffect(() => {
    if (!isChanged) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    // Before the router's own listener, which sits on the link itself.
    const onClick = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest?.('a[href]');
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      const href = link?.getAttribute('href');
      if (!isPlain || href == null || !href.startsWith('/') || href === window.location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(href);
    };
    window.addEventListener('beforeunload', onUnload);
    document.addEventListener('click', onClick, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, { capture: true });
    };
  }, [isChanged]);

  if (target === undefined) return null;
  return (
    <Dialog
      title={t('leaveTitle')}
      onClose={() => setTarget(undefined)}
      actions={
        <>
          <Button onClick={() => navigate(target)}>{t('leave')}</Button>
          <Button look="primary" onClick={() => setTarget(undefined)}>
            {t('stay')}
          </Button>
        </>
      }
    >
      <p>{t('leaveWhat')}</p>
    </Dialog>
  );
}
