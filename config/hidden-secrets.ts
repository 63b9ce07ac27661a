// A configuration that leaves the box without the secrets that stand in it, and comes back with them: in their place is
// a mark that only the box can turn into the secret again.

import { type Document, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Range } from 'yaml';
import { isHiddenSecret, SECRET_PARAMETER } from '../contract/index.ts';
import { SECRET_KEYS } from './secret.ts';
import { isTooDeep } from './yaml-shape.ts';

/** A mark for a secret: the same for the same secret, telling nothing of it. */
export type MarkOf = (secret: string) => string;

/** In addresses, where `{hidden: …}` would be no text. */
const IN_ADDRESS = /hidden-([0-9a-f]{8,64})/g;

/** The text with `{hidden: MARK}` for each password and token, and `hidden-MARK` for those inside addresses. */
export function hideSecrets(text: string, markOf: MarkOf): string {
  return replaceAt(text, [
    ...secretScalars(text).map(({ range, secret }) => ({ range, by: `{hidden: ${markOf(secret)}}` })),
    ...addresses(text).map(({ range, source }) => ({
      range,
      by: source.replaceAll(SECRET_PARAMETER, (whole, name: string) => {
        const secret = whole.slice(name.length);
        return secret === '' ? whole : `${name}hidden-${markOf(secret)}`;
      }),
    })),
  ]);
}

/** Every secret that stands in the text itself. */
export function secretsIn(text: string): string[] {
  return [
    ...secretScalars(text).map(({ secret }) => secret),
    ...addresses(text).flatMap(({ source }) =>
      [...source.matchAll(SECRET_PARAMETER)].map(([whole, name = '']) => whole.slice(name.length)),
    ),
  ].filter((secret) => secret !== '');
}

/** The text with the secrets that its marks stand for; marks that `known` does not have are given in `unknown`. */
export function revealSecrets(
  text: string,
  known: ReadonlyMap<string, string>,
): {
  readonly text: string;
  readonly unknown: readonly { readonly mark: string; readonly offset: number }[];
} {
  const unknown: { mark: string; offset: number }[] = [];
  const secretOf = (mark: string, offset: number) => {
    const secret = known.get(mark);
    if (secret === undefined) unknown.push({ mark, offset });
    return secret;
  };
  const revealed = replaceAt(text, [
    ...hiddenMaps(text).map(({ range, mark }) => {
      const secret = secretOf(mark, range[0]);
      return { range, by: secret === undefined ? text.slice(range[0], range[1]) : JSON.stringify(secret) };
    }),
    ...addresses(text).map(({ range, source }) => ({
      range,
      by: source.replaceAll(IN_ADDRESS, (whole, mark: string) => secretOf(mark, range[0]) ?? whole),
    })),
  ]);
  return { text: revealed, unknown };
}

/** `value` with a text for each placeholder: for checks where the secrets are not. */
export function withoutPlaceholders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaceholders);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEYS.includes(key) && isHiddenSecret(inner) ? { env: 'HIDDEN' } : withoutPlaceholders(inner),
    ]),
  );
}

type At = readonly [from: number, to: number];

function secretScalars(text: string): { range: At; secret: string }[] {
  return pairsOf(text).flatMap(({ key, value }) => {
    const range = rangeOf(value);
    if (!SECRET_KEYS.includes(key) || !isScalar(value) || range === undefined) return [];
    const secret = String(value.value ?? '');
    return secret === '' ? [] : [{ range, secret }];
  });
}

/** Addresses as they are written, quotes and all. */
function addresses(text: string): { range: At; source: string }[] {
  return pairsOf(text).flatMap(({ key, value }) => {
    const range = rangeOf(value);
    if (key !== 'url' || !isScalar(value) || range === undefined) return [];
    return [{ range, source: text.slice(...range) }];
  });
}

function hiddenMaps(text: string): { range: At; mark: string }[] {
  return pairsOf(text).flatMap(({ key, value }) => {
    const range = rangeOf(value);
    if (!SECRET_KEYS.includes(key) || !isMap(value) || range === undefined) return [];
    // As written: what an alias stands for is no mark.
    const mark: unknown = value.get('hidden');
    return typeof mark === 'string' && value.items.length === 1 ? [{ range, mark }] : [];
  });
}

/**
 * Every key and its value; none where it is no YAML. Of a secret or an address that is an alias, what it stands for: that is
 * written somewhere else, under any key.
 */
function pairsOf(text: string): { key: string; value: unknown }[] {
  if (isTooDeep(text)) return [];
  const document: Document = parseDocument(text, { logLevel: 'error', uniqueKeys: false });
  if (document.errors.length > 0) return [];
  const found: { key: string; value: unknown }[] = [];
  const left: unknown[] = [document.contents];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (isPair(node)) {
      if (isScalar(node.key)) {
        const key = String(node.key.value);
        const { value } = node;
        const isMeant = isAlias(value) && (key === 'url' || SECRET_KEYS.includes(key));
        found.push({ key, value: isMeant ? value.resolve(document) : value });
      }
      if (node.value !== null) left.push(node.value);
    } else if (isMap(node) || isSeq(node)) left.push(...node.items.filter((item) => item != null));
  }
  return found;
}

function rangeOf(node: unknown): At | undefined {
  const range = (node as { range?: Range | null } | null)?.range;
  return range ? [range[0], range[1]] : undefined;
}

function replaceAt(text: string, replacements: readonly { range: At; by: string }[]): string {
  let result = text;
  // Two keys may stand for one place.
  const places = new Map(replacements.map((replacement) => [replacement.range[0], replacement]));
  for (const { range, by } of [...places.values()].toSorted((a, b) => b.range[0] - a.range[0])) {
    const [from, to] = range;
    // A block of lines ends with a line feed that belongs to what follows.
    const end = text.slice(from, to).endsWith('\n') && !by.endsWith('\n') ? '\n' : '';
    result = result.slice(0, from) + by + end + result.slice(to);
  }
  return result;
}
