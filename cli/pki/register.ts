// What an authority has issued, read from the certificates themselves: a list of its own could contradict them.

import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ISSUED, REVOKED } from './authority-files.ts';
import { PkiError } from './pki-error.ts';
import { KINDS, type Kind } from './subject.ts';

export type Entry = {
  readonly kind: Kind;
  readonly name: string;
  /** Hexadecimal, upper case: the name of the file, too. */
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly revokedAtMs?: number;
  readonly hosts: readonly string[];
};

/** All certificates, by name and then by age, the oldest first. Throws PkiError when a file is no certificate of ours. */
export async function readRegister(directory: string): Promise<Entry[]> {
  const revoked = await revocations(directory);
  const files = (await readdir(join(directory, ISSUED))).filter((file) => file.endsWith('.pem'));
  const entries: Entry[] = [];
  for (const file of files) {
    const path = join(directory, ISSUED, file);
    const entry = entryOf(await readFile(path), path);
    const revokedAtMs = revoked.get(entry.serial);
    entries.push(revokedAtMs === undefined ? entry : { ...entry, revokedAtMs });
  }
  const order = (a: Entry, b: Entry) =>
    KINDS.indexOf(b.kind) - KINDS.indexOf(a.kind) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : a.notAfterMs - b.notAfterMs);
  return entries.sort(order);
}

export type State = 'valid' | 'revoked' | 'expired';

export function stateOf({ revokedAtMs, notAfterMs }: Entry, nowMs: number): State {
  if (revokedAtMs !== undefined) return 'revoked';
  return notAfterMs <= nowMs ? 'expired' : 'valid';
}

/** The certificate of each name that lasts longest among those that count today, or last did. */
export function newestOfEach(entries: readonly Entry[], nowMs: number): Entry[] {
  const newest = new Map<string, Entry>();
  for (const entry of entries) {
    if (stateOf(entry, nowMs) !== 'revoked') newest.set(entry.name, entry);
  }
  return [...newest.values()];
}

async function revocations(directory: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const serial of await readdir(join(directory, REVOKED))) {
    const atMs = Date.parse((await readFile(join(directory, REVOKED, serial), 'utf8')).trim());
    // Revoked for certain, even where somebody has spoilt the time.
    times.set(serial, Number.isNaN(atMs) ? 0 : atMs);
  }
  return times;
}

function entryOf(pem: Buffer, path: string): Entry {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new PkiError(`${path} is no certificate: put back the file from a copy`, { cause });
  }
  // Not toLegacyObject(): called before node:tls is loaded, it leaves Node 20 without tls.createSecureContext.
  const { CN: name, OU: kind } = Object.fromEntries(
    certificate.subject.split('\n').map((part) => part.split('=')),
  );
  if (name === undefined || !KINDS.includes(kind as Kind)) {
    throw new PkiError(`${path} was not issued by ngatu pki: take it out of the folder`);
  }
  return {
    kind: kind as Kind,
    name,
    serial: certificate.serialNumber.toUpperCase(),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
    hosts: hostsOf(certificate),
  };
}

function hostsOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .flatMap((text) => /^(?:DNS|IP Address):(.+)$/.exec(text)?.[1] ?? []);
}
