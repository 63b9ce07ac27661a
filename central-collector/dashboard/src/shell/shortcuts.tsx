// Keys that work on all pages, and the list of them.

import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { Dialog } from '../parts/dialog.tsx';
import { chooseTheme, theme } from '../theme/theme.ts';
import { chooseLanguage, language } from '../words/words.ts';
import { PLACES } from './navigation.tsx';
import { toggleWall, wall } from './wall.ts';
import { t } from './words.ts';

const SEQUENCE_MS = 1500;

export function Shortcuts() {
  const [listed, setListed] = useState(false);
  const [, navigate] = useLocation();
  useEffect(() => {
    let wentAtMs = 0;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
        return;
      const place = PLACES.find(({ key }) => key === event.key);
      if (place?.allowed() && event.timeStamp - wentAtMs < SEQUENCE_MS) {
        wentAtMs = 0;
        navigate(place.href);
        return;
      }
      wentAtMs = event.key === 'g' ? event.timeStamp : 0;
      if (event.key === '?') setListed(true);
      else if (event.key === 'w') {
        // The wall shows the overview.
        if (!wall.value) navigate('/');
        toggleWall();
      } else if (event.key === 'd') chooseTheme(theme.value === 'night' ? 'day' : 'night');
      else if (event.key === 'l') chooseLanguage(language.value === 'vi' ? 'en' : 'vi');
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [navigate]);

  if (!listed) return null;
  const rows: [string, string][] = [
    ['?', t('keyHelp')],
    ['w', t('keyWall')],
    ['d', t('keyTheme')],
    ['l', t('keyLanguage')],
    ['g', t('keyGo', { keys: PLACES.map(({ key, word }) => `${key} ${t(word)}`).join(', ') })],
    ['j k', t('keyIncidents')],
    ['+ − 0', t('keyMap')],
    ['← →', t('keyScan')],
  ];
  return (
    <Dialog title={t('shortcuts')} onClose={() => setListed(false)}>
      <dl class="shortcuts">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Single letters are text there, and in a dialog they are the dialog's. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog') !== null
  );
}
