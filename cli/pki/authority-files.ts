// Where everything lies in the folder of a certificate authority, and how its files are written.

import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PkiError } from './pki-error.ts';
import type { Kind, Subject } from './subject.ts';

export const CA_CERTIFICATE = 'ca.pem';
export const CA_KEY = 'ca-key.pem';
export const REVOCATION_LIST = 'crl.pem';
/** One file for each certificate that was ever issued, by serial number. They are the register: there is no other. */
export const ISSUED = 'issued';
/** One file for each of them that was revoked, by serial number. */
export const REVOKED = 'revoked';

const FOLDERS: Readonly<Record<Kind, string>> = {
  box: 'boxes',
  collector: 'collectors',
  broker: 'brokers',
};

/** Folder with ca.pem, cert.pem and key.pem of a subject, ready to be copied. */
export function folderOf(directory: string, { kind, name }: Pick<Subject, 'kind' | 'name'>): string {
  // The address of a broker may be IPv6.
  return join(directory, FOLDERS[kind], ...name.replaceAll(':', '_').split('/'));
}

/** Throws PkiError when there is no certificate authority in the folder. */
export function requireAuthority(directory: string): void {
  for (const file of [CA_CERTIFICATE, CA_KEY]) {
    if (existsSync(join(directory, file))) continue;
    throw new PkiError(
      `there is no certificate authority in ${directory} (no ${file}): give its folder with --dir, or make one with "ngatu pki init --dir ${directory}"`,
    );
  }
}

/** Owner only, whole or not at all: written beside and renamed. Makes the folders above. */
export async function writePrivately(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}.part`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content);
      // A key that is lost in a power cut after its certificate was copied to a box would be missed late.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new PkiError(`${path} cannot be written: ${(cause as Error).message}`, { cause, exitCode: 1 });
  }
}

/** Runs `work` in a folder of its own inside the authority's, which is gone afterwards. */
export async function inWorkFolder<T>(directory: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(directory, '.work-'));
  await chmod(folder, 0o700);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
