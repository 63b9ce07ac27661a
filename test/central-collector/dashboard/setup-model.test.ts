import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  canFinish,
  dragHandle,
  drawPoint,
  finishDrawing,
  insertCorner,
  nudge,
  removeSelected,
  selectNextHandle,
} from '../../../central-collector/dashboard/src/pages/setup/model/actions.ts';
import { keepDraft, readDraft } from '../../../central-collector/dashboard/src/pages/setup/model/draft.ts';
import { readDrawing } from '../../../central-collector/dashboard/src/pages/setup/model/drawing.ts';
import { Editor } from '../../../central-collector/dashboard/src/pages/setup/model/editor.ts';
import { shapeOfProblem } from '../../../central-collector/dashboard/src/pages/setup/model/problem-places.ts';
import {
  equalDivisions,
  renameDirection,
  rename as renamed,
  turnRound,
} from '../../../central-collector/dashboard/src/pages/setup/model/shape-edits.ts';
import { freeName, slugOf } from '../../../central-collector/dashboard/src/pages/setup/model/slug.ts';
import {
  differenceOf,
  shortened,
} from '../../../central-collector/dashboard/src/pages/setup/model/text-difference.ts';

const STEMS = { line: 'vach-dem', zone: 'vung-do', carriageway: 'phan-duong', lane: 'lan' };

const FILE = `camera: nga-tu-1 # kept
picture: { width: 1280, height: 720 }
lines:
  - line: north
    from: [100, 400]
    to: [1180, 400]
    directions: { toLeft: away, toRight: towards }
    lanes: [{ lane: bus, direction: away }, { lane: car }]
zones:
  - zone: approach
    polygon: [[420, 700], [560, 380], [700, 380], [900, 700]]
    queue: { from: north }
carriageways:
  - carriageway: outbound
    area: [[640, 720], [640, 380], [760, 380]]
    direction: { from: [840, 700], to: [700, 400] }
`;

function opened(text = FILE): Editor {
  const editor = new Editor();
  editor.open({ revision: 1, text });
  return editor;
}

describe('drawing on the picture', () => {
  it('makes a line of two points, with a name that is free and whole pixels in the picture', () => {
    const editor = opened();
    editor.draw('line');
    drawPoint(editor, [10.4, 20.6], STEMS);
    drawPoint(editor, [5000, -3], STEMS);
    expect(parse(editor.text.value).lines[1]).toEqual({
      line: 'vach-dem',
      from: [10, 21],
      to: [1280, 0],
      directions: { toLeft: 'away', toRight: 'towards' },
    });
    expect(editor.selected.value?.id).toBe('lines/1');
    expect(editor.tool.value.kind).toBe('select');
  });

  it('finishes a zone from three corners on', () => {
    const editor = opened();
    editor.draw('zone');
    for (const point of [
      [0, 0],
      [100, 0],
    ] as const)
      drawPoint(editor, point, STEMS);
    expect(canFinish(editor)).toBe(false);
    drawPoint(editor, [100, 100], STEMS);
    finishDrawing(editor, STEMS);
    expect(parse(editor.text.value).zones[1]).toEqual({
      zone: 'vung-do',
      polygon: [
        [0, 0],
        [100, 0],
        [100, 100],
      ],
    });
  });

  it('puts calibration points one after the other', () => {
    const editor = opened();
    editor.draw('calibration');
    for (const point of [
      [1, 2],
      [3, 4],
    ] as const)
      drawPoint(editor, point, STEMS);
    expect(parse(editor.text.value).calibration.points).toEqual([
      { picture: [1, 2], ground: [0, 0] },
      { picture: [3, 4], ground: [0, 0] },
    ]);
    expect(editor.selection.value).toEqual({ shape: 'calibration', handle: 1 });
  });

  it('moves a selected point by keys, as one step of undo', () => {
    const editor = opened();
    editor.select('lines/0');
    selectNextHandle(editor, 1);
    for (let i = 0; i < 7; i += 1) nudge(editor, 10, 0);
    expect(parse(editor.text.value).lines[0].from).toEqual([170, 400]);
    editor.undo();
    expect(editor.text.value).toBe(FILE);
    editor.redo();
    expect(parse(editor.text.value).lines[0].from).toEqual([170, 400]);
  });

  it('moves a whole shape until it meets the frame, without bending it', () => {
    const editor = opened();
    editor.select('zones/0');
    nudge(editor, 0, 100);
    expect(parse(editor.text.value).zones[0].polygon).toEqual([
      [420, 720],
      [560, 400],
      [700, 400],
      [900, 720],
    ]);
  });

  it('adds a corner on the nearest edge and keeps three corners', () => {
    const editor = opened();
    editor.select('zones/0');
    const zone = editor.selected.value;
    if (zone === undefined) throw new Error('nothing is selected');
    insertCorner(editor, zone, [630, 370]);
    expect(parse(editor.text.value).zones[0].polygon[2]).toEqual([630, 370]);
    for (let i = 0; i < 5; i += 1) removeSelected(editor);
    expect(parse(editor.text.value).zones[0].polygon).toHaveLength(3);
  });

  it('takes a line out together with the queue that began at it', () => {
    const editor = opened();
    editor.select('lines/0');
    removeSelected(editor);
    const value = parse(editor.text.value);
    expect(value.lines).toEqual([]);
    expect(value.zones[0].queue).toEqual({});
  });

  it('selects what an arrow is a part of when the arrow is taken out', () => {
    const editor = opened();
    editor.select('carriageways/0/direction');
    removeSelected(editor);
    expect(parse(editor.text.value).carriageways[0].direction).toBeUndefined();
    expect(editor.selection.value?.shape).toBe('carriageways/0');
  });

  it('renames a line and a direction everywhere they are spoken of', () => {
    const editor = opened();
    const line = editor.drawing.value.shapes[0];
    if (line === undefined) throw new Error('there is no line');
    editor.edit(renamed(editor.drawing.value, line, 'bac'));
    editor.edit(renameDirection(editor.drawing.value, line, 'toLeft', 'ra-cang'));
    const value = parse(editor.text.value);
    expect(value.lines[0].line).toBe('bac');
    expect(value.zones[0].queue.from).toBe('bac');
    expect(value.lines[0].directions).toEqual({ toLeft: 'ra-cang', toRight: 'towards' });
    expect(value.lines[0].lanes[0].direction).toBe('ra-cang');
    expect(editor.text.value).toContain('# kept');
  });
});

describe('lanes of a line', () => {
  const LANES = `picture: { width: 1000, height: 500 }
lines:
  - line: north
    from: [100, 400]
    to: [900, 400]
    lanes:
      - { lane: bus, until: [300, 400], direction: away }
      - { lane: middle, until: [600, 400] }
      - { lane: right }
`;

  it('keeps the end of a lane on its line', () => {
    const editor = opened(LANES);
    dragHandle(editor, ['lines', 0, 'lanes', 0, 'until'], [350, 290]);
    expect(parse(editor.text.value).lines[0].lanes[0].until).toEqual([350, 400]);
    dragHandle(editor, ['lines', 0, 'lanes', 0, 'until'], [-50, 290]);
    expect(parse(editor.text.value).lines[0].lanes[0].until).toEqual([108, 400]);
  });

  it('moves them with the line', () => {
    const editor = opened(LANES);
    editor.select('lines/0');
    nudge(editor, 0, -30);
    expect(parse(editor.text.value).lines[0].lanes[1].until).toEqual([600, 370]);
  });

  it('leaves them where they are on the road when the line is turned round', () => {
    const editor = opened(LANES);
    const line = editor.drawing.value.shapes[0];
    if (line === undefined) throw new Error('there is no line');
    editor.edit(turnRound(editor.drawing.value, line));
    expect(parse(editor.text.value).lines[0]).toEqual({
      line: 'north',
      from: [900, 400],
      to: [100, 400],
      lanes: [
        { lane: 'right', until: [600, 400] },
        { lane: 'middle', until: [300, 400] },
        { lane: 'bus', direction: 'away' },
      ],
    });
  });

  it('divides a line without ends equally', () => {
    const editor = opened(
      LANES.replaceAll(/until: \[\d+, 400\]/g, 'direction: away').replace(', direction: away }', ' }'),
    );
    const line = editor.drawing.value.shapes[0];
    if (line === undefined) throw new Error('there is no line');
    const places = equalDivisions(editor.drawing.value, line, undefined);
    expect(places.map(([x]) => Math.round(x))).toEqual([367, 633]);
  });
});

describe('typing in the text', () => {
  it('rests the drawing while the text is no YAML, and loses nothing', () => {
    const editor = opened();
    editor.write(`${FILE}zones: [`);
    expect(editor.broken.value?.line).toBeGreaterThan(10);
    expect(editor.drawing.value.shapes.map(({ id }) => id)).toContain('lines/0');
    editor.edit([{ what: 'set', path: ['camera'], value: 'x' }]);
    expect(editor.text.value).toBe(`${FILE}zones: [`);
    editor.undo();
    expect(editor.broken.value).toBeUndefined();
  });

  it.each([
    '',
    'just words',
    '- a list',
    'lines: 5',
    'lines: [null, {line: a}]',
    'zones: [{polygon: [1, [2]]}]',
  ])('reads %j with patience', (text) => {
    const read = readDrawing(text);
    expect('problem' in read || read.drawing.shapes.every(({ handles }) => handles.length < 3)).toBe(true);
  });

  it('keeps a draft for this camera only, and none when nothing differs', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    keepDraft(storage, 'a/b/c', { revision: 3, text: 'camera: c' });
    expect(readDraft(storage, 'a/b/c')).toEqual({ revision: 3, text: 'camera: c' });
    expect(readDraft(storage, 'a/b/d')).toBeUndefined();
    keepDraft(storage, 'a/b/c', undefined);
    expect(readDraft(storage, 'a/b/c')).toBeUndefined();
    kept.set('ngatu.setup.a/b/c', '{broken');
    expect(readDraft(storage, 'a/b/c')).toBeUndefined();
  });
});

describe('names', () => {
  it.each([
    ['Ngã tư Lạch Tray', 'nga-tu-lach-tray'],
    ['Đường Lê Hồng Phong', 'duong-le-hong-phong'],
    ['  --A__b!! ', 'a-b'],
    ['桥', ''],
    ['x'.repeat(80), 'x'.repeat(63)],
  ])('%j becomes %j', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  it('finds one that is free', () => {
    expect(freeName('line', ['line', 'line-2'])).toBe('line-3');
    expect(freeName('x'.repeat(63), ['x'.repeat(63)])).toBe(`${'x'.repeat(61)}-2`);
  });
});

describe('problems', () => {
  it.each([
    ['lines[0].from', 'lines/0'],
    ['carriageways[0].direction.to', 'carriageways/0/direction'],
    ['carriageways[0].rules.queue', 'carriageways/0'],
    ['source.url', undefined],
  ])('%s is shown at %s', (path, id) => {
    expect(shapeOfProblem(opened().drawing.value.shapes, path)?.id).toBe(id);
  });
});

describe('the difference of two texts', () => {
  it('shows what goes and comes with a little around', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
    const lines = differenceOf(before, before.replace('e\n', 'E\nE2\n'));
    expect(lines.filter(({ what }) => what !== 'same').map(({ what, text }) => `${what} ${text}`)).toEqual([
      'gone e',
      'new E',
      'new E2',
    ]);
    expect(shortened(lines).map((line) => (typeof line === 'number' ? line : line.text))).toEqual([
      2,
      'c',
      'd',
      'e',
      'E',
      'E2',
      'f',
      'g',
      1,
    ]);
  });

  it.each([
    ['', ''],
    ['a\n', ''],
    ['', 'a\n'],
    ['a\nb\n', 'b\na\n'],
    ['same\n', 'same\n'],
  ])('from %j one gets %j', (before, after) => {
    const lines = differenceOf(before, after);
    const side = (skip: string) =>
      lines
        .filter(({ what }) => what !== skip)
        .map(({ text }) => `${text}\n`)
        .join('');
    expect(side('new')).toBe(before);
    expect(side('gone')).toBe(after);
  });
});
