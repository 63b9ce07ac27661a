// A small certificate authority in a folder: makes it, issues, renews and revokes certificates.

import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CA_CERTIFICATE,
  CA_KEY,
  folderOf,
  ISSUED,
  REVOCATION_LIST,
  REVOKED,
  requireAuthority,
  writePrivately,
} from './authority-files.ts';
import { PkiError } from './pki-error.ts';
import { type Entry, readRegister } from './register.ts';
import { signAuthority, signRevocationList, signSubject, type Validity } from './sign.ts';
import type { Kind, Subject } from './subject.ts';

/** What a name of an authority may hold: nothing that openssl's configuration file would read otherwise. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

const DAY_MS = 86_400_000;

/** Valid from a day before: boxes without a battery for their clock start in the past. */
export function validFor(days: number, nowMs = Date.now()): Validity {
  return { notBeforeMs: nowMs - DAY_MS, notAfterMs: nowMs + days * DAY_MS };
}

/** Makes an authority in a folder that has none. Throws PkiError. */
export async function createAuthority(
  directory: string,
  { name, validity, force = false }: { name: string; validity: Validity; force?: boolean },
): Promise<void> {
  if (!NAME.test(name)) {
    throw new PkiError(
      `"${name}" cannot be the name of an authority: 1 to 64 letters, digits, spaces, ".", "_" and "-"`,
    );
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!force && existsSync(join(directory, CA_KEY))) {
    throw new PkiError(
      `${directory} holds a certificate authority already: every certificate that it issued would be worthless with a new one. Take another folder, or --force if that is meant`,
    );
  }
  await setAside(directory);
  const { certificate, key } = await signAuthority(directory, name, validity);
  await writePrivately(join(directory, CA_KEY), key);
  await writePrivately(join(directory, CA_CERTIFICATE), certificate);
  for (const folder of [ISSUED, REVOKED])
    await mkdir(join(directory, folder), { recursive: true, mode: 0o700 });
  await writeRevocationList(directory, []);
}

/**
 * A new key and certificate in the subject's folder, with the authority's certificate beside them; gives the folder.
 * Throws PkiError when there is one already and `replace` is not set, or when the name is another kind's.
 */
export async function issue(
  directory: string,
  subject: Subject,
  { validity, replace = false }: { validity: Validity; replace?: boolean },
): Promise<string> {
  requireAuthority(directory);
  const folder = folderOf(directory, subject);
  if (!replace && existsSync(join(folder, 'key.pem'))) {
    throw new PkiError(
      `${folder} holds a key and certificate already: renew it with "ngatu pki renew ${subject.name}", or issue another with --force`,
    );
  }
  const taken = kindWithName(directory, subject);
  if (taken) throw new PkiError(`the name ${subject.name} is taken by a ${taken}: choose another`);
  const { notAfterMs } = certificateOf(await readFile(join(directory, CA_CERTIFICATE)));
  const { certificate, key } = await signSubject(directory, subject, {
    ...validity,
    // No certificate outlives the one that vouches for it.
    notAfterMs: Math.min(validity.notAfterMs, notAfterMs),
  });
  // Registered first: a certificate that nobody knows of could not be revoked.
  const { serial } = certificateOf(certificate);
  await writePrivately(join(directory, ISSUED, `${serial}.pem`), certificate);
  await writePrivately(join(folder, 'key.pem'), key);
  await writePrivately(join(folder, 'cert.pem'), certificate);
  await copyAuthority(directory, folder);
  if (subject.kind === 'broker') await copyRevocationList(directory, folder);
  return folder;
}

/** Another kind that has the name; that of a box has a slash, which no other has. */
function kindWithName(directory: string, { kind, name }: Subject): Kind | undefined {
  const others = kind === 'box' ? [] : (['collector', 'broker'] as const).filter((other) => other !== kind);
  return others.find((other) => existsSync(join(folderOf(directory, { kind: other, name }), 'cert.pem')));
}

/** Puts certificates on the revocation list, also on the copies beside the brokers' certificates. */
export async function revoke(directory: string, entries: readonly Entry[]): Promise<void> {
  requireAuthority(directory);
  const at = new Date().toISOString();
  for (const { serial, revokedAtMs } of entries) {
    if (revokedAtMs === undefined) await writePrivately(join(directory, REVOKED, serial), `${at}\n`);
  }
  await writeRevocationList(directory, await readRegister(directory));
}

/** What an earlier authority made is of no use to the new one, and yet the only copy. */
async function setAside(directory: string): Promise<void> {
  const there = (await readdir(directory)).filter((name) => !name.startsWith('replaced-'));
  if (!there.includes(CA_KEY)) return;
  const aside = join(directory, `replaced-${new Date().toISOString().replaceAll(':', '-')}`);
  await mkdir(aside, { mode: 0o700 });
  for (const name of there) await rename(join(directory, name), join(aside, name));
}

async function writeRevocationList(directory: string, register: readonly Entry[]): Promise<void> {
  const { notAfterMs } = certificateOf(await readFile(join(directory, CA_CERTIFICATE)));
  const revoked = register.filter(({ revokedAtMs }) => revokedAtMs !== undefined);
  const list = await signRevocationList(directory, revoked, { nowMs: Date.now(), notAfterMs });
  await writePrivately(join(directory, REVOCATION_LIST), list);
  const brokers = join(directory, 'brokers');
  if (!existsSync(brokers)) return;
  for (const broker of await readdir(brokers)) await copyRevocationList(directory, join(brokers, broker));
}

async function copyAuthority(directory: string, folder: string): Promise<void> {
  await copyFile(join(directory, CA_CERTIFICATE), join(folder, 'ca.pem'));
}

async function copyRevocationList(directory: string, folder: string): Promise<void> {
  await writePrivately(join(folder, 'crl.pem'), await readFile(join(directory, REVOCATION_LIST)));
}

function certificateOf(pem: Buffer): { serial: string; notAfterMs: number } {
  const { serialNumber, validTo } = new X509Certificate(pem);
  return { serial: serialNumber.toUpperCase(), notAfterMs: Date.parse(validTo) };
}
