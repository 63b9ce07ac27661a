// What is allowed and yet hardly meant: a check tells it as warnings, because cards, clips and devices may be on
// the box only.

import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cardNames } from '../models/library.ts';
import type { CameraConfig } from './camera.ts';
import { examineCertificates } from './certificate-notes.ts';
import type { TlsConfig } from './certificates.ts';
import { type Problem, pathText } from './problems.ts';
import { nearestWord } from './suggestion.ts';
import { valueAt } from './validate.ts';
import type { YamlFile } from './yaml-file.ts';

/** Read, write and execute of everybody who is neither the owner nor in the group. */
const OTHERS = 0o007;

type Path = readonly PropertyKey[];

/** About the camera that stands in `yaml` at `base`; paths in `camera` are absolute. */
export function adviseCamera(yaml: YamlFile, base: Path, camera: CameraConfig): Problem[] {
  const advice = [...adviseSource(yaml, [...base, 'source'], camera.source)];
  if (camera.lines.length === 0) {
    const hint = 'Add at least one line with its name, from: [x, y] and to: [x, y].';
    advice.push(warning(yaml, [...base, 'lines'], 'no lines: nothing will be counted', hint));
  }
  return advice;
}

/** About a user name without password in the section at `path`. */
export function adviseLogin(
  yaml: YamlFile,
  path: Path,
  section: { readonly username?: unknown; readonly password?: unknown },
): Problem[] {
  if (section.username === undefined || section.password !== undefined) return [];
  const hint = 'Add password: {env: NAME} or {file: PATH}, unless there is really none.';
  return [warning(yaml, [...path, 'username'], 'there is no password beside the user name', hint)];
}

/** About a centre that has the collector's own name at the broker. */
export function adviseCentre(
  yaml: YamlFile,
  {
    mqtt,
    centre,
  }: {
    readonly mqtt: { readonly username?: unknown; readonly tls?: { readonly cert?: unknown } | undefined };
    readonly centre: { readonly enabled: boolean; readonly mqtt?: unknown };
  },
): Problem[] {
  const isNamed = mqtt.username !== undefined || mqtt.tls?.cert !== undefined;
  if (!isNamed || !centre.enabled || centre.mqtt !== undefined) return [];
  const hint =
    'Add mqtt: {username, password} or {tls: {cert, key}} below centre, of another user; mqtt: {} where the broker lets one user connect twice.';
  const message =
    'the control centre has the collector’s name at the broker, which brokers set up as in docs/security.md let connect only once: the pages would show nothing live';
  return [warning(yaml, ['centre'], message, hint)];
}

/** About the files of `mqtt.tls`, which may be on the box only; their paths are absolute. */
export async function adviseCertificates(
  yaml: YamlFile,
  tls: TlsConfig | undefined,
  nowMs: number,
): Promise<Problem[]> {
  const path = (key: string) => ['mqtt', 'tls', key];
  const advice: Problem[] = [];
  const found: Record<string, Buffer> = {};
  for (const [key, file] of Object.entries(tls ?? {})) {
    if (file === undefined) continue;
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined)
      advice.push(warning(yaml, path(key), `${file} cannot be read here`, countsFrom(yaml)));
    else found[key] = content;
    if (key === 'key' && content !== undefined && ((await stat(file)).mode & OTHERS) !== 0) {
      advice.push(
        warning(yaml, path(key), `other users can read ${file}`, `Forbid it with: chmod 600 ${file}`),
      );
    }
  }
  const notes = examineCertificates(found, nowMs);
  return [...advice, ...notes.map(({ key, message, hint }) => warning(yaml, path(key), message, hint))];
}

/** About the model named at `path`: a name, or the absolute path of a card. */
export async function adviseModel(
  yaml: YamlFile,
  path: Path,
  model: string,
  modelDirectories: readonly string[],
): Promise<Problem[]> {
  if (model.endsWith('.json')) {
    if (existsSync(model)) return [];
    return [warning(yaml, path, `there is no model card ${model} here`, countsFrom(yaml))];
  }
  const known = await cardNames(modelDirectories);
  if (known.includes(model)) return [];
  const near = nearestWord(model, known);
  const hint = near === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${near}?`;
  return [warning(yaml, path, `there is no model card "${model}" here`, hint)];
}

function adviseSource(yaml: YamlFile, path: Path, source: CameraConfig['source']): Problem[] {
  const advice = adviseLogin(yaml, path, source);
  if (source.url.includes('://') || existsSync(source.url)) return advice;
  const written = String(valueAt(yaml.value, [...path, 'url']));
  const [message, hint] = source.url.startsWith('/dev/')
    ? [`there is no device ${written} here`, 'Plug the camera in, or see what there is with: ls /dev/video*']
    : isLikeAddress(written)
      ? ["no such file here; a camera's address begins with rtsp://", `Did you mean rtsp://${written}?`]
      : [`no such file or folder here; a camera's address begins with rtsp://`, countsFrom(yaml)];
  return [...advice, warning(yaml, [...path, 'url'], message, hint)];
}

/** An IP address or a host with a port, or a host name that is followed by a path: `10.0.0.17/stream1`. */
function isLikeAddress(text: string): boolean {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}(?=[:/]|$)|[\w-]+(?:\.[\w-]+)*:\d{2,5}(?=\/|$)|[\w-]+(?:\.[\w-]+)+\/)/.test(
    text,
  );
}

function countsFrom({ file }: YamlFile): string {
  return `Relative paths count from ${dirname(file) === '.' ? 'the folder of' : `${dirname(file)}, the folder of`} ${file}.`;
}

function warning(yaml: YamlFile, path: Path, message: string, hint: string): Problem {
  const part = valueAt(yaml.value, path) === undefined ? 'key' : 'value';
  return {
    severity: 'warning',
    file: yaml.file,
    ...yaml.locate(path, part),
    path: pathText(path),
    message,
    hint,
  };
}
