// The configuration files of the demo's edge agent and collector, as an operator would write them.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { PASSWORD_VARIABLE } from './options.ts';
import { type DemoCamera, fromCheckout, type Scene } from './scene.ts';

export type Addresses = {
  readonly mqtt: string;
  readonly influxdb: string;
  /** The streams of the scene's cameras in their order, without credentials. */
  readonly cameras: readonly string[];
  /** For the agent's HTTP pages. */
  readonly agentPort: number;
  /** For the control centre. */
  readonly centrePort: number;
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

/** Drawn by hand for the demo: no map of anybody. */
const MAP = fromCheckout('scripts/demo/map.geojson');

export async function writeConfiguration(
  folder: string,
  scene: Scene,
  addresses: Addresses,
): Promise<ConfigurationFiles> {
  const files = { edge: join(folder, 'edge.yaml'), collector: join(folder, 'collector.yaml') };
  const [{ source }] = scene.cameras;
  const login = 'stream' in source ? loginOf(source.stream) : undefined;
  // A file each, as on a real box: what is drawn in the page is written there.
  for (const [index, camera] of scene.cameras.entries()) {
    const text = await cameraFile(camera, addresses.cameras[index] ?? '', index === 0 ? login : undefined);
    await writeFile(join(folder, `${camera.camera}.yaml`), text);
  }
  const edge = {
    site: SITE,
    agent: AGENT,
    mqtt: { url: addresses.mqtt },
    outbox: { directory: './outbox', maxMiB: 64 },
    slitScans: { directory: './slit-scans', maxMiB: 128, minFreeMiB: 128 },
    http: { port: addresses.agentPort },
    detector: { model: scene.model, modelDirectories: scene.modelDirectories },
    cameras: scene.cameras.map(({ camera }) => ({ file: `${camera}.yaml` })),
  };
  const collector = {
    mqtt: { url: addresses.mqtt },
    influxdb: { url: addresses.influxdb, database: DATABASE },
    quarantine: { directory: './quarantine' },
    http: { port: addresses.centrePort },
    centre: { name: 'Hải Phòng', directory: './centre', map: MAP },
  };
  await writeFile(files.edge, stringify(edge));
  await writeFile(files.collector, stringify(collector));
  return { ...files, edgeEnvironment: login?.password ? { [PASSWORD_VARIABLE]: login.password } : {} };
}

async function cameraFile(
  { file, camera, name, picture, lines, truth }: DemoCamera,
  url: string,
  login: { username: string; password: string } | undefined,
): Promise<string> {
  if (file !== undefined) {
    const document = parseDocument(await readFile(file, 'utf8'));
    document.setIn(['source', 'url'], url);
    return document.toString({ lineWidth: 0 });
  }
  return stringify({
    camera,
    name,
    picture,
    source: {
      url,
      ...(login && { username: login.username }),
      ...(login?.password && { password: { env: PASSWORD_VARIABLE } }),
    },
    intervalS: INTERVAL_S,
    lines,
    ...(truth?.calibration && { calibration: truth.calibration }),
    slitScans: { enabled: true },
    // A rendered picture may be seen by all; that of a real camera stays on the box.
    ...(login === undefined && truth && { pictures: { leave: true } }),
  });
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
