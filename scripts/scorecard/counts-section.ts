// Counts on rendered scenes: every crossing is compared, not totals.

import type { RoadUser } from '../../contract/index.ts';
import type { JudgedScene } from './judge-scene.ts';
import { plural, share, table } from './markdown.ts';
import { TOLERANCE_S } from './match-crossings.ts';
import { CONDITIONS, type Condition } from './scene-clips.ts';
import { notMeasured, type Section, type SectionResult, type Target } from './section.ts';
import { byClass, type CrossingTally, counted, ofDirection, sumOf, tallyOf } from './tallies.ts';

/** Precision and recall that are promised; conditions without a promise are shown. */
const PROMISED: Readonly<Partial<Record<Condition, number>>> = { 'clear day': 0.98, rain: 0.9, night: 0.9 };
const HEADINGS = ['crossings', 'counted', 'precision', 'recall', 'with class: precision', 'recall'];

export const countsSection: Section = {
  name: 'counts',
  heading: 'Counts on rendered scenes',
  measure: async (context) => {
    const { judged, missing } = await context.scenes();
    if (judged.length === 0) {
      return notMeasured('no scene is rendered; make them with `npm run scenes -- all --fps 10`.');
    }
    return describeCounts(judged, missing);
  },
};

export function describeCounts(judged: readonly JudgedScene[], missing: readonly string[]): SectionResult {
  const groups = CONDITIONS.map((condition) => ({
    condition,
    scenes: judged.filter((scene) => scene.condition === condition),
  })).filter(({ scenes }) => scenes.length > 0);
  const tallies = judged.map(({ crossings }) => tallyOf(crossings));
  const all = sumOf(tallies);
  const parts = [
    `A passage is right when the truth has a crossing of the same line in the same direction within ${TOLERANCE_S} s of the time in which the road user's body is over the line; "with class" asks for the right class too.`,
    table(
      ['condition', 'scenes', ...HEADINGS],
      groups.map(({ condition, scenes }) => [
        condition,
        scenes.length,
        ...cellsOf(sumOf(scenes.map(({ crossings }) => tallyOf(crossings)))),
      ]),
    ),
    table(
      ['scene', 'condition', 'line', 'direction', ...HEADINGS],
      judged.flatMap((scene) =>
        directionsOf(scene).map(([line, direction]) => [
          scene.name,
          scene.condition,
          line,
          direction,
          ...cellsOf(tallyOf(ofDirection(scene.crossings, line, direction))),
        ]),
      ),
    ),
    'By class, all scenes:',
    table(
      ['class', 'crossings', 'counted', 'precision', 'recall'],
      [...byClass(judged.map(({ crossings }) => crossings))].map(([roadUser, tally]) => [
        roadUser,
        tally.crossings,
        tally.counted,
        share(tally.right, tally.counted),
        share(tally.right, tally.crossings),
      ]),
    ),
    `Unverifiable: ${plural(all.unverifiable, 'crossing')} that nobody can be asked for, because the road user is hidden for all the time around the line, because the clip begins or ends in the middle of it, or because the camera itself is at fault then${listOf(judged)}. They are in none of the figures above, nor are ${plural(all.notCompared, 'passage')} counted for them or for road users over a line at the clip's first or last picture.`,
    ...faults(judged),
    ...(missing.length > 0
      ? [
          `Not rendered, so not measured: ${missing.join(', ')}. \`npm run scenes -- NAME --fps 10\` renders one.`,
        ]
      : []),
  ];
  return {
    text: parts.join('\n\n'),
    targets: groups.flatMap(({ condition, scenes }) => targetsOf(condition, scenes)),
  };
}

function targetsOf(condition: Condition, scenes: readonly JudgedScene[]): Target[] {
  const promised = PROMISED[condition];
  if (promised === undefined) return [];
  const tally = sumOf(scenes.map(({ crossings }) => tallyOf(crossings)));
  const figures = [
    ['events', tally.matched],
    ['events with class', tally.rightClass],
  ] as const;
  return figures.map(([what, right]) => {
    const [precision, recall] = [right / counted(tally), right / tally.crossings];
    return {
      what: `${condition}, ${what}: precision and recall at least ${promised}`,
      measured: `${precision.toFixed(3)} and ${recall.toFixed(3)}`,
      met: precision >= promised && recall >= promised,
    };
  });
}

function cellsOf(tally: CrossingTally): (string | number)[] {
  const { crossings, matched, rightClass } = tally;
  return [
    crossings,
    counted(tally),
    share(matched, counted(tally)),
    share(matched, crossings),
    share(rightClass, counted(tally)),
    share(rightClass, crossings),
  ];
}

function directionsOf({ truth, crossings }: JudgedScene): [line: string, direction: string][] {
  const known = [...crossings.pairs.map(({ crossing }) => crossing), ...crossings.missed, ...crossings.extra];
  return truth.header.lines.flatMap(({ line }) =>
    [...new Set(known.filter((each) => each.line === line).map(({ direction }) => direction))]
      .toSorted()
      .map((direction): [string, string] => [line, direction]),
  );
}

function listOf(judged: readonly JudgedScene[]): string {
  const all = judged.flatMap(({ name, crossings }) =>
    crossings.unverifiable.map((each) => ({ name, ...each })),
  );
  const atFault = all.filter(({ unverifiable }) => unverifiable === 'camera').length;
  const list = [
    ...(atFault > 0 ? [`${atFault} while a camera is at fault`] : []),
    ...all
      .filter(({ unverifiable }) => unverifiable !== 'camera')
      .map(
        ({ name, id, atS, roadUser, unverifiable }) =>
          `${name} ${roadUser} ${id} at ${atS.toFixed(1)} s (${unverifiable})`,
      ),
  ];
  return list.length === 0 ? '' : `: ${list.join(', ')}`;
}

/** Each fault by name, so that it can be looked up in the clip. */
function faults(judged: readonly JudgedScene[]): string[] {
  const rows = judged.flatMap(({ name, crossings: { missed, extra, pairs } }) => [
    ...missed.map((each) => row(name, 'missed', each, `truth ${each.id}`)),
    ...extra.map((each) => row(name, 'extra', each, `track ${each.track}`)),
    ...pairs
      .filter(({ crossing, passage }) => crossing.roadUser !== passage.roadUser)
      .map(({ crossing, passage }) =>
        row(name, `counted as ${passage.roadUser}`, crossing, `truth ${crossing.id}`),
      ),
  ]);
  if (rows.length === 0) return [];
  return ['Every fault:', table(['scene', 'fault', 'class', 'line', 'direction', 'at s', 'id'], rows)];
}

function row(
  scene: string,
  fault: string,
  { line, direction, roadUser, atS }: { line: string; direction: string; roadUser: RoadUser; atS: number },
  id: string,
): string[] {
  return [scene, fault, roadUser, line, direction, atS.toFixed(1), id];
}
