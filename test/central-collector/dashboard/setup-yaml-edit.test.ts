import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { applyToValue } from '../../../central-collector/dashboard/src/pages/setup/model/plain-edit.ts';
import {
  editYaml,
  type YamlEdit,
} from '../../../central-collector/dashboard/src/pages/setup/model/yaml-edit.ts';

const example = await readFile(new URL('../../../config/examples/camera.yaml', import.meta.url), 'utf8');

const FILE = `# Lạch Tray
camera: nga-tu-1   # once in a box
unknownKey: kept

lines: # two of them
  # the stop line
  - line: north   # towards the port
    from: [100,  400]
    to:
      - 1180 # right
      - 400
  - { line: south, from: [1, 2], to: [3, 4] }
zones: [] # none yet
`;

describe('editing the text of a camera file', () => {
  it.each<[string, YamlEdit, string, string]>([
    [
      'moves a point and leaves the spaces between its numbers alone',
      { what: 'set', path: ['lines', 0, 'from'], value: [105, 410] },
      'from: [100,  400]',
      'from: [105,  410]',
    ],
    [
      'moves a point that is written in lines, with its comment',
      { what: 'set', path: ['lines', 0, 'to'], value: [1170, 390] },
      '- 1180 # right\n      - 400',
      '- 1170 # right\n      - 390',
    ],
    [
      'renames a line',
      { what: 'set', path: ['lines', 0, 'line'], value: 'bac' },
      'line: north   #',
      'line: bac   #',
    ],
    [
      'adds a key to a map written in lines',
      { what: 'set', path: ['lines', 0, 'anchor'], value: 'centre' },
      '      - 400\n',
      '      - 400\n    anchor: centre\n',
    ],
    [
      'adds a key to a map written in braces',
      { what: 'set', path: ['lines', 1, 'anchor'], value: 'centre' },
      'to: [3, 4] }',
      'to: [3, 4], anchor: centre }',
    ],
    [
      'adds a line after the last',
      {
        what: 'insert',
        path: ['lines'],
        index: 2,
        value: { line: 'east', from: [5, 6], to: [7, 8], directions: { toLeft: 'in', toRight: 'out' } },
      },
      'to: [3, 4] }\n',
      'to: [3, 4] }\n  - line: east\n    from: [5, 6]\n    to: [7, 8]\n    directions: { toLeft: in, toRight: out }\n',
    ],
    [
      'turns an empty list into one with an entry and keeps its comment',
      {
        what: 'insert',
        path: ['zones'],
        index: 0,
        value: {
          zone: 'wait',
          polygon: [
            [0, 0],
            [9, 0],
            [9, 9],
          ],
        },
      },
      'zones: [] # none yet\n',
      'zones: # none yet\n  - zone: wait\n    polygon: [[0, 0], [9, 0], [9, 9]]\n',
    ],
    [
      'takes a line out with its keys',
      { what: 'remove', path: ['lines', 0] },
      '  - line: north   # towards the port\n    from: [100,  400]\n    to:\n      - 1180 # right\n      - 400\n',
      '',
    ],
    [
      'takes a key out of a map written in braces',
      { what: 'remove', path: ['lines', 1, 'from'] },
      'from: [1, 2], ',
      '',
    ],
    [
      'makes a list where there was none, at its place among the keys',
      {
        what: 'insert',
        path: ['carriageways'],
        index: 0,
        value: {
          carriageway: 'out',
          area: [
            [0, 0],
            [9, 0],
            [9, 9],
          ],
        },
      },
      'zones: [] # none yet\n',
      'zones: [] # none yet\ncarriageways:\n  - carriageway: out\n    area: [[0, 0], [9, 0], [9, 9]]\n',
    ],
    [
      'sets a key of a map that is not there yet',
      { what: 'set', path: ['detection'], value: { minScore: 0.4 } },
      'unknownKey: kept\n',
      'unknownKey: kept\n',
    ],
  ])('%s', (_, edit, before, after) => {
    const edited = editYaml(FILE, [edit]);
    expect(parse(edited)).toEqual(applyToValue(parse(FILE), edit));
    if (before !== after) expect(edited).toBe(FILE.replace(before, after));
    for (const comment of ['# Lạch Tray', '# two of them', '# the stop line', '# none yet'])
      expect(edited).toContain(comment);
  });

  it('adds and removes corners of a polygon on one line', () => {
    const text = 'zones:\n  - zone: a\n    polygon: [[0, 0], [9, 0], [9, 9]] # corners\n';
    const more = editYaml(text, [{ what: 'insert', path: ['zones', 0, 'polygon'], index: 1, value: [4, 1] }]);
    expect(more).toContain('polygon: [[0, 0], [4, 1], [9, 0], [9, 9]] # corners');
    const last = editYaml(more, [{ what: 'insert', path: ['zones', 0, 'polygon'], index: 4, value: [0, 9] }]);
    expect(last).toContain('[9, 9], [0, 9]] # corners');
    expect(editYaml(last, [{ what: 'remove', path: ['zones', 0, 'polygon', 4] }])).toBe(more);
    expect(editYaml(more, [{ what: 'remove', path: ['zones', 0, 'polygon', 1] }])).toBe(text);
  });

  it('writes an empty list when the last line is taken out', () => {
    const text = 'camera: a\nlines: # counted\n  - line: n # x\n    from: [0, 0]\nintervalS: 60\n';
    const edited = editYaml(text, [{ what: 'remove', path: ['lines', 0] }]);
    expect(parse(edited)).toEqual({ camera: 'a', lines: [], intervalS: 60 });
    expect(edited).toContain('# counted');
  });

  it('quotes a name for people that would be read as something else', () => {
    const name = 'Ngã tư: "Lạch Tray" # 1';
    const edited = editYaml(FILE, [{ what: 'set', path: ['name'], value: name }]);
    expect(parse(edited)).toMatchObject({ name, unknownKey: 'kept' });
  });

  it('refuses a text that is no YAML rather than lose it', () => {
    expect(() => editYaml('lines: [', [{ what: 'set', path: ['camera'], value: 'a' }])).toThrow(SyntaxError);
  });

  it('keeps every comment of the annotated example, whatever is edited', () => {
    const comments = [...example.matchAll(/#.*/g)].map(([comment]) => comment.trim());
    const coordinate = fc.integer({ min: 0, max: 720 });
    const point = fc.tuple(coordinate, coordinate);
    const edit: fc.Arbitrary<YamlEdit> = fc.oneof(
      fc.record({
        what: fc.constant('set' as const),
        path: fc.constantFrom(
          ['lines', 0, 'from'],
          ['lines', 0, 'lanes', 0, 'until'],
          ['zones', 0, 'polygon', 2],
          ['carriageways', 0, 'direction', 'to'],
          ['carriageways', 0, 'exclude', 0, 1],
        ),
        value: point,
      }),
      fc.record({
        what: fc.constant('insert' as const),
        path: fc.constantFrom(['zones', 0, 'polygon'], ['carriageways', 0, 'area']),
        index: fc.integer({ min: 0, max: 4 }),
        value: point,
      }),
      fc.record({
        what: fc.constant('insert' as const),
        path: fc.constant(['lines']),
        index: fc.constant(1),
        value: fc.record({ line: fc.constantFrom('a', 'b'), from: point, to: point }),
      }),
      fc.record({ what: fc.constant('set' as const), path: fc.constant(['name']), value: fc.string() }),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const edited = editYaml(example, edits);
        expect(parse(edited)).toEqual(edits.reduce(applyToValue, parse(example) as unknown));
        for (const comment of comments) expect(edited).toContain(comment);
      }),
      { numRuns: 12 },
    );
  });
});
