import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpServer, serveHealth } from '../../../edge-agent/runtime/http-server.ts';
import { createAgentMetrics } from '../../../edge-agent/runtime/metrics.ts';

let server: HttpServer | undefined;
afterEach(async () => server?.close());

async function get(path: string, init?: RequestInit) {
  const response = await fetch(`http://127.0.0.1:${server?.port}${path}`, init);
  return { status: response.status, text: await response.text() };
}

describe('pages of the agent for machines', () => {
  it('answers 200 on /healthz while all is well and 503 with the problems in words otherwise', async () => {
    let problems: string[] = [];
    server = await serveHealth({
      host: '127.0.0.1',
      port: 0,
      registry: new Registry(),
      health: () => ({ ok: problems.length === 0, problems }),
    });
    expect(await get('/healthz')).toEqual({ status: 200, text: '{"ok":true,"problems":[]}\n' });
    problems = ['Camera north: nobody answers.'];
    expect(await get('/healthz')).toEqual({
      status: 503,
      text: '{"ok":false,"problems":["Camera north: nobody answers."]}\n',
    });
  });

  it('tells whoever has no token whether all is well, and nothing more', async () => {
    server = await serveHealth({
      host: '127.0.0.1',
      port: 0,
      registry: new Registry(),
      health: () => ({ ok: false, problems: ['Camera north: nobody answers.'] }),
      admits: (header) => header === 'Bearer right',
    });
    const right = { headers: { authorization: 'Bearer right' } };
    expect(await get('/healthz')).toEqual({ status: 503, text: '{"ok":false}\n' });
    expect((await get('/healthz', right)).text).toContain('nobody answers');
    for (const path of [
      '/metrics',
      '/metrics/',
      '//metrics',
      '/healthz/../metrics',
      '/other',
      '/healthz/x',
    ]) {
      const { status, text } = await get(path);
      expect([path, status]).toEqual([path, 401]);
      expect(text).toContain('Authorization: Bearer TOKEN');
    }
    expect((await get('/metrics', right)).status).toBe(200);
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="ngatu"');
  });

  it('brings numbers up to date before it shows them', async () => {
    const metrics = createAgentMetrics();
    const onScrape = () => metrics.brokerConnected.set(1);
    const health = () => ({ ok: true, problems: [] });
    server = await serveHealth({ host: '127.0.0.1', port: 0, registry: metrics.registry, onScrape, health });
    expect((await get('/metrics')).text).toContain('ngatu_broker_connected 1');
  });

  it('shows the numbers of the agent on /metrics as Prometheus text', async () => {
    const metrics = createAgentMetrics();
    metrics.framesAnalysed.inc({ camera: 'north' }, 3);
    const health = () => ({ ok: true, problems: [] });
    server = await serveHealth({ host: '127.0.0.1', port: 0, registry: metrics.registry, health });
    const { status, text } = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('ngatu_frames_analysed_total{camera="north"} 3');
  });

  it('refuses other paths and methods', async () => {
    const health = () => ({ ok: true, problems: [] });
    server = await serveHealth({ host: '127.0.0.1', port: 0, registry: new Registry(), health });
    expect((await get('/etc/passwd')).status).toBe(404);
    expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
  });

  it('says which port is taken and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const health = () => ({ ok: true, problems: [] });
    await expect(
      serveHealth({ host: '127.0.0.1', port, registry: new Registry(), health }),
    ).rejects.toMatchObject({
      name: 'AgentError',
      retryable: false,
      message: `Port ${port} on 127.0.0.1 is taken: set http.port to a free one, or 0 for any.`,
    });
    await new Promise((resolve) => other.close(resolve));
  });
});
