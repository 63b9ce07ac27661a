// The cameras as the map shows them: at their own place, or at that of their site.

import { cameras, sites } from '../../live/cameras.ts';
import { tileOf } from '../../live/tiles.ts';
import type { MapCamera } from '../../map/clusters.ts';
import { project } from '../../map/projection.ts';

/** Those that are neither are left out. Reads signals: who calls it while rendering is drawn again when they change. */
export function placedCameras(): MapCamera[] {
  return [...cameras.value.values()].flatMap(({ id, site, name, state, position }) => {
    const at = position ?? sites.value.get(site)?.position ?? null;
    if (at === null) return [];
    const tile = tileOf(id).value;
    return [
      {
        id,
        name: tile?.name ?? name ?? id,
        state: tile?.state ?? state,
        incidents: tile?.activeIncidents ?? 0,
        at: project(at),
      },
    ];
  });
}
