import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Live } from '../../../../central-collector/live/live.ts';
import { GIVE_UP_AFTER_MS } from '../../../../central-collector/live/webhooks/webhook.ts';
import { Webhooks, type WebhooksOptions } from '../../../../central-collector/live/webhooks/webhooks.ts';
import { batch, cleanUp, folder, live, passage, send } from '../live-rig.ts';

const servers: Server[] = [];
const opened: Webhooks[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await cleanUp();
});

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000 });

type Got = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly url: string | undefined };

/** Answers with the status that it is told; 0 does not answer at all. */
async function receiver(
  statusOf: (at: number, got: Got) => number | [number, Record<string, string>] = () => 204,
) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const one = { headers: request.headers, body, url: request.url };
      got.push(one);
      const answer = statusOf(got.length - 1, one);
      const [status, headers] = typeof answer === 'number' ? [answer, {}] : answer;
      if (status !== 0) response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const taken = () => got.map(({ body }) => JSON.parse(body).data.track as number);
  return { got, taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

/** Webhooks on the log of a live part, which tells them what it stores. */
async function webhooks(centre: Live, options: Partial<WebhooksOptions> = {}): Promise<Webhooks> {
  const made = new Webhooks({
    log: centre.log,
    logger: pino({ level: 'silent' }),
    guard: { allow: ['127.0.0.1'] },
    ...options,
  });
  await made.open();
  opened.push(made);
  centre.subscribe(() => made.tell([{ kind: 'passage' } as never]));
  return made;
}

const wish = (url: string) => ({ name: 'platform', url, type: ['passage' as const], site: [], camera: [] });

function tell(centre: Live, seq: number, tracks: readonly number[]): void {
  send(
    centre,
    batch(
      seq,
      tracks.map((track) => passage(track)),
    ),
    'events',
  );
}

/** Waits for nothing, and keeps what it was to wait. */
function noWaiting() {
  const waits: number[] = [];
  const sleep = async (ms: number, signal: AbortSignal) => {
    waits.push(ms);
    await new Promise((resolve) => setTimeout(resolve, 5));
    signal.throwIfAborted();
  };
  return { waits, sleep };
}

describe('webhooks', () => {
  it('sends what happens from then on, in order, signed as Standard Webhooks says', async () => {
    const centre = await live();
    tell(centre, 1, [1]);
    await centre.settled();
    const to = await receiver();
    const hooks = await webhooks(centre);
    const { id, secret } = await hooks.add(wish(to.url), 'an');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    tell(centre, 2, [2, 3, 4]);
    await until(() => to.got.length === 3);
    expect(to.taken()).toEqual([2, 3, 4]);
    const [{ headers, body }] = to.got as [Got];
    const key = Buffer.from(secret.slice(6), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(headers['webhook-id']).toBe(JSON.parse(body).id);
    await until(() => hooks.get(id).state === 'idle');
    expect(hooks.get(id)).toMatchObject({ createdBy: 'an', problem: null, deadLetters: 0 });
    expect(JSON.stringify(hooks.list())).not.toContain(secret);
  });

  it('tries again, later and later, until it is taken, and keeps the order', async () => {
    const centre = await live();
    const { waits, sleep } = noWaiting();
    const to = await receiver((at) => (at < 4 ? 503 : 200));
    const hooks = await webhooks(centre, { sleep });
    const { id } = await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1, 2]);
    await until(() => to.got.length === 6);
    expect(to.taken()).toEqual([1, 1, 1, 1, 1, 2]);
    expect(new Set(to.got.slice(0, 5).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(waits).toHaveLength(4);
    for (const [at, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(5000 * 3 ** at * 0.7 - 1);
      expect(wait).toBeLessThanOrEqual(5000 * 3 ** at);
    }
    await until(() => hooks.get(id).problem === null);
  });

  it('waits as long as the receiver asks for', async () => {
    const centre = await live();
    const { waits, sleep } = noWaiting();
    const to = await receiver((at) => (at === 0 ? [429, { 'retry-after': '120' }] : 200));
    const hooks = await webhooks(centre, { sleep });
    await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1]);
    await until(() => to.got.length === 2);
    expect(waits).toEqual([120_000]);
  });

  it('goes on after a restart with what was not taken', async () => {
    const directory = await folder();
    const first = await live({ directory, webhookHosts: ['127.0.0.1'] });
    let works = false;
    const to = await receiver(() => (works ? 200 : 500));
    await first.webhooks.add(wish(to.url), 'an');
    tell(first, 1, [1, 2]);
    await until(() => to.got.length === 1);
    await first.close();
    works = true;
    const second = await live({ directory, webhookHosts: ['127.0.0.1'] });
    tell(second, 2, [3]);
    await until(() => to.got.length === 4);
    expect(to.taken()).toEqual([1, 1, 2, 3]);
    await until(() => second.webhooks.list()[0]?.waiting === 0);
  });

  it('gives up after a day, keeps the event, and sends it when somebody says so', async () => {
    const centre = await live();
    const { sleep } = noWaiting();
    let offsetMs = 0;
    let works = false;
    const to = await receiver(() => (works ? 200 : 500));
    const hooks = await webhooks(centre, { sleep, now: () => Date.now() + offsetMs });
    const { id } = await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1, 2]);
    await until(() => to.got.length > 3);
    expect(hooks.get(id)).toMatchObject({
      state: 'retrying',
      problem: 'the receiver answered 500',
      waiting: 2,
    });
    offsetMs = GIVE_UP_AFTER_MS + 60_000;
    await until(() => hooks.get(id).deadLetters === 2);
    expect(hooks.deadLetters(id)).toMatchObject([
      { type: 'ngatu.passage.v1', why: 'the receiver answered 500' },
      { attempts: 1 },
    ]);
    expect(await hooks.redeliver(id)).toEqual({ delivered: 0, failed: 2 });
    works = true;
    const before = to.got.length;
    expect(await hooks.redeliver(id)).toEqual({ delivered: 2, failed: 0 });
    expect(to.taken().slice(before)).toEqual([1, 2]);
    expect(hooks.get(id).deadLetters).toBe(0);
  });

  it('forgets what it did not deliver when somebody says so, one event or all', async () => {
    const centre = await live();
    const to = await receiver(() => 422);
    const hooks = await webhooks(centre, { sleep: noWaiting().sleep });
    const { id } = await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1, 2, 3]);
    await until(() => hooks.get(id).deadLetters === 3);
    const [first] = hooks.deadLetters(id);
    await hooks.discard(id, [first?.id ?? '']);
    expect(hooks.get(id).deadLetters).toBe(2);
    await hooks.discard(id);
    expect(hooks.deadLetters(id)).toEqual([]);
  });

  it('sends nothing while it is paused, and afterwards what has waited', async () => {
    const centre = await live();
    const to = await receiver();
    const hooks = await webhooks(centre);
    const { id } = await hooks.add({ ...wish(to.url), paused: true }, 'an');
    tell(centre, 1, [1, 2]);
    await until(() => hooks.get(id).waiting > 0);
    expect(hooks.get(id).state).toBe('paused');
    // Tried out it can be all the same: before it is let go on.
    expect(await hooks.tryOut(id)).toMatchObject({ taken: true, why: null });
    expect(JSON.parse(to.got[0]?.body ?? '')).toMatchObject({ type: 'ngatu.heartbeat.v1' });
    expect(to.got).toHaveLength(1);
    await hooks.change(id, { ...wish(to.url), paused: false });
    await until(() => to.got.length === 3);
    expect(to.taken().slice(1)).toEqual([1, 2]);
  });

  it('says what a receiver answers that is tried out', async () => {
    const centre = await live();
    const to = await receiver(() => 500);
    const hooks = await webhooks(centre);
    const { id } = await hooks.add(wish(to.url), 'an');
    expect(await hooks.tryOut(id)).toMatchObject({ taken: false, why: 'the receiver answered 500' });
    expect(hooks.get(id)).toMatchObject({ state: 'idle', problem: null, deadLetters: 0 });
  });

  it('does not let an event that the receiver refuses hold up the others', async () => {
    const centre = await live();
    const { sleep } = noWaiting();
    const to = await receiver((_, { body }) => (JSON.parse(body).data.track === 2 ? 422 : 200));
    const hooks = await webhooks(centre, { sleep });
    const { id } = await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1, 2, 3]);
    await until(() => to.taken().at(-1) === 3);
    expect(to.taken()).toEqual([1, 2, 2, 2, 3]);
    expect(hooks.deadLetters(id)).toMatchObject([{ attempts: 3 }]);
  });

  it('is off when the receiver wants nothing any more, until somebody changes it', async () => {
    const centre = await live();
    let gone = true;
    const to = await receiver(() => (gone ? 410 : 200));
    const hooks = await webhooks(centre);
    const { id } = await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1]);
    await until(() => hooks.get(id).state === 'off');
    tell(centre, 2, [2]);
    await centre.settled();
    expect(to.got).toHaveLength(1);
    gone = false;
    await hooks.change(id, wish(to.url));
    await until(() => to.got.length === 3);
    expect(to.taken()).toEqual([1, 1, 2]);
    expect(hooks.get(id).state).not.toBe('off');
  });

  it('lets a slow receiver hold up nobody else', async () => {
    const centre = await live();
    const slow = await receiver(() => 0);
    const quick = await receiver();
    const hooks = await webhooks(centre, { timeoutMs: 60_000 });
    await hooks.add(wish(slow.url), 'an');
    await hooks.add(wish(quick.url), 'an');
    tell(centre, 1, [1, 2, 3]);
    await until(() => quick.got.length === 3);
    expect(slow.got).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const centre = await live();
    const { sleep } = noWaiting();
    const secret = await receiver();
    const to = await receiver(() => [302, { location: secret.url }]);
    const hooks = await webhooks(centre, { sleep });
    const { id } = await hooks.add(wish(to.url), 'an');
    tell(centre, 1, [1]);
    await until(() => to.got.length > 1);
    expect(secret.got).toEqual([]);
    expect(hooks.get(id).problem).toContain('redirect');
  });

  it('is not lead to the own network by a name', async () => {
    const centre = await live();
    const { sleep } = noWaiting();
    const to = await receiver();
    const port = new URL(to.url).port;
    const hooks = await webhooks(centre, {
      sleep,
      guard: { allow: [], resolve: (_name, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
    });
    const { id } = await hooks.add(wish(`http://rebinding.example.org:${port}/`), 'an');
    tell(centre, 1, [1]);
    await until(() => hooks.get(id).problem !== null);
    expect(hooks.get(id).problem).toContain('centre.webhooks.allow');
    expect(to.got).toEqual([]);
  });

  it('tells the receiver of a gap when the log did not keep what it should have got', async () => {
    const centre = await live({ maxBytes: 200_000 });
    let works = false;
    const to = await receiver(() => (works ? 200 : 500));
    const hooks = await webhooks(centre, { sleep: noWaiting().sleep });
    await hooks.add({ ...wish(to.url), type: ['flow'] }, 'an');
    await hooks.close();
    opened.splice(0);
    for (let seq = 1; seq <= 20; seq += 1) {
      tell(
        centre,
        seq,
        Array.from({ length: 100 }, (_, at) => at),
      );
      await centre.settled();
    }
    works = true;
    await webhooks(centre);
    await until(() => to.got.length === 1);
    expect(JSON.parse(to.got[0]?.body ?? '')).toMatchObject({
      type: 'ngatu.gap.v1',
      data: { why: expect.any(String) },
    });
  });
});
