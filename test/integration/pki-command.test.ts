// `ngatu pki` as people run it, and the certificates that come out of it.

import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, issue, validFor } from '../../cli/pki/authority.ts';
import { remark } from '../../cli/pki/describe.ts';
import { readRegister } from '../../cli/pki/register.ts';
import { boxSubject, brokerSubject, collectorSubject } from '../../cli/pki/subject.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DAY_MS = 86_400_000;

let home: string;
let dir: string;
let count = 0;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'ngatu-pki-'));
});
beforeEach(() => {
  count += 1;
  dir = join(home, `pki ${count}`);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function pki(...args: string[]) {
  const command = [join(ROOT, 'dist/cli/ngatu.js'), 'pki', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: home });
  return { code: status, out: stdout, err: stderr };
}

const at = (...parts: string[]) => join(dir, ...parts);
const certificate = (...parts: string[]) => new X509Certificate(readFileSync(at(...parts, 'cert.pem')));

describe('the ten minutes of docs/security.md', () => {
  it('make an authority, and files ready to be copied with the lines for the configuration', () => {
    const steps = [
      pki('init', '--dir', dir, '--name', 'Giao thông Hải Phòng'),
      pki('broker', '--dir', dir, '--host', 'broker.example.vn', '--host', '10.0.0.5', '--host', '::1'),
      pki('box', '--dir', dir, '--site', 'hai-phong', '--agent', 'box-017', 'box-018'),
      pki('collector', '--dir', dir, '--name', 'collector-1'),
    ];
    for (const { code, err } of steps) expect({ code, err }).toEqual({ code: 0, err: '' });
    const box = steps[2]?.out ?? '';
    expect(box).toContain('box hai-phong/box-017: valid until');
    expect(box).toContain(`
    mqtt:
      url: mqtts://broker.example.vn:8883
      tls: { ca: tls/ca.pem, cert: tls/cert.pem, key: tls/key.pem }
`);
    for (const { out } of steps) expect(out).not.toMatch(/PRIVATE|BEGIN/);

    const server = certificate('brokers', 'broker.example.vn');
    expect(server.checkHost('broker.example.vn')).toBe('broker.example.vn');
    expect(server.checkIP('10.0.0.5')).toBe('10.0.0.5');
    expect(server.checkIP('::1')).toBe('::1');
    const authority = new X509Certificate(readFileSync(at('ca.pem')));
    expect(authority.ca).toBe(true);
    expect(authority.subject).toBe('CN=Giao thông Hải Phòng');
    for (const folder of ['brokers/broker.example.vn', 'boxes/hai-phong/box-017', 'collectors/collector-1']) {
      const issued = certificate(folder);
      expect(issued.verify(authority.publicKey)).toBe(true);
      expect(issued.ca).toBe(false);
      const key = createPrivateKey(readFileSync(at(folder, 'key.pem')));
      expect(issued.checkPrivateKey(key)).toBe(true);
      expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
      expect(readFileSync(at(folder, 'ca.pem'))).toEqual(readFileSync(at('ca.pem')));
    }
    // The name that the broker takes as the user name.
    expect(certificate('boxes/hai-phong/box-017').subject).toBe('OU=box\nCN=hai-phong/box-017');

    const { out } = pki('list', '--dir', dir);
    expect(out).toMatch(/^broker {5}broker\.example\.vn {2}\d{4}-\d\d-\d\d {2}valid$/m);
    expect(out).toMatch(/^box {8}hai-phong\/box-018 {2}\d{4}-\d\d-\d\d {2}valid$/m);
    expect(pki('acl', '--dir', dir).out).toContain('\nuser collector-1\ntopic read ngatu/v1/+/+/events\n');
  });
});

it('every file and folder is for its owner only, and nothing stays behind but what is listed', async () => {
  await createAuthority(dir, { name: 'a', validity: validFor(100) });
  await issue(dir, boxSubject('s', 'a'), { validity: validFor(10) });
  const files = readdirSync(dir, { recursive: true, withFileTypes: true });
  for (const entry of files) {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    expect([entry.name, mode & 0o777]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
  }
  const names = files
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  expect(names.map((name) => name.replace(/[0-9A-F]{30,}/, 'SERIAL')).sort()).toEqual([
    'boxes/s/a/ca.pem',
    'boxes/s/a/cert.pem',
    'boxes/s/a/key.pem',
    'ca-key.pem',
    'ca.pem',
    'crl.pem',
    'issued/SERIAL.pem',
  ]);
});

describe('what would destroy something', () => {
  it('a second authority in the folder is refused, and with --force the first is set aside', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(100) });
    const first = readFileSync(at('ca-key.pem'), 'utf8');
    const refused = pki('init', '--dir', dir);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('holds a certificate authority already');
    expect(readFileSync(at('ca-key.pem'), 'utf8')).toBe(first);
    expect(pki('init', '--dir', dir, '--force').code).toBe(0);
    const [aside = ''] = readdirSync(dir).filter((name) => name.startsWith('replaced-'));
    expect(readFileSync(at(aside, 'ca-key.pem'), 'utf8')).toBe(first);
    expect(readFileSync(at('ca-key.pem'), 'utf8')).not.toBe(first);
  });

  it('a certificate is not made twice by mistake', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(100) });
    await issue(dir, boxSubject('s', 'a'), { validity: validFor(10) });
    const key = readFileSync(at('boxes/s/a/key.pem'), 'utf8');
    const again = pki('box', '--dir', dir, '--site', 's', '--agent', 'a');
    expect(again.code).toBe(2);
    expect(again.err).toContain('ngatu pki renew s/a');
    expect(readFileSync(at('boxes/s/a/key.pem'), 'utf8')).toBe(key);
  });

  it('one name is one client: a collector cannot be called like a broker', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(100) });
    await issue(dir, brokerSubject(['centre']), { validity: validFor(10) });
    const same = issue(dir, collectorSubject('centre'), { validity: validFor(10) });
    await expect(same).rejects.toThrow('the name centre is taken by a broker');
  });
});

describe('names that cannot be', () => {
  it.each([
    ['a site that is no slug', () => boxSubject('Hải Phòng', 'a'), /site: expected a slug/],
    [
      'an agent that would reach into another topic',
      () => boxSubject('s', 'a/events'),
      /agent: expected a slug/,
    ],
    ['a wildcard', () => boxSubject('s', '+'), /agent: expected a slug/],
    ['a name too long for a certificate', () => boxSubject('s'.repeat(40), 'a'.repeat(40)), /81 characters/],
    ['an address with a port', () => brokerSubject(['broker:8883']), /without port/],
    ['a URL', () => brokerSubject(['mqtts://broker']), /without mqtts/],
    ['a host that would write into openssl’s file', () => brokerSubject(['a\nb']), /neither a host name/],
    ['no host', () => brokerSubject([]), /--host/],
    ['a collector that is no slug', () => collectorSubject('a b'), /expected a slug/],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  it.each(['$ENV::PATH', 'a\nb', 'a#b', '', '"'])('an authority called %j', async (name) => {
    await expect(createAuthority(dir, { name, validity: validFor(1) })).rejects.toThrow('cannot be the name');
    expect(existsSync(dir)).toBe(false);
  });
});

describe('mistakes are told in words', () => {
  it.each([
    [['list'], 'there is no certificate authority in pki'],
    [['box', '--site', 's', '--agent', 'a'], 'ngatu pki init --dir pki'],
    [['revoke', 'x'], 'there is no certificate authority'],
    [['renew', 'x'], 'there is no certificate authority'],
    [['acl'], 'there is no certificate authority'],
  ])('%j without an authority', (args, message) => {
    const { code, err } = pki(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^ {4}at /m);
  });

  it('a name that has no certificate, nothing asked for, and days that are none', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(100) });
    expect(pki('revoke', 'x', '--dir', dir).err).toContain('there is no certificate of x');
    expect(pki('renew', '--dir', dir).err).toContain('give --expiring DAYS');
    expect(pki('renew', '--dir', dir, '--expiring', '0').err).toContain('Expected whole days');
  });

  it('openssl is missing', async () => {
    const command = [join(ROOT, 'dist/cli/ngatu.js'), 'pki', 'init', '--dir', dir];
    const { status, stderr } = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      env: { PATH: home },
    });
    expect(status).toBe(1);
    expect(stderr).toContain('apt-get install openssl');
    expect(existsSync(at('ca-key.pem'))).toBe(false);
  });
});

describe('certificates that end', () => {
  it('are told 60 days before, and renewed with a new key while the old one stays valid', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(1000) });
    for (const [agent, days] of [
      ['soon', 59],
      ['later', 61],
    ] as const) {
      await issue(dir, boxSubject('s', agent), { validity: validFor(days) });
    }
    const nowMs = Date.now();
    const gone = { notBeforeMs: nowMs - 9 * DAY_MS, notAfterMs: nowMs - DAY_MS };
    await issue(dir, boxSubject('s', 'gone'), { validity: gone });
    const { out } = pki('list', '--dir', dir);
    expect(out).toMatch(/s\/soon .*ends in 5\d days: renew it/);
    expect(out).toMatch(/s\/later .*valid/);
    expect(out).toMatch(/s\/gone .*expired/);
    expect(out).toContain(
      `Ended or ending within 60 days: 2. Renew with: ngatu pki renew --dir "${dir}" --expiring 60`,
    );
    const before = readFileSync(at('boxes/s/soon/key.pem'), 'utf8');
    const renewed = pki('renew', '--dir', dir, '--expiring', '60');
    expect(renewed.out.match(/^box s\/\w+/gm)).toEqual(['box s/gone', 'box s/soon']);
    expect(readFileSync(at('boxes/s/soon/key.pem'), 'utf8')).not.toBe(before);
    const all = (await readRegister(dir)).filter(({ name }) => name === 's/soon');
    expect(all.map((entry) => remark(entry, nowMs))).toEqual([expect.stringContaining('ends in'), 'valid']);
    expect(pki('renew', '--dir', dir, '--expiring', '60').out).toContain(
      'No certificate ends within 60 days',
    );
  });

  it('never outlive the authority', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(5) });
    await issue(dir, boxSubject('s', 'a'), { validity: validFor(1000) });
    const authority = new X509Certificate(readFileSync(at('ca.pem')));
    expect(certificate('boxes/s/a').validTo).toBe(authority.validTo);
  });

  it('keep the addresses of a broker when renewed', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(100) });
    const hosts = ['broker.example.vn', '10.0.0.5', 'fd00::5'];
    await issue(dir, brokerSubject(hosts), { validity: validFor(10) });
    const before = certificate('brokers/broker.example.vn').subjectAltName;
    expect(pki('renew', '--dir', dir, 'broker.example.vn').code).toBe(0);
    expect(certificate('brokers/broker.example.vn').subjectAltName).toBe(before);
  });
});

describe('revoked certificates', () => {
  const serials = (path: string) =>
    execFileSync('openssl', ['crl', '-in', path, '-noout', '-text'], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => /^ {4}Serial Number: (\w+)$/.exec(line)?.[1] ?? [])
      .sort();

  it('are on the list, and so on that of each broker; with --keep-newest only the replaced ones', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(1000) });
    await issue(dir, brokerSubject(['b']), { validity: validFor(10) });
    expect(serials(at('brokers/b/crl.pem'))).toEqual([]);
    await issue(dir, boxSubject('s', 'a'), { validity: validFor(10) });
    await issue(dir, boxSubject('s', 'a'), { validity: validFor(20), replace: true });
    await issue(dir, boxSubject('s', 'stolen'), { validity: validFor(20) });
    const [old, kept] = (await readRegister(dir)).filter(({ name }) => name === 's/a');
    expect(pki('revoke', '--dir', dir, 's/a', '--keep-newest').out).toContain(`serial number ${old?.serial}`);
    expect(pki('revoke', '--dir', dir, 's/stolen').out).toContain('Now give the broker the new list');
    expect(serials(at('crl.pem'))).toHaveLength(2);
    expect(serials(at('crl.pem'))).not.toContain(kept?.serial);
    expect(readFileSync(at('brokers/b/crl.pem'))).toEqual(readFileSync(at('crl.pem')));
    expect(pki('revoke', '--dir', dir, 's/stolen').err).toContain('nothing to revoke');
    const { out } = pki('list', '--dir', dir);
    expect(out).not.toContain('stolen');
    expect(pki('list', '--dir', dir, '--all').out).toMatch(/s\/stolen .*revoked/);
  });

  it('stay revoked though somebody has spoilt the file that says when', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(1000) });
    await issue(dir, boxSubject('s', 'a'), { validity: validFor(10) });
    const [entry] = await readRegister(dir);
    writeFileSync(at('revoked', entry?.serial ?? ''), 'x');
    expect(pki('revoke', '--dir', dir, 's/a').err).toContain('nothing to revoke');
    await issue(dir, boxSubject('s', 'b'), { validity: validFor(10) });
    expect(pki('revoke', '--dir', dir, 's/b').code).toBe(0);
    expect(serials(at('crl.pem'))).toHaveLength(2);
  });

  it('are not on a list that ends before the authority does', async () => {
    await createAuthority(dir, { name: 'a', validity: validFor(1000) });
    const text = execFileSync('openssl', ['crl', '-in', at('crl.pem'), '-noout', '-nextupdate'], {
      encoding: 'utf8',
    });
    expect(Date.parse(text.replace('nextUpdate=', '')) - Date.now()).toBeGreaterThan(998 * DAY_MS);
  });
});

it('certificates issued by several commands at once are all in the register', async () => {
  await createAuthority(dir, { name: 'a', validity: validFor(1000) });
  const agents = Array.from({ length: 40 }, (_, n) => `box-${n}`);
  for (let n = 0; n < 40; n += 10) {
    const some = agents.slice(n, n + 10);
    await Promise.all(some.map((agent) => issue(dir, boxSubject('s', agent), { validity: validFor(9) })));
  }
  const register = await readRegister(dir);
  expect(new Set(register.map(({ name }) => name))).toEqual(new Set(agents.map((agent) => `s/${agent}`)));
  expect(new Set(register.map(({ serial }) => serial)).size).toBe(40);
});
