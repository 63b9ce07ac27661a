import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CameraStatus, TrafficEvent } from '../../../contract/index.ts';
import { cameraStatusSchema } from '../../../contract/index.ts';
import type { Detections } from '../../../edge-agent/detector/detections.ts';
import type { CameraEvidence } from '../../../edge-agent/evidence/camera-evidence.ts';
import { type LiveCamera, runLiveCamera } from '../../../edge-agent/runtime/live-camera.ts';
import { createAgentMetrics } from '../../../edge-agent/runtime/metrics.ts';
import type { Frame } from '../../../edge-agent/source/frame.ts';
import { incidentOf } from '../evidence/make-incident.ts';
import { carIn, FedSource, frameAt, stagesOf } from './stages.ts';

const LIVE = { state: 'live', width: 640, height: 360 } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function run(
  detect: (frame: Frame) => Promise<Detections> = async (frame) => carIn(frame),
  picture?: { readonly width: number; readonly height: number },
  evidence?: CameraEvidence,
) {
  const source = new FedSource();
  const stages = stagesOf(source, detect);
  const events: TrafficEvent[] = [];
  const told: CameraStatus[] = [];
  const metrics = createAgentMetrics();
  const warnings: string[] = [];
  const camera: LiveCamera = runLiveCamera({
    camera: 'north',
    model: 'tiny',
    stages,
    ...(picture === undefined ? {} : { picture }),
    ...(evidence === undefined ? {} : { evidence: { evidence, picture: LIVE } }),
    onEvents: (made) => events.push(...made),
    onStatus: (status) => told.push(status),
    metrics,
    logger: pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line).msg) }),
    now: Date.now,
  });
  const passages = () => events.filter(({ type }) => type === 'passage');
  return { source, stages, camera, events, passages, told, metrics, warnings };
}

/** Evidence that writes down what it is asked for. */
function evidenceStub() {
  const asked: { kinds: string[]; roadUsers: number }[] = [];
  let closed = 0;
  const evidence: CameraEvidence = {
    copy: { startConnection: vi.fn(), write: vi.fn(), frame: vi.fn(), unavailable: vi.fn() },
    keep: vi.fn(),
    footage: { still: vi.fn(), clip: vi.fn() },
    hasVideo: false,
    observe: (seen, events) => {
      const kinds = events.filter((event) => event.type === 'incident').map(({ kind }) => kind);
      asked.push({ kinds, roadUsers: seen.roadUsers.length });
    },
    addTo: (events) =>
      events.map((event) => (event.type === 'incident' ? { ...event, evidence: {} } : event)),
    state: {
      ring: { segments: 0, bytes: 0, seconds: 0, lost: 0 },
      recorder: { snapshots: 0, clips: 0, failed: 0, skipped: 0 },
    },
    problem: 'the disk is full',
    close: async () => {
      closed += 1;
    },
  };
  return { evidence, asked, closed: () => closed };
}

/** Frames one after the other, with time for each to go through. */
async function play(source: FedSource, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    source.feed(frameAt(index));
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe('a camera of a running agent', () => {
  it('is an incident while it sends nothing, from five seconds on until ten after it is back', async () => {
    vi.setSystemTime(0);
    const { source, events } = run();
    source.become(LIVE);
    await play(source, 0, 3);
    const incidents = () =>
      events.flatMap((event) => (event.type === 'incident' ? [`${event.kind} ${event.state}`] : []));
    source.become({ state: 'fault', fault: 'silent', detail: 'No picture for 8 s.' });
    await vi.advanceTimersByTimeAsync(4000);
    expect(incidents()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(incidents()).toEqual(['camera-offline detected']);
    source.become(LIVE);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(incidents().at(-1)).toBe('camera-offline cleared');
  });

  it('has evidence made of its incidents, also of those that come without a frame, and tells of it', async () => {
    const { evidence, asked, closed } = evidenceStub();
    const { source, stages, camera, events } = run(undefined, undefined, evidence);
    source.become(LIVE);
    await play(source, 0, 3);
    expect(asked).toEqual([]);
    vi.spyOn(stages.analytics, 'update').mockReturnValueOnce([incidentOf({ kind: 'wrong-way' })]);
    await play(source, 3, 5);
    vi.spyOn(stages.analytics, 'advanceTo').mockReturnValueOnce([incidentOf({ kind: 'camera-offline' })]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([
      { kinds: ['wrong-way'], roadUsers: 2 },
      { kinds: ['camera-offline'], roadUsers: 2 },
    ]);
    expect(events.filter(({ type }) => type === 'incident')).toMatchObject([
      { evidence: {} },
      { evidence: {} },
    ]);
    expect(camera.evidenceProblem()).toBe('the disk is full');
    await camera.close();
    expect(closed()).toBe(1);
  });

  it('counts, and hands out what is still open when it closes, with its last status as it was', async () => {
    const { source, camera, events, passages, told } = run();
    source.become(LIVE);
    await play(source, 0, 30);
    await camera.close();
    await camera.close();
    expect(passages()).toMatchObject([{ line: 'stop', direction: 'towards' }]);
    expect(events.filter(({ type }) => type === 'flow')).toMatchObject([
      { direction: 'away', framesAnalysed: 30 },
      { direction: 'towards', framesAnalysed: 30, counts: { car: { n: 1 } } },
    ]);
    expect(told.map(({ state }) => state)).toEqual(['live']);
    expect(camera.status()).toMatchObject({ state: 'live', width: 640 });
  });

  it('starts again after a failure in the stages, forgets who was on the way, and goes on counting', async () => {
    const { source, stages, camera, passages } = run();
    source.become(LIVE);
    const { update } = stages.analytics;
    stages.analytics.update = (tracked) => {
      if (tracked.frame.index === 3) throw new Error('a defect');
      return update.call(stages.analytics, tracked);
    };
    await play(source, 0, 4);
    await vi.advanceTimersByTimeAsync(999);
    expect(camera.takeHealth()).toMatchObject({ framesAnalysed: 3, framesDropped: 1 });
    await vi.advanceTimersByTimeAsync(1);
    await play(source, 4, 30);
    expect(camera.takeHealth()).toMatchObject({ framesAnalysed: 26 });
    await camera.close();
    expect(passages()).toHaveLength(1);
    expect(camera.status().state).toBe('live');
  });

  it('ends the pause after a failure when it is closed', async () => {
    const { source, stages, camera } = run();
    stages.tracker.update = () => {
      throw new Error('a defect');
    };
    await play(source, 0, 1);
    // No timer is advanced: the pause must not be waited for.
    await camera.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is in fault while pictures come but none can be analysed, and live again afterwards', async () => {
    let broken = true;
    const { source, camera, told, metrics } = run(async (frame) => {
      if (broken) throw new Error('no thread is alive');
      return carIn(frame);
    });
    source.become(LIVE);
    await play(source, 0, 2);
    expect(camera.status().state).toBe('live');
    await vi.advanceTimersByTimeAsync(5000);
    await play(source, 2, 4);
    expect(camera.status()).toMatchObject({ state: 'fault', fault: 'failed' });
    source.become(LIVE);
    expect(camera.status().state).toBe('fault');
    broken = false;
    await play(source, 4, 5);
    expect(camera.status().state).toBe('live');
    for (const status of told) expect(cameraStatusSchema.safeParse(status).success).toBe(true);
    expect(await metrics.registry.metrics()).toContain('ngatu_frames_dropped_total{camera="north"} 4');
    await camera.close();
  });

  it('goes on when the clock cannot close an interval', async () => {
    const { source, stages, camera, passages } = run();
    const advanceTo = vi.spyOn(stages.analytics, 'advanceTo').mockImplementationOnce(() => {
      throw new Error('a defect');
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(advanceTo).toHaveBeenCalled();
    advanceTo.mockReturnValue([]);
    await play(source, 0, 30);
    await camera.close();
    expect(passages()).toHaveLength(1);
  });

  it('goes on counting, with a problem in its status, when lines do not fit its picture', async () => {
    const { source, camera, passages, warnings } = run(undefined, { width: 640, height: 480 });
    source.become(LIVE);
    await play(source, 0, 10);
    // Told once, not after every reconnection.
    source.become({ state: 'fault', fault: 'silent', detail: 'nothing comes' });
    source.become(LIVE);
    await play(source, 10, 30);
    const fact =
      'picture says 640x480, the source sends 640x360; lines are scaled by 1 x 0.75 and do not fit';
    expect(camera.status()).toMatchObject({ state: 'live', detail: expect.stringContaining(fact) });
    expect(cameraStatusSchema.safeParse(camera.status()).success).toBe(true);
    expect(warnings).toEqual([expect.stringContaining(`camera north: ${fact}`)]);
    source.become({ ...LIVE, height: 480 });
    expect(camera.status()).not.toHaveProperty('detail');
    await camera.close();
    expect(passages()).toHaveLength(1);
  });

  it('only warns of a picture of another size and the same shape', async () => {
    const { source, camera, warnings } = run(undefined, { width: 1280, height: 720 });
    source.become(LIVE);
    expect(camera.status()).not.toHaveProperty('detail');
    expect(warnings).toEqual([expect.stringContaining('lines are scaled by 0.5 x 0.5')]);
    await camera.close();
  });

  it('shows in its metrics what a clock set back keeps out of the intervals', async () => {
    const { source, camera, metrics } = run();
    const shown = async () => (await metrics.registry.metrics()).match(/^ngatu_\w+_unreported_total.*$/gm);
    expect(await shown()).toEqual([
      'ngatu_frames_unreported_total{camera="north"} 0',
      'ngatu_passages_unreported_total{camera="north"} 0',
    ]);
    await play(source, 0, 30);
    // Two minutes on, then back to a minute that has been reported.
    for (const [index, capturedAtMs] of [
      [30, 120_000],
      [31, 4000],
      [32, 4100],
    ] as const) {
      source.feed({ ...frameAt(index), capturedAtMs });
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(await shown()).toContain('ngatu_frames_unreported_total{camera="north"} 2');
    await camera.close();
  });

  it('does not wait for an inference that never comes back, and ignores it should it come', async () => {
    let answer: (detections: Detections) => void = () => undefined;
    const { source, camera, events } = run(
      (frame) =>
        new Promise((resolve) => {
          answer = () => resolve(carIn(frame));
        }),
    );
    await play(source, 0, 1);
    const closing = camera.close();
    await vi.advanceTimersByTimeAsync(1000);
    await closing;
    const before = events.length;
    answer(carIn(frameAt(0)));
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toHaveLength(before);
  });

  it('keeps a long explanation within what the contract allows', async () => {
    const { source, camera } = run();
    source.become({ state: 'fault', fault: 'not-found', detail: 'x'.repeat(4000) });
    expect(cameraStatusSchema.safeParse(camera.status()).success).toBe(true);
    await camera.close();
  });
});
