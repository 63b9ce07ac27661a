// Whether the page is a wall display: no navigation, large numbers, nothing to scroll. Kept in the address, so that a
// wall's browser comes back to it.

import { signal } from '@preact/signals';

export const wall = signal(new URLSearchParams(window.location.search).has('wall'));

export function toggleWall(): void {
  wall.value = !wall.value;
  const url = new URL(window.location.href);
  if (wall.value) url.searchParams.set('wall', '');
  else url.searchParams.delete('wall');
  window.history.replaceState(window.history.state, '', url);
}
