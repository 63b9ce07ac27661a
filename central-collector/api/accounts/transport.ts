// How browsers reach the centre: TLS by this server, and what is said when passwords would travel in the open.

import { createSecureContext } from 'node:tls';
import { isLoopback } from '../../../contract/index.ts';
import { AccountsError, whyOf } from './accounts-error.ts';

export type TlsFiles = {
  /** PEM: the certificate, and those between it and the authority. */
  readonly cert: Buffer;
  /** PEM. */
  readonly key: Buffer;
};

/** Looks after the files while they are served with. */
export type TlsWatch = {
  /** What is wrong with the certificate, or soon will be; without a full stop. */
  readonly problem: string | undefined;
  /** Whole days until it ends, negative when it has. */
  daysLeft(): number;
  /** `take` is called with each new pair, which can be served with. */
  onRenewal(take: (files: TlsFiles) => void): void;
  close(): void;
};

export type HttpsOptions = TlsFiles & { readonly minVersion: 'TLSv1.2'; readonly honorCipherOrder: true };

/** For `Fastify({ https })`. Throws AccountsError when certificate and key are none or don't belong together. */
export function httpsOptions({ cert, key }: TlsFiles): HttpsOptions {
  const options = { cert, key, minVersion: 'TLSv1.2', honorCipherOrder: true } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new AccountsError(
      `the certificate and key for https can't be used: ${whyOf(cause)}; expected two PEM files that belong together, the key without a passphrase`,
      { retryable: false, cause },
    );
  }
  return options;
}

/** A sentence for the log when others on the network could read passwords and cookies; undefined when they can't. */
export function transportProblem(host: string, secure: boolean): string | undefined {
  if (secure || isLoopback(host)) return undefined;
  return `The pages are served without https on ${host}: others on the network can read passwords; set a certificate and key, or bind to 127.0.0.1 behind a proxy that has them.`;
}
