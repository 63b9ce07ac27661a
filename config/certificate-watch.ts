// Looks at the certificates of a running agent or collector once a day, and warns in its log before they end.

import type { Logger } from 'pino';
import { daysLeft, examineCertificates } from './certificate-notes.ts';
import { readCertificates, type TlsConfig } from './certificates.ts';

export type CertificateWatch = {
  /** Whole days until our own certificate ends, negative when it has; undefined when there is none. */
  daysLeft(): number | undefined;
  close(): void;
};

export type CertificateWatchOptions = {
  readonly tls: TlsConfig | undefined;
  readonly logger: Logger;
  readonly now?: () => number;
  /** Default a day, ms. */
  readonly periodMs?: number;
};

const DAY_MS = 86_400_000;

/** The first look is over when it resolves. Throws CertificateError when a file cannot be read then. */
export async function watchCertificates(options: CertificateWatchOptions): Promise<CertificateWatch> {
  const { tls, logger, now = Date.now, periodMs = DAY_MS } = options;
  if (tls === undefined) return { daysLeft: () => undefined, close: () => undefined };
  let files = await readCertificates(tls);
  const warn = () => {
    for (const { key, message, hint } of examineCertificates(files, now())) {
      logger.warn({ file: tls[key], problem: message, hint }, 'look after the certificates of mqtt.tls');
    }
  };
  warn();
  const timer = setInterval(() => {
    // What was copied there since counts from the next start on, and shows here already.
    readCertificates(tls)
      .then((read) => {
        files = read;
        warn();
      })
      .catch((error: Error) =>
        logger.warn({ problem: error.message }, 'look after the certificates of mqtt.tls'),
      );
  }, periodMs);
  timer.unref();
  return { daysLeft: () => daysLeft(files, now()), close: () => clearInterval(timer) };
}
