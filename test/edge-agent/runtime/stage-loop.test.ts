import { describe, expect, it } from 'vitest';
import { type FrameResult, runStages } from '../../../edge-agent/runtime/stage-loop.ts';
import type { Frame, FrameSource } from '../../../edge-agent/source/frame.ts';
import { carIn, frameAt, stagesOf } from './stages.ts';

/** Frames 100 ms apart; `onNext` sees each request. */
function sourceOf(count: number, onNext: (index: number) => void = () => undefined): FrameSource {
  let index = 0;
  return {
    next: async () => {
      onNext(index);
      return index < count ? frameAt(index++) : undefined;
    },
    state: { state: 'live', width: 640, height: 360 },
    reconnects: 0,
    onState: () => () => undefined,
    close: async () => undefined,
  };
}

describe('the loop through the stages', () => {
  it('counts the same passages whether it looks ahead or not', async () => {
    const runs = await Promise.all(
      [false, true].map(async (lookAhead) => {
        const stages = stagesOf(sourceOf(40), async (frame) => carIn(frame));
        const results: FrameResult[] = [];
        await runStages({
          stages,
          lookAhead,
          onResult: (result) => results.push(result),
          onDetectionError: (error) => expect.fail(String(error)),
        });
        return [...results.flatMap(({ events }) => events), ...stages.analytics.flush()];
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]?.filter(({ type }) => type === 'passage')).toMatchObject([
      { line: 'stop', direction: 'towards', roadUser: 'car' },
    ]);
  });

  it('asks a live camera for a frame only when the detector is free, so that the frame is the newest', async () => {
    let detecting = 0;
    const source = sourceOf(5, () => expect(detecting).toBe(0));
    const stages = stagesOf(source, async (frame) => {
      detecting++;
      await new Promise((resolve) => setImmediate(resolve));
      detecting--;
      return carIn(frame);
    });
    await runStages({
      stages,
      lookAhead: false,
      onResult: () => undefined,
      onDetectionError: () => undefined,
    });
  });

  it('has the next frame of a clip waiting while one is detected', async () => {
    const inDetector: number[] = [];
    let most = 0;
    const stages = stagesOf(sourceOf(10), async (frame) => {
      inDetector.push(frame.index);
      most = Math.max(most, inDetector.length);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inDetector.splice(inDetector.indexOf(frame.index), 1);
      return carIn(frame);
    });
    const order: number[] = [];
    await runStages({
      stages,
      lookAhead: true,
      onResult: ({ detections }) => order.push(detections.frame.index),
      onDetectionError: (error) => expect.fail(String(error)),
    });
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('lets intervals tell of frames whose detection failed, and of a gap before them', async () => {
    const stages = stagesOf(sourceOf(30), async (frame) => {
      // The very first frame begins a connection; frames 10 and 11 are lost in the middle.
      if ([0, 10, 11].includes(frame.index)) throw new Error('thread died');
      return carIn({ ...frame, discontinuity: frame.index === 0 });
    });
    const discontinuities: boolean[] = [];
    const { update } = stages.analytics;
    stages.analytics.update = (tracked) => {
      discontinuities.push(tracked.frame.discontinuity);
      return update.call(stages.analytics, tracked);
    };
    const failed: number[] = [];
    await runStages({
      stages,
      lookAhead: false,
      onResult: () => undefined,
      onDetectionError: (_error, { index }) => failed.push(index),
    });
    const [flow] = stages.analytics.flush().filter(({ type }) => type === 'flow');
    expect(flow).toMatchObject({ framesAnalysed: 27, framesDropped: 3, observedMs: 2800 });
    expect(discontinuities.map((gap, at) => (gap ? at : -1)).filter((at) => at >= 0)).toEqual([0]);
    expect(failed).toEqual([0, 10, 11]);
  });

  it('goes on without a frame whose detection failed, and ends when told so', async () => {
    const failing = async (frame: Frame) => {
      if (frame.index === 2) throw new Error('thread died');
      return carIn(frame);
    };
    const seen: number[] = [];
    const errors: unknown[] = [];
    await runStages({
      stages: stagesOf(sourceOf(5), failing),
      lookAhead: true,
      onResult: ({ detections }) => seen.push(detections.frame.index),
      onDetectionError: (error) => errors.push(error),
    });
    expect(seen).toEqual([0, 1, 3, 4]);
    expect(errors).toHaveLength(1);
    await expect(
      runStages({
        stages: stagesOf(sourceOf(5), failing),
        lookAhead: true,
        onResult: () => undefined,
        onDetectionError: (error) => {
          throw error;
        },
      }),
    ).rejects.toThrow('thread died');
  });
});
