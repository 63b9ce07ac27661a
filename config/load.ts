// Reads a configuration file and all it names into values that the composition roots use, or refuses it with
// every problem at once.

import { dirname, isAbsolute, join, resolve } from 'node:path';
import { adviseCamera, adviseCentre, adviseCertificates, adviseLogin, adviseModel } from './advice.ts';
import { type CameraConfig, cameraSchema } from './camera.ts';
import { type CollectorConfig, collectorSchema } from './collector.ts';
import { cameraFileSchema, type EdgeConfig, edgeShellSchema } from './edge.ts';
import { withoutPlaceholders } from './hidden-secrets.ts';
import { ConfigError, inReadingOrder, MAX_PROBLEMS, many, type Problem, pathText } from './problems.ts';
import { wrongKind } from './recognise.ts';
import {
  fillSecrets,
  readSecrets,
  resolveCameraPaths,
  resolveCollectorPaths,
  resolveEdgePaths,
  type SecretOptions,
} from './resolve.ts';
import { validate, valueAt } from './validate.ts';
import { parseYaml, readYamlFile, type YamlFile } from './yaml-file.ts';

/** A problem of a camera that only the edge's own code can find; `path` from the camera on. */
export type CameraProblem = { readonly path: readonly PropertyKey[]; readonly message: string };

export type InspectCamera = (camera: CameraConfig) => readonly CameraProblem[];

export type LoadOptions = {
  /** Variables that `{env: NAME}` reads. Default: those of the process. */
  readonly env?: SecretOptions['env'];
  /** Told about what is accepted but better changed. */
  readonly onWarning?: (problem: Problem) => void;
  /** Looks at what the schemas cannot judge, such as the fit of a calibration. Default: nobody does. */
  readonly inspectCamera?: InspectCamera;
};

export type ReadOptions = SecretOptions & {
  /** Whether to warn of what is allowed and yet hardly meant. Default false: who runs it will see. */
  readonly advice?: boolean;
  readonly inspectCamera?: InspectCamera | undefined;
};

/** What reading gave: the configuration when there is no error among the problems. */
export type Reading<T> = { readonly config: T | undefined; readonly problems: readonly Problem[] };

/** Configuration of an edge box with its camera files. Throws ConfigError. */
export async function loadEdgeConfig(path: string, options: LoadOptions = {}): Promise<EdgeConfig> {
  return accept(path, await readEdgeConfig(path, secretOptions(options)), options);
}

/** One camera file. Throws ConfigError. */
export async function loadCameraConfig(path: string, options: LoadOptions = {}): Promise<CameraConfig> {
  return accept(path, await readCameraConfig(path, secretOptions(options)), options);
}

/** Configuration of a collector. Throws ConfigError. */
export async function loadCollectorConfig(path: string, options: LoadOptions = {}): Promise<CollectorConfig> {
  return accept(path, await readCollectorConfig(path, secretOptions(options)), options);
}

export async function readCameraConfig(path: string, options: ReadOptions): Promise<Reading<CameraConfig>> {
  return conclude(await cameraIn(await readYamlFile(path), [], options, []), [path]);
}

/** The text of one camera as if it stood in `file`, with line and column of the text in its problems. */
export async function readCameraText(
  file: string,
  text: string,
  options: ReadOptions & { readonly modelDirectories?: readonly string[] },
): Promise<Reading<CameraConfig>> {
  return conclude(await cameraIn(parseYaml(file, text), [], options, options.modelDirectories), [file]);
}

/** Checks the text of a camera where its secrets, files and cards are not: `{hidden: …}` stands for a secret. */
export function checkCameraText(text: string): readonly Problem[] {
  const yaml = parseYaml('', text);
  if (yaml.value === undefined) return yaml.problems;
  const mistaken = wrongKind(yaml, 'camera');
  if (mistaken) return [mistaken];
  const value = withoutPlaceholders(yaml.value);
  const { data, problems } = validate(cameraSchema, yaml, value);
  return conclude({ config: data, problems: [...yaml.problems, ...problems] }, ['']).problems;
}

export async function readCollectorConfig(
  path: string,
  options: ReadOptions,
): Promise<Reading<CollectorConfig>> {
  const yaml = await readYamlFile(path);
  if (yaml.value === undefined) return { config: undefined, problems: yaml.problems };
  const mistaken = wrongKind(yaml, 'collector');
  if (mistaken) return { config: undefined, problems: [mistaken] };
  const { data, problems } = validate(collectorSchema, yaml, yaml.value);
  const secrets = await readSecrets(yaml, yaml.value, [], options);
  fillSecrets(data, [], secrets.texts);
  const config = data && resolveCollectorPaths(data, dirname(resolve(path)));
  const advice =
    options.advice && config
      ? [
          ...adviseLogin(yaml, ['mqtt'], config.mqtt),
          ...adviseLogin(yaml, ['influxdb'], config.influxdb),
          ...(config.centre.mqtt ? adviseLogin(yaml, ['centre', 'mqtt'], config.centre.mqtt) : []),
          ...adviseCentre(yaml, config),
          ...(await adviseCertificates(yaml, config.mqtt.tls, Date.now())),
        ]
      : [];
  return conclude({ config, problems: [...yaml.problems, ...problems, ...secrets.problems, ...advice] }, [
    path,
  ]);
}

export async function readEdgeConfig(path: string, options: ReadOptions): Promise<Reading<EdgeConfig>> {
  const yaml = await readYamlFile(path);
  if (yaml.value === undefined) return { config: undefined, problems: yaml.problems };
  const mistaken = wrongKind(yaml, 'edge');
  if (mistaken) return { config: undefined, problems: [mistaken] };
  const shell = validate(edgeShellSchema, yaml, yaml.value);
  // Those of the cameras come with the cameras.
  const sections = ['mqtt', 'http'].map((key) =>
    readSecrets(yaml, valueAt(yaml.value, [key]), [key], options),
  );
  const secrets = await Promise.all(sections);
  for (const { texts } of secrets) fillSecrets(shell.data, [], texts);

  const box = shell.data && resolveEdgePaths({ ...shell.data, cameras: [] }, dirname(resolve(path)));
  const entries = valueAt(yaml.value, ['cameras']);
  const cameras: CameraConfig[] = [];
  const problems = [...yaml.problems, ...shell.problems, ...secrets.flatMap(({ problems }) => problems)];
  if (options.advice && box) {
    const { model, modelDirectories } = box.detector;
    problems.push(...adviseLogin(yaml, ['mqtt'], box.mqtt));
    problems.push(...(await adviseCertificates(yaml, box.mqtt.tls, Date.now())));
    problems.push(...(await adviseModel(yaml, ['detector', 'model'], model, modelDirectories)));
  }
  const files = [path];
  const taken = new Map<string, string>();
  for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) {
    // An entry that is no map is told by the check of the shell.
    if (typeof entry !== 'object' || entry === null) continue;
    const at = ['cameras', index];
    const place = await placeOfCamera(yaml, entry, at);
    problems.push(...place.problems);
    if (place.yaml === undefined) continue;
    if (place.yaml !== yaml) files.push(place.yaml.file);
    const camera = await cameraIn(place.yaml, place.base, options, box?.detector.modelDirectories);
    problems.push(...camera.problems, ...takenName(place.yaml, place.base, taken));
    if (camera.config) cameras.push(camera.config);
  }
  return conclude({ config: box && { ...box, cameras }, problems }, files);
}

/** The file and the path in it where a camera of the edge configuration stands. */
export async function placeOfCamera(
  yaml: YamlFile,
  entry: object,
  at: readonly PropertyKey[],
): Promise<{ yaml?: YamlFile; base: readonly PropertyKey[]; problems: readonly Problem[] }> {
  if (!('file' in entry)) return { yaml, base: at, problems: [] };
  const { data, problems } = validate(cameraFileSchema, yaml, entry, at);
  if (data === undefined) return { base: at, problems };
  // Not made absolute where the edge file's own path is not: messages stay short.
  const file = isAbsolute(data.file) ? data.file : join(dirname(yaml.file), data.file);
  const cameraYaml = await readYamlFile(file);
  if (cameraYaml.value !== undefined) return { yaml: cameraYaml, base: [], problems: [] };
  const path = [...at, 'file'];
  return {
    base: at,
    problems: cameraYaml.problems.map((problem) =>
      problem.message.startsWith('cannot be read')
        ? {
            ...problem,
            file: yaml.file,
            ...yaml.locate(path),
            path: pathText(path),
            message: `${file} ${problem.message}`,
            hint: `Relative paths count from the folder of ${yaml.file}.`,
          }
        : problem,
    ),
  };
}

/** `modelDirectories` are those of the box; undefined where they are not known. */
async function cameraIn(
  yaml: YamlFile,
  base: readonly PropertyKey[],
  options: ReadOptions,
  modelDirectories: readonly string[] | undefined,
): Promise<Reading<CameraConfig>> {
  const own = base.length === 0 ? yaml.problems : [];
  const value = valueAt(yaml.value, base);
  if (value === undefined) return { config: undefined, problems: own };
  const mistaken = base.length === 0 ? wrongKind(yaml, 'camera') : undefined;
  if (mistaken) return { config: undefined, problems: [mistaken] };
  const { data, problems } = validate(cameraSchema, yaml, value, base);
  const secrets = await readSecrets(yaml, value, base, options);
  fillSecrets(data, base, secrets.texts);
  const config = data && resolveCameraPaths(data, dirname(resolve(yaml.file)));
  const advice = options.advice && config ? adviseCamera(yaml, base, config) : [];
  if (options.advice && config?.model !== undefined && modelDirectories !== undefined) {
    advice.push(...(await adviseModel(yaml, [...base, 'model'], config.model, modelDirectories)));
  }
  const found = config === undefined ? [] : inspected(yaml, base, config, options);
  return { config, problems: [...own, ...problems, ...secrets.problems, ...found, ...advice] };
}

function inspected(
  yaml: YamlFile,
  base: readonly PropertyKey[],
  camera: CameraConfig,
  { inspectCamera }: ReadOptions,
): Problem[] {
  return (inspectCamera?.(camera) ?? []).map(({ path, message }) => {
    const at = [...base, ...path];
    return { severity: 'error', file: yaml.file, ...yaml.locate(at), path: pathText(at), message };
  });
}

function takenName(yaml: YamlFile, base: readonly PropertyKey[], taken: Map<string, string>): Problem[] {
  const path = [...base, 'camera'];
  const name = valueAt(yaml.value, path);
  if (typeof name !== 'string') return [];
  const position = yaml.locate(path);
  const earlier = taken.get(name);
  if (earlier === undefined) {
    taken.set(name, `${yaml.file}:${position.line}`);
    return [];
  }
  const message = `the name "${name}" is taken by the camera in ${earlier}; every camera of a box has its own`;
  return [{ severity: 'error', file: yaml.file, ...position, path: pathText(path), message }];
}

function secretOptions({ env = process.env, inspectCamera }: LoadOptions): ReadOptions {
  return { env, secrets: 'required', inspectCamera };
}

function conclude<T>({ config, problems }: Reading<T>, files: readonly string[]): Reading<T> {
  const refused = problems.some(({ severity }) => severity === 'error');
  return { config: refused ? undefined : config, problems: firstOf(inReadingOrder(problems, files)) };
}

/** Those that somebody reads, and how many more there are. */
function firstOf(problems: readonly Problem[]): Problem[] {
  const rest = problems.slice(MAX_PROBLEMS);
  const [next] = rest;
  if (next === undefined) return [...problems];
  const severity = rest.some((problem) => problem.severity === 'error') ? 'error' : 'warning';
  const message = `and ${many(rest.length, 'more problem')} from here on`;
  return [...problems.slice(0, MAX_PROBLEMS), { ...next, severity, path: '', message, hint: undefined }];
}

function accept<T>(path: string, { config, problems }: Reading<T>, { onWarning }: LoadOptions): T {
  if (config === undefined) throw new ConfigError(path, problems);
  for (const problem of problems) onWarning?.(problem);
  return config;
}
