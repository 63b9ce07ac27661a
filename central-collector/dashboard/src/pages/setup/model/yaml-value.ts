// Values as text of YAML, in the style in which camera files are written: points and short lists on one line.

import { stringify } from 'yaml';

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** On one line: `[100, 400]`, `{ toLeft: away, toRight: towards }`. */
export function inline(value: YamlValue): string {
  if (isList(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${scalar(key)}: ${inline(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/**
 * Lines of a map, each with `indent` before it; of maps within maps those that hold only texts and numbers stand on one
 * line. Ends with a line feed.
 */
export function blockOfMap(value: { readonly [key: string]: YamlValue }, indent: string): string {
  return Object.entries(value)
    .map(([key, inner]) => blockOfPair(key, inner, indent))
    .join('');
}

export function blockOfPair(key: string, value: YamlValue, indent: string): string {
  const name = `${indent}${scalar(key)}:`;
  if (isListOfMaps(value)) {
    return `${name}\n${value.map((entry) => blockOfEntry(entry, `${indent}  `)).join('')}`;
  }
  if (isMap(value) && !isShort(value)) return `${name}\n${blockOfMap(value, `${indent}  `)}`;
  return `${name} ${inline(value)}\n`;
}

/** An entry of a list: `- line: north` and so on, or `- [1, 2]`. Ends with a line feed. */
export function blockOfEntry(value: YamlValue, indent: string): string {
  if (!isMap(value) || isShort(value)) return `${indent}- ${inline(value)}\n`;
  return `${indent}- ${blockOfMap(value, `${indent}  `).slice(indent.length + 2)}`;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function isMap(value: YamlValue): value is { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfMaps(value: YamlValue): value is readonly YamlValue[] {
  return isList(value) && value.length > 0 && value.every(isMap);
}

const MOST_INLINE = 4;

/** Few pairs, none with a map in it: `{ picture: [1, 2], ground: [0, 0] }`. What has a name is a thing of its own. */
function isShort(value: { readonly [key: string]: YamlValue }): boolean {
  const pairs = Object.entries(value);
  const names = ['line', 'zone', 'carriageway'];
  return (
    pairs.length <= MOST_INLINE &&
    pairs.every(([key, inner]) => !names.includes(key) && !isMap(inner) && !isListOfMaps(inner))
  );
}

/** Quoted where it would be read as something else. Within `[…]` and `{…}` a comma or bracket needs quotes too. */
function scalar(value: string | number | boolean | null): string {
  if (typeof value === 'string' && /[,[\]{}\n]/.test(value)) return JSON.stringify(value);
  return stringify(value, { lineWidth: 0 }).trimEnd();
}
