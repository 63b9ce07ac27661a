// The broker as config/broker sets it up: who gets in, and what each may publish and read there.

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { accessRules } from '../../cli/pki/access-rules.ts';
import { revoke } from '../../cli/pki/authority.ts';
import { readRegister } from '../../cli/pki/register.ts';
import { boxSubject } from '../../cli/pki/subject.ts';
import { CHANNELS, topicOf } from '../../contract/index.ts';
import { until } from './collector-rig.ts';
import {
  readFiles,
  type SecureBroker,
  SHIPPED,
  SITE,
  startSecureBroker,
  TestAuthority,
  type TlsFiles,
} from './secure-broker.ts';

const DAY_MS = 86_400_000;

let directory: string;
let authority: TestAuthority;
let broker: SecureBroker;
let boxes: { one: TlsFiles; two: TlsFiles; collector: TlsFiles };
const clients: MqttClient[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-access-'));
  authority = await TestAuthority.create(join(directory, 'pki'));
  boxes = {
    one: await authority.box('box-1'),
    two: await authority.box('box-2'),
    collector: await authority.collector('collector-1'),
  };
  broker = await startSecureBroker(authority, join(directory, 'broker'));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
});

afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

async function enter(over: IClientOptions, url = broker.url): Promise<MqttClient> {
  const client = await connectAsync(
    url,
    { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 10_000, ...over },
    false,
  );
  clients.push(client);
  return client;
}

/** What a client hears, as `topic payload`. */
function hearing(client: MqttClient): string[] {
  const heard: string[] = [];
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  return heard;
}

const topic = (agent: string, channel: (typeof CHANNELS)[number]) => topicOf({ site: SITE, agent }, channel);

describe('a box with its certificate', () => {
  it.each([
    ['events', true],
    ['status', true],
    ['health', true],
    ['reply', true],
    ['ack', false],
    ['command', false],
  ] as const)('may publish its own %s: %s', async (channel, allowed) => {
    const box = await enter(boxes.one);
    const published = box.publishAsync(topic('box-1', channel), 'x', { qos: 1 });
    if (allowed) await published;
    else await expect(published).rejects.toMatchObject({ code: 135 });
  });

  it.each(CHANNELS)('cannot publish %s as another box', async (channel) => {
    const box = await enter(boxes.one);
    await expect(box.publishAsync(topic('box-2', channel), 'x', { qos: 1 })).rejects.toMatchObject({
      code: 135,
    });
  });

  it.each([
    ['a topic that is none of ours', 'other'],
    ['a channel that does not exist', 'ngatu/v1/hai-phong/box-1/extra'],
    ['a topic below its own', 'ngatu/v1/hai-phong/box-1/events/x'],
    ['its site', 'ngatu/v1/hai-phong/events'],
    ["the broker's own topics", '$SYS/broker/uptime'],
  ])('cannot publish to %s', async (_what, name) => {
    const box = await enter(boxes.one);
    await expect(box.publishAsync(name, 'x', { qos: 1 })).rejects.toMatchObject({ code: 135 });
  });

  it('cannot have its last will spoken as another box', async () => {
    const collector = await enter(boxes.collector);
    const heard = hearing(collector);
    await collector.subscribeAsync('ngatu/v1/+/+/status', { qos: 1 });
    for (const [agent, payload] of [
      ['box-2', 'forged'],
      ['box-1', 'own'],
    ] as const) {
      const will = {
        topic: topic(agent, 'status'),
        payload: Buffer.from(payload),
        qos: 1,
        retain: true,
      } as const;
      const box = await enter({ ...boxes.one, will });
      box.stream.destroy();
    }
    await until(() => heard.includes(`${topic('box-1', 'status')} own`));
    expect(heard.join()).not.toContain('forged');
  });

  it('reads its own acknowledgements and commands, and hears nothing else whatever it subscribes to', async () => {
    const [one, two, collector] = await Promise.all([
      enter(boxes.one),
      enter(boxes.two),
      enter(boxes.collector),
    ]);
    const heard = hearing(one);
    const filters = [
      '#',
      '$SYS/#',
      'ngatu/v1/hai-phong/box-2/ack',
      'ngatu/v1/+/+/command',
      '$share/g/ngatu/#',
    ];
    await one.subscribeAsync(filters, { qos: 1 });
    await collector.publishAsync(topic('box-2', 'ack'), 'secret', { qos: 1 });
    await collector.publishAsync(topic('box-2', 'command'), 'secret', { qos: 1 });
    await two.publishAsync(topic('box-2', 'events'), 'secret', { qos: 1 });
    await two.publishAsync(topic('box-2', 'status'), 'secret', { qos: 1, retain: true });
    // Messages keep their order: when this one is there, the others are not to come any more.
    await collector.publishAsync(topic('box-1', 'command'), 'mine', { qos: 1 });
    await collector.publishAsync(topic('box-1', 'ack'), 'last', { qos: 1 });
    await until(() => heard.some((line) => line.endsWith(' last')));
    expect(new Set(heard)).toEqual(
      new Set([`${topic('box-1', 'command')} mine`, `${topic('box-1', 'ack')} last`]),
    );
  });

  it('cannot push another one, or a collector, out of its session by its client id', async () => {
    const two = await enter({ ...boxes.two, clientId: 'two' });
    let pushed = false;
    two.on('disconnect', () => {
      pushed = true;
    });
    const thief = await enter({ ...boxes.one, clientId: 'two' });
    const other = await enter({ ...boxes.one, clientId: 'hai-phong/box-2' });
    await two.publishAsync(topic('box-2', 'events'), 'still here', { qos: 1 });
    expect(pushed).toBe(false);
    expect(two.connected).toBe(true);
    // The two of box-1 are one to the broker.
    await until(() => !thief.connected);
    expect(other.connected).toBe(true);
  });
});

describe('a collector', () => {
  it('hears all boxes through its shared subscription and answers them, and cannot speak as a box', async () => {
    const collector = await enter({ ...boxes.collector, clientId: 'any' });
    const heard = hearing(collector);
    await collector.subscribeAsync('$share/ngatu/ngatu/v1/+/+/events', { qos: 1 });
    const box = await enter(boxes.one);
    await box.publishAsync(topic('box-1', 'events'), 'batch', { qos: 1 });
    await until(() => heard.length > 0);
    expect(heard).toEqual([`${topic('box-1', 'events')} batch`]);
    for (const channel of ['events', 'status', 'health', 'reply'] as const) {
      const forged = collector.publishAsync(topic('box-1', channel), 'x', { qos: 1 });
      await expect(forged).rejects.toMatchObject({ code: 135 });
    }
  });
});

describe('nobody gets in', () => {
  const trust = () => ({ ca: boxes.one.ca });
  const refused = (over: IClientOptions, url?: string) =>
    expect(enter(over, url)).rejects.toThrow(/alert|reset|disconnected|closed|hang up|EPIPE|refused/i);

  it('without a certificate', () => refused(trust()));

  it('with a password instead of one', () =>
    refused({ ...trust(), username: 'hai-phong/box-1', password: 'x' }));

  it('with a certificate that has ended', async () => {
    const nowMs = Date.now();
    const folder = await authority.issue(boxSubject(SITE, 'old'), {
      notBeforeMs: nowMs - 3 * DAY_MS,
      notAfterMs: nowMs - DAY_MS,
    });
    await refused(await readFiles(folder));
  });

  it('with a certificate of another authority that has the right name', async () => {
    const foreign = await TestAuthority.create(join(directory, 'foreign'));
    await refused({ ...(await foreign.box('box-1')), ...trust() });
  });

  it("with the broker's own certificate", async () => {
    const files = await readFiles(join(authority.directory, 'brokers', '127.0.0.1'));
    await refused(files);
  });

  it('without TLS', () =>
    refused({ username: 'hai-phong/box-1' }, broker.url.replace('mqtts://', 'mqtt://')));

  it('with TLS 1.1', async () => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(enter({ ...boxes.one, ...old } as IClientOptions)).rejects.toThrow();
    await enter({ ...boxes.one, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as IClientOptions);
  });

  it('who was revoked, once the broker was started with the new list; a renewed certificate does', async () => {
    const stolen = await authority.box('stolen');
    await (await enter(stolen)).endAsync();
    const entries = await readRegister(authority.directory);
    await revoke(
      authority.directory,
      entries.filter(({ name }) => name === `${SITE}/stolen`),
    );
    const { port } = broker;
    await broker.stop();
    broker = await startSecureBroker(authority, join(directory, 'broker'), { port });
    await refused(stolen);
    await enter(await authority.box('stolen'));
    await enter(boxes.one);
  });
});

describe('a box does not speak to a broker', () => {
  const pretend = async (whose: TestAuthority, name: string, identity?: string) => {
    const folder = join(directory, `pretender-${name}`);
    const pretender = await startSecureBroker(whose, folder, identity === undefined ? {} : { identity });
    onTestFinished(() => pretender.stop());
    return pretender.url;
  };

  it('of another authority', async () => {
    const url = await pretend(await TestAuthority.create(join(directory, 'impostor')), 'foreign');
    await expect(enter(boxes.one, url)).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/),
    });
  });

  it('that shows the certificate of a stolen box', async () => {
    const url = await pretend(authority, 'box', join(authority.directory, 'boxes', SITE, 'box-2'));
    await expect(enter(boxes.one, url)).rejects.toMatchObject({ code: 'INVALID_PURPOSE' });
  });

  it('at an address that its certificate does not name', async () => {
    const host = broker.url.replace('127.0.0.1', 'localhost');
    await expect(enter({ ...boxes.one, family: 4 } as IClientOptions, host)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
});

it('during a change of authorities, boxes and brokers with both in their files get on with those of either', async () => {
  const next = await TestAuthority.create(join(directory, 'next'));
  const both = Buffer.concat([boxes.one.ca, await readFile(join(next.directory, 'ca.pem'))]);
  const lists = [authority, next].map(({ directory: pki }) => readFile(join(pki, 'crl.pem')));
  const crl = Buffer.concat(await Promise.all(lists));
  const trusting = await startSecureBroker(next, join(directory, 'both'), { trust: { ca: both, crl } });
  onTestFinished(() => trusting.stop());
  for (const box of [boxes.one, await next.box('box-1')]) {
    await (await enter({ ...box, ca: both }, trusting.url)).endAsync();
  }
});

describe('with passwords instead of certificates', () => {
  it('the same rules hold: user names are the same', async () => {
    const folder = join(directory, 'passwords');
    const file = join(directory, 'passwd');
    const add = (user: string, password: string, ...first: string[]) => {
      const { status } = spawnSync('mosquitto_passwd', [...first, '-b', file, user, password]);
      expect(status).toBe(0);
    };
    add(`${SITE}/box-1`, 'right', '-c');
    add('collector-1', 'right');
    const other = await startSecureBroker(authority, folder, { passwords: await readFile(file, 'utf8') });
    onTestFinished(() => other.stop());
    const { ca } = boxes.one;
    const user = { ca, username: `${SITE}/box-1` };
    await expect(enter({ ...user, password: 'wrong' }, other.url)).rejects.toMatchObject({ code: 135 });
    await expect(enter({ ca }, other.url)).rejects.toMatchObject({ code: 135 });
    const box = await enter({ ...user, password: 'right' }, other.url);
    await box.publishAsync(topic('box-1', 'events'), 'x', { qos: 1 });
    await expect(box.publishAsync(topic('box-2', 'events'), 'x', { qos: 1 })).rejects.toMatchObject({
      code: 135,
    });
    const collector = await enter({ ca, username: 'collector-1', password: 'right' }, other.url);
    await collector.publishAsync(topic('box-1', 'ack'), 'x', { qos: 1 });
  });
});

it('the access rules that we ship are those that are generated for one collector', async () => {
  expect(await readFile(join(SHIPPED, 'acl'), 'utf8')).toBe(accessRules(['collector-1']));
});
