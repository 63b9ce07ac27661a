// What each kind of history is read from: measurement, tags and columns, and how columns of several points join. The
// names of columns are those of the roll-ups; docs/influxdb.md describes them.

import type { KnownFields } from '../rollup-statements.ts';
import type { Aggregate, Condition, Term } from './influxql.ts';
import type { Level } from './plan.ts';

export const KINDS = ['flows', 'speeds', 'headways', 'occupancy', 'zones', 'turnings'] as const;
export type KindName = (typeof KINDS)[number];

/**
 * How a column is joined over series. `shared`: the points of all road users of a stream say the same, so that one of
 * them is taken; `observed` is that too, over all that watched the same place; `none` is left out. Over time, all but
 * `max` and `min` add up.
 */
export type Role = 'sum' | 'max' | 'min' | 'shared' | 'observed' | 'none';

export type Column = { readonly name: string; readonly role: Role };

export type Kind = {
  readonly name: KindName;
  readonly measurement: 'flow' | 'zone' | 'journey';
  /** Beside site, agent and camera. */
  readonly tags: readonly string[];
  columns(level: Level, known: KnownFields): readonly ReadColumn[];
};

export type ReadColumn = Column & {
  readonly select: Omit<Aggregate, 'as'>;
  /** What `select` is of, where that is a product of two fields. */
  readonly product?: Term;
  /** Of these points alone. */
  readonly where?: Condition;
};

const STREAM = ['line', 'direction', 'lane', 'road_user'];
const ACCURACY = ['of', 'found', 'counted'];

export const KIND: Readonly<Record<KindName, Kind>> = {
  flows: flowKind('flows', (level, known) => [
    sum('n'),
    sum('observed_ms', 'observed'),
    ...(known.flow.includes('n_low') ? boundColumns(level, known.flow) : []),
  ]),
  speeds: flowKind('speeds', (_level, { flow }) => [
    sum('speed_n'),
    sum('speed_sum_kmh'),
    sum('speed_sum_per_kmh'),
    ...flow.filter((field) => SPEED_BIN.test(field)).map((field) => sum(field)),
    sum('observed_ms', 'observed'),
  ]),
  headways: flowKind('headways', () => [
    ...['headway_n', 'headway_sum_s', 'headway_sum_sq_s2', 'gap_n', 'gap_sum_s'].map((field) =>
      sum(field, 'shared'),
    ),
    sum('observed_ms', 'observed'),
  ]),
  occupancy: flowKind('occupancy', () => [
    sum('n'),
    sum('speed_n'),
    sum('speed_sum_per_kmh'),
    sum('occupied_ms', 'shared'),
    sum('observed_ms', 'observed'),
  ]),
  zones: {
    name: 'zones',
    measurement: 'zone',
    tags: ['zone_id'],
    columns: (level, { zone }) =>
      zoneColumns(level, zone).filter(({ select, product }) => zone.includes(product?.field ?? select.field)),
  },
  turnings: {
    name: 'turnings',
    measurement: 'journey',
    tags: ['entry_line', 'exit_line', 'road_user'],
    columns: (level) =>
      level === 'raw'
        ? [
            { name: 'n', role: 'sum', select: { of: 'count', field: 'track' } },
            { name: 'duration_sum_ms', role: 'sum', select: { of: 'sum', field: 'duration_ms' } },
          ]
        : [sum('n'), sum('duration_sum_ms')],
  },
};

/** `speed_h050` counts 50 to under 55 km/h. */
export const SPEED_BIN = /^speed_h(\d{3})$/;

function flowKind(name: KindName, columns: Kind['columns']): Kind {
  return {
    name,
    measurement: 'flow',
    tags: STREAM,
    // A field that nobody ever sent costs time for every series.
    columns: (level, known) =>
      columns(level, known).filter(({ select }) => known.flow.includes(select.field)),
  };
}

/** What `countInterval` of a sum needs, or else the sums of the bounds. */
function boundColumns(level: Level, known: readonly string[]): ReadColumn[] {
  const raw = level === 'raw';
  return [
    {
      name: 'intervals',
      role: 'sum',
      select: raw ? { of: 'count', field: 'n' } : { of: 'sum', field: 'intervals' },
    },
    {
      name: 'bounded_intervals',
      role: 'sum',
      select: raw ? { of: 'count', field: 'n_low' } : { of: 'sum', field: 'bounded_intervals' },
    },
    sum('n_low'),
    sum('n_high'),
    ...ACCURACY.filter((part) => known.includes(`accuracy_${part}`)).flatMap((part): ReadColumn[] => {
      const field = `accuracy_${part}`;
      const least = `${field}_min`;
      return [
        { name: field, role: 'max', select: { of: 'max', field } },
        { name: least, role: 'min', select: { of: 'min', field: raw ? field : least } },
      ];
    }),
  ];
}

function zoneColumns(level: Level, known: readonly string[]): ReadColumn[] {
  const raw = level === 'raw';
  const weighted = (name: string, mean: string): ReadColumn => ({
    name,
    role: 'sum',
    select: { of: 'sum', field: name },
    ...(raw && { product: { field: mean, times: 'observed_ms', as: name } }),
  });
  const largest = (field: string): ReadColumn => ({ name: field, role: 'max', select: { of: 'max', field } });
  const isTrue: Condition = { field: 'queue_truncated', isTrue: true };
  return [
    weighted('present_sum_ms', 'present_mean'),
    weighted('occupied_sum_ms', 'time_occupancy'),
    sum('observed_ms', 'observed'),
    ...known.filter((field) => /^(entries|exits)_/.test(field)).map((field) => sum(field)),
    sum('dwell_n'),
    sum('dwell_sum_s'),
    largest('present_max'),
    largest('queue_max_vehicles'),
    largest('queue_max_m'),
    raw
      ? {
          name: 'queue_truncated_n',
          role: 'sum',
          select: { of: 'count', field: 'queue_truncated' },
          where: isTrue,
        }
      : sum('queue_truncated_n'),
  ];
}

function sum(field: string, role: Role = 'sum'): ReadColumn {
  return { name: field, role, select: { of: 'sum', field } };
}
