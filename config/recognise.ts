// Tells the kinds of configuration file apart by their keys, so that a file given in the place of another is
// refused with one sentence.

import { cameraSchema } from './camera.ts';
import { collectorSchema } from './collector.ts';
import { edgeSchema } from './edge.ts';
import type { Problem } from './problems.ts';
import { valueAt } from './validate.ts';
import type { YamlFile } from './yaml-file.ts';

export const CONFIG_KINDS = ['edge', 'camera', 'collector'] as const;

export type ConfigKind = (typeof CONFIG_KINDS)[number];

export const CONFIG_SCHEMAS = { edge: edgeSchema, camera: cameraSchema, collector: collectorSchema } as const;

const NAMES: Readonly<Record<ConfigKind, string>> = {
  edge: 'an edge box',
  camera: 'a camera',
  collector: 'a central collector',
};

/** The kind whose keys the file has most of; undefined when nobody can tell. */
export function recogniseKind({ value }: YamlFile): ConfigKind | undefined {
  const [first, second] = CONFIG_KINDS.map((kind) => ({
    kind,
    matches: keysOf(value).filter((key) => Object.hasOwn(CONFIG_SCHEMAS[kind].shape, key)).length,
  })).sort((a, b) => b.matches - a.matches);
  return first && second && first.matches > second.matches ? first.kind : undefined;
}

/** The problem that the file is one of another kind than expected; undefined when it may be the right one. */
export function wrongKind(yaml: YamlFile, expected: ConfigKind): Problem | undefined {
  const keys = keysOf(yaml.value);
  const other = CONFIG_KINDS.filter((kind) => kind !== expected).find((kind) =>
    speaksFor(kind, expected, keys),
  );
  if (other === undefined) return undefined;
  return {
    severity: 'error',
    file: yaml.file,
    line: 1,
    column: 1,
    path: '',
    message: `this is the file of ${NAMES[other]}; expected that of ${NAMES[expected]}`,
    hint: whatInstead(yaml, other, expected),
  };
}

/** Whether keys say clearly that the file is `other`: a stray key or two must not hide what is wrong with the rest. */
function speaksFor(other: ConfigKind, expected: ConfigKind, keys: readonly string[]): boolean {
  const { shape } = CONFIG_SCHEMAS[other];
  const known = CONFIG_SCHEMAS[expected].shape;
  const onlyOther = keys.filter((key) => Object.hasOwn(shape, key) && !Object.hasOwn(known, key)).length;
  const onlyExpected = keys.filter((key) => Object.hasOwn(known, key) && !Object.hasOwn(shape, key)).length;
  const isWhole = Object.entries(shape).every(
    ([key, schema]) => keys.includes(key) || schema.safeParse(undefined).success,
  );
  return onlyOther > 2 * onlyExpected && (onlyOther > 1 || isWhole);
}

function whatInstead(yaml: YamlFile, other: ConfigKind, expected: ConfigKind): string {
  const camera = valueAt(yaml.value, ['cameras', 0, 'file']);
  if (other === 'edge' && expected === 'camera') {
    return typeof camera === 'string'
      ? `Give a camera file that it names, such as ${camera}.`
      : 'Write its camera into a file of its own, name that under cameras: as {file: PATH}, and give it here.';
  }
  if (other === 'camera' && expected === 'edge') {
    return `Give the file of the box, which names this one: cameras: [{file: ${yaml.file}}].`;
  }
  return `Give the file that is meant for ${NAMES[expected]}; config/examples/${expected}.yaml shows one.`;
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
