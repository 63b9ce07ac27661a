// The agent as a box runs it, in a process of its own with real cameras and a real broker: one camera that cannot be
// reached beside one that can, and a broker that comes late and goes away.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type TrafficEvent, trafficEventSchema } from '../../contract/index.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { startProcess } from '../../scripts/services/process.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { SCENE_CAMERA, SCENE_CLIP, sceneModel } from '../support/scene.ts';
import { startTestCentre } from './publisher-centre.ts';

const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const model = sceneModel();
/** As status and health name it. */
const MODEL_NAME = basename(model?.model ?? '', '.json');
const PASSAGES = 'ngatu_events_total{camera="north",type="passage"}';
/** What an agent may take for a clean end, ms. */
const STOP_MS = 5000;

let folder: string;
let http: number;
const running: { stop(): Promise<unknown> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-edge-'));
  http = await freePort();
});
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.stop();
  await rm(folder, { recursive: true, force: true });
});

function keep<T extends { stop(): Promise<unknown> }>(service: T): T {
  running.push(service);
  return service;
}

describe.skipIf(model === undefined)('ngatu edge', () => {
  it('counts at one camera while another of the same model cannot be reached, and tells which', async () => {
    const broker = keep(await startMosquitto({ directory: join(folder, 'broker') }));
    const centre = keep(await startTestCentre(broker.url, { acknowledge: true }));
    const camera = keep(await startRtspServer({ mounts: { '/cam': { clip: SCENE_CLIP } } }));
    const agent = await startAgent(broker.url, {
      north: { url: camera.url('/cam') },
      south: {
        url: `rtsp://127.0.0.1:${await freePort()}/live?user=admin&password=hunter3`,
        username: 'viewer',
        password: { env: 'SOUTH_PASSWORD' },
      },
    });
    const events = () => eventsOf(centre.batches);

    await until(() => events().some(({ type }) => type === 'flow'), 'an interval');
    await until(() => centre.health !== undefined, 'a health report');
    expect(centre.status).toMatchObject({
      state: 'online',
      cameras: [
        { camera: 'north', state: 'live', width: 640, height: 360, model: MODEL_NAME },
        { camera: 'south', state: 'fault', fault: 'refused', model: MODEL_NAME },
      ],
    });
    expect(centre.health?.cameras).toMatchObject([
      { camera: 'north', reconnects: 0 },
      { camera: 'south', framesAnalysed: 0, framesDropped: 0 },
    ]);
    const page = await fetch(`http://127.0.0.1:${http}/healthz`);
    expect(page.status).toBe(503);
    expect(await page.json()).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^Camera south: .*nothing listens on this port/)],
    });
    expect(await metric('ngatu_camera_live{camera="north"}')).toBe(1);
    expect(await metric('ngatu_camera_live{camera="south"}')).toBe(0);
    expect(await metric('ngatu_broker_connected')).toBe(1);
    expect(await metric('ngatu_frames_analysed_total{camera="north"}')).toBeGreaterThan(10);
    // An outage is missing, never zero; and it is told.
    const measured = events().filter(({ type }) => type !== 'incident');
    expect(new Set(measured.map((event) => event.camera))).toEqual(new Set(['north']));
    const isOffline = (event: TrafficEvent) => event.type === 'incident' && event.kind === 'camera-offline';
    await until(() => events().some((event) => isOffline(event) && event.camera === 'south'), 'an incident');
    expect(events().filter((event) => isOffline(event) && event.camera === 'north')).toEqual([]);

    await stopped(agent);
    await until(() => centre.status?.state === 'offline', 'the goodbye');
    expect(centre.status).toMatchObject({
      reason: 'stopped',
      cameras: [{ state: 'live' }, { state: 'fault', fault: 'refused' }],
    });
    const log = await readFile(join(folder, 'edge.log'), 'utf8');
    expect(log.match(/model loaded/g)).toHaveLength(1);
    expect(log).toContain('"camera":"south","fault":"refused"');
    expect(`${log}${JSON.stringify(centre.status)}`).not.toMatch(/hunter[23]/);
  });

  it('says when a clip takes the place of a camera and lines do not fit its picture, and counts on', async () => {
    const broker = keep(await startMosquitto({ directory: join(folder, 'broker') }));
    await startAgent(broker.url, { north: { url: SCENE_CLIP } }, { width: 1280, height: 960 });
    const problems = async () => {
      const page = await fetch(`http://127.0.0.1:${http}/healthz`);
      return ((await page.json()) as { problems: string[] }).problems;
    };
    const misfit = 'picture says 1280x960, the source sends 640x360; lines are scaled by 0.5 x 0.375';
    await until(async () => (await problems()).some((each) => each.includes(misfit)), 'the problem');
    expect(await problems()).toContainEqual(expect.stringContaining(`Camera north: ${misfit}`));
    expect(await metric('ngatu_camera_live{camera="north"}')).toBe(1);
    await until(async () => (await metric('ngatu_frames_analysed_total{camera="north"}')) > 5, 'frames');
    const log = await readFile(join(folder, 'edge.log'), 'utf8');
    expect(log).toContain(`clip ${SCENE_CLIP}, played again and again at its own pace`);
    expect(log).toContain(`camera north: ${misfit}`);
  });

  it('keeps all it counts without a broker, over its own restarts, and delivers it when the broker comes', async () => {
    const camera = keep(await startRtspServer({ mounts: { '/cam': { clip: SCENE_CLIP } } }));
    const port = await freePort();
    const url = `mqtt://127.0.0.1:${port}`;
    const directory = join(folder, 'broker');

    // No broker from the start: the agent runs, and ends in order.
    const first = await startAgent(url, { north: { url: camera.url('/cam') } });
    await untilStored(3);
    expect(await (await fetch(`http://127.0.0.1:${http}/healthz`)).json()).toMatchObject({
      problems: [expect.stringMatching(/^The broker: connect ECONNREFUSED/)],
    });
    let counted = await metric(PASSAGES);
    await stopped(first);

    // It finds what it kept, and delivers it to the broker that has come.
    const second = await startAgent(url, { north: { url: camera.url('/cam') } });
    expect(await metric('ngatu_outbox_batches')).toBeGreaterThanOrEqual(2);
    const broker = keep(await startMosquitto({ directory, port }));
    const centre = keep(await startTestCentre(url, { acknowledge: true }));
    await until(() => centre.batches.length > 2, 'delivery');
    await until(async () => (await metric('ngatu_outbox_batches')) === 0, 'an empty outbox');

    // An outage, and the end in the middle of it.
    await broker.stop();
    await untilStored(3);
    counted += await metric(PASSAGES);
    await stopped(second);
    const before = centre.batches.length;
    keep(await startMosquitto({ directory, port }));
    const third = await startAgent(url, { north: { url: camera.url('/cam') } });
    await until(() => centre.batches.length > before + 2, 'delivery after the outage');
    await until(async () => (await metric('ngatu_outbox_batches')) === 0, 'an empty outbox');
    counted += await metric(PASSAGES);
    await stopped(third);

    // Sending again is allowed; what counts is that no number is missing and no passage has two.
    const bySeq = new Map(centre.batches.map((batch) => [batch.seq, batch]));
    const numbers = [...bySeq.keys()].sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect(new Set(centre.batches.map(({ epoch }) => epoch)).size).toBe(1);
    const passages = eventsOf([...bySeq.values()])
      .filter((event) => event.type === 'passage')
      .map(({ line, direction, atMs, track }) => `${line} ${direction} ${atMs} ${track}`);
    expect(counted).toBeGreaterThan(2);
    expect(passages.length).toBeGreaterThanOrEqual(counted);
    expect(new Set(passages).size).toBe(passages.length);
  });
});

function eventsOf(batches: readonly { readonly events: readonly unknown[] }[]) {
  return batches.flatMap(({ events }) => events.map((event) => trafficEventSchema.parse(event)));
}

async function startAgent(
  mqtt: string,
  cameras: Readonly<Record<string, Record<string, unknown>>>,
  picture = SCENE_CAMERA.picture,
) {
  const config = join(folder, 'edge.yaml');
  await writeFile(
    config,
    stringify({
      site: 'hai-phong',
      agent: 'box-1',
      mqtt: { url: mqtt },
      http: { port: http },
      outbox: { directory: './outbox' },
      detector: model,
      cameras: Object.entries(cameras).map(([camera, source]) => ({
        camera,
        picture,
        source: { ...source, analysisFps: 5 },
        intervalS: 5,
        lines: SCENE_CAMERA.lines,
      })),
    }),
  );
  return keep(
    await startProcess({
      name: 'The agent',
      command: process.execPath,
      args: [NGATU, 'edge', '--config', config],
      logFile: join(folder, 'edge.log'),
      env: { SOUTH_PASSWORD: 'hunter2' },
      ready: () =>
        fetch(`http://127.0.0.1:${http}/metrics`).then(
          ({ ok }) => ok,
          () => false,
        ),
    }),
  );
}

async function stopped(agent: Awaited<ReturnType<typeof startAgent>>): Promise<void> {
  const sinceMs = performance.now();
  expect(await agent.stop()).toEqual({ code: 0, signal: null });
  expect(performance.now() - sinceMs).toBeLessThan(STOP_MS);
}

/** Waits until this many more batches lie in the outbox. */
async function untilStored(batches: number): Promise<void> {
  const goal = (await metric('ngatu_outbox_batches')) + batches;
  await until(async () => (await metric('ngatu_outbox_batches')) >= goal, 'batches in the outbox');
}

/** Value of a metric, with its labels as Prometheus writes them; 0 while it is not there. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within 60 s: ${what}`);
    await delay(50);
  }
}
