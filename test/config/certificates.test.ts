import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readCertificates } from '../../config/certificates.ts';

it('certificates are read, and a missing one is told by its key, path and what to do', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-tls-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const ca = join(directory, 'ca.pem');
  await writeFile(ca, 'PEM');
  expect(await readCertificates({ ca })).toEqual({ ca: Buffer.from('PEM') });
  const missing = join(directory, 'none.pem');
  await expect(readCertificates({ ca, cert: missing, key: ca })).rejects.toMatchObject({
    name: 'CertificateError',
    exitCode: 2,
    message: `mqtt.tls.cert: the file ${missing} cannot be read: there is no such file; correct the path or put the PEM file there`,
  });
});
