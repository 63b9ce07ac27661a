// The crossings that a clip's truth holds, as a counter can be asked for them: when each may be counted, and whether
// anybody could have seen it.

import type { RoadUser } from '../../contract/index.ts';
import type { VehicleKind } from '../scenes/scene-file.ts';
import { TRAITS } from '../scenes/sim/traits.ts';
import type { Truth, TruthFrame, TruthHeader, TruthObject } from '../scenes/truth-file.ts';
import { DIRECTIONS } from './scene-camera.ts';

export type TrueCrossing = {
  readonly id: number;
  readonly line: string;
  readonly direction: string;
  readonly roadUser: RoadUser;
  /** Its middle is over the line, s from the start of the clip. */
  readonly atS: number;
  /** From its first part over the line to its last: which of its points a counter takes is its own affair. */
  readonly fromS: number;
  readonly toS: number;
  readonly speedMs: number;
  /**
   * Why nobody can be asked to count it: hidden all the time, cut by the beginning or end of the clip, or while the camera
   * itself is at fault. Absent where it can be seen.
   */
  readonly unverifiable?: 'hidden' | 'cut' | 'camera';
};

/** A road user whose body is over a line while the clip begins or ends: its crossing lies partly outside the clip. */
export type CutCrossing = {
  readonly line: string;
  /** Where it is heading. */
  readonly direction: string;
  readonly fromS: number;
  readonly toS: number;
};

/** Around a crossing, s: also the tolerance of the comparison. */
const AROUND_S = 1;
/** With less than this share of it to be seen, for all that time, a road user counts as hidden. */
const LEAST_VISIBLE = 0.1;
/** Models drawn for persons are this deep, m. */
const PERSON_M = 0.5;

export function trueCrossings(truth: Truth): TrueCrossing[] {
  const byId = objectsById(truth.frames);
  const endS = endOf(truth);
  const blind = blindSpans(truth);
  return truth.crossings.flatMap((crossing) => {
    const line = truth.header.lines.find((each) => each.line === crossing.line);
    if (line === undefined || crossing.class === 'debris') return [];
    const seen = byId.get(crossing.id) ?? [];
    const span = spanOverLine(seen, line, crossing.t) ?? { fromS: crossing.t, toS: crossing.t };
    const near = seen.filter(({ t }) => t >= span.fromS - AROUND_S && t <= span.toS + AROUND_S);
    const visible = near.some(
      ({ object }) =>
        object.visibleBox !== undefined && (1 - object.occlusion) * (1 - object.truncation) >= LEAST_VISIBLE,
    );
    const cut = span.fromS <= 0 || span.toS >= endS;
    const isBlind = blind.some(({ fromS, toS }) => span.toS >= fromS && span.fromS <= toS);
    const unverifiable = isBlind ? 'camera' : visible ? (cut ? 'cut' : undefined) : 'hidden';
    return [
      {
        id: crossing.id,
        line: crossing.line,
        direction: (line.directions ?? DIRECTIONS)[crossing.direction],
        roadUser: crossing.class,
        atS: crossing.t,
        ...span,
        speedMs: crossing.speedMs,
        ...(unverifiable && { unverifiable }),
      },
    ];
  });
}

/** Who is over a line while the clip begins or ends, whether or not its middle crosses within the clip. */
export function cutCrossings(truth: Truth): CutCrossing[] {
  const endS = endOf(truth);
  return [...objectsById(truth.frames).values()].flatMap((seen) =>
    truth.header.lines.flatMap((line) =>
      [seen[0], seen.at(-1)].flatMap((edge) => {
        if (edge === undefined || (edge.t > 0.2 && edge.t < endS - 0.2)) return [];
        const span = spanOverLine(seen, line, edge.t);
        if (span === undefined) return [];
        const direction = (line.directions ?? DIRECTIONS)[headingOver(edge.object, line)];
        return [{ line: line.line, direction, ...span }];
      }),
    ),
  );
}

/** While the camera shows something else than the road, or the road elsewhere than its lines. */
export function blindSpans({ incidents }: Truth): { readonly fromS: number; readonly toS: number }[] {
  return incidents
    .filter(({ kind }) => kind.startsWith('camera-'))
    .map(({ onset, end = Number.POSITIVE_INFINITY }) => ({ fromS: onset - AROUND_S, toS: end + AROUND_S }));
}

type Seen = { readonly t: number; readonly object: TruthObject };

function objectsById(frames: readonly TruthFrame[]): Map<number, Seen[]> {
  const byId = new Map<number, Seen[]>();
  for (const { t, objects } of frames) {
    for (const object of objects) {
      const seen = byId.get(object.id) ?? [];
      byId.set(object.id, seen);
      seen.push({ t, object });
    }
  }
  return byId;
}

function endOf({ header }: Truth): number {
  return (header.frames - 1) / header.picture.fps;
}

/** The time around `atS` in which its body is over the line; undefined when it is not. */
function spanOverLine(
  seen: readonly Seen[],
  line: TruthHeader['lines'][number],
  atS: number,
): { fromS: number; toS: number } | undefined {
  const near = nearest(seen, atS);
  const at = seen[near];
  if (at === undefined || !isOver(at.object, line)) return undefined;
  let [first, last] = [near, near];
  while (first > 0 && isOver((seen[first - 1] as Seen).object, line)) first--;
  while (last < seen.length - 1 && isOver((seen[last + 1] as Seen).object, line)) last++;
  return { fromS: Math.min(atS, (seen[first] as Seen).t), toS: Math.max(atS, (seen[last] as Seen).t) };
}

function isOver(
  { ground: [x, y], headingRad, kind }: TruthObject,
  { ground: { from, to } }: TruthHeader['lines'][number],
): boolean {
  const lengthM = kind in TRAITS ? TRAITS[kind as VehicleKind].lengthM : PERSON_M;
  const [alongX, alongY] = [to[0] - from[0], to[1] - from[1]];
  const whole = Math.hypot(alongX, alongY);
  const [unitX, unitY] = [alongX / whole, alongY / whole];
  const aside = (x - from[0]) * -unitY + (y - from[1]) * unitX;
  const along = (x - from[0]) * unitX + (y - from[1]) * unitY;
  const reach = (lengthM / 2) * Math.abs(Math.cos(headingRad) * -unitY + Math.sin(headingRad) * unitX);
  return Math.abs(aside) <= reach && along >= -1 && along <= whole + 1;
}

function headingOver(
  { headingRad }: TruthObject,
  { ground: { from, to } }: TruthHeader['lines'][number],
): 'toLeft' | 'toRight' {
  const across = (to[0] - from[0]) * Math.sin(headingRad) - (to[1] - from[1]) * Math.cos(headingRad);
  return across > 0 ? 'toLeft' : 'toRight';
}

function nearest(seen: readonly Seen[], atS: number): number {
  let best = 0;
  for (const [index, { t }] of seen.entries()) {
    if (Math.abs(t - atS) < Math.abs((seen[best]?.t ?? 0) - atS)) best = index;
  }
  return best;
}
