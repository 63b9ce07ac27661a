// Evidence from a live camera and from a replay: real RTSP server, real ffmpeg, real disk, real traffic where pictures
// are judged.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { INCIDENT_KINDS, type IncidentEvidence } from '../../contract/index.ts';
import { type CameraEvidenceOptions, cameraEvidence } from '../../edge-agent/evidence/camera-evidence.ts';
import { ClipFootage } from '../../edge-agent/evidence/clip-footage.ts';
import { JobLine } from '../../edge-agent/evidence/job-line.ts';
import { EvidenceRecorder, type SeenFrame } from '../../edge-agent/evidence/recorder.ts';
import {
  type EvidenceStore,
  type EvidenceStoreOptions,
  openEvidenceStore,
} from '../../edge-agent/evidence/store.ts';
import type { Frame } from '../../edge-agent/source/frame.ts';
import { openSource } from '../../edge-agent/source/open-source.ts';
import type { SourceOptions } from '../../edge-agent/source/source-options.ts';
import { readTruth } from '../../scripts/scenes/truth-file.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { incidentOf } from '../edge-agent/evidence/make-incident.ts';
import { makeNumberedClip, numberOf } from '../edge-agent/evidence/numbered-clip.ts';
import { ffmpeg, optionsFor, SHAPE } from '../edge-agent/source/clips.ts';
import { SCENE_CLIP, SCENE_TRUTH } from '../support/scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'ngatu-evidence-'));
const clip = join(folder, 'numbered.mp4');
const silent = pino({ level: 'silent' });
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  await makeNumberedClip(clip, { seconds: 20 }, '-bf', '0');
});
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
async function store(options: Partial<EvidenceStoreOptions> = {}): Promise<EvidenceStore> {
  stores += 1;
  return openEvidenceStore({
    ...{ directory: join(folder, `store-${stores}`), maxBytes: 1e9, maxAgeMs: 86_400_000, minFreeBytes: 0 },
    ...{ logger: silent, now: Date.now },
    ...options,
  });
}

const common = {
  camera: 'north',
  picture: { width: 640, height: 360 },
  regions: new Map([
    [
      'junction',
      [
        [200, 100],
        [440, 100],
        [440, 300],
        [200, 300],
      ] as const,
    ],
  ]),
  kinds: new Set(INCIDENT_KINDS),
  snapshots: true,
  clips: true,
  blur: true,
  preRollMs: 2000,
  postRollMs: 1000,
  shape: SHAPE,
  logger: silent,
  now: Date.now,
};

type Live = {
  readonly url: string;
  readonly store: EvidenceStore;
  readonly ring?: Partial<CameraEvidenceOptions['ring']>;
  readonly source?: Partial<SourceOptions>;
  readonly recorder?: Partial<CameraEvidenceOptions>;
};

type Seen = SeenFrame & { readonly number: number };

function watch({ url, store: kept, ring, source: more, recorder }: Live) {
  const told: IncidentEvidence[] = [];
  const evidence = cameraEvidence({
    ...common,
    ring: { keepMs: 30_000, maxBytes: 2 ** 26, ...ring },
    store: kept,
    line: new JobLine(),
    onEvidence: (made) => told.push(made),
    ...recorder,
  });
  const retry = { firstMs: 100, capMs: 500 };
  const source = openSource(
    optionsFor(url, { analysisFps: 10, mode: 'live', copy: evidence.copy, timing: { retry }, ...more }),
  );
  const frames: Seen[] = [];
  const taking = (async () => {
    for (let frame: Frame | undefined = await source.next(); frame; frame = await source.next()) {
      evidence.keep(frame);
      frames.push({ frame, roadUsers: [], number: numberOf(frame.planes, SHAPE.width, 20) });
    }
  })();
  const close = async () => {
    await source.close();
    await taking;
    await evidence.close();
  };
  opened.push({ close });
  return { evidence, source, frames, told, close };
}

async function serve(path = clip, port?: number) {
  const server = await startRtspServer({
    mounts: { '/cam': { clip: path } },
    ...(port === undefined ? {} : { port }),
  });
  opened.push({ close: () => server.stop() });
  return server;
}

const LONG = { timeout: 30_000, interval: 50 };

function newest(frames: readonly Seen[]): Seen {
  const last = frames.at(-1);
  if (last === undefined) throw new Error('no frame yet');
  return last;
}

async function numberIn(picture: Buffer): Promise<number> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  return numberOf(data, info.width, 40);
}

describe('a live camera', () => {
  test('gives an incident its picture within moments, and a clip after the post-roll', async () => {
    const { url } = await serve();
    const kept = await store();
    const { evidence, frames, told } = watch({ url: url('/cam'), store: kept });
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(45);
    const seen = newest(frames);
    const { capturedAtMs } = seen.frame;
    const incident = incidentOf({
      startedAtMs: Math.round(capturedAtMs),
      region: 'junction',
      box: [250, 150, 350, 250],
    });
    evidence.observe(seen, [incident]);
    evidence.observe(seen, [{ ...incident, version: 2, state: 'updated' }]);
    await expect.poll(() => told.length, LONG).toBe(2);

    const [record] = kept.list();
    if (record === undefined) throw new Error('nothing is kept');
    expect(told[1]).toEqual(record.evidence);
    expect(told[0]?.clip).toBeUndefined();
    expect(record.evidence.snapshot).toMatchObject({
      width: 640,
      height: 360,
      blurred: true,
      from: 'stream',
    });
    const picture = await kept.read(record, 'snapshot');
    expect(await numberIn(picture)).toBe(seen.number);
    const { fromMs = 0, toMs = 0, file = '' } = record.evidence.clip ?? {};
    expect(fromMs).toBeLessThanOrEqual(capturedAtMs - 2000);
    expect(toMs).toBeGreaterThanOrEqual(capturedAtMs + 900);
    // The picture at that moment of the clip is the one of the alarm.
    const place = (capturedAtMs - fromMs) / 1000;
    const png = join(folder, 'place.png');
    const path = join(folder, `store-${stores}`, file);
    await ffmpeg('-ss', String(Math.max(0, place - 0.02)), '-i', path, '-frames:v', '1', png);
    expect(await numberIn(readFileSync(png))).toBe(seen.number);
    expect(evidence.state.recorder).toMatchObject({ snapshots: 1, clips: 1, failed: 0 });
  }, 60_000);

  test('that is killed and comes back gives clips of what came after, and counts on', async () => {
    const server = await serve();
    const kept = await store();
    const { evidence, frames, source, told } = watch({ url: server.url('/cam'), store: kept });
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(30);
    const before = newest(frames);
    await server.kill();
    await expect.poll(() => source.state.state, LONG).toBe('fault');
    // The last picture before the camera went, though the camera is away.
    evidence.observe(before, [incidentOf({ id: 'offline', kind: 'camera-offline' })]);
    await expect.poll(() => told.length, LONG).toBe(2);
    await serve(clip, server.port);
    const had = frames.length;
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(had + 30);
    evidence.observe(newest(frames), [incidentOf({ id: 'after' })]);
    await expect.poll(() => told.length, LONG).toBe(4);
    const [offline, after] = kept.list();
    if (offline === undefined || after === undefined) throw new Error('nothing is kept');
    expect(await numberIn(await kept.read(offline, 'snapshot'))).toBe(before.number);
    expect(after.evidence.clip?.fromMs).toBeGreaterThan(before.frame.capturedAtMs);
    expect(evidence.problem).toBeUndefined();
  }, 90_000);

  test('whose ring cannot be written goes on counting, and gives pictures of the analysed frame', async () => {
    const { url } = await serve();
    const directory = join(folder, 'not-a-folder');
    writeFileSync(directory, '');
    const kept = await store();
    const { evidence, frames, told } = watch({ url: url('/cam'), store: kept, ring: { directory } });
    await expect.poll(() => evidence.problem, LONG).toContain('cannot be written');
    const had = frames.length;
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(had + 20);
    const steps = frames
      .slice(1)
      .map(({ frame }, i) => frame.cameraTimeMs - (frames[i]?.frame.cameraTimeMs ?? 0));
    expect(Math.max(...steps.slice(5))).toBeLessThan(500);
    evidence.observe(newest(frames), [incidentOf()]);
    await expect.poll(() => told.length, LONG).toBeGreaterThan(0);
    expect(told[0]?.snapshot).toMatchObject({ width: 640, height: 360 });
  }, 60_000);

  test('whose store cannot be written goes on counting, says so, and is mended by itself', async () => {
    const { url } = await serve();
    let free = 2 ** 60;
    const kept = await openEvidenceStore(
      Object.defineProperties(
        {
          directory: join(folder, 'full'),
          maxBytes: 1e9,
          maxAgeMs: 1e9,
          logger: silent,
          now: Date.now,
          minFreeBytes: 0,
        },
        { minFreeBytes: { get: () => free } },
      ),
    );
    const { evidence, frames, told } = watch({ url: url('/cam'), store: kept, recorder: { clips: false } });
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(25);
    evidence.observe(newest(frames), [incidentOf({ id: 'full' })]);
    await expect.poll(() => evidence.problem, LONG).toContain('are left to others');
    expect(told).toEqual([]);
    const had = frames.length;
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(had + 10);
    free = 0;
    evidence.observe(newest(frames), [incidentOf({ id: 'mended' })]);
    await expect.poll(() => told.length, LONG).toBe(1);
    expect(told[0]?.snapshot?.file).toContain('mended');
    expect(evidence.problem).toBeUndefined();
    expect(evidence.state.recorder).toMatchObject({ snapshots: 1, failed: 1 });
  }, 60_000);

  test('without a video of its own (MJPEG pictures in a folder) gives pictures of the analysed frame', async () => {
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures);
    await ffmpeg('-i', clip, '-frames:v', '20', join(pictures, '%03d.png'));
    const kept = await store();
    const { evidence, frames, told } = watch({ url: pictures, store: kept });
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(5);
    expect(evidence.problem).toContain('folder');
    const seen = newest(frames);
    evidence.observe(seen, [incidentOf()]);
    await expect.poll(() => told.length, LONG).toBe(1);
    expect(told[0]?.snapshot).toMatchObject({ from: 'analysed', width: 640, height: 360 });
    const [record] = kept.list();
    if (record === undefined) throw new Error('nothing is kept');
    expect(await numberIn(await kept.read(record, 'snapshot'))).toBe(seen.number);
  }, 60_000);

  test('that is closed has its waiting clips cut from what is there', async () => {
    const { url } = await serve();
    const kept = await store();
    const { evidence, frames, told, close } = watch({
      url: url('/cam'),
      store: kept,
      recorder: { postRollMs: 60_000 },
    });
    await expect.poll(() => frames.length, LONG).toBeGreaterThan(30);
    evidence.observe(newest(frames), [incidentOf()]);
    await expect.poll(() => told.length, LONG).toBe(1);
    const startedMs = performance.now();
    await close();
    expect(performance.now() - startedMs).toBeLessThan(8000);
    expect(told[1]?.clip).toBeDefined();
  }, 60_000);
});

describe('a replay', () => {
  /** Evidence of one moment of the project's own scene, with the boxes of its truth. */
  async function replayed(blur: boolean, drawn: boolean) {
    const truth = await readTruth(SCENE_TRUTH);
    const frame = truth.frames.find(({ t }) => t >= 8);
    if (frame === undefined) throw new Error('the scene is too short');
    const roadUsers = frame.objects.flatMap(({ class: roadUser, visibleBox: box, id }) =>
      box === undefined || roadUser === 'debris' ? [] : [{ roadUser, box, id }],
    );
    const kept = await store();
    const recorder = new EvidenceRecorder({
      ...common,
      blur,
      footage: new ClipFootage(SCENE_CLIP),
      store: kept,
      line: new JobLine(),
    });
    const moment = { cameraTimeMs: frame.t * 1000, capturedAtMs: frame.t * 1000 };
    const info = { index: 0, droppedBefore: 0, discontinuity: false, ...moment };
    const [first] = roadUsers;
    recorder.observe({ frame: info as SeenFrame['frame'], roadUsers }, [
      incidentOf({
        startedAtMs: moment.capturedAtMs,
        ...(drawn ? { region: 'junction', tracks: [first?.id ?? 1] } : {}),
      }),
    ]);
    await recorder.settled();
    const [record] = kept.list();
    if (record === undefined) throw new Error(`nothing is kept: ${JSON.stringify(recorder.state)}`);
    return {
      record,
      roadUsers,
      picture: await kept.read(record, 'snapshot'),
      clip: await kept.read(record, 'clip'),
    };
  }

  test('gives the same bytes each time', async () => {
    const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    const [one, other] = [await replayed(true, true), await replayed(true, true)];
    expect(hash(other.picture)).toBe(hash(one.picture));
    expect(hash(other.clip)).toBe(hash(one.clip));
    expect(one.record.evidence.clip).toMatchObject({ fromMs: 6000 });
  });

  test('hides plates at the near ends of vehicles, and nothing when told not to', async () => {
    const hidden = await replayed(true, false);
    const open = await replayed(false, false);
    expect(open.record.evidence.snapshot?.blurred).toBe(false);
    const largest = hidden.roadUsers
      .filter(({ roadUser }) => roadUser === 'car')
      .sort((a, b) => b.box[3] - b.box[1] - (a.box[3] - a.box[1]))[0];
    if (largest === undefined) throw new Error('no car in the scene');
    const [x1, y1, x2, y2] = largest.box;
    const low = Math.round(y1 + 0.6 * (y2 - y1));
    const plate = {
      left: Math.round(x1),
      top: low,
      width: Math.round(x2 - x1),
      height: Math.round(y2) - low,
    };
    const sharpness = async (picture: Buffer) => {
      // Differences between neighbours: what reading letters takes.
      const { data, info } = await sharp(picture)
        .extract(plate)
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      let sum = 0;
      for (let i = 1; i < data.length; i++) {
        if (i % info.width !== 0) sum += ((data[i] ?? 0) - (data[i - 1] ?? 0)) ** 2;
      }
      return sum / data.length;
    };
    expect(await sharpness(hidden.picture)).toBeLessThan(0.25 * (await sharpness(open.picture)));
  });
});
