// Every kind of fault there is: what it hits, how often it is chosen and how long it lasts. Weights count relative to
// one another; the database and the broker are hit less often because everybody waits for them.

/** Who can be hit. */
export type Place = 'agent' | 'collector' | 'broker' | 'database' | 'centre';

/** Which part: two faults never hit the same part of the same one at once, different parts may be hit together. */
export type Part = 'process' | 'disk' | 'clock' | 'broker link' | 'database link';

export type FaultSpec = {
  readonly kind: string;
  readonly place: Place;
  readonly part: Part;
  readonly weight: number;
  /** Least and most milliseconds that it lasts, before repair begins. */
  readonly lastsMs: readonly [least: number, most: number];
  /** May also last for half a minute: longer than keep-alives and timeouts take to notice. */
  readonly mayBeLong?: true;
  /** Only where small disks can be mounted. */
  readonly needsDisk?: true;
};

const LINK = { lastsMs: [300, 5000] } as const;

export const FAULTS = [
  { kind: 'agent killed (-9)', place: 'agent', part: 'process', weight: 7, lastsMs: [0, 2500] },
  { kind: 'agent killed in a write', place: 'agent', part: 'process', weight: 7, lastsMs: [0, 2500] },
  { kind: 'agent stopped', place: 'agent', part: 'process', weight: 5, lastsMs: [0, 2500] },
  { kind: 'agent paused', place: 'agent', part: 'process', weight: 6, lastsMs: [300, 6000], mayBeLong: true },
  { kind: 'agent disk full', place: 'agent', part: 'disk', weight: 7, lastsMs: [500, 6000], needsDisk: true },
  { kind: 'agent clock jumps', place: 'agent', part: 'clock', weight: 6, lastsMs: [0, 0] },
  { kind: 'agent link cut', place: 'agent', part: 'broker link', weight: 5, ...LINK, mayBeLong: true },
  { kind: 'agent link dead', place: 'agent', part: 'broker link', weight: 5, ...LINK, mayBeLong: true },
  { kind: 'agent link slow', place: 'agent', part: 'broker link', weight: 5, ...LINK },
  { kind: 'agent link resets', place: 'agent', part: 'broker link', weight: 5, ...LINK },
  { kind: 'collector killed (-9)', place: 'collector', part: 'process', weight: 9, lastsMs: [0, 3000] },
  { kind: 'collector stopped', place: 'collector', part: 'process', weight: 4, lastsMs: [0, 3000] },
  {
    kind: 'collector paused',
    place: 'collector',
    part: 'process',
    weight: 5,
    lastsMs: [300, 6000],
    mayBeLong: true,
  },
  { kind: 'collector link cut', place: 'collector', part: 'broker link', weight: 3, ...LINK },
  {
    kind: 'collector link dead',
    place: 'collector',
    part: 'broker link',
    weight: 3,
    ...LINK,
    mayBeLong: true,
  },
  { kind: 'collector link slow', place: 'collector', part: 'broker link', weight: 3, ...LINK },
  { kind: 'collector link resets', place: 'collector', part: 'broker link', weight: 3, ...LINK },
  { kind: 'database link cut', place: 'collector', part: 'database link', weight: 3, ...LINK },
  {
    kind: 'database link dead',
    place: 'collector',
    part: 'database link',
    weight: 3,
    ...LINK,
    mayBeLong: true,
  },
  { kind: 'database link slow', place: 'collector', part: 'database link', weight: 3, ...LINK },
  { kind: 'database link resets', place: 'collector', part: 'database link', weight: 3, ...LINK },
  { kind: 'database answers 503', place: 'collector', part: 'database link', weight: 3, ...LINK },
  { kind: 'database answers lost', place: 'collector', part: 'database link', weight: 5, ...LINK },
  { kind: 'broker killed (-9)', place: 'broker', part: 'process', weight: 3, lastsMs: [0, 1500] },
  { kind: 'broker restarted', place: 'broker', part: 'process', weight: 2, lastsMs: [0, 1500] },
  { kind: 'broker forgets all', place: 'broker', part: 'process', weight: 4, lastsMs: [0, 1500] },
  { kind: 'broker paused', place: 'broker', part: 'process', weight: 2, lastsMs: [300, 3000] },
  {
    kind: 'broker disk full',
    place: 'broker',
    part: 'disk',
    weight: 2,
    lastsMs: [500, 4000],
    needsDisk: true,
  },
  { kind: 'InfluxDB killed (-9)', place: 'database', part: 'process', weight: 4, lastsMs: [0, 1500] },
  { kind: 'InfluxDB restarted', place: 'database', part: 'process', weight: 2, lastsMs: [0, 1500] },
  { kind: 'InfluxDB paused', place: 'database', part: 'process', weight: 3, lastsMs: [300, 3000] },
  {
    kind: 'InfluxDB disk full',
    place: 'database',
    part: 'process',
    weight: 3,
    lastsMs: [500, 3000],
    needsDisk: true,
  },
  { kind: 'centre loses power', place: 'centre', part: 'process', weight: 5, lastsMs: [0, 2000] },
] as const satisfies readonly FaultSpec[];

export type FaultKind = (typeof FAULTS)[number]['kind'];

/** One fault of a schedule. */
export type Fault = {
  /** From 1. */
  readonly number: number;
  readonly kind: FaultKind;
  readonly place: Place;
  readonly part: Part;
  /** Which agent or collector, from 1; 1 for the others. */
  readonly target: number;
  /** From the beginning of the run, by the run's own clock. */
  readonly atMs: number;
  readonly lastsMs: number;
  /** 0 to 1, for whatever else the kind leaves to chance. */
  readonly chance: number;
};

/** What two faults must not hit at once; the centre is broker, database and all collectors. */
export function partsHit(
  { place, part, target }: Pick<Fault, 'place' | 'part' | 'target'>,
  collectors: number,
): string[] {
  if (place !== 'centre') return [`${place} ${target} ${part}`];
  const all = Array.from({ length: collectors }, (_, at) => `collector ${at + 1} process`);
  return ['broker 1 process', 'database 1 process', ...all];
}
