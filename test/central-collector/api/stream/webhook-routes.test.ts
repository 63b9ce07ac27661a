import { afterEach, describe, expect, it } from 'vitest';
import { problemOf, sendProblem } from '../../../../central-collector/api/problem.ts';
import { addWebhookRoutes } from '../../../../central-collector/api/stream/webhook-routes.ts';
import type { Live } from '../../../../central-collector/live/live.ts';
import { cleanUp, live } from '../../live/live-rig.ts';
import { closeRigs, openRig, type Rig } from '../accounts/rig.ts';

afterEach(async () => {
  await cleanUp();
  await closeRigs();
});

async function open(): Promise<{ rig: Rig; centre: Live }> {
  const rig = await openRig();
  rig.server.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  const centre = await live({ webhookHosts: ['127.0.0.1:9'] });
  await rig.server.register(
    (api, _options, done) => {
      addWebhookRoutes(api, rig.gate, centre.webhooks);
      done();
    },
    { prefix: '/api/v1' },
  );
  return { rig, centre };
}

const body = {
  name: 'Data platform',
  url: 'https://example.org/hooks/s3cret-path',
  type: ['incident', 'verdict'],
};

describe('routes of webhooks', () => {
  it('adds, lists, changes and removes one, and tells its secret once', async () => {
    const { rig } = await open();
    const engineer = await rig.as('engineer');
    const added = await engineer.ask('POST', '/api/v1/webhooks', body);
    expect(added.statusCode).toBe(201);
    const { id, secret } = added.json();
    expect(secret).toMatch(/^whsec_/);
    const list = await engineer.ask('GET', '/api/v1/webhooks');
    expect(list.json().webhooks).toMatchObject([
      { id, name: 'Data platform', state: 'idle', createdBy: 'engineer' },
    ]);
    expect(list.body).not.toContain(secret);
    const changed = await engineer.ask('PUT', `/api/v1/webhooks/${id}`, {
      ...body,
      severity: 'high',
      site: ['hai-phong'],
    });
    expect(changed.json()).toMatchObject({ id, severity: 'high', site: ['hai-phong'] });
    expect((await engineer.ask('GET', `/api/v1/webhooks/${id}/dead-letters`)).json()).toEqual({
      deadLetters: [],
    });
    const again = await engineer.ask('POST', `/api/v1/webhooks/${id}/dead-letters`, {});
    expect(again.json()).toEqual({ delivered: 0, failed: 0 });
    const discarded = await engineer.ask('DELETE', `/api/v1/webhooks/${id}/dead-letters?id=101,102`);
    expect(discarded.statusCode).toBe(204);
    const paused = await engineer.ask('PUT', `/api/v1/webhooks/${id}`, { ...body, paused: true });
    expect(paused.json()).toMatchObject({ state: 'paused', paused: true });
    expect((await engineer.ask('DELETE', `/api/v1/webhooks/${id}`)).statusCode).toBe(204);
    expect((await engineer.ask('GET', `/api/v1/webhooks/${id}`)).statusCode).toBe(404);
  });

  it('writes into the audit log who did it, without the secret parts of the address', async () => {
    const { rig } = await open();
    const engineer = await rig.as('engineer');
    const { id } = (await engineer.ask('POST', '/api/v1/webhooks', body)).json();
    await engineer.ask('DELETE', `/api/v1/webhooks/${id}`);
    const log = await rig.file('audit.ndjson');
    expect(log).toContain('"action":"webhook-added"');
    expect(log).toContain('"action":"webhook-removed"');
    expect(log).not.toContain('s3cret');
  });

  it.each(['viewer', 'operator'] as const)('is not for a %s', async (role) => {
    const { rig } = await open();
    const browser = await rig.as(role);
    expect((await browser.ask('GET', '/api/v1/webhooks')).statusCode).toBe(403);
    expect((await browser.ask('POST', '/api/v1/webhooks', body)).statusCode).toBe(403);
  });

  it.each([
    'http://127.0.0.1:8086/write?db=ngatu',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://u:p@example.org/',
    'ftp://example.org/',
    'javascript:alert(1)',
  ])('refuses the address %s', async (url) => {
    const { rig, centre } = await open();
    const engineer = await rig.as('engineer');
    const refused = await engineer.ask('POST', '/api/v1/webhooks', { ...body, url });
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors[0].path).toBe('body.url');
    expect(centre.webhooks.list()).toEqual([]);
  });

  it('takes an address of the own network that the configuration lists', async () => {
    const { rig } = await open();
    const engineer = await rig.as('engineer');
    const taken = await engineer.ask('POST', '/api/v1/webhooks', { ...body, url: 'http://127.0.0.1:9/' });
    expect(taken.statusCode).toBe(201);
    // Nobody listens there, which is what trying it out is for.
    const tried = await engineer.ask('POST', `/api/v1/webhooks/${taken.json().id}/test`);
    expect(tried.json()).toMatchObject({ taken: false, why: expect.stringContaining('ECONNREFUSED') });
  });
});
