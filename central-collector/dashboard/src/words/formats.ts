// Numbers, moments and lengths of time as people read them, in the page's language and the centre's time zone. What is
// missing is "—", never zero.

import { centre } from '../api/centre.ts';
import { language } from './words.ts';

export const NONE = '—';
const FALLBACK_ZONE = 'Asia/Ho_Chi_Minh';

/** Of `22/11/2026`; locales write day and month alone in other ways. */
const DAY_AND_MONTH = 5;

type Moment = string | number | null | undefined;

const numberFormats = new Map<string, Intl.NumberFormat>();
const timeFormats = new Map<string, Intl.DateTimeFormat>();

export function locale(): string {
  return language.value === 'vi' ? 'vi-VN' : 'en-GB';
}

export function timeZone(): string {
  return centre.value?.timeZone ?? FALLBACK_ZONE;
}

/** `1.234,5` in Vietnamese, `1,234.5` in English. */
export function formatNumber(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** Of a share 0 to 1. 99.96 % is not told as 100 %. */
export function formatShare(share: number | null | undefined, digits = 0): string {
  if (share === null || share === undefined) return NONE;
  const most = share < 1 ? 1 - 10 ** -(digits + 2) : 1;
  return `${formatNumber(Math.min(share, most) * 100, digits)} %`;
}

export function formatSpeed(kmh: number | null | undefined): string {
  return kmh === null || kmh === undefined ? NONE : `${formatNumber(kmh)} km/h`;
}

/** `14:03`, with seconds `14:03:27`. */
export function formatTime(moment: Moment, seconds = false): string {
  return format(moment, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(seconds && { second: '2-digit' }),
  });
}

/** `22/11/2026` */
export function formatDate(moment: Moment): string {
  return format(moment, { day: '2-digit', month: '2-digit', year: 'numeric' });
}

/** `22/11/2026 14:03:27` */
export function formatDateTime(moment: Moment, seconds = true): string {
  return moment === null || moment === undefined
    ? NONE
    : `${formatDate(moment)} ${formatTime(moment, seconds)}`;
}

/** The time alone while it is today at the centre, else with its date. */
export function formatMoment(moment: Moment, nowMs: number, seconds = false): string {
  return formatDate(moment) === formatDate(nowMs)
    ? formatTime(moment, seconds)
    : `${formatDate(moment).slice(0, DAY_AND_MONTH)} ${formatTime(moment, seconds)}`;
}

export function formatWeekday(moment: Moment, width: 'short' | 'long' = 'long'): string {
  return format(moment, { weekday: width });
}

/** A length of time: `42 s`, `3 min`, `2 h 05 min`, `4 d 2 h`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NONE;
  const vi = language.value === 'vi';
  const [second, minute, hour, day] = vi ? ['giây', 'phút', 'giờ', 'ngày'] : ['s', 'min', 'h', 'd'];
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} ${second}`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} ${minute}`;
  const h = Math.floor(min / 60);
  if (h < 24) return min % 60 === 0 ? `${h} ${hour}` : `${h} ${hour} ${min % 60} ${minute}`;
  return h % 24 === 0 ? `${Math.floor(h / 24)} ${day}` : `${Math.floor(h / 24)} ${day} ${h % 24} ${hour}`;
}

/** `12 MiB` */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return NONE;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${formatNumber(value, power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}

/** Any format of moments that pages need, in the centre's time zone. */
export function format(moment: Moment, options: Intl.DateTimeFormatOptions): string {
  if (moment === null || moment === undefined) return NONE;
  const key = `${locale()} ${timeZone()} ${JSON.stringify(options)}`;
  let found = timeFormats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale(), { timeZone: timeZone(), ...options });
    timeFormats.set(key, found);
  }
  return found.format(typeof moment === 'string' ? new Date(moment) : moment);
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale()} ${JSON.stringify(options)}`;
  let found = numberFormats.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat(locale(), options);
    numberFormats.set(key, found);
  }
  return found;
}
