import { describe, expect, it } from 'vitest';
import type { Recording, ScoredBox } from '../../../../scripts/bench/tracking/recording.ts';
import { trackRecording } from '../../../../scripts/bench/tracking/track-sequence.ts';
import type { Box } from '../../../../scripts/models/box-overlap.ts';

/** A car that drives 4 px a frame, seen in 8 frames, and a single false box in the frame 5. */
const recording: Recording = {
  ...{ framesPerSecond: 10, width: 1242, height: 375 },
  frames: Array.from({ length: 8 }, (_, index) => {
    const car: Box = [100 + 4 * index, 100, 160 + 4 * index, 140];
    const nothing: Box = [900, 100, 950, 140];
    const boxes: ScoredBox[] = [{ box: car, score: 0.8, roadUser: 'car' }];
    if (index === 5) boxes.push({ box: nothing, score: 0.9, roadUser: 'car' });
    return { timeMs: index * 100, boxes };
  }),
};

describe('a recording that is tracked', () => {
  it('has what was confirmed at the time of each frame, under one identity', () => {
    const { frames, updateMs } = trackRecording(recording);
    expect(frames.map((tracks) => tracks.map(({ id }) => id))).toEqual([[], ...Array(7).fill([1])]);
    expect(frames[2]?.[0]?.box).toEqual([108, 100, 168, 140]);
    expect(updateMs).toHaveLength(8);
  });

  it('has with hindsight also what came before, and still nothing that was never confirmed', () => {
    const { frames } = trackRecording(recording, { hindsight: true });
    expect(frames.map((tracks) => tracks.map(({ id }) => id))).toEqual(Array(8).fill([1]));
  });

  it("is tracked with the tracker's options that are given", () => {
    const { frames } = trackRecording(recording, { tracker: { highScore: 0.85, birthScore: 0.85 } });
    expect(frames.flat()).toEqual([]);
  });
});
