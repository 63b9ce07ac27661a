// What is around every page.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { connection, watchConnection } from '../live/stream.ts';
import { AlarmBar } from '../pages/incidents/alarm.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import './shell.css';
import { Shortcuts } from './shortcuts.tsx';
import { StatusBar } from './status-bar.tsx';
import { wall } from './wall.ts';
import { t } from './words.ts';

export function Shell({ children }: { readonly children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const arrived = useRef(path);

  useEffect(watchConnection, []);

  const isWall = wall.value;
  useEffect(() => {
    document.documentElement.classList.toggle('wall', isWall);
  }, [isWall]);

  // A new page begins at its beginning, for the eyes and for screen readers.
  useEffect(() => {
    if (arrived.current === path) return;
    arrived.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <div class={isWall ? 'shell shell-wall' : 'shell'} data-connection={connection.value.state}>
      <a class="skip" href="#main">
        {t('skip')}
      </a>
      <StatusBar />
      <div class="banners">
        <ConnectionBanner />
        <AlarmBar />
      </div>
      {!isWall && <Navigation />}
      <main id="main" tabIndex={-1} ref={main}>
        {children}
      </main>
      <Shortcuts />
    </div>
  );
}
