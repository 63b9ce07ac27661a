import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { accountsPlugin } from '../../../../central-collector/api/accounts/plugin.ts';
import { httpsOptions, transportProblem } from '../../../../central-collector/api/accounts/transport.ts';
import { closeRigs, openRig } from './rig.ts';

afterEach(closeRigs);

describe('the headers of every answer', () => {
  it.each(['/api/v1/session', '/api/v1/try/read', '/nowhere'])(
    'forbid what pages have no use for: %s',
    async (url) => {
      const { headers } = await (await openRig()).browser().ask('GET', url);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|upgrade-insecure/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'permissions-policy': expect.stringContaining('camera=()'),
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
    },
  );

  it('insist on https when browsers come by https', async () => {
    const { headers } = await (await openRig({ secure: true })).browser().ask('GET', '/nowhere');
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}$/);
  });

  it('allow pictures from a tile server that is named', async () => {
    const { gate } = await openRig();
    const server = Fastify();
    const imageSources = ['https://tiles.example.org'];
    await server.register(accountsPlugin, { gate, log: pino({ level: 'silent' }), imageSources });
    const { headers } = await server.inject('/nowhere');
    expect(headers['content-security-policy']).toContain(
      "img-src 'self' data: blob: https://tiles.example.org",
    );
    await server.close();
  });

  it('keep answers about accounts out of caches', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    for (const url of ['/api/v1/session', '/api/v1/users', '/api/v1/audit']) {
      expect((await browser.ask('GET', url)).headers['cache-control']).toBe('no-store');
    }
    expect((await rig.browser().ask('GET', '/api/v1/users')).headers['cache-control']).toBe('no-store');
  });
});

describe('https', () => {
  it('is served with a certificate: sign-in over it sets the __Host- cookie', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ngatu-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = [
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
    ];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const files = { cert: await readFile(cert), key: await readFile(key) };
    const rig = await openRig({ secure: true });
    const server = Fastify({ https: httpsOptions(files) });
    await server.register(accountsPlugin, { gate: rig.gate, log: pino({ level: 'silent' }) });
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const body = JSON.stringify({ name: 'admin', password: rig.first?.oneTimePassword });
    const answer = await new Promise<{ status: number | undefined; cookie: string | undefined }>(
      (resolve, reject) => {
        const origin = `https://localhost:${port}`;
        const headers = { 'content-type': 'application/json', origin, 'content-length': body.length };
        request(
          `${origin}/api/v1/session`,
          { method: 'POST', headers, ca: files.cert, family: 4 },
          (response) => {
            response.resume();
            resolve({ status: response.statusCode, cookie: response.headers['set-cookie']?.[0] });
          },
        )
          .on('error', reject)
          .end(body);
      },
    );
    expect(answer.status).toBe(200);
    expect(answer.cookie).toMatch(
      /^__Host-ngatu=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('is not begun with files that are no certificate', () => {
    const nonsense = Buffer.from('nonsense');
    expect(() => httpsOptions({ cert: nonsense, key: nonsense })).toThrow(/expected two PEM files/);
  });

  it.each([
    ['127.0.0.1', false, false],
    ['::1', false, false],
    ['localhost', false, false],
    ['0.0.0.0', true, false],
    ['0.0.0.0', false, true],
    ['10.0.0.5', false, true],
    ['127.evil.example', false, true],
  ])('is asked for on %s (https: %s): %s', (host, secure, asked) => {
    expect(transportProblem(host, secure) !== undefined).toBe(asked);
  });
});
