// Road users from the side, on a grid of 20 by 14. Headings of columns; the word is there for screen readers and as a
// hint.

import type { RoadUser } from '../api/types.ts';
import { roadUserWord } from '../words/common.ts';

const PATHS: Readonly<Record<RoadUser, string>> = {
  motorcycle:
    'M4 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM16 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM4 10l4-3.500h4.500L16 10M12.500 6.500 11.500 3h2M5.500 5.500h4',
  car: 'M1.500 10.500V8l3-1L7 3.500h6L15.500 7l3 1v2.500zM5 7h10M5.500 12.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM14.500 12.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
  bus: 'M1.500 2.500h17v8.500h-17zM1.500 6.500h17M6 2.500v4M10 2.500v4M14 2.500v4M5 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM15 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
  truck:
    'M1.500 2.500h10.500v8.500H1.500zM12 5h3.500l3 3v3H12M5 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM15 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
  bicycle:
    'M4.500 12.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM15.500 12.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4.500 9.500 7.500 4.500h5.500l2.500 5M7.500 4.500l2.500 5L13 4.500M6 4.500h3M13 4.500l-.5-2h2',
  person:
    'M10 3.800a1.600 1.600 0 1 0 0-3.200 1.600 1.600 0 0 0 0 3.200zM10 4.500v5M10 9.500l-2.500 4M10 9.500l2.500 4M6.500 7.500 10 5.500l3.500 2',
  vehicle:
    'M2 11V6l3-3h10l3 3v5zM2 7h16M6 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM14 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
};

export function RoadUserIcon({ user }: { readonly user: RoadUser }) {
  return (
    <span class="road-user" title={roadUserWord(user)}>
      <svg class="icon" viewBox="0 0 20 14" aria-hidden="true" focusable="false">
        <path d={PATHS[user]} />
      </svg>
      <span class="unseen">{roadUserWord(user)}</span>
    </span>
  );
}
