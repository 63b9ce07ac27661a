// The roll-ups as an operator has them: made by a running collector, and by a command for what came back from a backup.

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../../central-collector/main.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { flow } from '../central-collector/store/rolled-up-events.ts';
import { ask, batch, FakeAgent, until } from './collector-rig.ts';
import { rollupRig, sumsOf } from './rollup-rig.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let directory: string;
let influxdb: Influxdb;
let broker: Mosquitto;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-rollup-'));
  influxdb = await startInfluxdb({ directory: await mkdtemp(join(directory, 'influxdb-')) });
  broker = await startMosquitto({ directory: await mkdtemp(join(directory, 'broker-')) });
});

afterAll(async () => {
  await broker?.stop();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

it('a running collector sums up what it stores and says how far it is', async () => {
  const collector = await startCollector({
    name: 'one',
    mqtt: { url: broker.url, sharedGroup: 'one' },
    influxdb: { url: influxdb.url, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF' },
    rollups: { quarterHour: 'INF', hour: 'INF', periodMs: 100 },
    quarantine: { directory: join(directory, 'quarantine'), maxBytes: 1e6 },
    http: { host: '127.0.0.1', port: 0 },
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => collector.close());
  const agent = await FakeAgent.connect(broker.url, 'box-1');
  onTestFinished(() => agent.close());
  const nowMs = Date.now();
  await agent.deliver([batch('box-1', 1, [flow(nowMs, 3), flow(nowMs - 86_400_000, 4)])]);
  await until(async () => {
    const rows = await ask(influxdb.url, 'SELECT sum(n) AS n FROM h1.flow');
    return rows[0]?.n === 7;
  }, 30_000);
  const page = await (await fetch(`http://127.0.0.1:${collector.port}/metrics`)).text();
  expect(page).toMatch(/ngatu_collector_rollup_windows_total [1-9]/);
  expect(page).toMatch(/ngatu_collector_rollup_lag_seconds \d/);
  expect(collector.state().problems).toEqual([]);
});

it('the command sums up a stretch of time, and tells from when on', async () => {
  const startMs = Date.UTC(2026, 0, 15, 6);
  const rig = await rollupRig(influxdb.url, 'restored', startMs);
  onTestFinished(() => rig.close());
  for (const day of [0, 1, 2, 9]) await rig.store([flow(startMs - day * 86_400_000, day + 1)]);
  const file = join(directory, 'collector.yaml');
  const yaml = (rollups: boolean) =>
    `mqtt: {url: '${broker.url}'}\ninfluxdb: {url: '${influxdb.url}', database: restored, rollups: ${rollups}}\n`;
  await writeFile(file, yaml(true));
  const ngatu = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'dist/cli/ngatu.js'), 'rollup', '--config', file, ...args], {
      encoding: 'utf8',
    });
  const some = ngatu('--from', '2026-01-14', '--to', '2026-01-15T13:15+07:00');
  expect(some).toMatchObject({ status: 0, stderr: '' });
  expect(some.stdout).toBe(
    'from 2026-01-15T00:00:00.000Z: 2 points\nfrom 2026-01-14T00:00:00.000Z: 2 points\n4 points written\n',
  );
  expect(ngatu().status).toBe(0);
  expect(await rig.sums('m15')).toEqual(sumsOf(rig.stored, 900_000));
  expect(ngatu('--from', 'yesterday')).toMatchObject({ status: 2 });
  await writeFile(file, yaml(false));
  expect(ngatu()).toMatchObject({ status: 2, stderr: expect.stringContaining('it says false') });
});
