// The proof of the whole line: what a camera's stream becomes in InfluxDB equals what a replay of the same clip counts.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InfluxDB } from 'influx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Passage, trafficEventSchema } from '../../contract/index.ts';
import type { ReplaySummary } from '../../edge-agent/replay/replay-clip.ts';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { startProcess } from '../../scripts/services/process.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { SCENE_CAMERA, SCENE_CLIP, sceneModel } from '../support/scene.ts';

const run = promisify(execFile);
const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const model = sceneModel();
const CAMERA = {
  ...SCENE_CAMERA,
  camera: 'nga-tu-1',
  intervalS: 10,
  lines: [
    ...SCENE_CAMERA.lines,
    { line: 'near', from: [0, 225], to: [400, 270], directions: { toLeft: 'away', toRight: 'towards' } },
  ],
};
const FPS = 10;

let folder: string;
let clip: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-live-'));
  clip = join(folder, 'clip.mp4');
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe.skipIf(model === undefined)('a clip played by a real RTSP camera', () => {
  it('becomes the same counts in InfluxDB as its replay gives, with every passage at the same time', async () => {
    // Twice the clip, at the analysis rate, so that both see the very same frames. Start and end stand still: frames may be dropped
    // while the stream begins, and the agent is stopped once it has seen the end.
    const filter = `fps=${FPS},tpad=start_mode=clone:start_duration=3:stop_mode=clone:stop_duration=3`;
    const encoding = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', String(FPS), '-bf', '0'];
    await run('ffmpeg', [
      '-v',
      'error',
      '-stream_loop',
      '1',
      '-i',
      SCENE_CLIP,
      '-vf',
      filter,
      ...encoding,
      clip,
    ]);

    const { summary, passages } = await replay();
    const stored = await countLive(summary.frames);

    expect(
      stored.passages.map(({ line, direction, class: roadUser }) => `${line} ${direction} ${roadUser}`),
    ).toEqual(passages.map(({ line, direction, roadUser }) => `${line} ${direction} ${roadUser}`));
    expect(passages.length).toBeGreaterThan(20);
    // Live time is UTC of the stream, replay time that of the clip: one offset must fit all passages.
    const offsets = stored.passages.map(({ atMs }, at) => atMs - (passages[at]?.atMs ?? Number.NaN));
    const median = offsets.toSorted((a, b) => a - b)[offsets.length >> 1] ?? Number.NaN;
    expect(Math.max(...offsets.map((offset) => Math.abs(offset - median)))).toBeLessThan(150);
    expect(stored.flowSum).toBe(passages.length);
  });
});

async function replay(): Promise<{ summary: ReplaySummary; passages: Passage[] }> {
  const camera = join(folder, 'camera.yaml');
  await writeFile(camera, stringify({ ...CAMERA, source: { url: clip, analysisFps: FPS } }));
  const out = join(folder, 'replay');
  await run(process.execPath, [
    ...[NGATU, 'replay', clip, '--camera', camera, '--out', out],
    ...['--model', model?.model ?? ''],
  ]);
  const lines = (await readFile(join(out, 'events.ndjson'), 'utf8')).trimEnd().split('\n');
  const events = lines.map((line) => trafficEventSchema.parse(JSON.parse(line)));
  const passages = events.filter((event) => event.type === 'passage');
  return {
    summary: JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as ReplaySummary,
    passages: passages.sort(inOrder),
  };
}

type StoredPassage = {
  readonly line: string;
  readonly direction: string;
  readonly class: string;
  readonly atMs: number;
};

/** Runs camera, broker, database, collector and agent until the agent has analysed `frames`; reads back what is stored. */
async function countLive(frames: number): Promise<{ passages: StoredPassage[]; flowSum: number }> {
  const running: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(service: T): T => {
    running.push(service);
    return service;
  };
  try {
    const influxdb = keep(await startInfluxdb({ directory: join(folder, 'influxdb') }));
    const mosquitto = keep(await startMosquitto({ directory: join(folder, 'mosquitto') }));
    const collectorFile = join(folder, 'collector.yaml');
    const ports = { edge: await freePort(), collector: await freePort() };
    await writeFile(
      collectorFile,
      stringify({
        mqtt: { url: mosquitto.url },
        influxdb: { url: influxdb.url },
        http: { port: ports.collector },
      }),
    );
    keep(await startNgatu('collector', collectorFile, ports.collector));
    const camera = keep(await startRtspServer({ mounts: { '/cam': { clip, loop: false } } }));
    const edgeFile = join(folder, 'edge.yaml');
    await writeFile(
      edgeFile,
      stringify({
        site: 'hai-phong',
        agent: 'box-1',
        mqtt: { url: mosquitto.url },
        http: { port: ports.edge },
        detector: model,
        cameras: [{ ...CAMERA, source: { url: camera.url('/cam'), analysisFps: FPS } }],
      }),
    );
    const agent = keep(await startNgatu('edge', edgeFile, ports.edge));
    const framesOf = (what: string) => metric(ports.edge, `ngatu_frames_${what}_total`);
    await until(async () => (await framesOf('analysed')) + (await framesOf('dropped')) >= frames - FPS);
    await camera.stop();
    expect(await framesOf('dropped'), 'frames dropped by a busy machine').toBeLessThan(2 * FPS);
    expect((await agent.stop()).code).toBe(0);

    const database = new InfluxDB({ host: '127.0.0.1', port: influxdb.port, database: 'ngatu' });
    await until(async () => (await metric(ports.collector, 'ngatu_collector_messages_in_hand')) === 0);
    const rows = await database.query<{
      time: { getTime(): number };
      line: string;
      direction: string;
      road_user: string;
    }>('SELECT line, direction, road_user, track FROM passage');
    const [flow] = await database.query<{ sum: number }>('SELECT sum(n) FROM flow');
    const passages = rows.map(({ time, line, direction, road_user }) => ({
      line,
      direction,
      class: road_user,
      atMs: time.getTime(),
    }));
    return { passages: passages.sort(inOrder), flowSum: flow?.sum ?? 0 };
  } finally {
    for (const service of running.reverse()) await service.stop();
  }
}

function startNgatu(command: 'edge' | 'collector', config: string, port: number) {
  return startProcess({
    name: command,
    command: process.execPath,
    args: [NGATU, command, '--config', config],
    logFile: join(folder, `${command}.log`),
    ready: async () => (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.ok ?? false,
  });
}

/** Sum of a metric over its labels; 0 while it is not there. */
async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function until(condition: () => Promise<boolean>, timeoutMs = 90_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${timeoutMs / 1000} s: ${condition}`);
    await delay(100);
  }
}

function inOrder(
  a: { readonly atMs: number; readonly line: string },
  b: { readonly atMs: number; readonly line: string },
) {
  return a.line === b.line ? a.atMs - b.atMs : a.line < b.line ? -1 : 1;
}
