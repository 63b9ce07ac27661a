// The reader of line protocol that fuzzing checks with is ours: here a real InfluxDB takes lines of mutated messages.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMessage } from '../../central-collector/ingest/read-message.ts';
import type { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { randomOf } from '../../scripts/fuzz/fuzz-target.ts';
import { messageTarget } from '../../scripts/fuzz/targets/messages.ts';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';

const LATEST = 7_258_118_400_000;
const INPUTS = 3000;

let directory: string;
let influxdb: Awaited<ReturnType<typeof startInfluxdb>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-fuzz-points-'));
  influxdb = await startInfluxdb({ directory });
  // In one shard: the points lie anywhere between 1970 and 2200, and each week of it would be files of its own.
  const query = new URLSearchParams({ q: 'CREATE DATABASE fuzz WITH DURATION INF SHARD DURATION 10000w' });
  expect((await fetch(`${influxdb.url}/query?${query}`, { method: 'POST' })).status).toBe(200);
});

afterAll(async () => {
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

it('InfluxDB takes every line that is made of a mutated message', async () => {
  const lines: string[] = [];
  const writer: Pick<BatchWriter, 'write'> = {
    write: async ({ text }) => {
      lines.push(...text.split('\n'));
      return { refused: [] };
    },
  };
  const store = new PointStore(writer as BatchWriter, 'collector-1');
  const target = await messageTarget.open({ folder: directory, seed: 7 });
  for (let index = 0; index < INPUTS; index++) {
    const input = target.make(randomOf(7, 'points', index));
    const end = input.indexOf(0);
    const topic = Buffer.from(input.subarray(0, end)).toString();
    const message = readMessage(topic, input.subarray(end + 1), LATEST);
    if (message.kind === 'batch') await store.batch(message.batch, 0);
    if (message.kind === 'status') await store.status(message.status, LATEST);
    if (message.kind === 'health') await store.health(message.health);
  }
  expect(lines.length).toBeGreaterThan(300);
  for (let from = 0; from < lines.length; from += 1000) {
    const body = lines.slice(from, from + 1000).join('\n');
    const answer = await fetch(`${influxdb.url}/write?db=fuzz&precision=ns`, { method: 'POST', body });
    expect(await answer.text()).toBe('');
    expect(answer.status).toBe(204);
  }
});
