import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ReplayError, replayClip } from '../../../edge-agent/replay/replay-clip.ts';
import { carIn, FedSource, frameAt, stagesOf } from '../runtime/stages.ts';

async function folderFor(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-replay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function replayInto(outDirectory: string) {
  const source = new FedSource();
  source.feed(...Array.from({ length: 30 }, (_, index) => frameAt(index)));
  const stages = stagesOf(source, async (frame) => {
    if (frame.index === 29) await source.close();
    return carIn(frame);
  });
  return replayClip({ stages, clip: 'clip.mp4', model: 'tiny', outDirectory });
}

it('sums up what it counted', async () => {
  const summary = await replayInto(join(await folderFor(), 'new', 'folder'));
  expect(summary).toMatchObject({ frames: 30, durationS: 2.9 });
  expect(summary.counts).toEqual([{ line: 'stop', direction: 'towards', class: 'car', count: 1 }]);
});

it('says where the results cannot be written', async () => {
  const file = join(await folderFor(), 'file');
  await writeFile(file, '');
  await expect(replayInto(join(file, 'out'))).rejects.toThrow(
    `The results cannot be written to ${join(file, 'out')}.`,
  );
});

it.runIf(process.platform === 'linux')(
  'fails on a full disk instead of leaving half of the events',
  async () => {
    const out = await folderFor();
    await symlink('/dev/full', join(out, 'events.ndjson.part'));
    await expect(replayInto(out)).rejects.toThrow(ReplayError);
  },
);
