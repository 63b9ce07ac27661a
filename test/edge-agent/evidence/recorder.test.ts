// Which incidents get evidence, what happens when it cannot be had, and how later messages tell of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { INCIDENT_KINDS, type Incident, type IncidentEvidence, ROAD_USERS } from '../../../contract/index.ts';
import { captionOf, markedOf } from '../../../edge-agent/evidence/describe-incident.ts';
import { EvidenceError } from '../../../edge-agent/evidence/evidence-error.ts';
import type { Footage } from '../../../edge-agent/evidence/footage.ts';
import { JobLine } from '../../../edge-agent/evidence/job-line.ts';
import { EvidenceRecorder, type RecorderOptions } from '../../../edge-agent/evidence/recorder.ts';
import { seenIn } from '../../../edge-agent/evidence/seen-frame.ts';
import { openEvidenceStore } from '../../../edge-agent/evidence/store.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import { incidentOf } from './make-incident.ts';

const PICTURE = { width: 64, height: 36 };
const silent = pino({ level: 'silent' });
const frame = {
  index: 3,
  cameraTimeMs: 5000,
  capturedAtMs: 1_795_000_005_000,
  droppedBefore: 0,
  discontinuity: false,
  geometry: unscaledGeometry(PICTURE),
};
const seen = { frame, roadUsers: [] };

async function recorder(footage: Footage, more: Partial<RecorderOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-recorder-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const told: { evidence: IncidentEvidence; message: Incident | undefined }[] = [];
  const bounds = { maxBytes: 1e9, maxAgeMs: 1e12, minFreeBytes: 0 };
  const made = new EvidenceRecorder({
    ...{ camera: 'north', picture: PICTURE, regions: new Map(), footage, line: new JobLine() },
    ...{ kinds: new Set(INCIDENT_KINDS), snapshots: true, clips: false, blur: true },
    ...{ preRollMs: 1000, postRollMs: 1000, logger: silent },
    store: await openEvidenceStore({ directory, ...bounds, logger: silent, now: Date.now }),
    onEvidence: (evidence, message) => told.push({ evidence, message }),
    now: () => 1_795_000_006_000,
    ...more,
  });
  return { made, told };
}

/** Grey pictures, at once or when told. */
function stills(wait: Promise<unknown> = Promise.resolve()): Footage {
  return {
    still: async (at) => {
      await wait;
      const create = { ...PICTURE, channels: 3 as const, background: '#808080' };
      const image = await sharp({ create }).png().toBuffer();
      return { image, ...PICTURE, atMs: at.capturedAtMs, from: 'stream' };
    },
    clip: () => Promise.reject(new EvidenceError('no clips here')),
  };
}

it('only the alarm itself makes evidence, and only of the kinds that are wanted', async () => {
  const { made, told } = await recorder(stills(), { kinds: new Set(['crash']) });
  made.observe(seen, [
    incidentOf({ id: 'a', kind: 'crash' }),
    incidentOf({ id: 'b', kind: 'speeding' }),
    incidentOf({ id: 'c', kind: 'crash', version: 2, state: 'updated' }),
    incidentOf({ id: 'd', kind: 'crash', version: 5, state: 'cleared', clearedAtMs: 1_795_000_009_000 }),
  ]);
  await made.settled();
  expect(told.map(({ evidence }) => evidence.snapshot?.file)).toEqual(['north/a.v1.jpg']);
});

it('a version of its own tells of evidence, and all later ones tell of it too and count on from there', async () => {
  const { made, told } = await recorder(stills());
  const detected = [incidentOf()];
  expect(made.addTo(detected)).toBe(detected);
  made.observe(seen, detected);
  expect(made.addTo(detected)).toEqual(detected);
  await made.settled();
  const { evidence, message } = told[0] ?? {};
  expect(message).toEqual({
    ...incidentOf({ version: 2, state: 'updated', updatedAtMs: 1_795_000_006_000 }),
    evidence,
  });
  const later = incidentOf({ version: 2, state: 'updated', updatedAtMs: 1_795_000_009_000 });
  const other = incidentOf({ id: 'other', version: 2 });
  expect(made.addTo([later, other])).toEqual([{ ...later, version: 3, evidence }, other]);
});

it('an incident that is over stays so when its evidence comes', async () => {
  const { made, told } = await recorder(stills());
  const cleared = incidentOf({ version: 2, state: 'cleared', clearedAtMs: 1_795_000_009_000 });
  made.observe(seen, [incidentOf()]);
  made.addTo([incidentOf(), cleared]);
  await made.settled();
  expect(told[0]?.message).toMatchObject({ version: 3, state: 'cleared', clearedAtMs: 1_795_000_009_000 });
});

it('more incidents at once than it can take are let go and counted', async () => {
  let release: (() => void) | undefined;
  const wait = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { made, told } = await recorder(stills(wait), { maxPending: 3 });
  made.observe(
    seen,
    Array.from({ length: 10 }, (_, i) => incidentOf({ id: `i${i}` })),
  );
  expect(made.state.skipped).toBe(7);
  release?.();
  await made.settled();
  expect(told).toHaveLength(3);
  made.observe(seen, [incidentOf({ id: 'later' })]);
  await made.settled();
  expect(told).toHaveLength(4);
});

it('a picture that cannot be had is told in words and counted, and forgotten with the next that can', async () => {
  let fails = true;
  const good = stills();
  const { made } = await recorder({
    ...good,
    still: (at, inTurn) => (fails ? Promise.reject(new EvidenceError('it is gone')) : good.still(at, inTurn)),
  });
  made.observe(seen, [incidentOf({ id: 'a' })]);
  await made.settled();
  expect(made.state).toMatchObject({ failed: 1, snapshots: 0, problem: 'it is gone' });
  fails = false;
  made.observe(seen, [incidentOf({ id: 'b' })]);
  await made.settled();
  expect(made.state).toEqual({ failed: 1, snapshots: 1, clips: 0, skipped: 0 });
});

it('takes nothing after it was closed', async () => {
  const { made, told } = await recorder(stills());
  await made.close();
  made.observe(seen, [incidentOf()]);
  await made.settled();
  expect(told).toEqual([]);
});

it('draws the boxes of the incident where its road users are now, else the place that it names', () => {
  const roadUsers = [
    { id: 4, roadUser: 'car' as const, box: [1, 1, 5, 5] as const },
    { id: 5, roadUser: 'bus' as const, box: [6, 6, 9, 9] as const },
    { roadUser: 'car' as const, box: [1, 1, 4, 4] as const },
  ];
  expect(markedOf(incidentOf({ tracks: [5, 77] }), roadUsers)).toEqual([roadUsers[1]]);
  const box: [number, number, number, number] = [2, 2, 8, 8];
  expect(markedOf(incidentOf({ tracks: [77], box }), roadUsers)).toEqual([{ box }]);
  expect(markedOf(incidentOf(), roadUsers)).toEqual([]);
});

it('says in the picture when it is only what the detector saw', () => {
  const still = { image: Buffer.alloc(0), ...PICTURE, atMs: Date.UTC(2026, 4, 1, 6, 0, 0, 120) };
  expect(captionOf('north', incidentOf({ region: 'junction' }), { ...still, from: 'stream' })).toBe(
    'stopped-vehicle  |  north, junction  |  2026-05-01 06:00:00.1 UTC',
  );
  expect(captionOf('north', incidentOf(), { ...still, from: 'analysed' })).toContain('detector picture');
});

it("hides unsure detections and tracks that are not seen as well, at their places in the file's picture", () => {
  const geometry = unscaledGeometry({ width: 128, height: 72 });
  const detections = {
    frame: { ...frame, geometry },
    count: 1,
    boxes: Float32Array.of(10, 20, 30, 40),
    scores: Float32Array.of(0.11),
    roadUsers: Uint8Array.of(ROAD_USERS.indexOf('bus')),
  };
  const track = {
    id: 9,
    box: [2, 4, 6, 8] as const,
    roadUser: 'person' as const,
    roadUserShare: 1,
    score: 1,
  };
  const tracked = {
    frame: detections.frame,
    tracks: [{ ...track, seen: false, confirmed: true }],
    ended: [],
  };
  expect(seenIn({ detections, tracked }, PICTURE).roadUsers).toEqual([
    { id: 9, roadUser: 'person', box: [1, 2, 3, 4] },
    { roadUser: 'bus', box: [5, 10, 15, 20] },
  ]);
});
