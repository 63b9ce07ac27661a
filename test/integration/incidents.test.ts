// The life of incidents through the whole centre: a box that speaks MQTT, the collector as a process that is killed, and
// an InfluxDB that goes away. What an operator was answered must be there afterwards, once.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Accounts } from '../../central-collector/api/accounts/accounts.ts';
import type { IncidentAnswer, IncidentsAnswer } from '../../central-collector/api/schemas/incidents.ts';
import type { Incident } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { incident } from '../central-collector/incidents/samples.ts';
import { CollectorProcess, IS_BUILT } from './collector-process.ts';
import { ask, batch, FakeAgent, until } from './collector-rig.ts';

const WAIT_MS = 30_000;

describe.skipIf(!IS_BUILT)('an incident in the centre', () => {
  let directory: string;
  let mosquitto: Mosquitto;
  let influxdb: Influxdb;
  let agent: FakeAgent;
  let collector: CollectorProcess;
  let tokens: Record<'an' | 'binh', string>;
  let runs = 0;
  let database = '';
  let box = '';
  let detectedAtMs = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ngatu-incidents-'));
    mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto') });
    influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
  });

  beforeEach(async () => {
    runs += 1;
    database = `ngatu${runs}`;
    box = `box-${runs}`;
    detectedAtMs = Date.now() - 60_000;
    const centre = join(directory, `centre-${runs}`);
    tokens = await operators(centre);
    collector = await CollectorProcess.configure({
      ...{ name: `collector-${runs}`, directory, mqtt: mosquitto.url, influx: influxdb.url, database },
      more: [`centre: {directory: ${JSON.stringify(centre)}}`],
    });
    collector.start();
    await collector.ready();
    agent = await FakeAgent.connect(mosquitto.url, box);
  });

  afterEach(async () => {
    await agent?.close();
    await collector?.close();
  });

  afterAll(async () => {
    await influxdb?.stop();
    await mosquitto?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const version = (n: number, more: Partial<Incident> = {}) => incident(n, { detectedAtMs, ...more });
  const told = (seq: number, ...events: Incident[]) => agent.deliver([batch(box, seq, events)], WAIT_MS);

  async function api(path: string, init: RequestInit = {}, who: 'an' | 'binh' = 'an') {
    const headers = { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json' };
    const url = `${collector.url}/api/v1${path}`;
    return fetch(url, { ...init, headers, signal: AbortSignal.timeout(10_000) });
  }

  async function judge(verdict: string, who: 'an' | 'binh' = 'an'): Promise<IncidentAnswer> {
    const body = JSON.stringify({ verdict });
    const response = await api(`/incidents/hai-phong.${box}.i-1/verdicts`, { method: 'POST', body }, who);
    expect(response.status).toBe(200);
    return (await response.json()) as IncidentAnswer;
  }

  async function listed(): Promise<IncidentsAnswer> {
    return (await (await api('/incidents')).json()) as IncidentsAnswer;
  }

  const isThere = (check: (incident: IncidentAnswer) => boolean) =>
    until(
      async () => {
        const { incidents } = await listed().catch(() => ({ incidents: [] }));
        return incidents.length === 1 && incidents.every(check);
      },
      WAIT_MS,
      'the incident as expected',
    );

  const storedVerdicts = async () => {
    const query = `SELECT said, given_by FROM ${database}.raw.verdict`;
    return (await ask(influxdb.url, query)).map(({ said, given_by }) => `${given_by} ${said}`);
  };

  it('goes on where it was when the centre is killed right after an answer', async () => {
    await told(1, version(1));
    await isThere(({ state }) => state === 'active');
    const answer = await judge('acknowledge');
    await collector.end('SIGKILL');
    expect(answer.acknowledged?.by).toBe('an');

    collector.start();
    await collector.ready();
    await isThere(({ state, acknowledged }) => state === 'active' && acknowledged?.by === 'an');
    await until(async () => (await storedVerdicts()).length === 1, WAIT_MS, 'the verdict in InfluxDB');
    expect(await storedVerdicts()).toEqual(['an acknowledge']);

    // While the centre is away the camera ends it, and older messages come after newer ones.
    await collector.end('SIGKILL');
    const late = told(3, version(3, { state: 'cleared' })).then(() => told(2, version(2)));
    collector.start();
    await collector.ready();
    await late;
    await isThere((one) => one.state === 'cleared' && one.version === 3 && one.acknowledged?.by === 'an');
    const { timeline } = (await (await api(`/incidents/hai-phong.${box}.i-1`)).json()) as {
      timeline: { what: string; version?: number }[];
    };
    expect(timeline.filter(({ what }) => what === 'version').map((one) => one.version)).toEqual([1, 2, 3]);
  }, 120_000);

  it('keeps what two operators say at once while InfluxDB is away, in one order, through a kill', async () => {
    await told(1, version(1));
    await isThere(({ state }) => state === 'active');
    const { port } = influxdb;
    await influxdb.stop();
    let answers: IncidentAnswer[] = [];
    try {
      answers = await Promise.all([judge('confirm', 'an'), judge('false-alarm', 'binh')]);
      const { problem } = (await (await api(`/incidents/hai-phong.${box}.i-1`)).json()) as {
        problem: string | null;
      };
      expect(problem).toContain('InfluxDB');
      await collector.end('SIGKILL');
    } finally {
      influxdb = await startInfluxdb({ directory: join(directory, 'influxdb'), port });
    }
    collector.start();
    await collector.ready();
    await until(async () => (await storedVerdicts()).length === 2, WAIT_MS, 'both verdicts in InfluxDB');
    // Whoever came second had the last word, and was told so.
    const [last] = (await storedVerdicts()).slice(-1);
    const word = last === 'an confirm' ? 'confirmed' : 'false-alarm';
    expect(answers.map(({ verdict }) => verdict)).toContain(word);
    await isThere(({ verdict }) => verdict === word);
    expect((await storedVerdicts()).sort()).toEqual(['an confirm', 'binh false-alarm']);
  }, 120_000);
});

/** Two operators with a token each. */
async function operators(directory: string): Promise<Record<'an' | 'binh', string>> {
  const accounts = new Accounts({ directory, log: pino({ level: 'silent' }) });
  await accounts.open();
  const secretOf = async (name: string) => {
    const actor = { by: 'system' } as const;
    const { oneTimePassword } = await accounts.users.add(actor, { name, role: 'operator' });
    expect(oneTimePassword).not.toBe('');
    const token = { name, owner: name, scopes: ['read', 'verdict'] as const, lifetimeDays: 1 };
    return (await accounts.tokens.add(actor, { ...token, scopes: [...token.scopes] })).secret;
  };
  const secrets = { an: await secretOf('an'), binh: await secretOf('binh') };
  await accounts.close();
  return secrets;
}
