// Writes configuration files into a folder of their own and tells what is wrong with them, in short.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ConfigError, type Problem } from '../../config/problems.ts';

/** A temporary folder with the files; gone when the test is over. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

/** The problems for which loading is refused. Fails when it is not. */
export async function refusal(loading: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await loading;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('expected the configuration to be refused');
}

/** `name:line:column path: message`, the name without its folder. */
export function inShort(problems: readonly Problem[], directory: string): string[] {
  return problems.map(({ file, line, column, path, message }) =>
    `${file.replace(`${directory}/`, '')}:${line}:${column} ${path}: ${message}`.replaceAll(
      `${directory}/`,
      '',
    ),
  );
}

export const CAMERA = `camera: nga-tu-1
picture: {width: 1280, height: 720}
source: {url: rtsp://10.0.0.17/stream1}
`;

export const EDGE = `site: hai-phong
agent: box-017
mqtt: {url: mqtt://127.0.0.1:1883}
cameras:
  - file: cameras/1.yaml
`;

export const COLLECTOR = 'mqtt: {url: mqtt://127.0.0.1:1883}\n';
