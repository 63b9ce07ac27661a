// Checks the values of a file against a schema and turns every issue into a problem that a person can act on.

import { z } from 'zod';
import { plainText } from '../contract/index.ts';
import { MAX_PROBLEMS, type Problem, pathText } from './problems.ts';
import { SECRET_KEYS } from './secret.ts';
import { nearestWord } from './suggestion.ts';
import type { YamlFile } from './yaml-file.ts';

type Path = readonly PropertyKey[];

/** The part of a JSON Schema that messages need. */
type FieldNotes = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, FieldNotes>>;
  readonly items?: FieldNotes;
  readonly prefixItems?: readonly FieldNotes[];
  readonly anyOf?: readonly FieldNotes[];
};

/**
 * Checks `value`, which stands in `yaml` at `base`. Gives the parsed data, or every problem.
 * Wording is ours; a message of the schema itself goes first.
 */
export function validate<T>(
  schema: z.ZodType<T>,
  yaml: YamlFile,
  value: unknown,
  base: Path = [],
): { data: T | undefined; problems: Problem[] } {
  const result = schema.safeParse(value, { error: (issue) => wordIssue(issue) });
  if (result.success) return { data: result.data, problems: [] };
  const notes = notesOf(schema);
  const problems: Problem[] = [];
  for (const issue of result.error.issues) {
    if (problems.length >= MAX_PROBLEMS) break;
    problems.push(...problemsOf(issue, yaml, value, base, notes));
  }
  return { data: undefined, problems: problems.slice(0, MAX_PROBLEMS) };
}

/** Made once for each schema: a box has a thousand cameras. */
const knownNotes = new WeakMap<z.ZodType, FieldNotes>();

function notesOf(schema: z.ZodType): FieldNotes {
  const known = knownNotes.get(schema) ?? (z.toJSONSchema(schema, { io: 'input' }) as FieldNotes);
  knownNotes.set(schema, known);
  return known;
}

function problemsOf(
  issue: z.core.$ZodIssue,
  yaml: YamlFile,
  value: unknown,
  base: Path,
  notes: FieldNotes,
): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(notesAt(notes, issue.path)?.properties ?? {});
    return issue.keys.slice(0, MAX_PROBLEMS).map((key): Problem => {
      const path = [...base, ...issue.path, key];
      return {
        ...placeOf(yaml, path, 'key'),
        message: `unknown key "${plainText(key, 80)}"`,
        hint: hintForKey(key, known),
      };
    });
  }
  const path = [...base, ...issue.path];
  const came = valueAt(value, issue.path);
  const place = placeOf(yaml, path, came === undefined ? 'key' : 'value');
  return [
    {
      ...place,
      message: messageOf(issue, came, path),
      // A message that does not say what was expected is one of ours for this very mistake: it needs no more.
      hint:
        hintFor(issue, came) ??
        (issue.message.startsWith('expected') ? notesAt(notes, issue.path)?.description : undefined),
    },
  ];
}

/** Message that schemas do not give themselves. */
function wordIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KIND_WORDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    default:
      return `expected something else (${issue.code})`;
  }
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

function unitOf(origin: string, amount: number | bigint): string {
  const one = Number(amount) === 1;
  if (origin === 'string') return one ? ' character' : ' characters';
  if (origin === 'array') return one ? ' entry' : ' entries';
  return '';
}

function messageOf(issue: z.core.$ZodIssue, came: unknown, path: Path): string {
  if (came === undefined) return `missing; ${issue.message}`;
  if (!issue.message.startsWith('expected')) return issue.message;
  return `${issue.message}, got ${show(came, path)}`;
}

function hintFor(issue: z.core.$ZodIssue, came: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof came === 'string') {
    const near = nearestWord(came, issue.values.map(String));
    return near === undefined ? undefined : `Did you mean ${near}?`;
  }
  if (
    issue.code === 'invalid_type' &&
    issue.expected === 'string' &&
    /^(number|boolean)$/.test(typeof came)
  ) {
    return `Put it in quotes to make it text: "${came}"`;
  }
  if (issue.message.startsWith('expected a slug') && typeof came === 'string') {
    const slug = slugOf(came);
    return slug === '' ? undefined : `For example ${slug}`;
  }
  return undefined;
}

/** `Ngã tư 1` as `nga-tu-1`. */
function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('đ', 'd')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-|-$/g, '');
}

function hintForKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return near === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${near}"?`;
}

/** The value in a few words; a secret is never shown, nor credentials inside an address. */
function show(value: unknown, path: Path): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  if (path.some((key) => SECRET_KEYS.includes(String(key)))) return 'something else';
  if (typeof value !== 'string') return String(value);
  if (value === '') return 'an empty text';
  return plainText(JSON.stringify(withoutLogin(value)), 100);
}

/** Everything from the first `//` to the last `@` is left out, and a login with the scheme forgotten. */
function withoutLogin(text: string): string {
  const begin = text.indexOf('//');
  const end = begin < 0 ? -1 : text.lastIndexOf('@');
  const shown = end > begin ? `${text.slice(0, begin)}//…${text.slice(end)}` : text;
  return shown.replace(/^[^/:@]+:[^/@]*@/, '…@');
}

function placeOf(yaml: YamlFile, path: Path, part: 'key' | 'value') {
  return { severity: 'error', file: yaml.file, ...yaml.locate(path, part), path: pathText(path) } as const;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, key)
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

function notesAt(notes: FieldNotes, path: Path): FieldNotes | undefined {
  return path.reduce<FieldNotes | undefined>((node, key) => {
    const branches = [node, ...(node?.anyOf ?? [])];
    return branches
      .map((branch) => {
        if (typeof key === 'number') return branch?.prefixItems?.[key] ?? branch?.items;
        return branch?.properties?.[String(key)];
      })
      .find((found) => found !== undefined);
  }, notes);
}
