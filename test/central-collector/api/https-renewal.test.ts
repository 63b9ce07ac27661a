import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { type HttpsOptions, httpsOptions } from '../../../central-collector/api/accounts/transport.ts';
import { startApi } from '../../../central-collector/api/server.ts';

async function certificateOf(name: string, directory: string): Promise<HttpsOptions> {
  const [cert, key] = [join(directory, `${name}.cert`), join(directory, `${name}.key`)];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const files = ['-keyout', key, '-out', cert, '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files], { stdio: 'ignore' });
  return httpsOptions({ cert: await readFile(cert), key: await readFile(key) });
}

async function visit(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

async function askOn(socket: TLSSocket): Promise<string> {
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return await new Promise((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
}

const nameOf = (socket: TLSSocket) => socket.getPeerCertificate().subject.CN;

it('a renewed certificate is served from the next connection on, and open connections go on', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-renewal-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let renew: ((https: HttpsOptions) => void) | undefined;
  const api = await startApi({
    ...{ host: '127.0.0.1', port: 0, ledger: async () => [] },
    state: () => ({ problems: [], totals: {}, gauges: {}, quarantined: {} }),
    centre: {
      https: await certificateOf('old', directory),
      onRenewal: (take) => {
        renew = take;
      },
      addTo: async () => undefined,
    },
  });
  onTestFinished(() => api.close());
  const before = await visit(api.port);
  expect(nameOf(before)).toBe('old');
  renew?.(await certificateOf('new', directory));
  expect(await askOn(before)).toMatch(/^HTTP\/1\.1 200 /);
  const after = await visit(api.port);
  expect(nameOf(after)).toBe('new');
  expect(await askOn(after)).toMatch(/^HTTP\/1\.1 200 /);
  expect(after.getProtocol()).toMatch(/^TLSv1\.[23]$/);
});
