// The built commands with the files of `ngatu pki` and the lines that it prints: how a box and a collector are set up.

import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { type RunningProcess, startProcess } from '../../scripts/services/process.ts';
import { SCENE_CAMERA, SCENE_CLIP, sceneModel } from '../support/scene.ts';
import { ask, until } from './collector-rig.ts';
import { startSecureBroker, TestAuthority } from './secure-broker.ts';

const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const model = sceneModel();

let folder: string;
let authority: TestAuthority;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-certificates-'));
  authority = await TestAuthority.create(join(folder, 'pki'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `ngatu pki` prints for a configuration, with the port of the test's broker. */
function mqttLines(args: readonly string[], url: string): string {
  const { status, stdout } = spawnSync(
    process.execPath,
    [NGATU, 'pki', ...args, '--dir', authority.directory],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(0);
  const [, lines = ''] = /\.yaml:\n((?: {4}.*\n)+)/.exec(stdout) ?? [];
  return lines.replace(/^ {4}/gm, '').replace('mqtts://127.0.0.1:8883', url);
}

async function start(
  kind: 'edge' | 'collector',
  yaml: string,
  certificate: string,
): Promise<RunningProcess & { page: (path: string) => Promise<string> }> {
  const home = join(folder, kind);
  await cp(join(authority.directory, certificate), join(home, 'tls'), { recursive: true });
  const port = await freePort();
  const file = join(home, `${kind}.yaml`);
  // Its pages would want a certificate of their own.
  const more = kind === 'collector' ? 'centre: { enabled: false }\n' : '';
  await writeFile(file, `${yaml}http: { port: ${port} }\n${more}`);
  const check = spawnSync(process.execPath, [NGATU, 'config', 'check', file], { encoding: 'utf8' });
  expect(check.stdout).toMatch(/the certificate ends in (19|20) days/);
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const running = await startProcess({
    name: kind,
    command: process.execPath,
    args: [NGATU, kind, '--config', file],
    logFile: join(home, 'log'),
    ready: () =>
      page('/healthz').then(
        () => true,
        () => false,
      ),
    readyTimeoutMs: 90_000,
  });
  onTestFinished(async () => {
    await running.stop();
  });
  return Object.assign(running, { page });
}

it.skipIf(model === undefined)(
  'a box and a collector count into the database with the printed lines, and warn of their certificates',
  async () => {
    const broker = await startSecureBroker(authority, join(folder, 'broker'));
    onTestFinished(() => broker.stop());
    const influx = await startInfluxdb({ directory: join(folder, 'influxdb') });
    onTestFinished(() => influx.stop());
    const centre = mqttLines(['collector', '--name', 'collector-1', '--days', '20'], broker.url);
    const collector = await start(
      'collector',
      `${centre}influxdb: { url: "${influx.url}" }\n`,
      'collectors/collector-1',
    );
    const box = mqttLines(['box', '--site', 'hai-phong', '--agent', 'box-1', '--days', '20'], broker.url);
    const rest = {
      site: 'hai-phong',
      agent: 'box-1',
      detector: model,
      cameras: [
        { camera: 'north', ...SCENE_CAMERA, intervalS: 5, source: { url: SCENE_CLIP, analysisFps: 5 } },
      ],
    };
    const fields = Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
    const agent = await start('edge', box + fields.join(''), 'boxes/hai-phong/box-1');

    await until(
      async () => (await ask(influx.url, 'SELECT * FROM flow LIMIT 1')).length > 0,
      90_000,
      'a flow',
    );
    expect(JSON.parse(await collector.page('/healthz'))).toEqual({ ok: true, problems: [] });
    expect(JSON.parse(await agent.page('/healthz'))).toEqual({ ok: true, problems: [] });
    expect(await collector.page('/metrics')).toMatch(/^ngatu_collector_certificate_days (19|20)$/m);
    expect(await agent.page('/metrics')).toMatch(/^ngatu_certificate_days (19|20)$/m);
    for (const { logFile } of [collector, agent]) {
      expect(await readFile(logFile, 'utf8')).toMatch(/"problem":"the certificate ends in (19|20) days, on /);
    }
    for (const running of [agent, collector]) expect((await running.stop()).code).toBe(0);
  },
);
