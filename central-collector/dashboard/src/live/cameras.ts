// Cameras and where they are, kept current by the stream.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraAnswer, SiteAnswer } from '../../../api/schemas/places.ts';
import { useGet } from '../api/use-get.ts';
import { on } from './stream.ts';

export const cameras = signal<ReadonlyMap<string, CameraAnswer>>(new Map());
export const sites = signal<ReadonlyMap<string, SiteAnswer>>(new Map());

type CamerasPage = { readonly cameras: readonly CameraAnswer[]; readonly next: string | null };

const PAGE = 1000;

on('camera', ({ data }) => {
  const before = cameras.peek().get(data.id);
  // The stream does not know what the database and people say: lines, zones, the place.
  const known: CameraAnswer = {
    ...data,
    position: data.position ?? before?.position ?? null,
    coverage: data.coverage ?? before?.coverage ?? null,
    lines: data.lines.length > 0 ? data.lines : (before?.lines ?? []),
    zones: data.zones.length > 0 ? data.zones : (before?.zones ?? []),
  };
  cameras.value = new Map(cameras.peek()).set(data.id, known);
});

/** Asks for them once the component is there. `reload` asks again, after a place was changed. */
export function usePlaces(): { readonly reload: () => void } {
  const got = useGet<CamerasPage>('/cameras', { limit: PAGE });
  const gotSites = useGet<{ readonly sites: readonly SiteAnswer[] }>('/sites');
  useEffect(() => {
    if (got.data !== undefined)
      cameras.value = new Map(got.data.cameras.map((camera) => [camera.id, camera]));
  }, [got.data]);
  useEffect(() => {
    if (gotSites.data !== undefined)
      sites.value = new Map(gotSites.data.sites.map((site) => [site.site, site]));
  }, [gotSites.data]);
  return {
    reload: () => {
      got.reload();
      gotSites.reload();
    },
  };
}
