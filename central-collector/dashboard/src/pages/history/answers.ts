// The answers of the API that this page reads, and the one shape that it makes of them.

import type { Every } from '../../../../api/schemas/common.ts';
import type {
  FlowsAnswer,
  Group,
  HeadwaysAnswer,
  OccupancyAnswer,
  SpeedsAnswer,
  ZonesAnswer,
} from '../../../../api/schemas/history.ts';
import type { RoadUser } from '../../api/types.ts';

export type { Every, Group, RoadUser };

export type AnyAnswer = FlowsAnswer | SpeedsAnswer | HeadwaysAnswer | OccupancyAnswer | ZonesAnswer;
type AnySeries = AnyAnswer['series'][number];

/** Of which a series is; what was added up is left out. */
export type SeriesNames = Pick<AnySeries, 'camera' | 'line' | 'direction' | 'lane' | 'roadUser' | 'zone'>;

/** Numbers by interval: null where nothing was observed, or nothing to tell. */
export type Numbers = readonly (number | null)[];

export type Series = {
  readonly names: SeriesNames;
  readonly values: Numbers;
  /** 95 % interval of the value, where known. */
  readonly low?: Numbers;
  readonly high?: Numbers;
  /** Vehicles behind the value, where there are any. */
  readonly n?: Numbers;
  readonly nLow?: Numbers;
  readonly nHigh?: Numbers;
  /** Share of each interval that was observed; of the one that is not over, of its part that is. */
  readonly coverage: readonly number[];
  /** The number is a lower bound: a queue was longer than the picture. */
  readonly atLeast?: readonly boolean[];
};

export type Measured = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly every: Every;
  /** Beginning of each interval, ms, rising. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
};

/** What is the same text for the same series, whichever answer it is in. */
export function keyOf({ camera, line, direction, lane, roadUser, zone }: SeriesNames): string {
  return [camera, line, direction, lane, roadUser, zone].map((name) => name ?? '').join('|');
}
