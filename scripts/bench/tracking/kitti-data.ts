// KITTI's cars as the benchmark takes them: with perfect boxes and with a detector's.

import { judgedCars } from './judged-cars.ts';
import type { KittiSequence } from './kitti.ts';
import type { BenchData, ScoredBox } from './recording.ts';

/** Where the boxes come from that the tracker is given. */
export type BoxSource = 'ground truth' | 'detections';

export const BOX_SOURCES: readonly BoxSource[] = ['ground truth', 'detections'];

/** KITTI's pictures differ by a few pixels from this; the tracker only asks whether a box has left the picture. */
const PICTURE = { width: 1242, height: 375 };
const FRAMES_PER_SECOND = 10;

/**
 * `ground truth` hands the tracker every labelled car, those included that the picture's edge cuts and that KITTI does
 * not ask for: they are there to be seen.
 */
export function kittiData(sequences: readonly KittiSequence[], source: BoxSource): BenchData {
  return {
    name: `KITTI cars, ${source}`,
    framesPerSecond: FRAMES_PER_SECOND,
    sequences: sequences.map(({ name, frames }) => ({
      name,
      recording: {
        ...PICTURE,
        framesPerSecond: FRAMES_PER_SECOND,
        frames: frames.map(({ objects, detections }, index) => ({
          timeMs: (index * 1000) / FRAMES_PER_SECOND,
          boxes:
            source === 'detections'
              ? detections.map(({ box, score }): ScoredBox => ({ box, score, roadUser: 'car' }))
              : objects
                  .filter(({ type }) => type === 'Car')
                  .map(({ box }): ScoredBox => ({ box, score: 1, roadUser: 'car' })),
        })),
      },
      pairUp: (frame, tracks) => judgedCars(frames[frame]?.objects ?? [], tracks),
    })),
  };
}
