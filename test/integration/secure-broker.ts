// A certificate authority and a real Mosquitto with the very configuration files that we ship, moved to a folder and
// port of the test.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessRules } from '../../cli/pki/access-rules.ts';
import { createAuthority, issue, validFor } from '../../cli/pki/authority.ts';
import { boxSubject, brokerSubject, collectorSubject, type Subject } from '../../cli/pki/subject.ts';
import { type Mosquitto, SERVICE_SETTINGS, startMosquitto } from '../../scripts/services/mosquitto.ts';

export const SHIPPED = join(import.meta.dirname, '..', '..', 'config', 'broker');

export const SITE = 'hai-phong';

export type TlsFiles = { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

export class TestAuthority {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** With a certificate for 127.0.0.1, two boxes and a collector. */
  static async create(directory: string): Promise<TestAuthority> {
    const authority = new TestAuthority(directory);
    await createAuthority(directory, { name: 'test', validity: validFor(30) });
    await authority.issue(brokerSubject(['127.0.0.1']));
    return authority;
  }

  issue(subject: Subject, validity = validFor(10)): Promise<string> {
    return issue(this.directory, subject, { validity, replace: true });
  }

  async box(agent: string): Promise<TlsFiles> {
    return readFiles(await this.issue(boxSubject(SITE, agent)));
  }

  async collector(name: string): Promise<TlsFiles> {
    return readFiles(await this.issue(collectorSubject(name)));
  }
}

export async function readFiles(folder: string): Promise<TlsFiles> {
  const [ca, cert, key] = await Promise.all(
    ['ca', 'cert', 'key'].map((name) => readFile(join(folder, `${name}.pem`))),
  );
  if (!ca || !cert || !key) throw new Error(`files are missing in ${folder}`);
  return { ca, cert, key };
}

export type SecureBroker = Mosquitto & {
  /** Where the broker's files lie, as /etc/mosquitto/ngatu does. */
  readonly files: string;
};

export type SecureBrokerOptions = {
  /** Content of a password file: passwords in place of certificates. */
  readonly passwords?: string;
  readonly port?: number;
  /** Default collector-1. */
  readonly collectors?: readonly string[];
  /** Folder with the certificate that the broker shows. Default its own. */
  readonly identity?: string;
  /** In place of the authority's own certificate and list. */
  readonly trust?: { readonly ca: Buffer; readonly crl: Buffer };
};

/** The broker of an authority, as docs/security.md sets it up. */
export async function startSecureBroker(
  authority: TestAuthority,
  directory: string,
  options: SecureBrokerOptions = {},
): Promise<SecureBroker> {
  const { passwords, port, collectors = ['collector-1'] } = options;
  const identity = options.identity ?? join(authority.directory, 'brokers', '127.0.0.1');
  const files = join(directory, 'ngatu');
  await mkdir(files, { recursive: true });
  for (const name of ['ca', 'cert', 'key']) {
    await copyFile(join(identity, `${name}.pem`), join(files, `${name}.pem`));
  }
  await copyFile(join(authority.directory, 'crl.pem'), join(files, 'crl.pem'));
  if (options.trust) {
    await writeFile(join(files, 'ca.pem'), options.trust.ca);
    await writeFile(join(files, 'crl.pem'), options.trust.crl);
  }
  await writeFile(join(files, 'acl'), accessRules(collectors));
  if (passwords !== undefined) await writeFile(join(files, 'passwords'), passwords);
  const shipped = await readFile(
    join(SHIPPED, passwords === undefined ? 'mosquitto.conf' : 'mosquitto-passwords.conf'),
    'utf8',
  );
  const broker = await startMosquitto({
    directory,
    scheme: 'mqtts',
    ...(port !== undefined && { port }),
    configuration: (free, data) => relocate(shipped, free, data, files),
  });
  return { ...broker, files };
}

/** Only places change: every other line is what people get. */
function relocate(shipped: string, port: number, data: string, files: string): string {
  const moved = shipped
    .replace(/^listener 8883$/m, `listener ${port} 127.0.0.1`)
    .replaceAll('/etc/mosquitto/ngatu', files)
    .replace('/var/lib/mosquitto/', `${data}/`)
    .replace(/^(pid_file|log_dest) .*$/gm, '');
  return [moved, ...SERVICE_SETTINGS, ''].join('\n');
}
