// Counts of real clips beside the count by hand.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HAND_COUNTS } from '../bench/hand-counts.ts';
import { table } from './markdown.ts';
import { ANALYSIS_FPS, DIRECTIONS } from './scene-camera.ts';
import type { Section, Target } from './section.ts';

/** The count by hand is that exact, too. */
const MOST_OFF = 1;

export const clipsSection: Section = {
  name: 'clips',
  heading: 'Real clips counted by hand',
  measure: async (context) => {
    const rows: string[][] = [];
    const targets: Target[] = [];
    const missing: string[] = [];
    for (const { clip, picture, lines, note } of HAND_COUNTS) {
      const path = join(context.data, clip);
      if (!existsSync(path)) {
        missing.push(clip);
        continue;
      }
      const chain = await context.chain();
      const { events } = await chain.run(path, {
        camera: 'hand-counted',
        picture,
        source: { url: path, analysisFps: ANALYSIS_FPS },
        lines: lines.map(({ line, from, to }) => ({ line, from, to, directions: DIRECTIONS })),
      });
      for (const { line, ...byHand } of lines) {
        for (const direction of ['toLeft', 'toRight'] as const) {
          const hand = byHand[direction];
          if (hand === undefined) continue;
          const counted = events.filter(
            (event) =>
              event.type === 'passage' &&
              event.line === line &&
              event.direction === DIRECTIONS[direction] &&
              event.roadUser !== 'person',
          ).length;
          const name = clip.replace('videos/', '');
          rows.push([name, DIRECTIONS[direction], String(hand), String(counted), note ?? '']);
          targets.push({
            what: `${name} ${DIRECTIONS[direction]}: within ${MOST_OFF} of the hand count ${hand}`,
            measured: String(counted),
            met: Math.abs(counted - hand) <= MOST_OFF,
          });
          context.say(`  ${name} ${DIRECTIONS[direction]}: by hand ${hand}, counted ${counted}`);
        }
      }
    }
    const parts = [
      'Vehicles over one line of each clip; the hand count was read from slit scans, give or take one.',
      ...(rows.length > 0 ? [table(['clip', 'direction', 'by hand', 'counted', 'note'], rows)] : []),
      ...(missing.length > 0
        ? [
            `Not measured, as the clips are not part of the project and are missing here: ${missing.join(', ')}.`,
          ]
        : []),
    ];
    return { text: parts.join('\n\n'), targets };
  },
};
