// Zones of a camera: areas of the road in which presence, occupancy, dwell and queues are measured.

import { z } from 'zod';
import { ROAD_USERS } from '../contract/index.ts';
import { durationSchema, type Issues, nameSchema, pointSchema, section } from './sections.ts';
import { nearestWord } from './suggestion.ts';

export type ZoneConfig = z.output<typeof zoneSchema>;

type Point = readonly [number, number];

const queueSchema = section({
  from: z
    .union([nameSchema, pointSchema], { error: 'expected the name of a line of this camera, or [x, y]' })
    .optional()
    .describe(
      'Where the queue begins: name of the line at the stop line, or [x, y] in pixels. Default: the longest queue anywhere in the zone.',
    ),
  standsBelowKmh: z
    .number()
    .min(1)
    .max(30)
    .default(5)
    .describe('Who is slower than this for standsAfterS stands, km/h, 1 to 30. Default 5.'),
  standsAfterS: durationSchema('s', { min: 0, max: 60 })
    .default(1)
    .describe('How long somebody must be that slow, seconds, 0 to 60. Default 1.'),
  movesAboveKmh: z
    .number()
    .min(1)
    .max(60)
    .default(10)
    .describe('Who is faster than this moves again, km/h, 1 to 60. Default 10.'),
  gapM: z
    .number()
    .min(0.5)
    .max(100)
    .default(10)
    .describe('Longest gap within a queue where the camera is calibrated, metres, 0.5 to 100. Default 10.'),
  gapSizes: z
    .number()
    .min(0.1)
    .max(20)
    .default(2)
    .describe('The same where it is not, in sizes of a box (root of its area), 0.1 to 20. Default 2.'),
}).refine(({ standsBelowKmh, movesAboveKmh }) => standsBelowKmh <= movesAboveKmh, {
  path: ['standsBelowKmh'],
  error: 'expected at most movesAboveKmh, which is 10 unless given',
});

/*
 *      ●────────────●     corners in their order around the zone, either way;
 *     ╱              ╲    the last is joined to the first
 *    ●────────────────●
 */
export const zoneSchema = section({
  zone: nameSchema.describe('Name of the zone, once in a camera: part of every measurement.'),
  polygon: z
    .array(pointSchema)
    .min(3)
    .max(100)
    .describe('Corners [x, y] in their order around the zone, in pixels of `picture`, at least 3.'),
  roadUsers: z
    .array(z.enum(ROAD_USERS))
    .min(1)
    .optional()
    .describe(`Who is measured, of ${ROAD_USERS.join(', ')}. Default: all.`),
  anchor: z
    .enum(['bottom-centre', 'centre'])
    .default('bottom-centre')
    .describe('Point of the box that has to be inside. Default bottom-centre: where the wheels are.'),
  queue: queueSchema
    .optional()
    .describe('Measures the queue, `queue: {}` with all defaults. Default: queues are not measured.'),
});

/** As the zone's stage takes them: a queue's line by its name becomes the line's ends. */
export function zoneOptions(
  zones: readonly ZoneConfig[],
  lines: readonly { readonly line: string; readonly from: Point; readonly to: Point }[],
) {
  return zones.map(({ queue, ...zone }) => {
    if (queue === undefined) return zone;
    const { from } = queue;
    const line = lines.find((each) => each.line === from);
    const ends: Point[] | undefined = line
      ? [line.from, line.to]
      : typeof from === 'object'
        ? [from]
        : undefined;
    return { ...zone, queue: { ...queue, from: ends } };
  });
}

/** What one field alone cannot tell: corners lie in the picture and go around an area, names occur once. */
export function checkZones(
  { zones, lines }: { readonly zones?: unknown; readonly lines?: unknown },
  size: { readonly width: number; readonly height: number } | undefined,
  issues: Issues,
): void {
  const lineNames = listed(lines).flatMap(({ line }) => (typeof line === 'string' ? [line] : []));
  const names = new Map<string, number>();
  for (const [index, { zone, polygon, queue }] of listed(zones).entries()) {
    const report = (path: PropertyKey[], message: string) =>
      issues.addIssue({ code: 'custom', path: ['zones', index, ...path], message });
    if (typeof zone === 'string') {
      const earlier = names.get(zone);
      if (earlier === undefined) names.set(zone, index);
      else
        report(
          ['zone'],
          `the name "${zone}" is taken by zones[${earlier}]; every zone of a camera has its own`,
        );
    }
    const corners = (Array.isArray(polygon) ? polygon : []).map(
      (corner) => pointSchema.safeParse(corner).data,
    );
    for (const [at, corner] of corners.entries()) reportOutside(corner, ['polygon', at]);
    const known = corners.filter((corner) => corner !== undefined);
    if (known.length === corners.length && known.length >= 3) {
      if (twiceTheArea(known) === 0) {
        report(['polygon'], 'the corners are all on one line; give corners around an area');
      } else if (crossing(known)) {
        const [a, b] = crossing(known) ?? [0, 0];
        const edge = (i: number) => `from polygon[${i}] to polygon[${(i + 1) % known.length}]`;
        report(
          ['polygon'],
          `the edge crosses itself: ${edge(a)} meets ${edge(b)}; give the corners in their order around the zone`,
        );
      }
    }
    const from = (queue as Record<string, unknown> | undefined)?.from;
    if (typeof from === 'string' && !lineNames.includes(from)) {
      const near = nearestWord(from, lineNames);
      const advice = near ? `did you mean "${near}"?` : 'give the name of one of `lines`, or [x, y]';
      report(['queue', 'from'], `the camera has no line "${from}"; ${advice}`);
    }
    reportOutside(pointSchema.safeParse(from).data, ['queue', 'from']);

    function reportOutside(point: Point | undefined, path: PropertyKey[]): void {
      if (!size || !point) return;
      const [x, y] = point;
      if (x < 0 || y < 0 || x > size.width || y > size.height) {
        report(path, `the point ${x}, ${y} lies outside the picture of ${size.width} x ${size.height}`);
      }
    }
  }
}

function listed(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : []).map((entry) => (entry ?? {}) as Record<string, unknown>);
}

function twiceTheArea(corners: readonly Point[]): number {
  return corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length] as Point;
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** The first two edges that meet though they are no neighbours, by the indices of their first corners. */
function crossing(corners: readonly Point[]): readonly [number, number] | undefined {
  const n = corners.length;
  const corner = (i: number) => corners[i % n] as Point;
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      const isNeighbour = i === 0 && j === n - 1;
      if (!isNeighbour && meet(corner(i), corner(i + 1), corner(j), corner(j + 1))) return [i, j];
    }
  }
  return undefined;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  return (
    (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) ||
    isOn(a, c, d) ||
    isOn(b, c, d) ||
    isOn(c, a, b) ||
    isOn(d, a, b)
  );
}

function isOn(point: Point, from: Point, to: Point): boolean {
  const isBeside = (i: 0 | 1) => point[i] >= Math.min(from[i], to[i]) && point[i] <= Math.max(from[i], to[i]);
  return turn(from, to, point) === 0 && isBeside(0) && isBeside(1);
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
