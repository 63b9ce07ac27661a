// The boxes, kept current by the stream.

import { useEffect, useState } from 'preact/hooks';
import type { BoxAnswer } from '../../../../api/schemas/places.ts';
import { type Got, useGet } from '../../api/use-get.ts';
import { on } from '../../live/stream.ts';

type BoxesPage = { readonly boxes: readonly BoxAnswer[]; readonly next: string | null };

const PAGE = 1000;
/** The stream says what boxes report; what the ledger misses is asked for. */
const REFRESH_S = 30;

export function boxName({ site, agent }: Pick<BoxAnswer, 'site' | 'agent'>): string {
  return `${site}/${agent}`;
}

export function useBoxes(): Got<BoxesPage> & { readonly boxes: readonly BoxAnswer[] } {
  const got = useGet<BoxesPage>('/boxes', { limit: PAGE }, { refreshS: REFRESH_S });
  const [boxes, setBoxes] = useState<ReadonlyMap<string, BoxAnswer>>(new Map());
  useEffect(() => {
    if (got.data !== undefined) setBoxes(new Map(got.data.boxes.map((box) => [boxName(box), box])));
  }, [got.data]);
  useEffect(
    () =>
      on('box', ({ data }) =>
        setBoxes((before) => {
          const known = before.get(boxName(data));
          return new Map(before).set(boxName(data), {
            ...data,
            batchesMissing: known?.batchesMissing ?? data.batchesMissing,
            lastBatchAt: known?.lastBatchAt ?? data.lastBatchAt,
          });
        }),
      ),
    [],
  );
  return { ...got, boxes: [...boxes.values()] };
}
