// The commands of docs/security.md, as they stand there.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REJECTION_REASONS } from '../../central-collector/ingest/read-message.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TEXT = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'ngatu-doc-'));
  symlinkSync(join(ROOT, 'cli', 'ngatu'), join(home, 'ngatu'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Ends at the first command that fails. */
function run(commands: string) {
  const env = { ...process.env, PATH: `${home}:${process.env.PATH}` };
  return spawnSync('bash', ['-euc', commands], { cwd: home, env, encoding: 'utf8' });
}

const blocks = (language: string) =>
  [...TEXT.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

describe('docs/security.md', () => {
  it('makes certificates with its commands, the files that it names and the lines that it shows', () => {
    const [commands = ''] = blocks('sh');
    const { status, stdout, stderr } = run(commands);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const file of ['ca', 'cert', 'key', 'crl']) {
      expect(existsSync(join(home, 'pki/brokers/broker.example.vn', `${file}.pem`))).toBe(true);
    }
    expect(readFileSync(join(home, 'acl'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'config/broker/acl'), 'utf8'),
    );
    const [lines = ''] = blocks('yaml');
    const { mqtt } = parse(lines) as { mqtt: { url: string } };
    expect(stdout).toContain(
      `url: ${mqtt.url}\n      tls: { ca: tls/ca.pem, cert: tls/cert.pem, key: tls/key.pem }`,
    );
  });

  it('renews and revokes with its commands', () => {
    // What begins with "ngatu pki" and can be run as it stands.
    const inline = [...TEXT.matchAll(/`(ngatu pki (?:list|renew|revoke|box)[^`…|]+)`/g)].map(
      ([, one = '']) => one,
    );
    const commands = inline.filter((one) => /hai-phong|broker\.example|list|expiring/.test(one));
    expect(commands.length).toBeGreaterThanOrEqual(6);
    // With nothing left to revoke a second time, each needs its own new certificate first.
    const fresh = 'ngatu pki box --site hai-phong --agent box-017 --force';
    for (const command of commands) {
      const { status, stderr } = run(command.includes('revoke') ? `${fresh} && ${command}` : command);
      expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' });
    }
  });

  it('tells every reason for which a collector refuses', () => {
    const table = TEXT.slice(TEXT.indexOf('## What a collector refuses'));
    expect(REJECTION_REASONS.filter((reason) => !table.includes(`\`${reason}\``))).toEqual([]);
  });

  it('has examples that are YAML', () => {
    for (const block of blocks('yaml')) expect(parse(block)).toBeTypeOf('object');
  });
});
