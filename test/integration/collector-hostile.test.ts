// A collector process against everything that no agent of ours would send: it is refused, counted, kept and harmless.

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuarantined } from '../../central-collector/ingest/quarantine-file.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, SERVICE_SETTINGS, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { CollectorProcess, IS_BUILT } from './collector-process.ts';
import { ask, batch, batches, countOf, FakeAgent, passage, T0, until } from './collector-rig.ts';
import { EVIL_EVENTS, type Hostile, hostileMessages, incident, NASTY_TEXTS } from './hostile-messages.ts';

/** Of one agent, in this test: few, so that few messages reach it. */
const MAX_NAMES = 200;

let directory: string;
let mosquitto: Mosquitto;
let influxdb: Influxdb;
let one: CollectorProcess;
let evil: FakeAgent;
let honest: FakeAgent;
let honestSeq = 0;

beforeAll(async () => {
  if (!IS_BUILT) return;
  directory = await mkdtemp(join(tmpdir(), 'ngatu-hostile-'));
  mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto'), configuration: takesAll });
  influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
  one = await CollectorProcess.configure({
    ...{ name: 'target', directory, mqtt: mosquitto.url, influx: influxdb.url },
    more: [`limits: {namesPerAgent: ${MAX_NAMES}}`],
  });
  one.start();
  await one.ready();
  evil = await FakeAgent.connect(mosquitto.url, 'evil');
  honest = await FakeAgent.connect(mosquitto.url, 'honest');
}, 120_000);

/** A broker that protects nobody: everything of any size, as many at once as a collector asks for. */
function takesAll(port: number): string {
  const open = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0'];
  return `${[...open, ...SERVICE_SETTINGS, 'max_inflight_messages 1000'].join('\n')}\n`;
}

afterAll(async () => {
  await Promise.all([evil?.close(), honest?.close()]);
  await one?.close();
  await influxdb?.stop();
  await mosquitto?.stop();
  if (directory) await rm(directory, { recursive: true, force: true });
});

/** An honest batch through all that: it is stored and acknowledged. */
async function honestBatch(): Promise<void> {
  honestSeq += 1;
  await honest.deliver([batch('honest', honestSeq, [passage(honestSeq)])], 60_000, 60_000);
}

/** Sends all, an honest batch after every tenth. */
async function sendAll(messages: readonly Hostile[]): Promise<void> {
  for (const [at, { topic = EVIL_EVENTS, payload }] of messages.entries()) {
    await evil.publish(topic, payload);
    if (at % 10 === 9) await honestBatch();
  }
  await honestBatch();
}

async function refusedByReason(): Promise<Record<string, number>> {
  const counts = [...(await one.metrics())].flatMap(([name, value]): [string, number][] => {
    const reason = /^quarantined_total\{reason="(.*)"\}$/.exec(name)?.[1];
    return reason === undefined ? [] : [[reason, value]];
  });
  return Object.fromEntries(counts);
}

function byReason(messages: readonly Hostile[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of messages) if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!IS_BUILT)('a collector', () => {
  it('refuses, counts and keeps what is hostile, tells its agent, and goes on', {
    timeout: 120_000,
  }, async () => {
    const messages = hostileMessages(1);
    await sendAll(messages);
    await until(async () => (await one.metric('messages_in_hand')) === 0);
    const files = await readdir(one.quarantine);
    const kept = await Promise.all(files.map((file) => readQuarantined(join(one.quarantine, file))));
    const reasons = new Map(kept.map(({ payload, reason, topic }) => [`${topic} ${hash(payload)}`, reason]));
    const told = messages.map(({ what, topic = EVIL_EVENTS, payload }) => ({
      what,
      reason: reasons.get(`${topic} ${hash(payload)}`),
    }));
    expect(told).toEqual(messages.map(({ what, reason }) => ({ what, reason })));
    expect(await refusedByReason()).toEqual(byReason(messages));
    const named = messages.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
    await until(() => named.every((seq) => evil.acknowledged.has(seq)));
    expect([...evil.acknowledged].filter((seq) => !named.includes(seq))).toEqual([]);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(
      honestSeq + messages.filter(({ what, reason }) => reason === undefined && !/counts/.test(what)).length,
    );
    const flows = await ask(influxdb.url, 'SELECT n FROM flow GROUP BY road_user');
    expect(flows).toMatchObject([{ road_user: 'car', n: 1 }]);
    const dropped = await ask(influxdb.url, 'SELECT from_seq FROM dropped WHERE time > now() + 1h');
    expect(dropped).toEqual([]);
    expect(one.isRunning).toBe(true);
  });

  it('never gets what is larger than 4 MiB, and gets what comes after it', async () => {
    await evil.publish(EVIL_EVENTS, Buffer.alloc(4.5 * 1024 * 1024, 'x'));
    await honestBatch();
    expect((await refusedByReason())['not-json']).toBe(byReason(hostileMessages(1))['not-json']);
  });

  it('stores texts that look like line protocol as the texts that they are', async () => {
    const before = await ask(influxdb.url, 'SHOW MEASUREMENTS');
    const events = NASTY_TEXTS.map((text, at) => incident(text, T0 + at) as never);
    await evil.deliver([batch('evil', 90_001, events)], 30_000, 30_000);
    const rows = await ask(influxdb.url, 'SELECT id, position, state FROM incident WHERE seq = 90001');
    const expected = NASTY_TEXTS.map((text) => Buffer.from(text.replace(/\p{Cc}+/gu, ' ')).toString());
    expect(rows.map(({ id }) => id)).toEqual(expected);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['detected']));
    const after = await ask(influxdb.url, 'SHOW MEASUREMENTS');
    const more = after.map(({ name }) => name).filter((name) => !before.some((known) => known.name === name));
    expect(more).toEqual(['incident']);
  });

  it('stores an old batch that is sent a thousand times once, and counts the others', async () => {
    const old = batch('honest', 1, [passage(1)]);
    const points = await ask(influxdb.url, 'SELECT * FROM passage');
    const before = await one.metric('batches_duplicate_total');
    await Promise.all(Array.from({ length: 1000 }, () => honest.send(old)));
    await until(async () => (await one.metric('batches_duplicate_total')) === before + 1000);
    expect(await ask(influxdb.url, 'SELECT * FROM passage')).toEqual(points);
  });

  it('lets one agent make only so many series, and others go on', { timeout: 60_000 }, async () => {
    const series = async () =>
      Number((await ask(influxdb.url, 'SHOW SERIES EXACT CARDINALITY FROM passage'))[0]?.count ?? 0);
    const before = await series();
    const names = batches('evil', 20, 500).map((made, at) => ({
      ...made,
      seq: 80_001 + at,
      events: made.events.map((one, n) => ({ ...one, camera: `made-up-${at}-${n}` })),
    }));
    await evil.deliver(names, 60_000, 60_000);
    expect((await series()) - before).toBeLessThanOrEqual(MAX_NAMES);
    expect(await one.metric('names')).toBeLessThanOrEqual(MAX_NAMES + 2);
    expect((await refusedByReason())['too-many-series']).toBeGreaterThanOrEqual(19);
    await honestBatch();
    const status = { v: 1, site: 'hai-phong', agent: 'evil', state: 'online', atMs: T0, startedAtMs: T0 };
    const cameras = [{ camera: 'one-more', state: 'live', sinceMs: T0 }];
    await evil.publish(
      'ngatu/v1/hai-phong/evil/status',
      JSON.stringify({ ...status, version: '1', cameras }),
    );
    await until(async () => ((await refusedByReason())['too-many-series'] ?? 0) >= 21);
  });

  it('does not grow by any of it', { timeout: 120_000 }, async () => {
    const status = { v: 1, site: 'hai-phong', agent: 'evil', state: 'online', atMs: T0, startedAtMs: T0 };
    const flood = async () => {
      const text = JSON.stringify({ ...status, version: '1', cameras: [], pad: 'x'.repeat(20_000) });
      await Promise.all(
        Array.from({ length: 500 }, () => evil.publish('ngatu/v1/hai-phong/evil/status', text)),
      );
      const large = Buffer.alloc(3.9 * 1024 * 1024, 'y');
      await Promise.all(
        Array.from({ length: 8 }, () => evil.publish('ngatu/v1/hai-phong/evil/health', large, 0)),
      );
    };
    await sendAll(hostileMessages(2));
    await flood();
    await honestBatch();
    const before = await one.rssMiB();
    for (const round of [3, 4]) {
      await sendAll(hostileMessages(round));
      await flood();
    }
    await honestBatch();
    await until(async () => (await one.metric('messages_in_hand')) === 0);
    // What would be kept of each round is 40 MiB and more. A collector of garbage that has nothing to do may wait for
    // ever, so that there is a little to do.
    const asBefore = async () => {
      await honestBatch();
      return (await one.rssMiB()) < before + 60;
    };
    await until(asBefore, 30_000, 'memory as before');
    expect(one.isRunning).toBe(true);
    expect(await one.metric('messages_failed_total')).toBe(0);
    expect(honest.acknowledged.size).toBe(honestSeq);
    expect(await one.end('SIGTERM')).toBe(0);
  });
});
