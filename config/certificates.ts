// Reads the PEM files that a configuration names; a missing one is a mistake of the configuration and told as such.

import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { tlsSchema } from './sections.ts';
import { whyUnreadable } from './yaml-file.ts';

export type TlsConfig = z.output<typeof tlsSchema>;

export type Certificates = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };

/** A PEM file that the configuration names cannot be read. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly retryable = false;
  /** What the command ends with: bad configuration. */
  readonly exitCode = 2;
}

/** PEM texts of the files. Throws CertificateError. */
export async function readCertificates(tls: TlsConfig): Promise<Certificates> {
  const parts = await Promise.all(
    (['ca', 'cert', 'key'] as const).map(async (key) => {
      const path = tls[key];
      return path === undefined ? {} : { [key]: await readPem(`mqtt.tls.${key}`, path) };
    }),
  );
  return Object.assign({}, ...parts);
}

/** Certificate and key that the pages of the centre are served with. Throws CertificateError. */
export async function readHttpsFiles({
  cert,
  key,
}: {
  readonly cert: string;
  readonly key: string;
}): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  return { cert: await readPem('centre.https.cert', cert), key: await readPem('centre.https.key', key) };
}

async function readPem(key: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CertificateError(
      `${key}: the file ${path} cannot be read: ${whyUnreadable(cause)}; correct the path or put the PEM file there`,
      { cause },
    );
  }
}
