// Keys, certificates and the revocation list, made with openssl in a folder that is thrown away.

import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { CA_CERTIFICATE, CA_KEY, inWorkFolder } from './authority-files.ts';
import { openssl } from './openssl.ts';
import type { Entry } from './register.ts';
import type { Kind, Subject } from './subject.ts';

export type Validity = { readonly notBeforeMs: number; readonly notAfterMs: number };

export type Signed = { readonly certificate: Buffer; readonly key: string };

/** Key usages of RFC 5280, sections 4.2.1.3 and 4.2.1.12: a box's certificate must not do for a broker. */
const EXTENSIONS: Readonly<Record<Kind | 'authority', readonly string[]>> = {
  authority: ['basicConstraints = critical,CA:TRUE,pathlen:0', 'keyUsage = critical,keyCertSign,cRLSign'],
  broker: ['extendedKeyUsage = serverAuth'],
  box: ['extendedKeyUsage = clientAuth'],
  collector: ['extendedKeyUsage = clientAuth'],
};

const LEAF_EXTENSIONS = ['basicConstraints = critical,CA:FALSE', 'keyUsage = critical,digitalSignature'];

/** P-256: what every TLS library of the last ten years speaks, with 32 bytes of key. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** The authority's own key and certificate, signed by itself. */
export function signAuthority(directory: string, name: string, validity: Validity): Promise<Signed> {
  const key = newKey();
  return inWorkFolder(directory, async (folder) => {
    await writeFile(join(folder, 'key.pem'), key, { mode: 0o600 });
    const names = [`CN = ${name}`];
    await prepare(folder, names, EXTENSIONS.authority, 'key.pem', 'key.pem');
    await sign(folder, validity, ['-selfsign']);
    return { key, certificate: await readFile(join(folder, 'cert.pem')) };
  });
}

/** A new key and a certificate of the authority for it. */
export function signSubject(directory: string, subject: Subject, validity: Validity): Promise<Signed> {
  const { kind, name, hosts } = subject;
  const key = newKey();
  return inWorkFolder(directory, async (folder) => {
    await writeFile(join(folder, 'key.pem'), key, { mode: 0o600 });
    const alternatives = hosts.map((host) => `${isIP(host) ? 'IP' : 'DNS'}:${host}`).join(',');
    const extensions = [
      ...LEAF_EXTENSIONS,
      ...EXTENSIONS[kind],
      'authorityKeyIdentifier = keyid:always',
      ...(alternatives === '' ? [] : [`subjectAltName = ${alternatives}`]),
    ];
    await prepare(folder, [`OU = ${kind}`, `CN = ${name}`], extensions, `../${CA_KEY}`, 'key.pem');
    await sign(folder, validity, []);
    return { key, certificate: await readFile(join(folder, 'cert.pem')) };
  });
}

/** The list of all revoked certificates, PEM; it never expires before the authority does, see docs/security.md. */
export function signRevocationList(
  directory: string,
  revoked: readonly Entry[],
  { nowMs, notAfterMs }: { readonly nowMs: number; readonly notAfterMs: number },
): Promise<Buffer> {
  return inWorkFolder(directory, async (folder) => {
    await prepare(folder, ['CN = none'], [], `../${CA_KEY}`, undefined);
    const rows = revoked.map(({ serial, notAfterMs: ends, revokedAtMs = nowMs }) =>
      // Columns of openssl's index: state, end, revocation, serial, file, subject.
      ['R', time(ends), shortTime(revokedAtMs), serial, 'unknown', `/CN=${serial}\n`].join('\t'),
    );
    await writeFile(join(folder, 'index.txt'), rows.join(''));
    // Numbers must rise (RFC 5280, section 5.2.3); seconds do, without a counter that a copy of the folder would repeat.
    await writeFile(join(folder, 'crlnumber'), evenHex(Math.floor(nowMs / 1000)));
    const days = Math.max(1, Math.floor((notAfterMs - nowMs) / 86_400_000));
    const output = ['-gencrl', '-crldays', String(days), '-out', 'crl.pem'];
    await openssl(['ca', '-config', 'openssl.cnf', '-batch', ...output], folder);
    return readFile(join(folder, 'crl.pem'));
  });
}

async function prepare(
  folder: string,
  names: readonly string[],
  extensions: readonly string[],
  signingKey: string,
  ownKey: string | undefined,
): Promise<void> {
  const configuration = [
    '[ca]',
    'default_ca = authority',
    '[authority]',
    'new_certs_dir = .',
    'database = index.txt',
    'crlnumber = crlnumber',
    `certificate = ../${CA_CERTIFICATE}`,
    `private_key = ${signingKey}`,
    'default_md = sha256',
    'rand_serial = yes',
    'unique_subject = no',
    'email_in_dn = no',
    'copy_extensions = none',
    'policy = names',
    'crl_extensions = list',
    '[list]',
    // RFC 5280, section 5.2.1; without it a list is taken for that of another authority of the same name.
    'authorityKeyIdentifier = keyid:always',
    '[names]',
    'organizationalUnitName = optional',
    'commonName = supplied',
    '[req]',
    'prompt = no',
    'utf8 = yes',
    'string_mask = utf8only',
    'distinguished_name = subject',
    '[subject]',
    ...names,
    '[extensions]',
    'subjectKeyIdentifier = hash',
    ...extensions,
    '',
  ];
  await writeFile(join(folder, 'openssl.cnf'), configuration.join('\n'));
  await writeFile(join(folder, 'index.txt'), '');
  if (ownKey === undefined) return;
  await openssl(['req', '-new', '-config', 'openssl.cnf', '-key', ownKey, '-out', 'request.pem'], folder);
}

function sign(
  folder: string,
  { notBeforeMs, notAfterMs }: Validity,
  options: readonly string[],
): Promise<void> {
  const dates = ['-startdate', time(notBeforeMs), '-enddate', time(notAfterMs)];
  const files = ['-in', 'request.pem', '-out', 'cert.pem'];
  const mode = ['-batch', '-notext', '-utf8', '-extensions', 'extensions'];
  return openssl(['ca', '-config', 'openssl.cnf', ...mode, ...dates, ...files, ...options], folder);
}

/** GeneralizedTime, `YYYYMMDDHHMMSSZ`. */
function time(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+|[-:T]/g, '');
}

/** UTCTime, the only form that openssl takes for a revocation. */
function shortTime(atMs: number): string {
  return time(atMs).slice(2);
}

function evenHex(number: number): string {
  const hex = number.toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
