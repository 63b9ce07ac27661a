// The configuration files of the demo's edge agent and collector, as an operator would write them.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PASSWORD_VARIABLE } from './options.ts';
import type { Scene } from './scene.ts';

export type Addresses = {
  readonly mqtt: string;
  readonly influxdb: string;
  /** The camera's stream, without credentials. */
  readonly camera: string;
  /** For the agent's HTTP pages. */
  readonly agentPort: number;
};

export type ConfigurationFiles = {
  readonly edge: string;
  readonly collector: string;
  /** What the edge agent needs in its environment: secrets do not stand in files. */
  readonly edgeEnvironment: Readonly<Record<string, string>>;
};

export const SITE = 'hai-phong';
export const AGENT = 'box-001';
export const DATABASE = 'ngatu';

/** Short, so that a newcomer sees the first counts soon. */
const INTERVAL_S = 10;

export async function writeConfiguration(
  folder: string,
  scene: Scene,
  addresses: Addresses,
): Promise<ConfigurationFiles> {
  const files = { edge: join(folder, 'edge.yaml'), collector: join(folder, 'collector.yaml') };
  const login = 'stream' in scene.source ? loginOf(scene.source.stream) : undefined;
  const edge = {
    site: SITE,
    agent: AGENT,
    mqtt: { url: addresses.mqtt },
    outbox: { directory: './outbox', maxMiB: 64 },
    http: { port: addresses.agentPort },
    detector: { model: scene.model, modelDirectories: scene.modelDirectories },
    cameras: [
      {
        camera: scene.camera,
        name: scene.name,
        picture: scene.picture,
        source: {
          url: addresses.camera,
          ...(login && { username: login.username }),
          ...(login?.password && { password: { env: PASSWORD_VARIABLE } }),
        },
        intervalS: INTERVAL_S,
        lines: scene.lines,
      },
    ],
  };
  const collector = {
    mqtt: { url: addresses.mqtt },
    influxdb: { url: addresses.influxdb, database: DATABASE },
    quarantine: { directory: './quarantine' },
    http: { port: 0 },
  };
  await writeFile(files.edge, stringify(edge));
  await writeFile(files.collector, stringify(collector));
  return { ...files, edgeEnvironment: login?.password ? { [PASSWORD_VARIABLE]: login.password } : {} };
}

/** The address of a stream as it may stand in a file or on a screen. */
export function withoutLogin(stream: URL): string {
  const url = new URL(stream);
  url.username = '';
  url.password = '';
  return url.href;
}

function loginOf({ username, password }: URL): { username: string; password: string } | undefined {
  if (username === '') return undefined;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
