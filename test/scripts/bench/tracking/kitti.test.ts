import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseDetections,
  parseLabels,
  readKittiSequences,
} from '../../../../scripts/bench/tracking/kitti.ts';

const LABELS = `0 -1 DontCare -1 -1 -10.0 219.31 188.49 245.50 218.56 -1000.0 -1000.0 -1000.0 -10.0 -1.0 -1.0 -1.0
2 4 Car 1 2 -1.79 296.75 161.75 455.25 292.5 2.0 1.8 4.4 -4.5 1.8 13.4 -2.1
`;
const DETECTIONS = `0,2,298.5,165.25,458.25,293.5,0,1.9,1.8,4.7,-4.5,1.8,13.5,-2.1,-1.7
1,1,10,20,30,40,3.5,1.9,1.8,4.7,-4.5,1.8,13.5,-2.1,-1.7
`;

describe("KITTI's text files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ngatu-kitti-'));
    await mkdir(join(folder, 'labels'));
    await mkdir(join(folder, 'detections'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('give labelled objects', () => {
    expect(parseLabels(LABELS, 'labels')).toEqual([
      {
        ...{ frame: 0, id: -1, type: 'DontCare', truncation: -1, occlusion: -1 },
        box: [219.31, 188.49, 245.5, 218.56],
      },
      { frame: 2, id: 4, type: 'Car', truncation: 1, occlusion: 2, box: [296.75, 161.75, 455.25, 292.5] },
    ]);
  });

  it('give the cars of a detector, a logit of 0 as a score of one half', () => {
    expect(parseDetections(DETECTIONS, 'detections')).toEqual([
      { frame: 0, box: [298.5, 165.25, 458.25, 293.5], score: 0.5 },
    ]);
  });

  it('become sequences by name, with the frames in which nothing is', async () => {
    for (const name of ['0001.txt', '0000.txt']) {
      await writeFile(join(folder, 'labels', name), LABELS);
      await writeFile(join(folder, 'detections', name), DETECTIONS);
    }
    const sequences = await readKittiSequences(folder);
    expect(sequences.map(({ name }) => name)).toEqual(['0000', '0001']);
    expect(
      sequences[0]?.frames.map(({ objects, detections }) => [objects.length, detections.length]),
    ).toEqual([
      [1, 1],
      [0, 0],
      [1, 0],
    ]);
  });

  it('are refused with the line that is something else', () => {
    expect(() => parseLabels('0 1 Car 0 0 -1.7 1 2 3', 'labels/0003.txt')).toThrow(
      /got "0 1 Car 0 0 -1\.7 1 2 3" in line 1 of labels\/0003\.txt/,
    );
    expect(() => parseDetections('0,2,1,2,3,4,5\n\n0,2,1,2,3,x,5', 'detections')).toThrow(/in line 3 of/);
    expect(() => parseDetections('-1,2,1,2,3,4,5', 'detections')).toThrow(/in line 1 of/);
  });

  it('are told when they are missing, and what to do', async () => {
    await writeFile(join(folder, 'labels', '0000.txt'), LABELS);
    await expect(readKittiSequences(folder)).rejects.toThrow(/0000\.txt, which cannot be read.*--data/);
    await expect(readKittiSequences(join(folder, 'none'))).rejects.toThrow(/cannot be read/);
  });
});
