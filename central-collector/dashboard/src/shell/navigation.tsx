// The way to the pages: at the side, on phones below.

import { Link, useLocation } from 'wouter-preact';
import { may } from '../api/session.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { t } from './words.ts';

export type Place = {
  readonly href: string;
  readonly key: string;
  readonly icon: IconName;
  readonly word: 'overview' | 'incidents' | 'history' | 'turning' | 'health' | 'administration';
  readonly allowed: () => boolean;
};

/** In the order of the list; `key` follows `g` on the keyboard. */
export const PLACES: readonly Place[] = [
  { href: '/', key: 'o', icon: 'overview', word: 'overview', allowed: () => true },
  { href: '/incidents', key: 'i', icon: 'incident', word: 'incidents', allowed: () => true },
  { href: '/history', key: 'h', icon: 'history', word: 'history', allowed: () => true },
  { href: '/turning', key: 't', icon: 'turning', word: 'turning', allowed: () => true },
  { href: '/health', key: 'b', icon: 'health', word: 'health', allowed: () => true },
  {
    href: '/administration',
    key: 'a',
    icon: 'administration',
    word: 'administration',
    allowed: () => may('users') || may('audit') || may('configure'),
  },
];

export function Navigation() {
  const [path] = useLocation();
  return (
    <nav class="navigation" aria-label={t('navigation')}>
      <ul>
        {PLACES.filter(({ allowed }) => allowed()).map(({ href, icon, word }) => (
          <li key={href}>
            <Link href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
              <Icon name={icon} size="1.25rem" />
              <span>{t(word)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isAt(path: string, href: string): boolean {
  if (href === '/') return path === '/' || path.startsWith('/cameras/');
  return path === href || path.startsWith(`${href}/`);
}
