// What the rules of incidents can be told, with the defaults. They begin inside the ranges that shipping products offer:
// stopped 10-120 s, wrong way 1-10 s and 2-100 m and 90-180 deg, pedestrian 1-120 s, debris 10-120 s, congestion
// 5-200 m and 10-120 s (Hikvision NET_DVR_AID_PARAM); to be tuned for a site.

import type { Timing } from './finding.ts';
import type { OffTime } from './schedule.ts';

export type RuleSettings = {
  /** Looked for at all. */
  readonly enabled: boolean;
  /** The condition lasts this long before it is an incident, s. */
  readonly afterS: number;
  /** It is over when the condition has not been met for this long, s. */
  readonly clearAfterS: number;
  /** The same at the same place so soon after is the same incident, s. */
  readonly mergeS: number;
  /** When it is not looked for. */
  readonly off: readonly OffTime[];
};

export type Rules = {
  /** Stands on the road; not in a queue of `queueVehicles` others, nor before a red light. */
  readonly stoppedVehicle: RuleSettings & { readonly queueVehicles: number };
  /** `distanceSizes`: where nothing is calibrated, in sizes of its box. */
  readonly wrongWay: RuleSettings & {
    readonly distanceM: number;
    readonly distanceSizes: number;
    readonly angleDeg: number;
  };
  readonly pedestrian: RuleSettings;
  /** Default: on motorways only. */
  readonly cyclist: RuleSettings;
  /** Standing vehicles one behind the other over `lengthM`, or so many of them where nothing is calibrated. */
  readonly queue: RuleSettings & { readonly lengthM: number; readonly vehicles: number };
  /** Slower than `speedKmh` on average while more than `occupancy` of the lanes is covered; over at `exitSpeedKmh`. */
  readonly congestion: RuleSettings & {
    readonly speedKmh: number;
    readonly exitSpeedKmh: number;
    readonly occupancy: number;
  };
  /**
   * At least `vehicles` within `afterS`, slower than `speedKmh` on average, but not congested. Needs a speed limit, of
   * which it is half by default, or the speed itself: nobody else knows what is slow there.
   */
  readonly slowTraffic: RuleSettings & {
    readonly speedKmh: number;
    readonly exitSpeedKmh: number;
    readonly vehicles: number;
  };
  /** Faster than the speed limit by more than this. Needs a limit. */
  readonly speeding: RuleSettings & { readonly toleranceKmh: number };
  readonly debris: RuleSettings & { readonly smallestM: number; readonly largestM: number };
  /**
   * Came to a stand from `fromKmh` or more on less road than braking with `brakingMs2` needs (tyres on a dry road give
   * about 8, and drivers do not use it), and stands together with another one that did so at the same time.
   */
  readonly crash: RuleSettings & { readonly brakingMs2: number; readonly fromKmh: number };
};

export type RuleName = keyof Rules;

/** What an operator may say of the rules; the rest is default. */
export type RuleChanges = {
  readonly [Rule in RuleName]?:
    | { readonly [Setting in keyof Rules[Rule]]?: Rules[Rule][Setting] | undefined }
    | undefined;
};

/** An occupancy of 0.15 is a car every 30 m: level of service F begins at 36 (HCM: 45 passenger cars a mile and lane). */
const DEFAULTS: Rules = {
  stoppedVehicle: { ...settings(10, 5, 30), queueVehicles: 3 },
  wrongWay: { ...settings(1, 10, 10), distanceM: 10, distanceSizes: 2, angleDeg: 120 },
  pedestrian: settings(2, 5, 5),
  cyclist: settings(2, 5, 5),
  queue: { ...settings(30, 30, 60), lengthM: 50, vehicles: 6 },
  congestion: { ...settings(30, 60, 120), speedKmh: 20, exitSpeedKmh: 30, occupancy: 0.15 },
  slowTraffic: { ...settings(30, 60, 120), speedKmh: 30, exitSpeedKmh: 40, vehicles: 4 },
  speeding: { ...settings(1, 3, 3), toleranceKmh: 10 },
  debris: { ...settings(10, 30, 60), smallestM: 0.25, largestM: 3 },
  crash: { ...settings(3, 10, 60), brakingMs2: 7, fromKmh: 30 },
};

/** Traffic is slow below this share of the speed limit, where there is one, and no longer above the second. */
const SLOW_SHARE = 0.5;
const SLOW_EXIT_SHARE = 0.65;

/** The rules of a carriageway: what is said of them over what follows from its road over the defaults. */
export function rulesOf(
  changes: RuleChanges,
  road: { readonly road: 'street' | 'motorway'; readonly speedLimitKmh?: number | undefined },
): Rules {
  const limit = road.speedLimitKmh;
  const merged = (name: RuleName, byRoad: object = {}) => ({
    ...DEFAULTS[name],
    ...byRoad,
    ...withoutUndefined(changes[name] ?? {}),
  });
  return {
    ...(Object.fromEntries(
      (Object.keys(DEFAULTS) as RuleName[]).map((name) => [name, merged(name)]),
    ) as Rules),
    cyclist: merged('cyclist', { enabled: road.road === 'motorway' || changes.cyclist !== undefined }),
    speeding: {
      ...(merged('speeding') as Rules['speeding']),
      enabled: limit !== undefined && merged('speeding').enabled,
    },
    slowTraffic: merged(
      'slowTraffic',
      limit === undefined
        ? { enabled: changes.slowTraffic?.speedKmh !== undefined }
        : { speedKmh: limit * SLOW_SHARE, exitSpeedKmh: limit * SLOW_EXIT_SHARE },
    ) as Rules['slowTraffic'],
  };
}

/** For the life of an incident: its durations, and what counts as the same place. */
export function timingOf(
  { afterS, clearAfterS, mergeS }: RuleSettings,
  mergeSizes: number,
  joins = false,
): Timing {
  return { enterMs: afterS * 1000, exitMs: clearAfterS * 1000, mergeMs: mergeS * 1000, mergeSizes, joins };
}

function settings(afterS: number, clearAfterS: number, mergeS: number): RuleSettings {
  return { enabled: true, afterS, clearAfterS, mergeS, off: [] };
}

function withoutUndefined(changes: object): object {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
