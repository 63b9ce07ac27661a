import { afterEach, describe, expect, it } from 'vitest';
import type { CollectorState } from '../../../central-collector/api/collector-state.ts';
import { type Api, startApi } from '../../../central-collector/api/server.ts';

let api: Api | undefined;
afterEach(async () => api?.close());

const STATE: CollectorState = { problems: ['The broker: away.'], totals: {}, gauges: {}, quarantined: {} };

async function get(path: string, authorization?: string) {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(`http://127.0.0.1:${api?.port}${path}`, { headers });
  return {
    status: response.status,
    text: await response.text(),
    asks: response.headers.get('www-authenticate'),
  };
}

describe('pages of the collector', () => {
  it('are for everybody who can connect when there is no token', async () => {
    api = await startApi({ host: '127.0.0.1', port: 0, state: () => STATE, ledger: async () => [] });
    expect(await get('/healthz')).toMatchObject({
      status: 503,
      text: '{"ok":false,"problems":["The broker: away."]}',
    });
    expect((await get('/metrics')).status).toBe(200);
    expect((await get('/ledger')).text).toBe('{"agents":[]}');
  });

  it('tell whoever has no token whether all is well, and nothing more', async () => {
    const admits = (header: string | undefined) => header === 'Bearer right';
    api = await startApi({ host: '127.0.0.1', port: 0, state: () => STATE, ledger: async () => [], admits });
    expect(await get('/healthz')).toMatchObject({ status: 503, text: '{"ok":false}' });
    expect((await get('/healthz', 'Bearer right')).text).toContain('The broker: away.');
    for (const path of [
      '/metrics',
      '/ledger',
      '/LEDGER',
      '/ledger/',
      '//ledger',
      '/%6cedger',
      '/none',
      '/healthz/x',
    ]) {
      for (const header of [undefined, 'Bearer wrong']) {
        const { status, text, asks } = await get(path, header);
        expect([path, status, asks]).toEqual([path, 401, 'Bearer realm="ngatu"']);
        expect(text).toContain('Authorization: Bearer TOKEN');
      }
    }
    expect((await get('/ledger', 'Bearer right')).text).toBe('{"agents":[]}');
    expect((await get('/none', 'Bearer right')).status).toBe(404);
  });
});
