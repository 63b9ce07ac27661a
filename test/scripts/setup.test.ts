import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findProgram } from '../../scripts/services/process.ts';

const SOURCES = ['contract', 'config', 'models', 'edge-agent', 'central-collector', 'cli', 'scripts'];
const TOOLS =
  'bash cat chmod cut dirname env find flock grep head mkdir mv rm sed sort tail tee touch tr'.split(' ');
const POLICY = '/usr/sbin/policy-rc.d';

// Each run starts dozens of small programs: seconds, on a machine with other work.
vi.setConfig({ testTimeout: 60_000 });

let project: string;
/** The only folder in PATH beside the sbin folders, so that what lies in it is all there is. */
let programs: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'ngatu-setup-'));
  programs = join(project, 'programs');
  for (const folder of [...SOURCES, 'programs', 'node_modules/zod', '.ngatu']) {
    mkdirSync(join(project, folder), { recursive: true });
  }
  cpSync('scripts/setup.sh', join(project, 'scripts/setup.sh'));
  write('tsconfig.json', '{}');
  write('tsconfig.build.json', '{}');
  write('package-lock.json', lockOf({ zod: '4.0.0' }));
  write('node_modules/.package-lock.json', lockOf({ zod: '4.0.0' }));
  for (const tool of TOOLS) link(tool);
  symlinkSync(process.execPath, join(programs, 'node'));
  program('npm', 'echo "$@" >>npm.log');
  for (const name of ['ffmpeg', 'ffprobe', 'mosquitto', 'openssl', 'influxd']) program(name, '');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

// Python and its bindings are asked for by their own path; a machine that lacks them would be told so.
const complete =
  spawnSync('/usr/bin/python3', ['-c', 'import gi; gi.require_version("GstRtspServer", "1.0")']).status === 0;

describe.skipIf(!complete)('the set-up of a checkout that lacks nothing', () => {
  it('builds once and then does nothing, until a source file changes or goes', () => {
    expect(setUp().status).toBe(0);
    expect(npmCalls()).toEqual(['run --silent build']);
    expect(setUp()).toMatchObject({ status: 0, stderr: '' });
    expect(npmCalls()).toHaveLength(1);

    write('cli/ngatu.ts', 'export {};');
    inFuture('cli/ngatu.ts');
    expect(setUp().status).toBe(0);
    expect(npmCalls()).toHaveLength(2);
  });

  it('stops when the build fails, and builds again the next time', () => {
    program('npm', 'echo "$@" >>npm.log; exit 1');
    expect(setUp()).toMatchObject({ status: 1, stderr: expect.stringContaining('the build failed') });
    expect(setUp().status).toBe(1);
    expect(npmCalls()).toHaveLength(2);
  });

  it.each([
    ['a package is of another version', { zod: '3.0.0' }],
    ['a package is missing', {}],
  ])('installs npm packages when %s', (_, present) => {
    write('node_modules/.package-lock.json', lockOf(present));
    expect(setUp()).toMatchObject({ status: 0, stderr: expect.stringContaining('Installing npm packages') });
    expect(npmCalls()[0]).toMatch(/^ci /);
  });

  it('does not miss a package for another platform', () => {
    write('package-lock.json', lockOf({ zod: '4.0.0' }, { 'linter-for-darwin': '1.0.0' }));
    expect(setUp()).toMatchObject({ status: 0 });
    expect(npmCalls()).toEqual(['run --silent build']);
  });

  it('says that there is no network when the npm registry cannot be reached', () => {
    write('node_modules/.package-lock.json', lockOf({}));
    program('npm', 'echo "npm error code ENOTFOUND" >&2; exit 1');
    expect(setUp()).toMatchObject({ status: 1, stderr: expect.stringContaining('is there a network') });
  });

  it.skipIf(findProgram('flock') === undefined)('waits for another set-up that is at work', async () => {
    const other = spawn('flock', [join(project, '.ngatu/setup.lock'), 'sh', '-c', 'echo locked; read line'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(other.stdout, 'data');
    const waiting = startSetUp();
    await vi.waitFor(() => expect(waiting.said()).toContain('another set-up is at work'), {
      timeout: 10_000,
    });
    expect(npmCalls()).toEqual([]);
    other.stdin.end('go\n');
    const [status] = await once(waiting.process, 'exit');
    expect(status).toBe(0);
    expect(npmCalls()).toEqual(['run --silent build']);
  });
});

describe('the set-up', () => {
  it('refuses a Node that is too old, and says which one it wants', () => {
    rmSync(join(programs, 'node'));
    program('node', 'echo v18.20.4');
    expect(setUp()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Node 20.19.0 or later is needed, found v18.20.4'),
    });
  });

  it('names what is missing where there is no apt-get', () => {
    rmSync(join(programs, 'ffmpeg'));
    const { status, stderr } = setUp();
    expect(status).toBe(1);
    expect(stderr).toMatch(/these are missing.*ffmpeg.*Install them with your system's package manager/);
    expect(npmCalls()).toEqual([]);
  });
});

// As root only: without it, apt-get goes through a sudo that asks.
describe.skipIf(process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))(
  'the set-up on Debian',
  () => {
    beforeEach(() => rmSync(join(programs, 'ffmpeg')));

    it.each([
      [
        'there is no network',
        'echo "E: Could not connect to mirror.example.org:80" >&2; exit 100',
        'is there a network',
      ],
      [
        'a package does not exist',
        'echo "E: Unable to locate package ffmpeg" >&2; exit 100',
        'does not offer: ffmpeg',
      ],
      [
        'apt-get fails for another reason',
        'echo "E: dpkg was interrupted" >&2; exit 100',
        'dpkg was interrupted',
      ],
      ['nothing came of it', 'exit 0', 'still missing after the installation: ffmpeg'],
    ])('says beforehand what it installs, and leaves the system as it was when %s', (_, script, reason) => {
      const before = policy();
      program('apt-get', `[ "$5" != update ] || exit 0; ${script}`);
      const { status, stderr } = setUp();
      expect(status).toBe(1);
      expect(stderr).toMatch(/needs these Debian packages.*ffmpeg +decodes camera streams/s);
      expect(stderr).toContain(reason);
      expect(policy()).toBe(before);
    });

    it('forbids services to start while it installs, and goes on when all is there', () => {
      const before = policy();
      program(
        'apt-get',
        `${POLICY} mosquitto start; echo "$? $*" >>apt.log; printf '#!/bin/sh\\n' >programs/ffmpeg; chmod +x programs/ffmpeg`,
      );
      expect(setUp().status).toBe(complete ? 0 : 1);
      expect(readFileSync(join(project, 'apt.log'), 'utf8')).toMatch(
        /^101 .*install --no-install-recommends .*ffmpeg/m,
      );
      expect(policy()).toBe(before);
    });
  },
);

function setUp() {
  return spawnSync('bash', ['scripts/setup.sh'], {
    cwd: project,
    env: { PATH: programs, HOME: project },
    encoding: 'utf8',
  });
}

function startSetUp(): { process: ChildProcess; said: () => string } {
  const child = spawn('bash', ['scripts/setup.sh'], {
    ...{ cwd: project, env: { PATH: programs, HOME: project } },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { process: child, said: () => said };
}

function npmCalls(): string[] {
  const log = join(project, 'npm.log');
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

function policy(): string | undefined {
  return existsSync(POLICY) ? readFileSync(POLICY, 'utf8') : undefined;
}

function program(name: string, script: string): void {
  rmSync(join(programs, name), { force: true });
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function link(name: string): void {
  const path = findProgram(name);
  if (path !== undefined) symlinkSync(path, join(programs, name));
}

function write(path: string, text: string): void {
  writeFileSync(join(project, path), text);
}

/** File systems may not tell two writes within a moment apart. */
function inFuture(path: string): void {
  const soon = new Date(Date.now() + 10_000);
  utimesSync(join(project, path), soon, soon);
}

function lockOf(
  required: Readonly<Record<string, string>>,
  optional: Readonly<Record<string, string>> = {},
): string {
  const packages: Record<string, object> = { '': { name: 'project' } };
  for (const [name, version] of Object.entries(required)) packages[`node_modules/${name}`] = { version };
  for (const [name, version] of Object.entries(optional))
    packages[`node_modules/${name}`] = { version, optional: true };
  return JSON.stringify({ lockfileVersion: 3, packages });
}
