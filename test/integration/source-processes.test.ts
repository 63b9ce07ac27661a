// What the operating system sees: no ffmpeg is left behind, and no password is seen by anybody.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSource } from '../../edge-agent/source/open-source.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { makeClip, optionsFor, SHAPE, untilState } from '../edge-agent/source/clips.ts';

const folder = mkdtempSync(join(tmpdir(), 'ngatu-processes-'));
const clip = join(folder, 'clip.mp4');
const compiled = join(import.meta.dirname, '../../dist/edge-agent/source/open-source.js');

beforeAll(() => makeClip(clip, 'testsrc2=s=320x180:r=25:d=4'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Command lines of all running processes by id, as any user of the machine sees them. */
function commandLines(): Map<number, string> {
  const lines = new Map<number, string>();
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!Number.isInteger(pid)) continue;
    try {
      lines.set(pid, readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
    } catch (error) {
      // It has ended meanwhile.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return lines;
}

function childrenOf(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return children.trim().split(/\s+/).filter(Boolean).map(Number);
}

/** An ffmpeg that has ended may stay as a zombie until its new parent looks: that is no running process. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const addresses = [
  ['a camera', (url: string) => url],
  ['a clip that waits to be taken', () => clip],
] as const;

// Child processes run compiled code: `npm run build` first, as `npm test` does.
describe.skipIf(!existsSync(compiled))('ffmpeg', () => {
  test.each(addresses)(
    'does not outlive a process that is killed hard while it reads %s',
    async (_, address) => {
      const server = await startRtspServer({ mounts: { '/cam': { clip } } });
      const script = join(folder, 'reader.mjs');
      const options = { url: address(server.url('/cam')), shape: SHAPE };
      writeFileSync(
        script,
        `import { openSource } from '${pathToFileURL(compiled)}';
      const silent = { isLevelEnabled: () => false, info() {}, warn() {}, debug() {}, error() {}, trace() {} };
      const source = openSource({ ...${JSON.stringify(options)}, logger: silent, now: Date.now });
      await source.next();
      console.log('reading');
      setInterval(() => {}, 1000);`,
      );
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await new Promise<void>((resolve) =>
          createInterface({ input: child.stdout }).once('line', () => resolve()),
        );
        const [pid] = childrenOf(child.pid ?? 0);
        expect(commandLines().get(pid ?? 0)).toMatch(/^ffmpeg /);
        child.kill('SIGKILL');
        await expect.poll(() => runs(pid ?? 0), { timeout: 5000 }).toBe(false);
      } finally {
        child.kill('SIGKILL');
        await server.stop();
      }
    },
  );
});

test('close() leaves no ffmpeg, whether the camera answers or hangs', async () => {
  const server = await startRtspServer({ mounts: { '/cam': { clip } } });
  try {
    for (const hangs of [false, true]) {
      const before = childrenOf(process.pid);
      const source = openSource(optionsFor(server.url('/cam')));
      await untilState(source, (state) => state.state === 'live');
      const started = childrenOf(process.pid).filter((pid) => !before.includes(pid));
      expect(started).toHaveLength(1);
      if (hangs) server.freeze();
      const startedMs = performance.now();
      await source.close();
      expect(performance.now() - startedMs).toBeLessThan(3000);
      expect(started.filter(runs)).toEqual([]);
    }
  } finally {
    await server.stop();
  }
});

test('a source that is closed while it waits to connect again ends at once', async () => {
  const source = openSource(optionsFor('rtsp://127.0.0.1:1/cam'));
  const frame = source.next();
  await untilState(source, (state) => state.state === 'fault');
  await source.close();
  expect(await frame).toBeUndefined();
  expect(source.state).toEqual({ state: 'ended' });
});

test('no password is seen in process lists, logs, states or errors', async () => {
  const password = 'hunter2/ü@';
  const forms = ['hunter2', encodeURIComponent(password)];
  const server = await startRtspServer({ mounts: { '/cam': { clip } }, user: 'viewer', password });
  const seen: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void seen.push(line) });
  try {
    for (const path of ['/cam', '/wrong']) {
      const source = openSource(optionsFor(server.url(path), { username: 'viewer', password, logger }));
      source.onState((state) => seen.push(JSON.stringify(state)));
      await untilState(source, (state) => state.state !== 'starting');
      seen.push(...commandLines().values(), execFileSync('ps', ['axwwe']).toString());
      await source.close();
    }
  } finally {
    await server.stop();
  }
  const text = seen.join('\n');
  // Something was looked at: ffmpeg's own words at trace level, its command line, a fault.
  expect(text).toMatch(/Successfully connected/);
  expect(text).toMatch(/ffmpeg .*pipe:4/);
  expect(text).toMatch(/not-found/);
  for (const form of forms) expect(text).not.toContain(form);
});
