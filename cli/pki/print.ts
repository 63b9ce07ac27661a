// What `ngatu pki` shows: the list, and after each certificate the lines of the configuration that it is for.

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CA_CERTIFICATE } from './authority-files.ts';
import { day, remark, WARN_DAYS } from './describe.ts';
import { type Entry, newestOfEach, readRegister, stateOf } from './register.ts';
import type { Subject } from './subject.ts';

/** One line for each certificate that counts, or for all there are, and a word on the authority itself. */
export async function printList(
  directory: string,
  { all, nowMs }: { readonly all: boolean; readonly nowMs: number },
): Promise<void> {
  const register = await readRegister(directory);
  const shown = all ? register : newestOfEach(register, nowMs);
  const rows = shown.map((entry) => [
    entry.kind,
    entry.name,
    day(entry.notAfterMs),
    remark(entry, nowMs),
    ...(all ? [entry.serial] : []),
  ]);
  const titles = ['kind', 'name', 'until', 'state', ...(all ? ['serial number'] : [])];
  for (const line of table([titles, ...rows])) console.log(line);
  const authority = new X509Certificate(await readFile(join(directory, CA_CERTIFICATE)));
  const endsAtMs = Date.parse(authority.validTo);
  console.log(`\nThe authority itself is valid until ${day(endsAtMs)}.`);
  const soon = newestOfEach(register, nowMs).filter((entry) => needsCare(entry, nowMs)).length;
  if (soon > 0) {
    console.log(
      `Ended or ending within ${WARN_DAYS} days: ${soon}. Renew with: ngatu pki renew --dir ${quoted(directory)} --expiring ${WARN_DAYS}`,
    );
  }
}

/** `host` is the broker's. Which files to copy where, and what to write into which configuration. */
export async function printIssued(
  directory: string,
  { kind, name }: Subject,
  folder: string,
  host: string,
): Promise<void> {
  const { validTo, serialNumber } = new X509Certificate(await readFile(join(folder, 'cert.pem')));
  console.log(`${kind} ${name}: valid until ${day(Date.parse(validTo))}, serial number ${serialNumber}`);
  if (kind === 'broker') console.log(brokerAdvice(directory, folder));
  else console.log(clientAdvice(kind, directory, folder, host));
}

function brokerAdvice(directory: string, folder: string): string {
  return `  files: ${folder}/{ca,cert,key,crl}.pem
  Copy them to /etc/mosquitto/ngatu/ on the broker, with config/broker/mosquitto.conf beside them, and
  ngatu pki acl --dir ${quoted(directory)} > acl
`;
}

function clientAdvice(kind: 'box' | 'collector', directory: string, folder: string, host: string): string {
  const file = kind === 'box' ? 'edge.yaml' : 'collector.yaml';
  const rules =
    kind === 'box' ? '' : `  at the broker: ngatu pki acl --dir ${quoted(directory)} > acl, and restart it\n`;
  return `  files: ${folder}/{ca,cert,key}.pem, to be copied beside ${file}, into tls/
  ${file}:
    mqtt:
      url: mqtts://${host}:8883
      tls: { ca: tls/ca.pem, cert: tls/cert.pem, key: tls/key.pem }
${rules}`;
}

/** The first broker that there is, as it stands in an address. */
export async function brokerHost(directory: string): Promise<string> {
  const host = newestOfEach(await readRegister(directory), Date.now()).find(
    ({ kind }) => kind === 'broker',
  )?.name;
  if (host === undefined) return 'BROKER';
  return host.includes(':') ? `[${host}]` : host;
}

function needsCare(entry: Entry, nowMs: number): boolean {
  return stateOf(entry, nowMs) !== 'valid' || remark(entry, nowMs) !== 'valid';
}

/** For a command line that can be copied. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `"${path}"`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => cell.padEnd(column === row.length - 1 ? 0 : (widths[column] ?? 0))).join('  '),
  );
}
