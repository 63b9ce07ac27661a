// Parameter sets that are tried for a peer: a random search over the ranges that its package names, somewhat widened.

import { between, seededRandom } from '../../scenes/random.ts';
import type { PeerParameters } from './peer-rows.ts';

export type PeerTracker = 'bytetrack' | 'ocsort';

const SEED = 1;

/** The same sets each time. */
export function searchedParameters(tracker: PeerTracker, trials: number): PeerParameters[] {
  const random = seededRandom(SEED);
  const within = (least: number, most: number) => Math.round(between(random, least, most) * 1000) / 1000;
  const oneOf = (...values: readonly number[]) => values[Math.floor(random() * values.length)] ?? 0;
  return Array.from({ length: trials }, (): PeerParameters => {
    const high = within(0.1, 0.95);
    const common = {
      // 30 is a second.
      lost_track_buffer: oneOf(10, 15, 20, 30, 45, 60, 90),
      minimum_iou_threshold: within(0.05, 0.5),
      minimum_consecutive_frames: oneOf(1, 2, 3),
      high_conf_det_threshold: high,
      timestamps: random() < 0.3,
    };
    return tracker === 'bytetrack'
      ? { ...common, track_activation_threshold: Math.max(high, within(0.1, 0.98)) }
      : { ...common, direction_consistency_weight: within(0, 0.5), delta_t: oneOf(1, 2, 3) };
  });
}
