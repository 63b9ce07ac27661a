// Trajectories as few paths: one for each class and age, however many road users there are.

import type { RoadUser } from '../../api/types.ts';

export type TrackPath = {
  readonly roadUser: RoadUser;
  /** 0 the oldest, 1 the newest. */
  readonly recency: number;
  /** Of SVG. */
  readonly d: string;
};

/** Ages are told apart in so many steps. */
const STEPS = 4;

export function trackPathsOf(
  tracks: readonly {
    readonly roadUser: RoadUser;
    readonly points: readonly (readonly [number, number, number])[];
  }[],
  lengthMs: number,
): TrackPath[] {
  const groups = new Map<string, { roadUser: RoadUser; recency: number; paths: string[] }>();
  for (const { roadUser, points } of tracks) {
    const lastMs = points.at(-1)?.[2] ?? 0;
    const step = Math.max(0, Math.min(STEPS - 1, Math.floor((STEPS * lastMs) / lengthMs)));
    const key = `${roadUser} ${step}`;
    const group = groups.get(key) ?? { roadUser, recency: step / (STEPS - 1), paths: [] };
    group.paths.push(`M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`);
    groups.set(key, group);
  }
  // The newest on top.
  return [...groups.values()]
    .sort((a, b) => a.recency - b.recency)
    .map(({ roadUser, recency, paths }) => ({ roadUser, recency, d: paths.join('') }));
}
