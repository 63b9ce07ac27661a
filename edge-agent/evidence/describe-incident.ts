// What stands in the picture of an incident: whose boxes are drawn, what is written at them and below.

import type { Incident, RoadUser } from '../../contract/index.ts';
import type { Still } from './footage.ts';
import type { Corners, RoadUserBox } from './hide-identities.ts';

/** Somebody in a frame; `id` for those who are tracked. */
export type SeenRoadUser = RoadUserBox & { readonly id?: number };

type Marked = { readonly box: Corners; readonly roadUser?: RoadUser; readonly id?: number };

/** The incident's tracks where they are now, else the place that it names. */
export function markedOf({ tracks, box, roadUser }: Incident, roadUsers: readonly SeenRoadUser[]): Marked[] {
  const own = roadUsers.filter(({ id }) => id !== undefined && tracks.includes(id));
  if (own.length > 0 || box === undefined) return own;
  return [{ box, ...(roadUser === undefined ? {} : { roadUser }) }];
}

export function labelOf(roadUser: RoadUser | undefined, id: number | undefined): string {
  return [roadUser, id].filter((part) => part !== undefined).join(' ');
}

export function captionOf(camera: string, { kind, region }: Incident, { atMs, from }: Still): string {
  const when = `${new Date(atMs).toISOString().replace('T', ' ').slice(0, 21)} UTC`;
  const where = region === undefined ? camera : `${camera}, ${region}`;
  return [kind, where, when, ...(from === 'analysed' ? ['detector picture'] : [])].join('  |  ');
}
