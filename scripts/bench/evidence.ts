// What keeping a camera's own video costs: two viewers of one real RTSP stream at the same time, one with the ring, one
// without. Run: node dist/scripts/bench/evidence.js [SECONDS] [CLIP]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Ring } from '../../edge-agent/evidence/ring.ts';
import { memoryShelf } from '../../edge-agent/evidence/segment-shelf.ts';
import { openSource } from '../../edge-agent/source/open-source.ts';
import type { StreamCopy } from '../../edge-agent/source/stream-copy.ts';
import { startRtspServer } from '../services/rtsp-server.ts';

/** Ticks of /proc/PID/stat a second, on every Linux that ngatu runs on. */
const TICKS = 100;
const SHAPE = {
  width: 512,
  height: 288,
  colourOrder: 'rgb',
  fit: 'letterbox-top-left',
  padValue: 114,
} as const;

async function main(seconds: number, given: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ngatu-bench-'));
  const clip = given ?? join(folder, 'camera.mp4');
  if (given === undefined) makeCamera(clip);
  const server = await startRtspServer({ mounts: { '/cam': { clip } } });
  const { ring, inRing } = measuredRing();
  const options = { url: server.url('/cam'), shape: SHAPE, analysisFps: 10, mode: 'live' } as const;
  const logger = pino({ level: 'silent' });
  const sources = [openSource({ ...options, logger, now: Date.now })];
  sources.push(openSource({ ...options, logger, now: Date.now, copy: inRing.copy }));
  const running = sources.map(async (source) => {
    let frames = 0;
    for (let frame = await source.next(); frame; frame = await source.next()) {
      frame.recycle?.(frame.planes);
      frames += 1;
    }
    return frames;
  });
  try {
    await pause(10_000);
    const before = cpuOfChildren();
    const startMs = performance.now();
    inRing.ms = 0;
    inRing.bytes = 0;
    await pause(seconds * 1000);
    const wallS = (performance.now() - startMs) / 1000;
    const after = cpuOfChildren();
    const used = (copies: boolean) => ((after.get(copies) ?? 0) - (before.get(copies) ?? 0)) / wallS;
    const [without, with_] = [used(false), used(true)];
    const ringShare = inRing.ms / 1000 / wallS;
    const mbit = (inRing.bytes * 8) / 1e6 / wallS;
    const { bytes, seconds: kept } = ring.state;
    print([
      `${cpus()[0]?.model.trim()}, node ${process.version}, ${ffmpegName()}, ${wallS.toFixed(0)} s side by side`,
      `stream with its transport packets      ${mbit.toFixed(2)} Mbit/s`,
      `ffmpeg without the ring                ${(without * 100).toFixed(1)} % of a core`,
      `ffmpeg with it                         ${(with_ * 100).toFixed(1)} % of a core, ${(with_ / without).toFixed(2)} times`,
      `the ring inside the agent              ${(ringShare * 100).toFixed(2)} % of a core`,
      `with all, against without              ${((with_ + ringShare) / without).toFixed(2)} times`,
      `kept                                   ${(bytes / 2 ** 20).toFixed(1)} MiB for ${kept} s`,
      `through the ring in a day              ${((mbit * 86_400) / 8 / 1000).toFixed(1)} GB, none of it on disk`,
    ]);
  } finally {
    for (const source of sources) await source.close();
    const frames = await Promise.all(running);
    print([`frames analysed without and with       ${frames.join(' and ')}`]);
    await ring.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A ring that says how long its calls took. */
function measuredRing() {
  const logger = pino({ level: 'silent' });
  const ring = new Ring({ keepMs: 60_000, maxBytes: 48 * 2 ** 20, shelf: memoryShelf(), logger });
  const inRing = { ms: 0, bytes: 0 };
  const timed = (work: () => void) => {
    const startMs = performance.now();
    work();
    inRing.ms += performance.now() - startMs;
  };
  const copy: StreamCopy = {
    startConnection: () => ring.startConnection(),
    unavailable: (problem) => ring.unavailable(problem),
    write: (chunk) => {
      inRing.bytes += chunk.length;
      timed(() => ring.write(chunk));
    },
    frame: (moment) => timed(() => ring.frame(moment)),
  };
  return { ring, inRing: Object.assign(inRing, { copy }) };
}

/** 1280 x 720 at 25 frames and about 4 Mbit/s, a keyframe every 2 s, as cameras send it. */
function makeCamera(path: string): void {
  const noise = 'testsrc2=s=1280x720:r=25:d=30,noise=alls=12:allf=t';
  const codec = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-bf',
    '0',
    '-g',
    '50',
    '-b:v',
    '4M',
    '-maxrate',
    '4M',
  ];
  const args = [
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    noise,
    ...codec,
    '-bufsize',
    '4M',
    '-pix_fmt',
    'yuv420p',
    path,
  ];
  const { status, stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg cannot make the clip: ${stderr}`);
}

/** CPU seconds of our ffmpeg processes so far, by whether they copy. */
function cpuOfChildren(): Map<boolean, number> {
  const sums = new Map<boolean, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (Number(fields[1]) !== process.pid || !command.includes('framecrc')) continue;
      const copies = command.includes('mpegts');
      sums.set(copies, (sums.get(copies) ?? 0) + (Number(fields[11]) + Number(fields[12])) / TICKS);
    } catch {
      // It ended while it was looked at.
    }
  }
  return sums;
}

function ffmpegName(): string {
  const { stdout } = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' });
  return stdout.split(' ', 3).join(' ');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

await main(Number(process.argv[2] ?? 60), process.argv[3]);
