// What is wrong, or soon will be, with the certificates that a configuration names: told at the start, once a day, and by
// `ngatu config check`.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Certificates } from './certificates.ts';

export type CertificateNote = {
  /** Key below `mqtt.tls`. */
  readonly key: 'ca' | 'cert' | 'key';
  /** Without full stop. */
  readonly message: string;
  readonly hint: string;
};

/** A city's boxes are not visited in a week. */
const WARN_DAYS = 60;

const DAY_MS = 86_400_000;

/** PEM texts of the files, as they lie there now. */
export function examineCertificates({ ca, cert, key }: Certificates, nowMs: number): CertificateNote[] {
  const own = cert && certificateOf(cert);
  return [
    ...(ca === undefined ? [] : aboutDates('ca', certificateOf(ca), nowMs)),
    ...(cert === undefined ? [] : aboutDates('cert', own, nowMs)),
    ...(key === undefined ? [] : aboutKey(key, own)),
  ];
}

/** Whole days until our own certificate ends, negative when it has; undefined when there is none that can be read. */
export function daysLeft({ cert }: Certificates, nowMs: number): number | undefined {
  const own = cert && certificateOf(cert);
  return own && Math.floor((Date.parse(own.validTo) - nowMs) / DAY_MS);
}

/** The first of a file: what follows are those that vouch for it, or other authorities. */
export function certificateOf(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const WHAT = { ca: "the authority's certificate", cert: 'the certificate' } as const;

const RENEW = 'Renew it with "ngatu pki renew", copy the files here and restart.';

function aboutDates(
  key: 'ca' | 'cert',
  certificate: X509Certificate | undefined,
  nowMs: number,
): CertificateNote[] {
  if (certificate === undefined) {
    return [
      { key, message: 'the file is no certificate', hint: 'It begins with -----BEGIN CERTIFICATE-----.' },
    ];
  }
  const hint = key === 'cert' ? RENEW : 'Make a new authority with "ngatu pki init", and new certificates.';
  const beginsMs = Date.parse(certificate.validFrom);
  const endsMs = Date.parse(certificate.validTo);
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  if (nowMs < beginsMs) {
    const message = `${WHAT[key]} is not valid before ${day(beginsMs)}`;
    return [{ key, message, hint: 'Check the clock of this machine.' }];
  }
  if (nowMs >= endsMs) return [{ key, message: `${WHAT[key]} ended on ${day(endsMs)}`, hint }];
  if (days < WARN_DAYS) {
    return [{ key, message: `${WHAT[key]} ends in ${days} days, on ${day(endsMs)}`, hint }];
  }
  return [];
}

function aboutKey(pem: Buffer, certificate: X509Certificate | undefined): CertificateNote[] {
  try {
    const key = createPrivateKey(pem);
    if (certificate?.checkPrivateKey(key) === false) {
      const message = 'the key is not the one of the certificate';
      return [{ key: 'key', message, hint: 'Copy key.pem and cert.pem of the same folder.' }];
    }
    return [];
  } catch {
    // What the library says may quote the file.
    const message = 'the file is no private key without a passphrase';
    return [{ key: 'key', message, hint: 'It begins with -----BEGIN PRIVATE KEY-----.' }];
  }
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
