// Edits the text of a YAML file in place: only what an edit is about is written anew; comments, order, blank lines,
// unknown keys and the writer's own style stay as they are, byte for byte.
//
// Each edit is checked: the text is read again and must hold what was wanted. Where it does not (aliases, rare styles),
// the document is written by the library instead, which keeps comments, order and keys but not every space.

import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { parsed } from './parsed.ts';
import { applyToValue, type Path, sameValue } from './plain-edit.ts';
import { blockOfEntry, blockOfPair, inline, type YamlValue } from './yaml-value.ts';

export type YamlEdit =
  /** Of a key or entry, there already or not. */
  | { readonly what: 'set'; readonly path: Path; readonly value: YamlValue }
  /** Before the entry of this index of a list; the list is made where there is none. */
  | { readonly what: 'insert'; readonly path: Path; readonly index: number; readonly value: YamlValue }
  | { readonly what: 'remove'; readonly path: Path };

/** Order of the keys of a camera's file: a new one comes after those that stand before it here. */
const KEY_ORDER = [
  'camera',
  'name',
  'picture',
  'source',
  'model',
  'detection',
  'intervalS',
  'lines',
  'zones',
  'carriageways',
  'incidents',
  'traffic',
  'calibration',
  'accuracy',
  'pictureCheck',
  'evidence',
];

/** The text with the edits made, one after the other. Throws SyntaxError when the text is no YAML. */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  return (edits.length > 1 ? replaceTogether(text, edits) : undefined) ?? edits.reduce(editOnce, text);
}

/** Many values that are there already, such as all corners of a zone that is dragged: the text is read once. */
function replaceTogether(text: string, edits: readonly YamlEdit[]): string | undefined {
  const { document } = parsed(text);
  if (document.errors.length > 0) return undefined;
  const places: { readonly node: Node; readonly start: number; readonly value: YamlValue }[] = [];
  for (const edit of edits) {
    const node = document.getIn(edit.path, true) as Node | undefined;
    if (edit.what !== 'set' || node?.range == null) return undefined;
    places.push({ node, start: node.range[0], value: edit.value });
  }
  places.sort((a, b) => b.start - a.start);
  const edited = places.reduce<string | undefined>(
    (now, { node, value }) => (now === undefined ? undefined : replaceNode(now, node, value)),
    text,
  );
  return edited !== undefined && holds(edited, edits.reduce(applyToValue, document.toJS() as unknown))
    ? edited
    : undefined;
}

function editOnce(text: string, edit: YamlEdit): string {
  const { document } = parsed(text);
  if (document.errors.length > 0) throw new SyntaxError(document.errors[0]?.message);
  const wanted = applyToValue(document.toJS(), edit);
  const spliced = splice(text, document, edit);
  if (spliced !== undefined && holds(spliced, wanted)) return spliced;
  return byLibrary(text, edit);
}

function holds(text: string, wanted: unknown): boolean {
  const { document } = parsed(text);
  return document.errors.length === 0 && sameValue(document.toJS(), wanted);
}

function splice(text: string, document: Document, edit: YamlEdit): string | undefined {
  const { path } = edit;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const node = document.getIn(path, true) as Node | undefined;
  const key = path.at(-1);
  switch (edit.what) {
    case 'set':
      if (node !== undefined) return replaceNode(text, node, edit.value);
      return isMap(parent) ? addPair(text, parent, String(key), edit.value) : undefined;
    case 'insert':
      if (isSeq(node)) return insertEntry(text, node, edit.index, edit.value);
      return isMap(parent) && node === undefined
        ? addPair(text, parent, String(key), [edit.value])
        : undefined;
    case 'remove':
      if (isMap(parent)) return removePair(text, parent, String(key));
      return isSeq(parent) ? removeEntry(text, parent, Number(key)) : undefined;
  }
}

function replaceNode(text: string, node: Node, value: YamlValue): string | undefined {
  const [start, end] = node.range ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (isSeq(node) && Array.isArray(value) && node.items.length === value.length && value.every(isNumber)) {
    // From the last on: what stands before keeps its place.
    return node.items.reduceRight<string | undefined>(
      (edited, item, i) =>
        edited === undefined || !isScalar(item)
          ? undefined
          : replaceNode(edited, item, value[i] as YamlValue),
      text,
    );
  }
  const isBlock = (isMap(node) || isSeq(node)) && node.flow !== true;
  return isBlock ? undefined : text.slice(0, start) + inline(value) + text.slice(end);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function addPair(text: string, map: YAMLMap, key: string, value: YamlValue): string | undefined {
  if (map.flow === true) return addToFlow(text, map, inline({ [key]: value }).slice(2, -2));
  const pairs = map.items as Pair<Node, Node>[];
  const before = pairs.filter((pair) => comesBefore(pair, key)).at(-1) ?? pairs.at(-1);
  const end = before?.value?.range?.[2];
  const start = pairs[0]?.key.range?.[0];
  if (end === undefined || start === undefined) return undefined;
  return insertLines(text, end, blockOfPair(key, value, ' '.repeat(columnOf(text, start))));
}

/** Keys of deeper maps come last. */
function comesBefore({ key }: Pair<Node, Node>, added: string): boolean {
  const rank = KEY_ORDER.indexOf(added);
  const own = isScalar(key) ? KEY_ORDER.indexOf(String(key.value)) : -1;
  return rank === -1 || (own !== -1 && own < rank);
}

function addToFlow(text: string, { items, range }: YAMLMap | YAMLSeq, added: string): string | undefined {
  const end = range?.[1];
  if (end === undefined) return undefined;
  const inside = text.slice(0, end - 1).trimEnd();
  const gap = text.slice(inside.length, end - 1);
  if (gap.includes('\n')) return undefined;
  const isEmpty = items.length === 0;
  const pad = text[end - 1] === '}' ? ' ' : '';
  return `${inside}${isEmpty ? pad : ', '}${added}${isEmpty ? pad : gap}${text.slice(end - 1)}`;
}

function insertEntry(text: string, seq: YAMLSeq, index: number, value: YamlValue): string | undefined {
  const items = seq.items as Node[];
  if (seq.flow === true) {
    if (items.length === 0) return fillEmpty(text, seq, value) ?? addToFlow(text, seq, inline(value));
    const next = items[index]?.range?.[0];
    if (next !== undefined) return `${text.slice(0, next)}${inline(value)}, ${text.slice(next)}`;
    const end = items.at(-1)?.range?.[1];
    return end === undefined ? undefined : `${text.slice(0, end)}, ${inline(value)}${text.slice(end)}`;
  }
  const beside = items[Math.min(index, items.length - 1)];
  if (beside?.range == null) return undefined;
  const dash = dashBefore(text, beside.range[0]);
  if (dash === undefined) return undefined;
  const entry = blockOfEntry(value, ' '.repeat(columnOf(text, dash)));
  return insertLines(text, index < items.length ? lineStart(text, dash) : beside.range[2], entry);
}

/** `lines: []` of a map written in lines becomes a list written in lines, when the entry is a map. */
function fillEmpty(text: string, { range }: YAMLSeq, value: YamlValue): string | undefined {
  if (range == null || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [start, end] = range;
  const begin = lineStart(text, start);
  const indent = /^( *)[\w-]+:\s*$/.exec(text.slice(begin, start))?.[1];
  if (indent === undefined) return undefined;
  const stop = lineEnd(text, end);
  const head = `${text.slice(0, start).trimEnd()}${text.slice(end, stop)}`;
  return `${head}\n${blockOfEntry(value, `${indent}  `)}${text.slice(stop + 1)}`;
}

function removePair(text: string, map: YAMLMap, key: string): string | undefined {
  const pairs = map.items as Pair<Node, Node | null>[];
  const at = pairs.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  const pair = pairs[at];
  const range = pair?.value?.range;
  const start = pair?.key.range?.[0];
  if (range == null || start === undefined) return undefined;
  if (map.flow === true) return removeFromFlow(text, start, range[1]);
  const begin = lineStart(text, start);
  // The first key beside the dash of a list: the next takes its place.
  if (text.slice(begin, start).trim() !== '') {
    const next = pairs[at + 1]?.key.range?.[0];
    return next === undefined ? undefined : text.slice(0, start) + text.slice(next);
  }
  if (pairs.length === 1) return undefined;
  return text.slice(0, begin) + text.slice(range[2]);
}

function removeEntry(text: string, seq: YAMLSeq, index: number): string | undefined {
  const items = seq.items as Node[];
  const range = items[index]?.range;
  if (range == null) return undefined;
  if (seq.flow === true) return removeFromFlow(text, range[0], range[1]);
  const dash = dashBefore(text, range[0]);
  if (dash === undefined || text.slice(lineStart(text, dash), dash).trim() !== '') return undefined;
  const rest = text.slice(0, lineStart(text, dash)) + text.slice(range[2]);
  if (items.length > 1) return rest;
  // The last one: an empty list must be written, after its key.
  const key = seq.range && text.lastIndexOf(':', seq.range[0]);
  return key == null ? undefined : `${rest.slice(0, key + 1)} []${rest.slice(key + 1)}`;
}

/** With the comma after it, or the one before it. */
function removeFromFlow(text: string, start: number, end: number): string {
  const after = /^\s*,[ \t]*/.exec(text.slice(end))?.[0];
  if (after !== undefined) return text.slice(0, start) + text.slice(end + after.length);
  const before = /,\s*$/.exec(text.slice(0, start))?.[0] ?? '';
  return text.slice(0, start - before.length) + text.slice(end);
}

function insertLines(text: string, at: number, lines: string): string {
  const isLineStart = at === 0 || text[at - 1] === '\n';
  return `${text.slice(0, at)}${isLineStart ? '' : '\n'}${lines}${text.slice(at)}`;
}

function dashBefore(text: string, at: number): number | undefined {
  const dash = text.lastIndexOf('-', at - 1);
  return dash !== -1 && text.slice(dash + 1, at).trim() === '' ? dash : undefined;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

function byLibrary(text: string, edit: YamlEdit): string {
  const document = parseDocument(text);
  switch (edit.what) {
    case 'set':
      document.setIn(edit.path, document.createNode(edit.value, { flow: true }));
      break;
    case 'insert': {
      const list = document.getIn(edit.path);
      if (isSeq(list)) list.items.splice(edit.index, 0, document.createNode(edit.value));
      else document.setIn(edit.path, document.createNode([edit.value]));
      break;
    }
    case 'remove':
      document.deleteIn(edit.path);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
