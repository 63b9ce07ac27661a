// `ngatu quarantine` beside a running collector, with a real Mosquitto and InfluxDB.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCollector } from '../../central-collector/main.ts';
import { lineOf } from '../../central-collector/store/line-protocol.ts';
import { pointsOf } from '../../central-collector/store/points.ts';
import { type Passage, type TrafficEvent, topicOf } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { ask, batch, collector, FakeAgent, passage, T0, until } from './collector-rig.ts';

const BINARY = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const HOUR_MS = 3_600_000;
const TOPIC = topicOf({ site: 'hai-phong', agent: 'box-1' }, 'events');

let directory: string;
let quarantine: string;
let config: string;
let mosquitto: Mosquitto;
let influxdb: Influxdb;
let one: RunningCollector;
let box: FakeAgent;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-quarantine-command-'));
  quarantine = join(directory, 'quarantine');
  mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto') });
  influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
  config = await configured(influxdb.url);
  one = await collector({
    ...{ name: 'one', mqtt: mosquitto.url, influx: influxdb.url, directory: quarantine, ledgerPeriodMs: 200 },
  });
  await until(() => one.state().problems.length === 0, 30_000, 'collector ready');
  box = await FakeAgent.connect(mosquitto.url, 'box-1');
});

afterAll(async () => {
  await box?.close();
  await one?.close();
  await influxdb?.stop();
  await mosquitto?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function configured(influx: string, name = 'collector.yaml'): Promise<string> {
  const file = join(directory, name);
  await writeFile(
    file,
    // The broker's password is on another machine: looking and replaying do not need it.
    `mqtt: {url: "${mosquitto.url}", clientId: one, username: x, password: {env: NGATU_TEST_ABSENT}}
influxdb: {url: "${influx}", database: ngatu}
quarantine: {directory: ./quarantine}
`,
  );
  return file;
}

type Ran = { readonly code: number; readonly out: Buffer; readonly err: string };

async function ngatu(...words: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [BINARY, 'quarantine', ...words]);
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => {
    err += part;
  });
  const [code] = await once(child, 'close');
  return { code, out: Buffer.concat(out), err };
}

type Listed = { messages: { id: string; reasons: string[]; events: number | null }[]; unreadable: unknown[] };

async function listed(...words: readonly string[]): Promise<Listed> {
  return JSON.parse((await ngatu('list', '--config', config, '--json', ...words)).out.toString());
}

/** Event `position` of batch `seq`, as it would be without a quarantine, in a database of its own. */
async function expected(seq: number, events: readonly TrafficEvent[]): Promise<void> {
  await fetch(`${influxdb.url}/query?q=CREATE+DATABASE+expected`, { method: 'POST' });
  const origin = { site: 'hai-phong', agent: 'box-1', epoch: T0, seq };
  const lines = events.flatMap((event, position) => pointsOf(event, { ...origin, position }).map(lineOf));
  const write = await fetch(`${influxdb.url}/write?db=expected`, { method: 'POST', body: lines.join('\n') });
  expect(write.status).toBe(204);
}

async function passages(from = 'ngatu.raw'): Promise<unknown> {
  return ask(influxdb.url, `SELECT * FROM ${from}.passage WHERE seq < 100`);
}

describe.skipIf(!existsSync(BINARY))('ngatu quarantine', () => {
  it('says that there is nothing, or no folder', async () => {
    expect((await ngatu('list', '--config', config)).out.toString()).toBe(
      `the quarantine ${quarantine} is empty\n`,
    );
    const nowhere = await ngatu('list', '--directory', join(directory, 'nowhere'));
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('there is no such folder') });
  });

  it('stores of a batch the events that were refused, as they would have been, and is done with it', async () => {
    const soon = { ...passage(1), type: 'passage' as const, atMs: Date.now() + HOUR_MS + 2000 } as Passage;
    const events = [passage(0), soon, passage(2)];
    await box.deliver([batch('box-1', 1, events)]);
    await until(() => one.state().gauges.quarantine_files === 1);
    const rehearsed = await ngatu('replay', '--all', '--config', config, '--dry-run');
    await until(() => Date.now() > soon.atMs - HOUR_MS);
    expect((await ngatu('replay', '--all', '--config', config)).code).toBe(0);
    expect(rehearsed.out.toString()).toMatch(/would stay|would be stored/);
    await expected(1, events);
    expect(await passages()).toEqual(await passages('expected.autogen'));
    expect(await readdir(quarantine)).toEqual([]);
    await until(() => one.state().gauges.quarantine_files === 0);
    expect(one.state().gauges.quarantine_bytes).toBe(0);
    const again = await ngatu('replay', '--all', '--config', config);
    expect(again).toMatchObject({ code: 0, out: Buffer.from('0 messages stored, 0 left in quarantine\n') });
    expect(await passages()).toEqual(await passages('expected.autogen'));
    // The very message once more: now it is good.
    box.acknowledged.clear();
    await box.deliver([batch('box-1', 1, events)]);
    expect(await readdir(quarantine)).toEqual([]);
    expect(await passages()).toEqual(await passages('expected.autogen'));
  });

  it('stores a whole batch that was too large, with its mark, and what is bad in it stays with its reason', async () => {
    const events = [passage(10), { type: 'rocket' }, passage(12)];
    const large = { ...batch('box-1', 2, []), padding: 'x'.repeat(1.1e6), events };
    await box.publish(TOPIC, JSON.stringify(large));
    await until(() => box.acknowledged.has(2));
    const [{ id = '' } = {}] = (await listed('--reason', 'too-large')).messages;
    const shown = (await ngatu('show', id, '--config', config)).out.toString();
    expect(shown).toMatch(/would store 2 of its events now: unknown-type/);
    expect((await ngatu('show', id, '--config', config, '--raw')).out.toString()).toBe(JSON.stringify(large));
    const run = await ngatu('replay', id, '--config', config);
    expect(run.out.toString()).toMatch(/hai-phong\/box-1 {2}2 events stored, the rest stays: unknown-type/);
    expect(run.code).toBe(1);
    expect((await listed()).messages).toMatchObject([{ reasons: ['unknown-type'], events: 1 }]);
    expect(await ask(influxdb.url, 'SELECT track FROM passage WHERE seq = 2')).toHaveLength(2);
    const marks = await ask(influxdb.url, 'SELECT events, rejected_events FROM batch WHERE seq = 2');
    expect(marks).toMatchObject([
      { events: 0, rejected_events: 1 },
      { events: 2, rejected_events: 1 },
    ]);
    const before = await readdir(quarantine);
    expect((await ngatu('replay', '--all', '--config', config)).code).toBe(1);
    expect(await readdir(quarantine)).toEqual(before);
    await Promise.all(before.map((file) => rm(join(quarantine, file))));
  });

  it('tells of damaged files, and does the others', async () => {
    for (const [seq, text] of [
      [3, '{"cut'],
      [4, '{'],
    ] as const) {
      await box.publish(TOPIC, text);
      await until(() => one.state().gauges.quarantine_files === seq - 2);
    }
    const [file = ''] = await readdir(quarantine);
    await writeFile(join(quarantine, file), (await readFile(join(quarantine, file))).subarray(0, 50));
    await writeFile(join(quarantine, 'note.txt'), 'a note');
    const { messages, unreadable } = await listed();
    expect([messages.length, unreadable.length]).toEqual([1, 2]);
    const run = await ngatu('replay', '--all', '--config', config);
    expect(run).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is cut off[\s\S]*note.txt is none of/),
    });
    expect(run.out.toString()).toMatch(/0 messages stored, 1 left in quarantine/);
    await Promise.all((await readdir(quarantine)).map((name) => rm(join(quarantine, name))));
  });

  it('takes nothing away when InfluxDB cannot be reached', async () => {
    const large = { ...batch('box-1', 5, [passage(20)]), padding: 'x'.repeat(1.1e6) };
    await box.publish(TOPIC, JSON.stringify(large));
    await until(() => box.acknowledged.has(5));
    const other = await configured(`http://127.0.0.1:${await freePort()}`, 'other.yaml');
    const run = await ngatu('replay', '--all', '--config', other);
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') });
    expect(await readdir(quarantine)).toHaveLength(1);
  });

  it.each([
    ['no folder', ['list'], 'give --config collector.yaml, or --directory'],
    ['nothing to replay', ['replay', '--directory', '.'], 'name the messages by their ids, or give --all'],
    ['no database', ['replay', '--all', '--directory', '.'], 'to store needs --config'],
    ['an unknown id', ['show', 'abc', '--directory', '.'], 'there is no message abc'],
    ['a time that is none', ['list', '--since', 'monday'], 'Expected 90m, 2h, 3d or a date'],
  ])('ends with 2 for %s', async (_, words, message) => {
    const { code, err } = await ngatu(...words);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
