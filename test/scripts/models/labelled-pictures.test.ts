import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLabelledPictures } from '../../../scripts/models/labelled-pictures.ts';

const RECORD = {
  image: 'images/one.jpg',
  width: 640,
  height: 360,
  split: 'test',
  source: 'atl',
  scene: 'atl-junction',
  time: 'day',
  kind: 'real',
  labels: 'people',
  boxes: [{ class: 'car', box: [1, 2, 30, 40] }],
  ignore: [[0, 0, 10, 10]],
};

describe('a manifest of labelled pictures', () => {
  let directory = '';
  const write = async (...lines: readonly string[]): Promise<string> => {
    const path = join(directory, 'test.jsonl');
    await writeFile(path, lines.join('\n'));
    return path;
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ngatu-manifest-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('finds pictures beside itself, and leaves absolute paths as they are', async () => {
    const absolute = JSON.stringify({ ...RECORD, image: '/elsewhere/two.jpg' });
    const pictures = await readLabelledPictures(await write(JSON.stringify(RECORD), '', absolute, ''));
    expect(pictures.map(({ image }) => image)).toEqual([
      join(directory, 'images/one.jpg'),
      '/elsewhere/two.jpg',
    ]);
    expect(pictures[0]).toMatchObject({ boxes: RECORD.boxes, ignore: RECORD.ignore, source: 'atl' });
  });

  it('says which lines are wrong and why', async () => {
    const unknownClass = JSON.stringify({ ...RECORD, boxes: [{ class: 'tram', box: [1, 2, 3, 4] }] });
    const turned = JSON.stringify({ ...RECORD, ignore: [[10, 0, 0, 10]] });
    const path = await write(JSON.stringify(RECORD), unknownClass, turned, '{half a rec');
    await expect(readLabelledPictures(path)).rejects.toThrow(
      /line 2: boxes\.0\.class: .*\n.*line 3: ignore\.0: expected x1 <= x2 and y1 <= y2\n.*line 4: \(record\)/,
    );
  });

  it('says how to make one when there is none', async () => {
    await expect(readLabelledPictures(join(directory, 'none.jsonl'))).rejects.toThrow('prepare.ts makes one');
  });
});
