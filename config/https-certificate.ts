// The certificate that the pages are served with, as its files are now: what certbot or a person puts there is taken over
// while everything runs, and its end is told before it comes.

import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { certificateOf, daysLeft } from './certificate-notes.ts';
import { readHttpsFiles } from './certificates.ts';

/** PEM texts that belong together. */
export type HttpsFiles = { readonly cert: Buffer; readonly key: Buffer };

export type HttpsCertificate = {
  /** What is wrong with it, or soon will be; without a full stop. */
  readonly problem: string | undefined;
  /** Whole days until it ends, negative when it has. */
  daysLeft(): number;
  /** The newest that can be served with. */
  files(): HttpsFiles;
  /** `take` is called with each new one. */
  onRenewal(take: (files: HttpsFiles) => void): void;
  /** Idempotent. */
  close(): void;
};

export type HttpsCertificateOptions = {
  /** Paths. */
  readonly https: { readonly cert: string; readonly key: string };
  readonly logger: Logger;
  readonly now?: () => number;
  /** Between two looks, ms. Default a minute: the files are small, and links that are set anew tell no watcher of files. */
  readonly periodMs?: number;
};

const DAY_MS = 86_400_000;

/** certbot renews when a third of the life is left: with a quarter left, or two weeks, that has failed again and again. */
const WARN_SHARE = 1 / 4;
const WARN_MS = 14 * DAY_MS;

/** The first look is over when it resolves. Throws CertificateError when a file cannot be read then. */
export async function watchHttpsCertificate(options: HttpsCertificateOptions): Promise<HttpsCertificate> {
  const { https, logger, now = Date.now, periodMs = 60_000 } = options;
  const takers: ((files: HttpsFiles) => void)[] = [];
  let files = await readHttpsFiles(https);
  /** Another pair that cannot be served with: half written perhaps, told of when it is the same a look later. */
  let doubtful: HttpsFiles | undefined;
  let refusal: string | undefined;
  let told: string | undefined;
  const problem = () => refusal ?? endOf(files, now());

  const take = (read: HttpsFiles) => {
    const why = isSame(read, files) ? undefined : whyUnusable(read);
    if (why !== undefined) {
      if (doubtful && isSame(read, doubtful)) refusal = `${why}; the pages are served with the one before`;
      doubtful = read;
      return;
    }
    doubtful = undefined;
    refusal = undefined;
    if (isSame(read, files)) return;
    files = read;
    for (const taker of takers) taker(read);
    logger.info(
      { file: https.cert, daysLeft: daysLeft(read, now()) },
      'the pages are served with a new certificate',
    );
  };
  const tell = () => {
    const said = problem();
    if (said !== undefined && said !== told) {
      logger.warn({ file: https.cert, problem: said }, 'look after the certificate of centre.https');
    }
    told = said;
  };
  tell();
  const look = async () => {
    try {
      take(await readHttpsFiles(https));
    } catch (error) {
      refusal = (error as Error).message;
    }
    tell();
  };
  const timer = setInterval(() => void look(), periodMs);
  timer.unref();
  return {
    get problem() {
      return problem();
    },
    // No server takes a file that is no certificate.
    daysLeft: () => daysLeft(files, now()) ?? Number.NaN,
    files: () => files,
    onRenewal: (taker) => void takers.push(taker),
    close: () => clearInterval(timer),
  };
}

function isSame(one: HttpsFiles, other: HttpsFiles): boolean {
  return one.cert.equals(other.cert) && one.key.equals(other.key);
}

function whyUnusable({ cert, key }: HttpsFiles): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    // What the library says of a key may quote it.
    const { code = 'no PEM' } = error as NodeJS.ErrnoException;
    return `the new certificate and key cannot be used (${code}): expected two PEM files that belong together, the key without a passphrase`;
  }
}

function endOf({ cert }: HttpsFiles, nowMs: number): string | undefined {
  const own = certificateOf(cert);
  if (own === undefined) return undefined;
  const [beginsMs, endsMs] = [Date.parse(own.validFrom), Date.parse(own.validTo)];
  const day = new Date(endsMs).toISOString().slice(0, 10);
  if (nowMs >= endsMs) return `it ended on ${day}, and browsers refuse the pages: renew it`;
  if (endsMs - nowMs > Math.min(WARN_MS, (endsMs - beginsMs) * WARN_SHARE)) return undefined;
  return `it ends in ${Math.floor((endsMs - nowMs) / DAY_MS)} days, on ${day}: renew it; new files are taken over while it runs`;
}
