// The map with the cameras of the tiles at their places.

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { centre } from '../../api/centre.ts';
import { ApiProblem } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { cameras, usePlaces } from '../../live/cameras.ts';
import { CityMap } from '../../map/city-map.tsx';
import type { MapCamera } from '../../map/clusters.ts';
import { useMapFeatures } from '../../map/use-map-features.ts';
import { Problem } from '../../parts/problem.tsx';
import { wall } from '../../shell/wall.ts';
import { placedCameras } from '../places/placed-cameras.ts';

export function OverviewMap() {
  usePlaces();
  const { features, problem, reload } = useMapFeatures();
  // The same cameras in the same state are the same list: the map is not drawn again for each vehicle that passes.
  const key = useComputed(() => JSON.stringify(placedCameras())).value;
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
      toPlaces={may('configure') && !wall.value ? '/administration?tab=places' : undefined}
    />
  );
}
