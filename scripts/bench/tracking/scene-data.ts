// Rendered scenes as the benchmark takes them: boxes of a model that looked at every frame, at several frame rates,
// beside the truth of the simulation.

import { type Box, iou } from '../../models/box-overlap.ts';
import type { Truth, TruthObject } from '../../scenes/truth-file.ts';
import { bestPairs } from './best-pairs.ts';
import type { BenchSequence, RecordedFrame } from './recording.ts';
import { EPSILON, type FramePair, type IdentifiedBox } from './scored-sequence.ts';

/** Least similarity of a track and a road user that is not asked for, to forgive the track. */
const MATCH = 0.5;
/** Road users lower than this, px, are not asked for, and unmatched tracks as low are forgiven. */
const MIN_HEIGHT_PX = 12;
/** Nor those hidden, or outside the picture, by more than these shares. */
const MOST_HIDDEN = 0.9;
const MOST_OUTSIDE = 0.7;

export type SceneRecording = {
  readonly name: string;
  readonly truth: Truth;
  /** A frame for each of the truth's. */
  readonly frames: readonly RecordedFrame[];
};

/**
 * A scene at a lower frame rate: of every frame time the nearest recorded frame, at its true time. Ten frames a second of 25
 * are therefore 80 and 120 ms apart, as they are when ffmpeg drops to a rate.
 *
 * @throws RangeError when the clip has fewer frames a second than asked for.
 */
export function sceneAtRate({ name, truth, frames }: SceneRecording, framesPerSecond: number): BenchSequence {
  const { width, height, fps } = truth.header.picture;
  if (framesPerSecond > fps) {
    throw new RangeError(
      `Expected at most ${fps} frames a second of ${name}, got ${framesPerSecond}. Render the scene with --fps ${framesPerSecond}.`,
    );
  }
  const step = fps / framesPerSecond;
  const chosen = Array.from({ length: Math.ceil(frames.length / step) }, (_, index) =>
    Math.round(index * step),
  ).filter((index) => index < frames.length);
  return {
    name,
    recording: {
      framesPerSecond,
      width,
      height,
      frames: chosen.flatMap((index) => frames[index] ?? []),
    },
    pairUp: (frame, tracks) => judgedRoadUsers(truth.frames[chosen[frame] ?? -1]?.objects ?? [], tracks),
  };
}

/**
 * Prepares a frame of a scene, all classes as one: a track that fits best (intersection over union of at least 0.5) a road user
 * too small, too hidden or too far outside to be asked for is neither right nor wrong, nor is an unmatched one of less than
 * 12 px. Debris is no road user. A rider and the machine are one box.
 */
export function judgedRoadUsers(
  objects: readonly TruthObject[],
  tracks: readonly IdentifiedBox[],
): FramePair {
  const users = objects.filter((object) => object.class !== 'debris');
  const values = new Float64Array(users.length * tracks.length);
  for (const [row, user] of users.entries()) {
    for (const [column, track] of tracks.entries()) {
      const similarity = iou(user.box, track.box);
      values[row * tracks.length + column] = similarity < MATCH - EPSILON ? 0 : similarity;
    }
  }
  const userOf = new Map(
    bestPairs(values, users.length, tracks.length).map(({ row, column }) => [column, users[row]]),
  );
  return {
    truths: users.filter(isAskedFor),
    tracks: tracks.filter(({ box }, column) => {
      const user = userOf.get(column);
      return user === undefined ? heightOf(box) >= MIN_HEIGHT_PX : isAskedFor(user);
    }),
  };
}

function isAskedFor({ box, occlusion, truncation }: TruthObject): boolean {
  return heightOf(box) >= MIN_HEIGHT_PX && occlusion < MOST_HIDDEN && truncation < MOST_OUTSIDE;
}

function heightOf(box: Box): number {
  return box[3] - box[1];
}
