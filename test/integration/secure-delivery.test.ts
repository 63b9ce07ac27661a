// Real agents' publishers and real collectors at the broker as config/broker sets it up: delivery through TLS, and what
// each says when the broker lets it in no further.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningCollector } from '../../central-collector/main.ts';
import { revoke } from '../../cli/pki/authority.ts';
import { readRegister } from '../../cli/pki/register.ts';
import { boxSubject } from '../../cli/pki/subject.ts';
import { openPublisher, type Publisher } from '../../edge-agent/publisher/publisher.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { passage } from '../edge-agent/publisher/sample-events.ts';
import { ask, collector, countOf, until } from './collector-rig.ts';
import {
  readFiles,
  type SecureBroker,
  SITE,
  startSecureBroker,
  TestAuthority,
  type TlsFiles,
} from './secure-broker.ts';

const DAY_MS = 86_400_000;

let directory: string;
let authority: TestAuthority;
let broker: SecureBroker;
let influx: Influxdb;
let files: { one: TlsFiles; two: TlsFiles; centre: TlsFiles; stranger: TlsFiles };
let revoked: TlsFiles;
let count = 0;
let home: string;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-secure-'));
  authority = await TestAuthority.create(join(directory, 'pki'));
  files = {
    one: await authority.box('box-1'),
    two: await authority.box('box-2'),
    centre: await authority.collector('collector-1'),
    stranger: await authority.collector('collector-9'),
  };
  revoked = await authority.box('stolen');
  const stolen = (await readRegister(authority.directory)).filter(({ name }) => name.endsWith('/stolen'));
  await revoke(authority.directory, stolen);
  broker = await startSecureBroker(authority, join(directory, 'broker'));
  influx = await startInfluxdb({ directory: join(directory, 'influxdb') });
});

beforeEach(() => {
  count += 1;
  home = join(directory, `test-${count}`);
});

afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});

afterAll(async () => {
  await broker.stop();
  await influx.stop();
  await rm(directory, { recursive: true, force: true });
});

type Line = { readonly level: number; readonly msg: string; readonly topic?: string };

async function box(
  tls: Partial<TlsFiles>,
  { url = broker.url, agent = 'box-1' } = {},
): Promise<Publisher & { lines: Line[] }> {
  const lines: Line[] = [];
  const publisher = await openPublisher({
    address: { site: SITE, agent },
    mqtt: { url, tls },
    outbox: { directory: join(home, 'outbox'), maxBytes: 50_000_000, maxAgeMs: DAY_MS },
    version: '1.2.3',
    logger: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    timing: {
      batchMs: 20,
      statusMs: 20,
      resend: { firstMs: 300, capMs: 600 },
      reconnect: { firstMs: 100, capMs: 300 },
    },
  });
  open.push(publisher);
  return Object.assign(publisher, { lines });
}

async function centre(
  tls: Partial<TlsFiles>,
  name = 'collector-1',
  url = broker.url,
): Promise<RunningCollector> {
  const running = await collector({
    name,
    mqtt: url,
    influx: influx.url,
    directory: join(home, `quarantine-${name}`),
    group: 'ngatu',
    tls,
  });
  open.push(running);
  return running;
}

describe('with their certificates', () => {
  it('a box delivers to the database, empties its outbox and is known to be online', async () => {
    const running = await centre(files.centre);
    const agent = await box(files.one);
    for (let n = 1; n <= 200; n += 1) agent.publish([passage(n)]);
    await until(() => agent.stats().batches === 0 && agent.stats().ackedBatches > 0);
    expect(agent.stats()).toMatchObject({ connected: true, unconfirmed: 0, failedBatches: 0 });
    expect(agent.stats().refusal).toBeUndefined();
    expect(await countOf(influx.url, 'passage', 'track')).toBe(200);
    await until(() => running.state().totals.statuses_stored !== 0);
    expect(running.state().problems).toEqual([]);
    await until(async () => (await ask(influx.url, 'SELECT * FROM agent_status')).length > 0);
  });
});

describe('a box that has the certificate of another one', () => {
  it('keeps what it counted, says why in one line a topic, and delivers with its own', async () => {
    await centre(files.centre);
    const before = await countOf(influx.url, 'passage', 'track');
    const wrong = await box(files.two);
    for (let n = 1; n <= 20; n += 1) {
      wrong.publish([passage(1000 + n)]);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await until(() => wrong.stats().failedBatches > 8, 30_000, 'refused again and again');
    const { batches, refusal, resentBatches } = wrong.stats();
    expect(batches).toBeGreaterThan(0);
    expect(resentBatches).toBeGreaterThan(0);
    expect(refusal).toContain("it refuses this agent's events, status: the name in the certificate");
    const refusals = wrong.lines.filter(({ msg }) => msg.includes('does not let this agent'));
    expect(refusals.map(({ topic }) => topic).sort()).toEqual([
      'ngatu/v1/hai-phong/box-1/events',
      'ngatu/v1/hai-phong/box-1/status',
    ]);
    expect(wrong.lines.filter(({ msg }) => msg.includes('did not take a batch'))).toEqual([]);
    await wrong.close();
    expect(await countOf(influx.url, 'passage', 'track')).toBe(before);
    const right = await box(files.one);
    await until(() => right.stats().batches === 0 && right.stats().ackedBatches > 0);
    expect(await countOf(influx.url, 'passage', 'track')).toBe(before + 20);
  });
});

describe('what is wrong is told in words', () => {
  const cases: readonly [string, () => Promise<{ tls: Partial<TlsFiles>; url?: string }>, RegExp][] = [
    [
      'no certificate',
      async () => ({ tls: { ca: files.one.ca } }),
      /the broker asks for a certificate: set mqtt\.tls\.cert and mqtt\.tls\.key/,
    ],
    [
      'one that has ended',
      async () => {
        const nowMs = Date.now();
        const validity = { notBeforeMs: nowMs - 9 * DAY_MS, notAfterMs: nowMs - DAY_MS };
        return { tls: await readFiles(await authority.issue(boxSubject(SITE, 'old'), validity)) };
      },
      /our certificate because it has ended/,
    ],
    ['one that was revoked', async () => ({ tls: revoked }), /our certificate because it was revoked/],
    [
      'one of another authority',
      async () => {
        const foreign = await TestAuthority.create(join(home, 'foreign'));
        return { tls: { ...(await foreign.box('box-1')), ca: files.one.ca } };
      },
      /mqtt\.tls\.cert must be signed by the authority that the broker trusts/,
    ],
    [
      'a broker of an authority that is not known',
      async () => {
        const { cert, key } = files.one;
        return { tls: { cert, key } };
      },
      /set mqtt\.tls\.ca to the ca\.pem of the authority/,
    ],
    [
      'a broker by a name that is not in its certificate',
      async () => ({ tls: files.one, url: broker.url.replace('127.0.0.1', 'localhost') }),
      /not for the host in mqtt\.url/,
    ],
    [
      'a port where no TLS is spoken',
      async () => ({ tls: files.one, url: influx.url.replace('http', 'mqtts') }),
      /no TLS is spoken at that port/,
    ],
  ];

  it.each(cases)('%s', async (_what, make, words) => {
    const { tls, url = broker.url } = await make();
    const agent = await box(tls, { url });
    const running = await centre(tls, 'collector-1', url);
    agent.publish([passage(1)]);
    await until(() => words.test(agent.stats().connectionProblem ?? ''), 20_000, 'said by the agent').catch(
      (error: Error) => {
        throw new Error(`${error.message}: ${agent.stats().connectionProblem}`);
      },
    );
    await until(
      () => running.state().problems.some((problem) => words.test(problem)),
      20_000,
      'by the collector',
    );
    expect(agent.lines.filter(({ level }) => level >= 40).length).toBeLessThan(3);
    await until(() => agent.stats().batches === 1);
    expect(agent.stats().connected).toBe(false);
  });

  it('a collector that the access rules do not know, which takes no messages from the others', async () => {
    const stranger = await centre(files.stranger, 'collector-9');
    await until(() =>
      stranger.state().problems.some((problem) => problem.includes('is its name in the access rules?')),
    );
    const known = await centre(files.centre);
    await until(() => known.state().problems.length === 0);
    const agent = await box(files.one);
    for (let n = 1; n <= 30; n += 1) {
      agent.publish([passage(2000 + n)]);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await until(() => (known.state().totals.events_stored ?? 0) >= 30);
    expect(stranger.state().totals.messages_received).toBe(0);
    expect(stranger.state().gauges.broker_connected).toBe(0);
  });
});
