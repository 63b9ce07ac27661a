// Which events somebody wants.

import { SEVERITIES } from '../api/schemas/incidents.ts';
import { STREAM_KINDS, type StreamKind } from '../api/schemas/stream.ts';
import type { StreamEntry } from './stream-entry.ts';

/** As `streamQuery` and webhooks have it; all that is named must fit. */
export type WantedEvents = {
  readonly type?: readonly StreamKind[] | undefined;
  readonly site?: readonly string[] | undefined;
  readonly camera?: readonly string[] | undefined;
  readonly severity?: (typeof SEVERITIES)[number] | undefined;
};

export type EventFilter = {
  /** The same for filters that want the same. */
  readonly key: string;
  readonly kinds: ReadonlySet<StreamKind>;
  matches(entry: StreamEntry): boolean;
};

/** They tell of the connection itself. */
const ALWAYS: ReadonlySet<StreamKind> = new Set(['hello', 'heartbeat', 'gap', 'slow']);

/** Thousands a second in a city: whoever wants them says so. */
const ON_REQUEST: ReadonlySet<StreamKind> = new Set(['passage', 'journey', 'zone']);

/**
 * A filter by camera also lets pass what is said of the cameras' boxes: when a box is cut off, so are its cameras.
 * A least severity is one of incidents and verdicts, and nothing to other kinds.
 */
export function eventFilter({ type, site, camera, severity }: WantedEvents): EventFilter {
  const kinds = new Set(type ?? STREAM_KINDS.filter((kind) => !ON_REQUEST.has(kind)));
  const sites = setOf(site);
  const cameras = setOf(camera);
  const boxes = setOf(camera?.map((name) => name.slice(0, name.lastIndexOf('/'))));
  const least = severity === undefined ? 0 : SEVERITIES.indexOf(severity);
  const key = [kinds, sites, cameras]
    .map((set) => (set === undefined ? '*' : [...set].sort().join(',')))
    .join(';');
  return {
    key: `${key};${least}`,
    kinds,
    matches: (entry) => {
      const { kind, box } = entry;
      if (!kinds.has(kind)) return ALWAYS.has(kind);
      if (cameras !== undefined) {
        const fits =
          entry.camera === undefined ? box !== undefined && boxes?.has(box) : cameras.has(entry.camera);
        if (!fits) return false;
      }
      if (sites !== undefined && (box === undefined || !sites.has(siteOf(box)))) return false;
      return least === 0 || entry.severity === undefined || entry.severity >= least;
    },
  };
}

function setOf(names: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return names === undefined || names.length === 0 ? undefined : new Set(names);
}

function siteOf(box: string): string {
  return box.slice(0, box.indexOf('/'));
}
