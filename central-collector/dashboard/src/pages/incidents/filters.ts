// Which past incidents are listed, as the address says it.

import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import type { Query } from '../../api/client.ts';
import { type IncidentKind, SEVERITIES, type Severity } from '../../api/types.ts';
import { addDays, isDate } from '../../parts/plot-time.ts';

export const KINDS = Object.keys({
  crash: 0,
  'wrong-way': 0,
  'stopped-vehicle': 0,
  pedestrian: 0,
  cyclist: 0,
  debris: 0,
  congestion: 0,
  queue: 0,
  'slow-traffic': 0,
  speeding: 0,
  'camera-offline': 0,
  'camera-frozen': 0,
  'camera-black': 0,
  'camera-blurred': 0,
  'camera-obscured': 0,
  'camera-moved': 0,
} satisfies Record<IncidentKind, 0>) as IncidentKind[];

export type Filters = {
  readonly state: IncidentAnswer['state'] | 'all';
  readonly kinds: readonly IncidentKind[];
  readonly severities: readonly Severity[];
  readonly camera: string | null;
  readonly verdict: 'confirmed' | 'false-alarm' | 'none' | null;
  /** Local dates, both included; null: the last 30 days. */
  readonly from: string | null;
  readonly to: string | null;
};

export const FIRST_FILTERS: Filters = {
  state: 'cleared',
  kinds: [],
  severities: [],
  camera: null,
  verdict: null,
  from: null,
  to: null,
};

const PAGE = 50;

export function filtersToSearch(filters: Filters): string {
  const search = new URLSearchParams();
  if (filters.state !== FIRST_FILTERS.state) search.set('state', filters.state);
  if (filters.kinds.length > 0) search.set('kind', filters.kinds.join(','));
  if (filters.severities.length > 0) search.set('severity', filters.severities.join(','));
  for (const name of ['camera', 'verdict', 'from', 'to'] as const) {
    const value = filters[name];
    if (value !== null) search.set(name, value);
  }
  return search.toString();
}

export function filtersFromSearch(text: string): Filters {
  const search = new URLSearchParams(text);
  const chosen = (name: string) => (search.get(name) ?? '').split(',');
  const date = (name: string) => {
    const value = search.get(name);
    return value !== null && isDate(value) ? value : null;
  };
  const one = <T extends string>(name: string, all: readonly T[]): T | null =>
    all.find((value) => value === search.get(name)) ?? null;
  return {
    state: one('state', ['active', 'cleared', 'all']) ?? FIRST_FILTERS.state,
    kinds: KINDS.filter((kind) => chosen('kind').includes(kind)),
    severities: SEVERITIES.filter((severity) => chosen('severity').includes(severity)),
    camera: search.get('camera'),
    verdict: one('verdict', ['confirmed', 'false-alarm', 'none']),
    from: date('from'),
    to: date('to'),
  };
}

/** Parameters of GET /incidents. The last date is included, so the API is asked up to the day after. */
export function filtersToQuery(filters: Filters, cursor?: string): Query {
  return {
    state: filters.state === 'all' ? undefined : filters.state,
    kind: filters.kinds.length > 0 ? filters.kinds : undefined,
    severity: filters.severities.length > 0 ? filters.severities : undefined,
    camera: filters.camera,
    verdict: filters.verdict,
    from: filters.from,
    to: filters.to === null ? null : addDays(filters.to, 1),
    limit: PAGE,
    cursor,
  };
}
