// The text of one camera as it stands in its file, or as a section of the box's own file, and where another text for it goes.
// Comments and order of both are kept.

import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, parse, parseDocument, stringify } from 'yaml';
import { placeOfCamera } from './load.ts';
import { valueAt } from './validate.ts';
import { parseYaml, readYamlFile, readYamlText, type YamlFile } from './yaml-file.ts';

export type CameraText = {
  readonly camera: string;
  /** The file that holds it: relative paths in the text count from its folder. */
  readonly file: string;
  /** Of the camera alone, without the indentation of a section. */
  readonly text: string;
  /** Of the whole file. */
  readonly whole: string;
  /** The whole file with another text of the camera; undefined when the rest of the file would not mean the same. */
  embed(text: string): string | undefined;
};

/** The camera of this name among those that `edgeFile` names or holds; undefined when there is none that can be read. */
export async function findCameraText(edgeFile: string, camera: string): Promise<CameraText | undefined> {
  const edge = await readYamlFile(edgeFile);
  const entries = valueAt(edge.value, ['cameras']);
  for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { yaml } = await placeOfCamera(edge, entry, ['cameras', index]);
    if (yaml === undefined) continue;
    const isInline = yaml === edge;
    if (valueAt(yaml.value, isInline ? ['cameras', index, 'camera'] : ['camera']) !== camera) continue;
    const whole = await readYamlText(yaml.file);
    // Written to meanwhile: the next reading finds it.
    if (whole === undefined) return undefined;
    return isInline ? sectionOf(camera, yaml, whole, index) : wholeFile(camera, yaml, whole);
  }
  return undefined;
}

function wholeFile(camera: string, { file }: YamlFile, whole: string): CameraText {
  return { camera, file, text: whole, whole, embed: (text) => text };
}

function sectionOf(camera: string, { file }: YamlFile, whole: string, index: number): CameraText | undefined {
  const cameras = parseDocument(whole, { logLevel: 'error' }).get('cameras', true);
  const node: unknown = isSeq(cameras) ? cameras.items[index] : undefined;
  const range = isMap(node) ? node.range : undefined;
  // An alias for a camera that stands elsewhere.
  if (!range) return undefined;
  const begin = range[0];
  const column = begin - (whole.lastIndexOf('\n', begin - 1) + 1);
  const end = begin + ownLength(whole.slice(begin, range[1]), column);
  const old = whole.slice(begin, end);
  const value: unknown = valueAt(parse(whole, { logLevel: 'error' }), ['cameras', index]);
  const moved = old.replaceAll(new RegExp(`\\n {0,${column}}`, 'g'), '\n').replace(/\n*$/, '\n');
  const embed = (text: string) => {
    const replaced = (section: string) => {
      const indented = section
        .replace(/^\uFEFF?(?:---[^\S\n]*\n)?/, '')
        .replace(/\s*$/, '')
        .replaceAll(/\r?\n(?=[^\r\n])/g, `\n${' '.repeat(column)}`);
      return whole.slice(0, begin) + indented + (old.endsWith('\n') ? '\n' : '') + whole.slice(end);
    };
    const wanted = parsed(text);
    const rest = parsed(whole);
    const fits = (result: string) => isDeepStrictEqual(parsed(result), withCamera(rest, index, wanted));
    if (wanted === undefined) return undefined;
    // Without its comments, where they would not let it stand here.
    return [replaced(text), replaced(stringify(wanted))].find(fits);
  };
  // Without its comments, where it leans on anchors of its neighbours.
  const text = isDeepStrictEqual(parsed(moved), value) ? moved : stringify(value);
  return { camera, file, text, whole, embed };
}

/** The parser counts comments after an empty value to it, also those that stand above the next section. */
function ownLength(section: string, column: number): number {
  const lines = section.split(/(?<=\n)/);
  const isOthers = (line: string) => /^\s*(?:#|$)/.test(line) && line.search(/[^ ]/) < column;
  while (lines.length > 1 && isOthers(lines.at(-1) ?? '')) lines.pop();
  return lines.join('').length;
}

function parsed(text: string): unknown {
  return parseYaml('', text).value;
}

function withCamera(edge: unknown, index: number, camera: unknown): unknown {
  const cameras = valueAt(edge, ['cameras']);
  if (!Array.isArray(cameras)) return undefined;
  return { ...(edge as object), cameras: cameras.with(index, camera) };
}
