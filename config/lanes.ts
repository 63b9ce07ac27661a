// The lanes that a counting line crosses.

import { z } from 'zod';
import { type Issues, nameSchema, pointSchema, section } from './sections.ts';

/*
 *   from ●────────┊───────┊──────▶ to
 *        lanes[0]   [1]      [2]      ┊ until
 */
export const lanesSchema = z
  .array(
    section({
      lane: nameSchema.describe('Name of the lane, once in a line: part of its counts.'),
      until: pointSchema
        .optional()
        .describe(
          '[x, y] on the line where the lane ends, in pixels of `picture`; for all lanes but the last, or for none. Default: lanes of equal width, on the road where the camera is calibrated.',
        ),
      direction: nameSchema
        .optional()
        .describe('The direction in which the lane is driven, by its name. Default: both.'),
    }),
  )
  .min(1)
  .max(20);

/** A point that is farther beside its line than this share of the line's length was not meant to be on it. */
const BESIDE_SHARE = 0.05;

const lineSchema = z.object({
  from: pointSchema,
  to: pointSchema,
  directions: z
    .object({ toLeft: z.string().default('to-left'), toRight: z.string().default('to-right') })
    .prefault({}),
});

/** What one field alone cannot tell: names occur once, ends follow each other, directions are those of the line. */
export function checkLanes(
  line: Record<string, unknown>,
  path: readonly PropertyKey[],
  issues: Issues,
): void {
  const lanes = lanesSchema.safeParse(line.lanes).data;
  if (lanes === undefined) return;
  const report = (index: number, key: string, message: string) => {
    issues.addIssue({ code: 'custom', path: [...path, 'lanes', index, key], message });
  };
  for (const [index, { lane }] of lanes.entries()) {
    const earlier = lanes.findIndex((each) => each.lane === lane);
    if (earlier < index) {
      report(
        index,
        'lane',
        `the name "${lane}" is taken by lanes[${earlier}]; every lane of a line has its own`,
      );
    }
  }
  const geometry = lineSchema.safeParse(line).data;
  if (geometry === undefined) return;
  const { directions } = geometry;
  const names = [directions.toLeft, directions.toRight];
  for (const [index, { direction }] of lanes.entries()) {
    if (direction !== undefined && !names.includes(direction)) {
      report(index, 'direction', `the line has no direction "${direction}"; it has ${names.join(' and ')}`);
    }
  }
  const ends = lanes.slice(0, -1).map(({ until }) => until);
  if (lanes.at(-1)?.until !== undefined) {
    report(lanes.length - 1, 'until', 'the last lane ends where the line ends; leave its until out');
  }
  if (ends.every((end) => end === undefined)) return;
  let reached = 0;
  for (const [index, end] of ends.entries()) {
    if (end === undefined) {
      report(index, 'until', 'say it for all lanes but the last, or for none');
      continue;
    }
    const { along, besidePx, lengthPx } = placeOf(geometry, end);
    if (besidePx > BESIDE_SHARE * lengthPx) {
      report(
        index,
        'until',
        `the point ${end.join(', ')} lies ${Math.round(besidePx)} pixels beside the line`,
      );
    } else if (along <= reached || along >= 1) {
      const after = index === 0 ? 'from' : `the end of lanes[${index - 1}]`;
      report(index, 'until', `the point ${end.join(', ')} does not lie between ${after} and to`);
    } else {
      reached = along;
    }
  }
}

function placeOf(
  { from, to }: z.output<typeof lineSchema>,
  [x, y]: readonly [number, number],
): { readonly along: number; readonly besidePx: number; readonly lengthPx: number } {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const lengthPx = Math.hypot(dx, dy);
  return {
    along: ((x - from[0]) * dx + (y - from[1]) * dy) / (lengthPx * lengthPx),
    besidePx: Math.abs((y - from[1]) * dx - (x - from[0]) * dy) / lengthPx,
    lengthPx,
  };
}
