// The city's own map, asked for once: it changes with the centre's configuration only.

import { useMemo } from 'preact/hooks';
import { useGet } from '../api/use-get.ts';
import { type MapFeatures, readFeatures } from './features.ts';

export function useMapFeatures(): {
  /** Null: there is none, or not yet. */
  readonly features: MapFeatures | null;
  readonly problem: unknown;
  readonly reload: () => void;
} {
  const { data, problem, reload } = useGet<unknown>('/map', {}, { renew: false });
  const features = useMemo(() => {
    const read = data === undefined ? null : readFeatures(data);
    return read === null || (read.paths.length === 0 && read.labels.length === 0) ? null : read;
  }, [data]);
  return { features, problem, reload };
}
