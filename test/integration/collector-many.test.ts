// Three collector processes on one shared subscription, killed and stopped at random moments under load: what is in the
// database at the end is what a single undisturbed one would have put there, point by point.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventBatch, TrafficEvent } from '../../contract/index.ts';
import { seededRandom } from '../../scripts/scenes/random.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { CollectorProcess, IS_BUILT } from './collector-process.ts';
import { ask, batch, FakeAgent, passage, T0, until } from './collector-rig.ts';

const AGENTS = ['box-1', 'box-2', 'box-3', 'box-4'];
const BATCHES = 100;
const DISTURBANCES = 5;
/** Of the moments and victims; another one for another schedule. */
const SEED = Number(process.env.NGATU_TEST_SEED ?? 20260501);

let directory: string;
let mosquitto: Mosquitto;
let influxdb: Influxdb;
const running: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-many-'));
  mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto') });
  influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
});

afterAll(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await influxdb?.stop();
  await mosquitto?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function configure(name: string, group: string, database: string): Promise<CollectorProcess> {
  const rig = { name, group, database, directory, mqtt: mosquitto.url, influx: influxdb.url };
  const one = await CollectorProcess.configure(rig);
  running.push(one);
  return one;
}

/** Passages, intervals and what was given up: all that agents send in batches. */
function batchesOf(agent: string): EventBatch[] {
  return Array.from({ length: BATCHES }, (_, at) => {
    const flow: TrafficEvent = {
      ...{ type: 'flow', camera: 'nga-tu-1', line: 'north', direction: 'away', framesAnalysed: 600 },
      ...{ fromMs: T0 + at * 60_000, toMs: T0 + (at + 1) * 60_000, observedMs: 60_000, framesDropped: 0 },
      counts: { car: { n: at }, bus: { n: 1 } },
    };
    const made = batch(agent, at + 1, [passage(at * 2), passage(at * 2 + 1), flow]);
    const given = {
      fromSeq: BATCHES + 1 + at / 50,
      toSeq: BATCHES + 1 + at / 50,
      reason: 'too-old' as const,
      events: { flow: 1 },
    };
    return at % 50 === 0 ? { ...made, dropped: [given] } : made;
  });
}

/** Everything that agents reported, with tags; not what collectors say of themselves. */
async function contentOf(database: string): Promise<Record<string, unknown>> {
  const measurements = ['passage', 'flow', 'dropped'];
  const rows = await Promise.all(
    measurements.map((name) => ask(influxdb.url, `SELECT * FROM ${database}.raw.${name} GROUP BY *`)),
  );
  return Object.fromEntries(measurements.map((name, at) => [name, rows[at]]));
}

describe.skipIf(!IS_BUILT)('three collectors of one group', () => {
  it('that are killed and stopped under load store what one would', { timeout: 240_000 }, async () => {
    const random = seededRandom(SEED);
    const group = await Promise.all(['a', 'b', 'c'].map((name) => configure(name, 'group', 'ngatu')));
    for (const one of group) one.start();
    await Promise.all(group.map((one) => one.ready()));
    const agents = await Promise.all(AGENTS.map((name) => FakeAgent.connect(mosquitto.url, name)));
    running.push(...agents);
    const sent = new Map(AGENTS.map((name) => [name, batchesOf(name)]));
    const deliverAll = () =>
      Promise.all(agents.map((agent, at) => agent.deliver(sent.get(AGENTS[at] ?? '') ?? [], 120_000, 2000)));

    const delivered = deliverAll();
    const exits: (number | null)[] = [];
    for (let n = 0; n < DISTURBANCES; n += 1) {
      const victim = group[Math.floor(random() * group.length)] as CollectorProcess;
      await sleep(random() * 400);
      if (n % 2 === 0) await victim.end('SIGKILL');
      else {
        // Before it listens to signals, one ends it like any program.
        await victim.ready();
        exits.push(await victim.end('SIGTERM'));
      }
      // Its two neighbours have its work for a while.
      await sleep(random() * 400);
      victim.start();
    }
    await delivered;
    expect(exits.filter((code) => code !== 0)).toEqual([]);

    // Each knows of all, also those that were started anew: from the marks and summaries of the others.
    await Promise.all(group.map((one) => one.ready()));
    const expected = AGENTS.map((agent) => ({
      agent,
      missing: 0,
      ranges: [[1, BATCHES]],
      stored: BATCHES,
    }));
    for (const one of group) {
      const known = async () => (await one.ledger()).filter(({ stored }) => stored === BATCHES).length;
      await until(async () => (await known()) === AGENTS.length, 60_000, 'ledger brought up to date');
      const ledger = (await one.ledger()).sort((a, b) => String(a.agent).localeCompare(String(b.agent)));
      expect(ledger).toMatchObject(expected);
    }
    await Promise.all(group.map((one) => one.end('SIGTERM')));

    const single = await configure('single', 'single', 'single');
    single.start();
    await single.ready();
    for (const agent of agents) agent.acknowledged.clear();
    await deliverAll();
    const content = await contentOf('ngatu');
    expect(content).toEqual(await contentOf('single'));
    expect(content.passage).toHaveLength(AGENTS.length * BATCHES * 2);
    expect(content.flow).toHaveLength(AGENTS.length * BATCHES * 2);
  });
});
