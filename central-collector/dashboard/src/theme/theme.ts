// The night theme of a dark room, and the day theme. Chosen on this machine; the night theme without a choice.

import { signal } from '@preact/signals';

export type Theme = 'night' | 'day';

const KEY = 'ngatu.theme';

export const theme = signal<Theme>('night');

export function applyTheme(): void {
  theme.value = localStorage.getItem(KEY) === 'day' ? 'day' : 'night';
  theme.subscribe((now) => {
    document.documentElement.dataset.theme = now;
  });
}

export function chooseTheme(next: Theme): void {
  localStorage.setItem(KEY, next);
  theme.value = next;
}
