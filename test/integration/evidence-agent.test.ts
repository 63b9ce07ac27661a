// A live camera with the real detector, whose incident gets its picture and its clip while it counts on.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { cameraSchema } from '../../config/camera.ts';
import type { TrafficEvent } from '../../contract/index.ts';
import { composeStages, loadModel } from '../../edge-agent/compose.ts';
import { composeCameraEvidence, openBoxEvidence } from '../../edge-agent/compose-evidence.ts';
import { runLiveCamera } from '../../edge-agent/runtime/live-camera.ts';
import { createAgentMetrics } from '../../edge-agent/runtime/metrics.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { incidentOf } from '../edge-agent/evidence/make-incident.ts';
import { SCENE_CAMERA, SCENE_CLIP, sceneModel } from '../support/scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'ngatu-evidence-agent-'));
const silent = pino({ level: 'silent' });
const found = sceneModel();

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(found === undefined)('an agent', () => {
  test('keeps a picture and a clip of an incident, tells of them in versions of their own', async () => {
    const server = await startRtspServer({ mounts: { '/cam': { clip: SCENE_CLIP } } });
    const detector = { workers: 1, threads: 1, executionProvider: 'cpu' as const };
    const { model = '', modelDirectories = [] } = found ?? {};
    const loaded = await loadModel(
      model,
      { ...detector, model, modelDirectories: [...modelDirectories] },
      silent,
    );
    const camera = cameraSchema.parse({
      ...SCENE_CAMERA,
      camera: 'north',
      source: { url: server.url('/cam'), analysisFps: 5 },
      evidence: { enabled: true, preRollS: 2, postRollS: 2 },
    });
    const bounds = { directory: folder, maxMiB: 100, maxAgeDays: 1, minFreeMiB: 0 };
    const box = await openBoxEvidence(bounds, silent);
    const events: TrafficEvent[] = [];
    const onEvents = (made: readonly TrafficEvent[]) => void events.push(...made);
    const { shape } = loaded.pool;
    const evidence = composeCameraEvidence(camera, { ...box, shape, logger: silent, onEvents });
    if (evidence === undefined) throw new Error('evidence is not enabled');
    const options = { mode: 'live', logger: silent, now: Date.now, copy: evidence.copy } as const;
    const stages = composeStages(camera, loaded, options, evidence.keep);
    const update = stages.analytics.update.bind(stages.analytics);
    let frames = 0;
    // Stands for the rules that find incidents.
    stages.analytics.update = (tracked) => {
      frames += 1;
      const atMs = Math.round(tracked.frame.capturedAtMs);
      const tracks = tracked.tracks.filter(({ confirmed }) => confirmed).map(({ id }) => id);
      const times = { startedAtMs: atMs, detectedAtMs: atMs, updatedAtMs: atMs };
      return [...update(tracked), ...(frames === 30 ? [incidentOf({ ...times, tracks })] : [])];
    };
    const live = runLiveCamera({
      ...{ camera: 'north', model, stages, picture: camera.picture, logger: silent, now: Date.now },
      evidence: { evidence, picture: camera.picture },
      onEvents,
      onStatus: () => undefined,
      metrics: createAgentMetrics(),
    });
    try {
      const clipTold = () => events.some((event) => event.type === 'incident' && event.evidence?.clip);
      await expect.poll(clipTold, { timeout: 60_000, interval: 100 }).toBe(true);
      const [record] = box.store.list();
      if (record === undefined) throw new Error('nothing is kept');
      expect(record.evidence.snapshot).toMatchObject({
        width: 640,
        height: 360,
        from: 'stream',
        blurred: true,
      });
      const last = events.findLast((event) => event.type === 'incident');
      expect(last).toMatchObject({ version: 3, state: 'updated', evidence: record.evidence });
      const out = process.env.NGATU_TEST_PICTURES;
      if (out !== undefined) writeFileSync(join(out, 'agent.jpg'), await box.store.read(record, 'snapshot'));
      expect(live.evidenceProblem()).toBeUndefined();
    } finally {
      await live.close();
      await loaded.pool.close();
      await server.stop();
    }
  }, 120_000);
});
