// The map with the cameras of the tiles at their places.

import { useMemo } from 'preact/hooks';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { centre } from '../../api/centre.ts';
import { ApiProblem } from '../../api/client.ts';
import { useGet } from '../../api/use-get.ts';
import { tileOf } from '../../live/tiles.ts';
import { CityMap } from '../../map/city-map.tsx';
import type { MapCamera } from '../../map/clusters.ts';
import { readFeatures } from '../../map/features.ts';
import { project } from '../../map/projection.ts';
import { Problem } from '../../parts/problem.tsx';
import { useCameras, useSitePositions } from './places.ts';

export function OverviewMap() {
  const map = useGet<unknown>('/map', {}, { renew: false });
  const features = useMemo(
    () => (map.data === undefined || map.data === null ? null : readFeatures(map.data)),
    [map.data],
  );
  const cameras = useCameras();
  const sites = useSitePositions();
  const placed = mapCameras(cameras, sites);
  // The same cameras in the same state are the same list: the map does not move under the pointer.
  const key = JSON.stringify(placed);
  const stable = useMemo(() => JSON.parse(key) as MapCamera[], [key]);
  // A centre without a map says that there is none: that is no problem.
  const broken = map.problem instanceof ApiProblem && map.problem.status !== 404 ? map.problem : null;
  if (broken !== null) return <Problem problem={broken} onRetry={map.reload} />;
  return (
    <CityMap
      cameras={stable}
      withoutPlace={cameras.length - stable.length}
      features={features}
      tiles={centre.value?.tiles ?? null}
    />
  );
}

/** A camera without a place of its own is at its site. */
function mapCameras(
  cameras: readonly CameraAnswer[],
  sites: ReadonlyMap<string, CameraAnswer['position']>,
): MapCamera[] {
  return cameras.flatMap(({ id, site, name, state, position }) => {
    const at = position ?? sites.get(site) ?? null;
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
