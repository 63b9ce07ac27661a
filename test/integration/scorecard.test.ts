// Parts of the scorecard on the clips that come with the project, through the real chain.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeCounts } from '../../scripts/scorecard/counts-section.ts';
import { describeIncidents } from '../../scripts/scorecard/incidents-section.ts';
import { type JudgedScene, judgeScene } from '../../scripts/scorecard/judge-scene.ts';
import { type Chain, openChain } from '../../scripts/scorecard/run-chain.ts';
import { renderScorecard } from '../../scripts/scorecard/scorecard.ts';
import { describeSpeeds, speedErrors } from '../../scripts/scorecard/speeds-section.ts';
import { sumOf, tallyOf } from '../../scripts/scorecard/tallies.ts';
import { sceneModel } from '../support/scene.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/scenes');
const SCENES = ['short-mixed', 'short-motorbikes', 'short-incidents'];
const model = sceneModel();

describe.skipIf(model === undefined)('the scorecard of the clips that come with the project', () => {
  let chain: Chain;
  const judged: JudgedScene[] = [];

  beforeAll(async () => {
    chain = await openChain(model?.model ?? '', model?.modelDirectories ?? []);
    for (const name of SCENES) {
      const path = join(FOLDER, name);
      judged.push(await judgeScene(chain, { name, clip: `${path}.mp4`, truth: `${path}.truth.jsonl.gz` }));
    }
  });

  afterAll(() => chain.close());

  test('counts every crossing once, in its direction', () => {
    for (const { name, crossings } of judged) {
      expect({ name, missed: crossings.missed, extra: crossings.extra }).toEqual({
        ...{ name, missed: [], extra: [] },
      });
    }
  });

  test('tells nearly every class', () => {
    const { rightClass, matched } = sumOf(judged.map(({ crossings }) => tallyOf(crossings)));
    expect(rightClass / matched).toBeGreaterThan(0.94);
  });

  test('measures speeds within 1.5 km/h in the median', () => {
    expect(judged.flatMap((scene) => speedErrors(scene).errorsKmh).length).toBeGreaterThanOrEqual(15);
    const { targets } = describeSpeeds(judged);
    expect(targets[0]).toMatchObject({ met: true });
  });

  test('reads as a document, with each fault and each target', () => {
    const counts = describeCounts(judged, ['city-day']);
    expect(counts.text).toContain('Not rendered, so not measured: city-day');
    const text = renderScorecard(
      [['ngatu', '1.2.3']],
      [
        { section: { heading: 'Counts' }, result: counts },
        { section: { heading: 'Incidents' }, result: describeIncidents(judged) },
      ],
    );
    expect(text).toMatch(/^# Scorecard\n/);
    expect(text).toContain('## Counts');
    expect(text).toContain('short-motorbikes');
    expect(text).toMatch(/## Targets: \d+ of \d+ met/);
  });
});
