// On recordings that are not part of the project: they are looked for in ../shared/data (or NGATU_DATA).

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgedCars } from '../../../../scripts/bench/tracking/judged-cars.ts';
import { readKittiSequences } from '../../../../scripts/bench/tracking/kitti.ts';
import { kittiData } from '../../../../scripts/bench/tracking/kitti-data.ts';
import {
  combineResults,
  type SequenceResult,
  trackSequence,
} from '../../../../scripts/bench/tracking/score-data.ts';
import {
  combineTracking,
  tallyTracking,
  trackingScores,
} from '../../../../scripts/bench/tracking/tracking-scores.ts';

const data = process.env.NGATU_DATA ?? resolve(import.meta.dirname, '../../../../../shared/data');
const kitti = join(data, 'tracking/kitti');

describe.skipIf(!existsSync(kitti))(`KITTI's cars (skipped without ${kitti})`, () => {
  it('score 1 when the labels themselves are the tracks', async () => {
    const sequences = await readKittiSequences(kitti);
    const tally = combineTracking(
      sequences.map(({ frames }) =>
        tallyTracking(
          frames.map(({ objects }) =>
            judgedCars(
              objects,
              objects.filter(({ type }) => type === 'Car'),
            ),
          ),
        ),
      ),
    );
    expect(trackingScores(tally)).toEqual({
      ...{ hota: 1, detA: 1, assA: 1, locA: 1, idf1: 1, idp: 1, idr: 1, mota: 1, motp: 1 },
    });
    expect(tally.clear).toMatchObject({ fn: 0, fp: 0, idSwitches: 0 });
  }, 60_000);

  it('are tracked no worse than when this was written', async () => {
    const sequences = await readKittiSequences(kitti);
    const [perfect, detected] = (['ground truth', 'detections'] as const).map((source) =>
      combineResults(kittiData(sequences, source).sequences.map((sequence) => trackSequence(sequence))),
    ) as [SequenceResult, SequenceResult];
    // 0.9736 and 0.7269 when this was written.
    expect(trackingScores(perfect.tally).hota).toBeGreaterThan(0.97);
    expect(trackingScores(detected.tally).hota).toBeGreaterThan(0.72);
  }, 60_000);
});
