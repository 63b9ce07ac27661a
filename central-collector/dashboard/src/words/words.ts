// Vietnamese and English. Each page has its own words; a word that one language lacks is a type error.

import { signal } from '@preact/signals';

export type Language = 'vi' | 'en';
type Values = Readonly<Record<string, string | number>>;
export type Words<K extends string> = (key: K, values?: Values) => string;

const KEY = 'ngatu.language';

export const language = signal<Language>('vi');

/** All tables that were made, for the test that looks through them. */
export const tables: {
  readonly en: Readonly<Record<string, string>>;
  readonly vi: Readonly<Record<string, string>>;
}[] = [];

/**
 * `words({en: {hello: 'Hello {name}'}, vi: {…}})` gives `t('hello', {name})`. `{n|incident|incidents}` chooses by number;
 * Vietnamese needs no such choice.
 */
export function words<const K extends string>(table: {
  readonly en: Readonly<Record<K, string>>;
  readonly vi: Readonly<Record<NoInfer<K>, string>>;
}): Words<K> {
  tables.push(table);
  return (key, values) => fill(table[language.value][key], values);
}

/** Replaces `{name}` and `{name|one|other}`. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (one === undefined) return String(value);
      return (Number(value) === 1 ? one : other) ?? '';
    },
  );
}

/** As chosen on this machine, or null. */
function chosen(): Language | null {
  const stored = localStorage.getItem(KEY);
  return stored === 'vi' || stored === 'en' ? stored : null;
}

export function applyLanguage(): void {
  language.value = chosen() ?? language.value;
  language.subscribe((now) => {
    document.documentElement.lang = now;
  });
}

export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  language.value = next;
}

export function preferCentreLanguage(preferred: Language): void {
  if (chosen() === null) language.value = preferred;
}
