import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PortTakenError } from '../../scripts/services/ports.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ngatu-rtsp-'));
const clip = join(folder, 'clip.mp4');

beforeAll(async () => {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=2'];
  await run('ffmpeg', ['-v', 'error', ...source, '-c:v', 'libx264', '-bf', '0', '-pix_fmt', 'yuv420p', clip]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Presentation times in ms of the frames that a viewer gets. */
async function watch(url: string, ...options: string[]): Promise<number[]> {
  const output = ['-fps_mode', 'passthrough', '-f', 'mkvtimestamp_v2', 'pipe:1'];
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', ...options, '-i', url, ...output]);
  return stdout.split('\n').slice(1, -1).map(Number);
}

test('a viewer gets every frame of a clip that is not looped, from the first to the end of the stream', async () => {
  const server = await startRtspServer({ mounts: { '/once': { clip, loop: false } } });
  try {
    expect(await watch(server.url('/once'), '-rtsp_transport', 'tcp')).toHaveLength(50);
  } finally {
    await server.stop();
  }
});

test.each(['tcp', 'udp'])(
  'a looped clip has evenly spaced time stamps across its seam over %s',
  async (transport) => {
    const server = await startRtspServer({ mounts: { '/cam': { clip } } });
    try {
      const times = await watch(server.url('/cam'), '-rtsp_transport', transport, '-t', '3');
      const steps = new Set(times.slice(5).map((time, i) => time - (times[i + 4] ?? 0)));
      expect(times.length).toBeGreaterThan(60);
      expect([...steps]).toEqual([40]);
    } finally {
      await server.stop();
    }
  },
);

test('it tells when each pass over the clip began, for those who know what happens in it', async () => {
  const passes: { path: string; atMs: number }[] = [];
  const onPass = (path: string, atMs: number) => passes.push({ path, atMs });
  const server = await startRtspServer({ mounts: { '/cam': { clip } }, onPass });
  try {
    const before = Date.now();
    await watch(server.url('/cam'), '-rtsp_transport', 'tcp', '-t', '5');
    expect(passes.slice(0, 3).map(({ path }) => path)).toEqual(['/cam', '/cam', '/cam']);
    const times = passes.map(({ atMs }) => atMs);
    expect(times[0]).toBeGreaterThan(before);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeCloseTo(2000, 0);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeCloseTo(2000, 0);
  } finally {
    await server.stop();
  }
});

test.each(['basic', 'digest'] as const)(
  'the password is asked for by %s authentication',
  async (authentication) => {
    const mounts = { '/cam': { clip, loop: false } };
    const server = await startRtspServer({ mounts, user: 'viewer', password: 'p@ss', authentication });
    try {
      await expect(watch(server.url('/cam'))).rejects.toThrow('401 Unauthorized');
      const url = server.url('/cam').replace('//', '//viewer:p%40ss@');
      expect((await watch(url, '-rtsp_transport', 'tcp')).length).toBe(50);
    } finally {
      await server.stop();
    }
  },
);

test('a killed server can be started again on its port, a busy port is told', async () => {
  const mounts = { '/cam': { clip } };
  const first = await startRtspServer({ mounts });
  const { port } = first;
  await expect(startRtspServer({ mounts, port })).rejects.toThrow(PortTakenError);
  await first.kill();
  const second = await startRtspServer({ mounts, port });
  await second.stop();
  await second.stop();
});

test('a clip that cannot be read is told', async () => {
  const mounts = { '/cam': { clip: join(folder, 'missing.mp4') } };
  await expect(startRtspServer({ mounts })).rejects.toThrow('missing.mp4');
});
