// Moments on the page of slit scans, told to a tenth of a second: vehicles follow each other closely.

import { formatNumber, formatTime } from '../../words/formats.ts';
import { language } from '../../words/words.ts';

/** `14:03:27,4` in Vietnamese, `14:03:27.4` in English. */
export function timeText(atMs: number): string {
  const tenths = Math.floor(atMs / 100) * 100;
  const point = language.value === 'vi' ? ',' : '.';
  return `${formatTime(tenths, true)}${point}${Math.floor((tenths % 1000) / 100)}`;
}

/** Seconds, with a tenth where it is less than ten. */
export function secondsText(ms: number): string {
  const s = ms / 1000;
  return formatNumber(s, s < 9.95 && Math.abs(s - Math.round(s)) >= 0.05 ? 1 : 0);
}
