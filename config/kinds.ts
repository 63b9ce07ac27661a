// Checks a configuration file of any kind, and gives editors the JSON Schemas of all.

import { z } from 'zod';
import { plainText } from '../contract/index.ts';
import type { CameraConfig } from './camera.ts';
import type { CollectorConfig } from './collector.ts';
import type { EdgeConfig } from './edge.ts';
import {
  type Reading,
  type ReadOptions,
  readCameraConfig,
  readCollectorConfig,
  readEdgeConfig,
} from './load.ts';
import { many, type Problem } from './problems.ts';
import { CONFIG_SCHEMAS, type ConfigKind, recogniseKind } from './recognise.ts';
import { readYamlFile } from './yaml-file.ts';

export type CheckedConfig = {
  readonly file: string;
  /** Undefined when neither told nor recognised. */
  readonly kind: ConfigKind | undefined;
  readonly problems: readonly Problem[];
  /** What the file sets up, in a line; undefined when it is refused. */
  readonly summary: string | undefined;
};

/** Addresses and names of some hundred letters have room in it. */
const MAX_SUMMARY = 1500;

const TITLES: Readonly<Record<ConfigKind, string>> = {
  edge: 'ngatu edge box',
  camera: 'ngatu camera',
  collector: 'ngatu central collector',
};

/** Checks one file of any kind; with `secrets: 'optional'` on any machine. */
export async function checkConfig(
  file: string,
  options: Omit<ReadOptions, 'advice'> & { readonly kind?: ConfigKind | undefined },
): Promise<CheckedConfig> {
  const reading = { ...options, advice: true };
  const kind = options.kind ?? (await kindOf(file));
  if (typeof kind !== 'string') return { file, kind: undefined, problems: [kind], summary: undefined };
  switch (kind) {
    case 'edge':
      return checked(file, kind, await readEdgeConfig(file, reading), summariseEdge);
    case 'camera':
      return checked(file, kind, await readCameraConfig(file, reading), summariseCamera);
    case 'collector':
      return checked(file, kind, await readCollectorConfig(file, reading), summariseCollector);
  }
}

/** JSON Schema (draft 2020-12) of a kind of file as people write it: defaults may be left out. */
export function configJsonSchema(kind: ConfigKind): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(CONFIG_SCHEMAS[kind], { io: 'input' });
  return { $schema, $id: `urn:ngatu:config:${kind}`, title: TITLES[kind], ...schema };
}

/** The kind, or the problem that nobody can tell. */
async function kindOf(file: string): Promise<ConfigKind | Problem> {
  const yaml = await readYamlFile(file);
  const [unreadable] = yaml.problems;
  if (yaml.value === undefined && unreadable !== undefined) return unreadable;
  const kind = recogniseKind(yaml);
  if (kind !== undefined) return kind;
  return {
    severity: 'error',
    file,
    line: 1,
    column: 1,
    path: '',
    message: 'cannot tell whether this is the configuration of an edge box, a camera or a collector',
    hint: 'Say which with --kind edge, --kind camera or --kind collector.',
  };
}

function checked<T>(
  file: string,
  kind: ConfigKind,
  { config, problems }: Reading<T>,
  summarise: (config: T) => string,
): CheckedConfig {
  return { file, kind, problems, summary: config && plainText(summarise(config), MAX_SUMMARY) };
}

function summariseEdge({ site, agent, mqtt, detector, cameras }: EdgeConfig): string {
  const lines = cameras.reduce((sum, camera) => sum + camera.lines.length, 0);
  const models = new Set(cameras.map(({ model }) => model ?? detector.model));
  return `edge box ${site}/${agent}: ${many(cameras.length, 'camera')}, ${many(lines, 'line')}, model ${[...models].join(', ')}, events to ${mqtt.url}`;
}

function summariseCamera({ camera, picture, source, lines }: CameraConfig): string {
  return `camera ${camera}: ${picture.width} x ${picture.height} pixels, ${many(lines.length, 'line')}, ${source.analysisFps} pictures a second from ${source.url}`;
}

function summariseCollector({ mqtt, influxdb }: CollectorConfig): string {
  return `collector: events from ${mqtt.url} into database ${influxdb.database} at ${influxdb.url}, kept ${influxdb.retention.raw === 'INF' ? 'for ever' : influxdb.retention.raw}`;
}
