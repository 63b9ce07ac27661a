// Speeds of passages on calibrated scenes, against the true speed at the line.

import { ALONE_S, isAlone } from '../bench/speed-errors.ts';
import type { JudgedScene } from './judge-scene.ts';
import { quantile, share, table } from './markdown.ts';
import { notMeasured, type Section, type SectionResult } from './section.ts';

const MEDIAN_KMH = 1.5;
const P95_KMH = 4;

export const speedsSection: Section = {
  name: 'speeds',
  heading: 'Speeds on calibrated scenes',
  measure: async (context) => {
    const { judged } = await context.scenes();
    if (judged.length === 0) return notMeasured('no scene is rendered.');
    return describeSpeeds(judged);
  },
};

export type SpeedErrors = {
  /** Counted crossings, matched with the truth, that nobody else's can be taken for. */
  readonly passages: number;
  /** Left out: another road user crossed the same line the same way at nearly the same time. */
  readonly ambiguous: number;
  /** Counted minus true speed of those that carry one, km/h. */
  readonly errorsKmh: readonly number[];
};

export function speedErrors({ crossings }: Pick<JudgedScene, 'crossings'>): SpeedErrors {
  const { pairs, missed, unverifiable } = crossings;
  const all = [...pairs.map(({ crossing }) => crossing), ...missed, ...unverifiable];
  const alone = pairs.filter(({ crossing }) => isAlone(crossing, all, ({ atS }) => atS));
  return {
    passages: alone.length,
    ambiguous: pairs.length - alone.length,
    errorsKmh: alone.flatMap(({ crossing, passage }) =>
      passage.speedKmh === undefined ? [] : [passage.speedKmh - crossing.speedMs * 3.6],
    ),
  };
}

export function describeSpeeds(judged: readonly JudgedScene[]): SectionResult {
  const scenes = judged.map((scene) => ({ name: scene.name, ...speedErrors(scene) }));
  const all = {
    name: 'all',
    passages: scenes.reduce((sum, { passages }) => sum + passages, 0),
    ambiguous: scenes.reduce((sum, { ambiguous }) => sum + ambiguous, 0),
    errorsKmh: scenes.flatMap(({ errorsKmh }) => errorsKmh),
  };
  if (all.errorsKmh.length === 0) return notMeasured('no passage carries a speed.');
  const [median, p95] = [absolute(all.errorsKmh, 0.5), absolute(all.errorsKmh, 0.95)];
  const rows = [...scenes, all].map(({ name, passages, ambiguous, errorsKmh }) => [
    name,
    passages,
    ambiguous,
    share(errorsKmh.length, passages),
    cell(absolute(errorsKmh, 0.5)),
    cell(absolute(errorsKmh, 0.95)),
    cell(errorsKmh.length === 0 ? undefined : errorsKmh.reduce((a, b) => a + b, 0) / errorsKmh.length),
  ]);
  return {
    text: [
      `Error: speed of the passage minus true speed as the middle of the vehicle crosses the line, km/h. Passages without a value are those of which the speed could not be told well; their share is stated. Left out: crossings with another one within ${ALONE_S} s on the same line in the same direction, which may be taken for each other.`,
      table(
        ['scene', 'passages', 'left out', 'share with a value', 'median error', '95th percentile', 'bias'],
        rows,
      ),
    ].join('\n\n'),
    targets: [
      {
        what: `speeds, all scenes: median error at most ${MEDIAN_KMH} km/h`,
        measured: cell(median),
        met: (median ?? 0) <= MEDIAN_KMH,
      },
      {
        what: `speeds, all scenes: 95th percentile at most ${P95_KMH} km/h`,
        measured: cell(p95),
        met: (p95 ?? 0) <= P95_KMH,
      },
    ],
  };
}

function absolute(errorsKmh: readonly number[], part: number): number | undefined {
  return quantile(errorsKmh.map(Math.abs), part);
}

function cell(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(2);
}
