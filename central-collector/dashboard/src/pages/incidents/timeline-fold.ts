// A timeline without what says nothing new: between the first and the last of a row of the camera's updates there is
// only their number, unless the severity changed.

import type { IncidentDetailAnswer } from '../../../../api/schemas/incidents.ts';

type Told = IncidentDetailAnswer['timeline'][number];
export type TimelineEntry =
  | (Told & { readonly key: string })
  | { readonly what: 'between'; readonly count: number; readonly key: string };

/** Fewer are shown as they are. */
const LEAST_FOLDED = 2;

export function fold(timeline: readonly Told[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let between: (Told & { key: string })[] = [];
  const flush = () => {
    if (between.length < LEAST_FOLDED) entries.push(...between);
    else entries.push({ what: 'between', count: between.length, key: `between ${between[0]?.key}` });
    between = [];
  };
  timeline.forEach((told, i) => {
    const entry = { ...told, key: `${i} ${told.at}` };
    if (isRepeat(told, timeline[i - 1]) && isRepeat(timeline[i + 1], told)) between.push(entry);
    else {
      flush();
      entries.push(entry);
    }
  });
  flush();
  return entries;
}

/** An update that follows another word of the camera of the same severity. */
function isRepeat(told: Told | undefined, before: Told | undefined): boolean {
  return (
    told?.what === 'version' &&
    before?.what === 'version' &&
    told.state === 'updated' &&
    told.severity === before.severity
  );
}
