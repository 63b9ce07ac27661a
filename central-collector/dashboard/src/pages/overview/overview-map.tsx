// The map with the cameras of the tiles at their places.

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { centre } from '../../api/centre.ts';
import { ApiProblem } from '../../api/client.ts';
import { cameras, sites, usePlaces } from '../../live/cameras.ts';
import { tileOf } from '../../live/tiles.ts';
import { CityMap } from '../../map/city-map.tsx';
import type { MapCamera } from '../../map/clusters.ts';
import { project } from '../../map/projection.ts';
import { useMapFeatures } from '../../map/use-map-features.ts';
import { Problem } from '../../parts/problem.tsx';

export function OverviewMap() {
  usePlaces();
  const { features, problem, reload } = useMapFeatures();
  // The same cameras in the same state are the same list: the map is not drawn again for each vehicle that passes.
  const key = useComputed(() => JSON.stringify(mapCameras([...cameras.value.values()]))).value;
  const placed = useMemo(() => JSON.parse(key) as MapCamera[], [key]);
  // A centre without a map says that there is none: that is no problem.
  if (problem instanceof ApiProblem && problem.status >= 500)
    return <Problem problem={problem} onRetry={reload} />;
  return (
    <CityMap
      cameras={placed}
      withoutPlace={cameras.value.size - placed.length}
      features={features}
      tiles={centre.value?.tiles ?? null}
    />
  );
}

/** A camera without a place of its own is at its site. */
function mapCameras(all: readonly CameraAnswer[]): MapCamera[] {
  return all.flatMap(({ id, site, name, state, position }) => {
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
