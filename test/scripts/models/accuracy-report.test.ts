import { describe, expect, it } from 'vitest';
import {
  accuracyOfGroups,
  type JudgedByModels,
  type PictureTags,
} from '../../../scripts/models/accuracy-groups.ts';
import { reportLines } from '../../../scripts/models/accuracy-report.ts';

const DAY: PictureTags = {
  kind: 'real',
  time: 'day',
  source: 'atl',
  scene: 'atl-junction',
  labels: 'people',
};
const NIGHT: PictureTags = { ...DAY, time: 'night', scene: 'atl-highway' };
const RENDERED: PictureTags = {
  kind: 'rendered',
  time: 'day',
  source: 'scenes',
  scene: 'city',
  labels: 'truth',
};

/** `ours` finds the one car, `theirs`, which cannot tell cars, finds nothing and is wrong once. */
const judged = (picture: PictureTags): JudgedByModels => {
  const right = { truths: 1, marks: [{ score: 0.9, hit: true }] };
  const wrong = { truths: 1, marks: [{ score: 0.2, hit: false }] };
  return {
    picture,
    judgements: new Map([
      ['ours', { vehicles: right, car: right }],
      ['theirs', { vehicles: wrong }],
    ]),
  };
};
const MIN_SCORES = new Map([
  ['ours', 0.5],
  ['theirs', 0.3],
]);
const MODELS = [
  { name: 'ours', inputWidth: 512, inputHeight: 288, minScore: 0.5, times: undefined },
  { name: 'theirs', inputWidth: 416, inputHeight: 416, minScore: 0.3, times: undefined },
];

describe('the accuracy of groups of pictures', () => {
  it('is told for real and rendered pictures, by time, label, source and scene', () => {
    const groups = accuracyOfGroups(
      [RENDERED, NIGHT, DAY, DAY, DAY, DAY, DAY].map((picture) => judged(picture)),
      MIN_SCORES,
    );
    expect(groups.map(({ group, pictures }) => `${group}: ${pictures}`)).toEqual([
      'real: 6',
      'real, day: 5',
      'real, night: 1',
      'real, labels by people: 6',
      'real, source atl: 6',
      // Too few pictures of the other scene to say anything.
      'real, scene atl-junction: 5',
      'rendered: 1',
      'rendered, day: 1',
      'rendered, labels by truth: 1',
      'rendered, source scenes: 1',
    ]);
    expect(groups[0]?.truths).toEqual({ vehicles: 6, car: 6 });
    expect(groups[0]?.models).toEqual({
      ours: { vehicles: { ap: 1, recall: 1, precision: 1 }, car: { ap: 1, recall: 1, precision: 1 } },
      theirs: { vehicles: { ap: 0, recall: 0, precision: undefined } },
    });
  });

  it('stands side by side in tables, with "-" where a model does not know the class', () => {
    const groups = accuracyOfGroups([judged(DAY)], MIN_SCORES);
    const lines = reportLines({ machine: 'a machine', minHeight: 8, models: MODELS, groups });
    expect(lines).toContain('| real                   | 1      | 1      | 1.000 | 0.000  |');
    expect(lines).toContain('| real                   | 1      | 1      | 1.00 / 1.00 | 0.00 / -     |');
    expect(lines).toContain('| car        | real     | 1      | 1.000 | -      |');
    expect(lines).toContain('| person     | real     | -      | -     | -      |');
    expect(lines.join('\n')).not.toContain('Milliseconds');
  });

  it('has a table of times when they were measured', () => {
    const times = {
      frames: 7,
      medianMs: 5.04,
      p95Ms: 6,
      medianWithConversionMs: 5.5,
      p95WithConversionMs: 6.5,
    };
    const models = MODELS.map((model) => ({ ...model, times }));
    const lines = reportLines({ machine: 'a machine', minHeight: 8, models, groups: [] });
    expect(lines).toContain('Milliseconds a frame, 7 pictures in turns on a machine');
    expect(lines.at(-2)).toMatch(/^\| ours +\| 512x288 \| 5\.0 +\| 6\.0 +\| 5\.5 +\| 6\.5 +\|$/);
  });
});
