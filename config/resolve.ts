// After the check of the values: gives secrets their text, and makes relative paths count from the file that
// they are written in.

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CameraConfig } from './camera.ts';
import type { CollectorConfig } from './collector.ts';
import type { EdgeConfig } from './edge.ts';
import { type Problem, pathText } from './problems.ts';
import { SECRET_KEYS, Secret } from './secret.ts';
import { secretSchema } from './sections.ts';
import { whyUnreadable, type YamlFile } from './yaml-file.ts';

export type SecretOptions = {
  /** Variables that `{env: NAME}` reads. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a secret that is not there refuses the configuration. */
  readonly secrets: 'required' | 'optional';
};

/** Texts of secrets by the path of their key. */
export type SecretTexts = ReadonlyMap<string, string>;

/** Looks up every secret below `value`, whether or not the rest of the file is right. */
export async function readSecrets(
  yaml: YamlFile,
  value: unknown,
  base: readonly PropertyKey[],
  options: SecretOptions,
): Promise<{ texts: SecretTexts; problems: Problem[] }> {
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { path, value: written } of entriesBelow(value, base)) {
    if (!SECRET_KEYS.includes(String(path.at(-1)))) continue;
    const secret = secretSchema.safeParse(written).data;
    if (secret === undefined) continue;
    const place = { file: yaml.file, ...yaml.locate(path), path: pathText(path) };
    const { text, message, hint } = await readSecret(
      secret,
      String(path.at(-1)),
      dirname(yaml.file),
      options.env,
    );
    if (text !== undefined) texts.set(pathText(path), text);
    if (message !== undefined) {
      const severity = text === undefined && options.secrets === 'required' ? 'error' : 'warning';
      problems.push({ severity, ...place, message, hint });
    }
  }
  return { texts, problems };
}

/** Hands each secret of parsed data, which stands at `base`, its text. */
export function fillSecrets(data: unknown, base: readonly PropertyKey[], texts: SecretTexts): void {
  for (const { path, value } of entriesBelow(data, base)) {
    const text = texts.get(pathText(path));
    if (value instanceof Secret && text !== undefined) value.resolve(text);
  }
}

export function resolveCameraPaths(camera: CameraConfig, directory: string): CameraConfig {
  const { model, source, evidence } = camera;
  const { ring } = evidence;
  return {
    ...camera,
    evidence:
      ring.directory === undefined
        ? evidence
        : { ...evidence, ring: { ...ring, directory: resolve(directory, ring.directory) } },
    ...(model === undefined ? {} : { model: modelPath(model, directory) }),
    source: { ...source, url: sourceUrl(source.url, directory) },
  };
}

export function resolveEdgePaths(edge: EdgeConfig, directory: string): EdgeConfig {
  return {
    ...edge,
    mqtt: resolveTlsPaths(edge.mqtt, directory),
    outbox: { ...edge.outbox, directory: resolve(directory, edge.outbox.directory) },
    evidence: { ...edge.evidence, directory: resolve(directory, edge.evidence.directory) },
    slitScans: { ...edge.slitScans, directory: resolve(directory, edge.slitScans.directory) },
    commands: { ...edge.commands, directory: resolve(directory, edge.commands.directory) },
    detector: {
      ...edge.detector,
      model: modelPath(edge.detector.model, directory),
      modelDirectories: edge.detector.modelDirectories.map((path) => resolve(directory, path)),
    },
  };
}

export function resolveCollectorPaths(collector: CollectorConfig, directory: string): CollectorConfig {
  return {
    ...collector,
    mqtt: resolveTlsPaths(collector.mqtt, directory),
    quarantine: { ...collector.quarantine, directory: resolve(directory, collector.quarantine.directory) },
    centre: resolveCentrePaths(collector.centre, directory),
  };
}

function resolveCentrePaths(centre: CollectorConfig['centre'], directory: string): CollectorConfig['centre'] {
  const { https, map, mqtt } = centre;
  return {
    ...centre,
    directory: resolve(directory, centre.directory),
    ...(https && { https: { cert: resolve(directory, https.cert), key: resolve(directory, https.key) } }),
    ...(map !== undefined && { map: resolve(directory, map) }),
    ...(mqtt && { mqtt: resolveTlsPaths(mqtt, directory) }),
  };
}

function resolveTlsPaths<T extends Pick<EdgeConfig['mqtt'], 'tls'>>(mqtt: T, directory: string): T {
  if (mqtt.tls === undefined) return mqtt;
  const absolute = Object.entries(mqtt.tls).map(([key, path]) => [key, path && resolve(directory, path)]);
  return { ...mqtt, tls: Object.fromEntries(absolute) };
}

/** A card is named, or given as the path of a file that ends with `.json`. */
function modelPath(model: string, directory: string): string {
  return model.endsWith('.json') ? resolve(directory, model) : model;
}

function sourceUrl(url: string, directory: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  return isAbsolute(url) || url.includes('://') ? url : resolve(directory, url);
}

/** `what` it is, by its key: password or token. */
async function readSecret(
  { reference }: Secret,
  what: string,
  directory: string,
  env: SecretOptions['env'],
): Promise<{ text?: string; message?: string; hint?: string }> {
  if ('plain' in reference) {
    return {
      text: reference.plain,
      message: `the ${what} stands in the file, for everybody who can read it`,
      hint: 'Write {env: NAME} or {file: PATH} instead.',
    };
  }
  if ('env' in reference) {
    const text = env[reference.env];
    if (text !== undefined && text !== '') return { text };
    return {
      message: `environment variable ${reference.env} is ${text === '' ? 'empty' : 'not set'}`,
      hint: `Set it where ngatu is started, as in ${reference.env}=… ngatu …`,
    };
  }
  const path = resolve(directory, reference.file);
  try {
    const text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    return text === ''
      ? { message: `the file ${path} is empty`, hint: `Write the ${what} into it.` }
      : { text };
  } catch (error) {
    return {
      message: `the file ${path} cannot be read: ${whyUnreadable(error)}`,
      hint: `Put the ${what} into this file, readable by the user that ngatu runs as.`,
    };
  }
}

/** Every key and value below a value, outermost first. */
function* entriesBelow(
  value: unknown,
  base: readonly PropertyKey[],
): Generator<{ path: readonly PropertyKey[]; value: unknown }> {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, inner] of entries) {
    const path = [...base, key];
    yield { path, value: inner };
    yield* entriesBelow(inner, path);
  }
}
