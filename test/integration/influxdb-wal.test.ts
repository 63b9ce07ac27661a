// A real InfluxDB that was killed in the middle of a write: what it confirms afterwards outlives further restarts.

import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';

let directory: string;
let influxdb: Influxdb;
let written = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-influxdb-wal-'));
  influxdb = await startInfluxdb({ directory });
  written = 0;
});

afterEach(async () => {
  await influxdb.stop();
  await rm(directory, { recursive: true, force: true });
});

async function write(count: number): Promise<void> {
  const lines = Array.from({ length: count }, () => {
    written += 1;
    return `m n=${written}i ${1_767_247_200_000_000_000n + BigInt(written)}`;
  });
  const response = await fetch(`${influxdb.url}/write?db=x`, { method: 'POST', body: lines.join('\n') });
  expect(response.status).toBe(204);
}

async function count(): Promise<number> {
  const response = await fetch(
    `${influxdb.url}/query?db=x&q=${encodeURIComponent('SELECT count(n) FROM m')}`,
  );
  const { results } = (await response.json()) as { results: { series?: { values: number[][] }[] }[] };
  return results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

async function killed(): Promise<void> {
  process.kill(influxdb.pid, 'SIGKILL');
  await influxdb.exited;
}

it('loses nothing that was confirmed after a torn write, however often it is started again', async () => {
  await fetch(`${influxdb.url}/query?q=CREATE+DATABASE+x`, { method: 'POST' });
  await write(500);
  await write(500);
  await killed();
  const wal = join(directory, 'wal');
  const segment = (await readdir(wal, { recursive: true })).find((name) => name.endsWith('.wal')) ?? '';
  const { size } = await stat(join(wal, segment));
  // As if the power had gone while the last record was written.
  await truncate(join(wal, segment), size - 40);
  influxdb = await startInfluxdb({ directory });
  expect(await count()).toBe(500);
  await write(700);
  await killed();
  influxdb = await startInfluxdb({ directory });
  expect(await count()).toBe(1200);
});
