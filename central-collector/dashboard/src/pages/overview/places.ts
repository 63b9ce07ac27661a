// Cameras and sites, kept current by the stream.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { CameraAnswer, SiteAnswer } from '../../../../api/schemas/places.ts';
import type { Position } from '../../api/types.ts';
import { useGet } from '../../api/use-get.ts';
import { on } from '../../live/stream.ts';

type Page = { readonly cameras: readonly CameraAnswer[]; readonly next: string | null };

export function useCameras(): readonly CameraAnswer[] {
  const { data } = useGet<Page>('/cameras', { limit: 1000 });
  const [changed, setChanged] = useState<ReadonlyMap<string, CameraAnswer>>(new Map());
  useEffect(() => {
    // A new answer knows all that was told before.
    if (data !== undefined) setChanged(new Map());
  }, [data]);
  useEffect(
    () => on('camera', ({ data: camera }) => setChanged((before) => new Map(before).set(camera.id, camera))),
    [],
  );
  return useMemo(() => {
    const all = new Map((data?.cameras ?? []).map((camera) => [camera.id, camera]));
    for (const [id, camera] of changed) {
      // The stream may not know what people set, such as the place.
      const before = all.get(id);
      all.set(id, { ...camera, position: camera.position ?? before?.position ?? null });
    }
    return [...all.values()];
  }, [data, changed]);
}

export function useSitePositions(): ReadonlyMap<string, Position | null> {
  const { data } = useGet<{ readonly sites: readonly SiteAnswer[] }>('/sites');
  return useMemo(() => new Map((data?.sites ?? []).map(({ site, position }) => [site, position])), [data]);
}
