// Edits of texts that nobody meant: mutated camera files, any key, any value.

import { expect, it } from 'vitest';
import { readDrawing } from '../../../central-collector/dashboard/src/pages/setup/model/drawing.ts';
import { parsed } from '../../../central-collector/dashboard/src/pages/setup/model/parsed.ts';
import {
  applyToValue,
  isObject,
  type Path,
  sameValue,
} from '../../../central-collector/dashboard/src/pages/setup/model/plain-edit.ts';
import {
  editYaml,
  type YamlEdit,
} from '../../../central-collector/dashboard/src/pages/setup/model/yaml-edit.ts';
import { anyOf, below } from '../../../scripts/fuzz/mutate-bytes.ts';
import { mutateText } from '../../../scripts/fuzz/mutate-text.ts';
import { fileSamples } from '../../../scripts/fuzz/samples.ts';
import { type Random, seededRandom } from '../../../scripts/scenes/random.ts';

const TEXTS = 400;

const WORDS = [
  ...['&a x', '*a', '<<: *a', 'x: &a [1, 2]', 'to: *a', '- ', '? ', '# c', '"', "'", '{', '}', '[', ']', ','],
  ...[
    '|',
    '>-',
    '!!str ',
    '...\n',
    '\t',
    '\r\n',
    '\ufeff',
    '\u2028',
    'lines: []',
    'lines:',
    'zones: {}',
    '~',
  ],
];

const SMALL = [
  'camera: a # its name\nlines:\n  - line: n # x\n    from: [1,  2]\n    to:\n      - 3 # r\n      - 4\n  - { line: s, from: [1, 2], to: [3, 4] }\nzones: [] # none\n',
  'lines:\n- line: n\n  from: [1, 2]\n\n  # above to\n  to: [3, 4]\n# between\n- line: s\n  from: [1, 2]\n  to: [3, 4]\ncalibration:\n  points:\n    - { picture: [1, 2], ground: [3, 4] }\n    # last\n',
  'lines: [{line: n, from: [1, 2], to: [3, 4]}, {line: s, from: [1, 2], to: [3, 4]}]\nname: |\n  two\n  lines\n',
];

const VALUES = [[7, 8], 'x', 5, 'a: b', '', true, { line: 'new', from: [1, 2], to: [3, 4] }] as const;

/** Undefined where it cannot be read, or is nothing that has keys. */
function read(text: string): Record<string, unknown> | undefined {
  const { document } = parsed(text);
  if (document.errors.length > 0) return undefined;
  const value: unknown = document.toJS();
  // An empty key has no name that an edit could call it by.
  return isObject(value) && !/(?:^|\n)\s*(?:- )?[:?](?:\s|$)/.test(text) ? value : undefined;
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || path.length > 6) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => [[...path, key], ...pathsIn(inner, [...path, key])]);
}

function anyEdit(random: Random, value: Record<string, unknown>): YamlEdit | undefined {
  const paths = pathsIn(value);
  if (paths.length === 0) return undefined;
  const path = anyOf(random, paths);
  const around = typeof path.at(-1) === 'string' ? path.slice(0, -1) : [];
  const to = anyOf(random, VALUES);
  switch (below(random, 4)) {
    case 0:
      return { what: 'set', path, value: to };
    case 1:
      return { what: 'remove', path };
    case 2:
      return { what: 'set', path: [...around, anyOf(random, ['anchor', 'zones', 'x y'])], value: to };
    default:
      return { what: 'insert', path: ['lines'], index: below(random, 2), value: to };
  }
}

it.each([
  ['lines:\n  - line: n\n    to: *', 3],
  ['camera: c\nname: *missing\n', 2],
  [
    'a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n',
    1,
  ],
])('an alias that stands for nothing, or for far too much, is told with its line: %j', (text, line) => {
  expect(readDrawing(text)).toMatchObject({ problem: { line } });
});

it('an edit of any text that can be read leaves a text that holds what was wanted, and all else as it was', () => {
  const random = seededRandom(20_261_122);
  const files = fileSamples('config/examples', '.yaml').filter((text) => /^camera:/m.test(text));
  const samples = [...files, ...SMALL, ...SMALL, ...SMALL, ...SMALL];
  let edited = 0;
  for (let count = 0; count < TEXTS; count += 1) {
    const text = mutateText(random, anyOf(random, samples), WORDS, samples);
    const value = read(text);
    const edit = value && anyEdit(random, value);
    if (value === undefined || edit === undefined) continue;
    const after = read(editYaml(text, [edit]));
    if (!sameValue(after, applyToValue(value, edit))) expect({ text, edit, after }).toBeNull();
    edited += 1;
  }
  expect(edited).toBeGreaterThan(TEXTS / 8);
});
