// Cameras that lie on one another at this zoom become one marker, which shows the worst of them.

import type { CameraState } from '../api/types.ts';
import type { World } from './projection.ts';

export type MapCamera = {
  /** `site/agent/camera` */
  readonly id: string;
  readonly name: string;
  readonly state: CameraState;
  readonly incidents: number;
  readonly at: World;
};

export type Cluster = {
  readonly key: string;
  readonly at: World;
  /** The worst first. */
  readonly cameras: readonly [MapCamera, ...MapCamera[]];
  readonly incidents: number;
  readonly state: CameraState;
};

const WORSE: Readonly<Record<CameraState, number>> = {
  live: 0,
  starting: 1,
  unknown: 2,
  fault: 3,
  offline: 4,
};

/** @param near in units of the world. */
export function clusterCameras(cameras: readonly MapCamera[], near: number): Cluster[] {
  const groups: [MapCamera, ...MapCamera[]][] = [];
  const sorted = [...cameras].sort(
    (a, b) => b.incidents - a.incidents || WORSE[b.state] - WORSE[a.state] || (a.id < b.id ? -1 : 1),
  );
  for (const camera of sorted) {
    const group = groups.find(([{ at }]) => Math.hypot(at.x - camera.at.x, at.y - camera.at.y) <= near);
    if (group === undefined) groups.push([camera]);
    else group.push(camera);
  }
  return groups.map((group) => ({
    key: group[0].id,
    at: group[0].at,
    cameras: group,
    incidents: group.reduce((sum, { incidents }) => sum + incidents, 0),
    state: group.reduce<CameraState>(
      (worst, { state }) => (WORSE[state] > WORSE[worst] ? state : worst),
      'live',
    ),
  }));
}
