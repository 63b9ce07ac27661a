import { describe, expect, it } from 'vitest';
import type { RoadUser } from '../../../contract/index.ts';
import { judgeTargets } from '../../../scripts/models/accuracy-targets.ts';
import type { Box } from '../../../scripts/models/box-overlap.ts';
import type { FoundObject } from '../../../scripts/models/detect-picture.ts';

const PLACE: Box = [0, 0, 40, 40];
const ELSEWHERE: Box = [200, 0, 240, 40];
const COCO: readonly RoadUser[] = ['car', 'motorcycle', 'bus', 'truck', 'bicycle', 'person'];

const picture = (boxes: readonly (readonly [RoadUser, Box])[], width = 512, height = 288) => ({
  width,
  height,
  boxes: boxes.map(([roadUser, box]) => ({
    class: roadUser,
    box: [...box] as [number, number, number, number],
  })),
  ignore: [],
});
const found = (roadUser: RoadUser, score: number, box: Box = PLACE): FoundObject => ({
  roadUser,
  score,
  box,
});
const right = (score: number) => ({ score, hit: true });
const wrong = (score: number) => ({ score, hit: false });

describe('what a detector is asked on a picture', () => {
  it('is to find vehicles, whatever it calls them, and each class by its name', () => {
    const judged = judgeTargets(picture([['truck', PLACE]]), [found('car', 0.9)], COCO, 8);
    expect(judged.vehicles).toEqual({ truths: 1, marks: [right(0.9)] });
    expect(judged.truck).toEqual({ truths: 1, marks: [] });
    expect(judged.car).toEqual({ truths: 0, marks: [wrong(0.9)] });
  });

  it('holds one vehicle under two names to be one, for every model', () => {
    const names = [found('car', 0.9), found('truck', 0.8, [0, 0, 40, 30])];
    const judged = judgeTargets(picture([['car', PLACE]]), names, COCO, 8);
    expect(judged.vehicles).toEqual({ truths: 1, marks: [right(0.9)] });
    expect(judged.truck).toEqual({ truths: 0, marks: [wrong(0.8)] });
  });

  it('does not take a person for a vehicle', () => {
    const boxes = [['motorcycle', PLACE] as const, ['person', ELSEWHERE] as const];
    const judged = judgeTargets(
      picture(boxes),
      [found('person', 0.9), found('person', 0.8, ELSEWHERE)],
      COCO,
      8,
    );
    expect(judged.vehicles).toEqual({ truths: 1, marks: [] });
    expect(judged.person).toEqual({ truths: 1, marks: [wrong(0.9), right(0.8)] });
  });

  it('leaves out of each class what may or may not be of it', () => {
    const judged = judgeTargets(
      picture([['vehicle', PLACE]]),
      [found('bus', 0.9), found('person', 0.5)],
      COCO,
      8,
    );
    expect(judged.vehicles).toEqual({ truths: 1, marks: [right(0.9)] });
    expect(judged.bus).toEqual({ truths: 0, marks: [] });
    expect(judged.person).toEqual({ truths: 0, marks: [wrong(0.5)] });
  });

  it('is only what its labels can tell', () => {
    const judged = judgeTargets(picture([['car', PLACE]]), [found('vehicle', 0.9)], ['vehicle', 'person'], 8);
    expect(Object.keys(judged)).toEqual(['vehicles', 'person']);
    expect(judged.vehicles).toEqual({ truths: 1, marks: [right(0.9)] });
  });

  it.each([
    { size: [512, 288], height: 8, truths: 1 },
    { size: [512, 288], height: 7.9, truths: 0 },
    // Twice the size: 8 px of 512x288 are 16 here.
    { size: [1024, 576], height: 15.9, truths: 0 },
    { size: [1024, 576], height: 16, truths: 1 },
    // A square fits by its height: 288 of 640.
    { size: [640, 640], height: 17.7, truths: 0 },
    { size: [640, 640], height: 17.8, truths: 1 },
  ])(
    'spares what is low: $height px in a picture of $size are $truths truths',
    ({ size, height, truths }) => {
      const [width, rows] = size;
      const low = picture([['car', [0, 0, 40, height]]], width, rows);
      expect(judgeTargets(low, [], COCO, 8).vehicles?.truths).toBe(truths);
    },
  );

  it('is what can be seen: a truth ends at the rim, one outside is none', () => {
    const rim = picture([
      ['car', [-60, 0, 40, 40]],
      ['car', [-60, 100, 0, 140]],
    ]);
    expect(judgeTargets(rim, [found('car', 0.9)], COCO, 8).vehicles).toEqual({
      truths: 1,
      marks: [right(0.9)],
    });
  });
});
